"""Requests: the questions of a check file, and the rules that keep them harmless.

What of a check's questions depends on no answer is worked out once for all endpoints, as its plan.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from urllib.parse import quote

from leakguard.checks.conditions import ALWAYS, Condition, Stated, Test
from leakguard.checks.harmless import refused_path, refused_reading
from leakguard.checks.protocols import GAP_NAME, HTTP_QUESTIONS, refused_verb
from leakguard.checks.replies import View
from leakguard.frozen import Frozen, field, replace

IDENTIFY_BYTES = 64 * 1024
"""The cap of an answer that only identifies a server."""
LISTING_BYTES = 8 * 1024 * 1024
"""The cap of an answer that lists what a server holds; no request may ask for more."""
MAX_ITEMS = 50
"""The most questions that one request of a check file may turn into."""
DEFAULT_ITEMS = 20
LONGEST_NAME = 255
"""Bytes of a name that a host told and that is asked about; no product has longer ones."""

OWN_ACCOUNT = "own_account"
"""The question for a product's own administrative account."""

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_KNOWN_PLACEHOLDERS = frozenset({"nonsense", "bucket", "item"})
_PRINTABLE = re.compile(r"[ -~]*")
_PATH = re.compile(r"/[!-~]*")
_STEPS = frozenset({".", ".."})
"""Parts of a path that lead elsewhere, which some clients and servers follow even where they are quoted."""
_HEADERS = {
    "accept": _PRINTABLE, "range": _PRINTABLE, "if-none-match": re.compile(r"\*"),
    "x-parse-application-id": re.compile(r"\{parse_application\}"),
    "x-parse-javascript-key": re.compile(r"\{parse_key\}"), "x-request-from": re.compile("internal"),
}  # fmt: skip
"""Headers that a check may set, and how; anything else could carry a credential or change the meaning of a request.

The two of Parse name an application to its server. Pages ship them to every visitor; the session fills them in with
what the page of the very same site says, and they stand nowhere else. `*` asks that nothing be sent that there is.
The page of Flowise says `internal` with every question; it is no secret, and no login.
"""


class Request(Frozen):
    """One question, ready to be asked; fits `ports.Request`."""

    id: str
    method: str
    what: str
    headers: Mapping[str, str] = field(default_factory=dict)
    cap_bytes: int = IDENTIFY_BYTES
    told: str = ""
    """`what` as people may be told of it, where it holds a name that a host told: `/<name 3>`."""
    item: str = ""
    """The name that is asked about, where the check asks for each of several."""


class ForEachName(Frozen):
    """Ask once for each name in an earlier answer; `{item}` stands for the name, safely quoted."""

    request: str
    path: str
    """Gives a list of texts."""
    at_most: int = DEFAULT_ITEMS
    after: str = ""
    """What names begin with and the question states already: the `/` of names that are paths, or their folder."""


class RequestDefinition(Frozen, dict=True):
    """One question as a check file states it: `get` or `head` with a path, `ask` with a name, or `method`."""

    id: str
    get: str | None = None
    head: str | None = None
    ask: str | None = None
    """One of `verbs.HTTP_QUESTIONS`: all that is sent is constant."""
    method: str | None = None
    what: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cap_bytes: int = IDENTIFY_BYTES
    only_if: Condition = ALWAYS
    """Asked only if this holds for the answers so far."""
    each: ForEachName | None = None
    leave: str | None = None
    """Asked only where the owner's scope allows it: `default_accounts`; see `scope_permissions`."""

    @classmethod
    def of(cls, stated: Stated) -> RequestDefinition:
        """The question as `shapes.RequestShape` has it."""
        rest = {name: value for name, value in stated.items() if name not in {"only_if", "each"}}
        each = stated.get("each")
        only_if = Condition(stated=stated["only_if"]) if "only_if" in stated else ALWAYS
        return cls(only_if=only_if, each=ForEachName(**each) if each is not None else None, **rest)

    @property
    def verb(self) -> str:
        """`GET`, `HEAD`, the name of a question or the read command."""
        named = self.method or self.ask
        if named is not None:
            return named
        return "GET" if self.get is not None else "HEAD"

    @cached_property
    def placeholders(self) -> frozenset[str]:
        """The words in braces that must be filled in before asking."""
        return frozenset(_PLACEHOLDER.findall(self._template))

    @property
    def _template(self) -> str:
        asked = HTTP_QUESTIONS.get(self.ask or "", "").partition(" ")[2]
        return self.get or self.head or asked or self.what

    def fill(self, values: Mapping[str, str]) -> Request:
        """The request with `{nonsense}` and `{bucket}` replaced in one pass; in a path they are quoted."""
        return self.constant or self._filled(values, self.id)

    def fill_each(self, values: Mapping[str, str], names: Iterable[str]) -> Iterator[Request]:
        """The requests with `{item}` replaced by each of the names that a host told, if it may be asked for.

        A host has no say in what is asked: a name that turns the path into one that no check file may state is left
        out. Nor has it one in what is told: there the name is a number.
        """
        for number, name in enumerate(names, start=1):
            if is_askable(name) and (self.ask is None or GAP_NAME.fullmatch(name)):
                asked = self._filled({**values, "item": name}, f"{self.id}.{number}")
                if refused_question(asked.what) is None:
                    shown = self._words({**values, "item": f"<name {number}>"}, quoted={"item"})
                    yield replace(asked, told=shown, item=name)

    @cached_property
    def constant(self) -> Request | None:
        """The request where it is the same for every host."""
        return None if self.each is not None or self.placeholders else self._filled({}, self.id)

    def _filled(self, values: Mapping[str, str], request_id: str) -> Request:
        what = self._words(values, quoted=values if self.method else ())
        return Request(id=request_id, method=self.verb, what=what, headers=self.headers, cap_bytes=self.cap_bytes)

    def _words(self, values: Mapping[str, str], *, quoted: Container[str]) -> str:
        """The template with its words filled in; those that are not `quoted` yet are."""
        put = {word: value if word in quoted else quote(value, safe="") for word, value in values.items()}
        return _PLACEHOLDER.sub(lambda found: put[found[1]], self._template)


def is_askable(name: str) -> bool:
    """Whether a name that a host told may stand in a question: it is one name, no longer than names are."""
    try:
        octets = name.encode()
    except UnicodeEncodeError:
        return False
    return 0 < len(octets) <= LONGEST_NAME and _STEPS.isdisjoint(re.split(r"[/\\;]", name))


def refused_get(text: str) -> str | None:
    """Why a check file may not state this path, or `None` when it may."""
    if not _PATH.fullmatch(text):
        return "a path starts with `/` and has no spaces or control characters"
    return refused_path(text)


def refused_question(text: str) -> str | None:
    """Why no scan may ask for this path, or `None` when it may."""
    return refused_get(text) or refused_reading(text)


def refused_what(text: str) -> str | None:
    """Why these words may not be sent, or `None` when they may."""
    return None if _PRINTABLE.fullmatch(text) else "only printable ASCII characters may be sent"


def refused_headers(headers: Mapping[str, str]) -> str | None:
    """Why these headers may not be set, or `None` when they may."""
    forms = ((_HEADERS.get(name.lower()), value) for name, value in headers.items())
    is_harmless = all(form is not None and form.fullmatch(value) for form, value in forms)
    return None if is_harmless else f"only these headers may be set: {', '.join(sorted(_HEADERS))}"


def refused_whole(stated: Stated) -> str | None:
    """Why the fields of a question do not go together, or `None` when they do."""
    asked = RequestDefinition.of(stated)
    if sum(part is not None for part in (asked.get, asked.head, asked.ask, asked.method)) != 1:
        return "state exactly one of `get`, `head`, `ask` and `method`"
    if asked.headers and asked.get is None and asked.head is None:
        return "`headers` belong to `get` or `head`"
    if asked.each is not None and asked.get is None and asked.head is None and "item" not in asked.placeholders:
        return "`each` belongs to `get`, `head` and questions about a name"
    if (asked.method == OWN_ACCOUNT) is not (asked.leave is not None):
        return f"`{OWN_ACCOUNT}` is asked by leave of the owner alone: `leave: default_accounts`"
    if asked.method is None and asked.what:
        return "`what` belongs to `method`"
    unknown = asked.placeholders - (_KNOWN_PLACEHOLDERS if asked.each else _KNOWN_PLACEHOLDERS - {"item"})
    return f"nothing fills in {', '.join(sorted(unknown))}" if unknown else None


def refused_note(path: str) -> str | None:
    """Why a ransom note may not be read from this path, or `None` when it may."""
    is_one_entry = "/{item}/" in path and path.count("{") == 1
    must = "the path has `/{item}/` once, for the name of one entry, and nothing else is filled in"
    return refused_get(path) or (None if is_one_entry else must)


def refused_distinct(path: str) -> str | None:
    """Why a field may not be counted by this path, or `None` when it may: it asks for a number and for no record."""
    is_one_field = sorted(_PLACEHOLDER.findall(path)) == ["field", "item"]
    is_number = "size=0" in path or "query=SELECT%20uniq(" in path
    must = "the path has `{item}` and `{field}` once each, and `size=0` or `query=SELECT%20uniq(`: it asks for a number"
    return refused_get(path) or (None if is_one_field and is_number else must)


def refused_request(kind: str, stated: Stated) -> str | None:
    """Why a question could harm whom it is asked, or `None` when it cannot: all that a shape holds a file to."""
    paths = (stated[name] for name in ("get", "head") if name in stated)
    cap, each = stated.get("cap_bytes", IDENTIFY_BYTES), stated.get("each", {})
    is_small = 1 <= cap <= LISTING_BYTES and 1 <= each.get("at_most", DEFAULT_ITEMS) <= MAX_ITEMS
    refusals = (
        *(refused_question(path) for path in paths),
        refused_what(stated.get("what", "")),
        refused_headers(stated.get("headers", {})),
        refused_whole(stated),
        refused_verb(kind, stated),
        None if is_small else "more may not be asked for",
    )
    return next((refusal for refusal in refusals if refusal), None)


class QuestionPlan(Frozen):
    """When the `only_if` of each question has to be looked at."""

    constants: tuple[Request | None, ...]
    """The questions themselves, in the order of the requests; nothing for those that something is filled in to."""
    only_if: tuple[Test, ...]
    """When each is asked."""
    at_first: tuple[bool, ...]
    """Whether each holds before anything was asked, in the order of the requests."""
    waiting: Mapping[str, tuple[int, ...]]
    """A request's id to the indexes of the questions whose `only_if` looks at its answer."""
    stale: Mapping[str, tuple[str, ...]]
    """A request's id to the names of the conditions that look at its answer."""


def plan_of(requests: Sequence[RequestDefinition], conditions: Mapping[str, Condition]) -> QuestionPlan:
    """The plan of a check's questions."""
    nothing = View(replies={}, named=conditions)
    looks_at = [_looks_at(request, conditions) for request in requests]
    return QuestionPlan(
        constants=tuple(request.constant for request in requests),
        only_if=tuple(request.only_if.holds_for for request in requests),
        at_first=tuple(request.only_if.holds_for(nothing) for request in requests),
        waiting={
            request.id: tuple(index for index, about in enumerate(looks_at) if request.id in about)
            for request in requests
        },
        stale={
            request.id: tuple(name for name, condition in conditions.items() if request.id in condition.requests)
            for request in requests
        },
    )


def _looks_at(request: RequestDefinition, conditions: Mapping[str, Condition]) -> frozenset[str]:
    named = (conditions[name].requests for name in request.only_if.conditions)
    return request.only_if.requests.union(*named)
