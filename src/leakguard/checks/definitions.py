"""Check definitions: what `checks/*.yaml` states, as values; each part is made when it is first asked for.

The values are used elsewhere: `interview.interview(definition, nonsense=...)` says what to ask,
`judge.judge(definition, observation)` says what the answers mean.
A file is read and refused by `shapes`, which nobody has to load who only uses checks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote

from leakguard.checks.conditions import ALWAYS, Condition, Stated
from leakguard.checks.extra_requests import has_extra_requests, with_extra_requests, without_extra_requests
from leakguard.checks.naming import Naming, Place, place_in
from leakguard.checks.requests import IDENTIFY_BYTES, QuestionPlan, Request, RequestDefinition, plan_of
from leakguard.frozen import Frozen
from leakguard.models.advice import with_port
from leakguard.models.findings import Access, Outcome, ReasonCode, Right, Stranger


class ProbePlan(Frozen):
    """Which protocol is spoken, on which ports by default, and what is asked."""

    kind: str
    ports: tuple[int, ...]
    requests: tuple[RequestDefinition, ...]


class Rule(Frozen):
    """If `when` holds, the outcome and its reason; the first rule that holds decides."""

    when: Condition
    then: Outcome
    reason: str
    access: Access | None = None
    """By default what the outcome implies: `read` when exposed, `names` when partially exposed."""
    reason_code: ReasonCode | None = None
    """Why the verdict says less than its outcome seems to."""


class Source(Frozen):
    """One way to learn a word about the server: from JSON, from a header, or a fixed word of ours."""

    when: Condition = ALWAYS
    request: str | None = None
    path: str | None = None
    header: str | None = None
    after: str = ""
    """With `header`: the value starts behind this text, as in `CouchDB/3.3.3`; absent text means no value."""
    value: str | None = None


class Identity(Frozen):
    """How product, version and cluster are learnt; the first source that gives a word wins."""

    product: tuple[Source, ...] = ()
    version: tuple[Source, ...] = ()
    cluster_id: tuple[Source, ...] = ()


class Measure(Frozen):
    """One way to learn the size; the first whose condition holds and that gives a number wins."""

    when: Condition = ALWAYS
    records: Place | None = None
    bytes: Place | None = None
    collections: Place | None = None
    method: str
    exact: bool = True


class DecoySignal(Frozen):
    """Something that a real server would not do."""

    when: Condition
    signal: str


class RightOfStrangers(Frozen):
    """How it is learnt whether a group of strangers has a right; where neither holds it is unknown."""

    who: Stranger
    right: Right
    allowed: Condition | None = None
    denied: Condition | None = None


class NoteRequest(Frozen):
    """How a note is read once a person asks for it by hand: no part of `probe.requests`, and never asked in a scan."""

    get: str
    """The path, with `{item}` for the name of the entry."""
    records: str
    """Where the answer states how many records the entry holds."""
    cap_bytes: int = IDENTIFY_BYTES

    def of(self, name: str) -> Request:
        """The question for one entry."""
        path = self.get.replace("{item}", quote(name, safe=""))
        return Request(id="note", method="GET", what=path, cap_bytes=self.cap_bytes)


class RansomMarkers(Frozen):
    """Names that extortionists leave behind, believed only together with a tiny size."""

    entries: tuple[Place, ...]
    """Each gives a list of `{name, records, bytes}`; numbers may be texts or missing."""
    names: tuple[str, ...]
    """Globs over a whole name, in any case of letters; `*` alone stands for something else."""
    weak_names: tuple[str, ...] = ()
    """Globs that mean nothing alone."""
    at_most_records: int = 5
    at_most_bytes: int = 1_000_000
    note: NoteRequest | None = None
    """Where the check knows how; over HTTP alone."""


class CheckDefinition(Naming, kw_only=False, dict=True):
    """One check: what is asked, how it is judged, how it is measured, how it is mended."""

    def __reduce__(self) -> tuple[type[CheckDefinition], tuple[Stated]]:
        """What goes to another process is what the file states; functions are made anew there."""
        return CheckDefinition, (self.stated,)

    @cached_property
    def id(self) -> str:
        """Its name: `<datastore>_<condition>`."""
        return str(self.stated["id"])

    @cached_property
    def version(self) -> int:
        """Grows when verdicts change."""
        return int(self.stated["version"])

    @cached_property
    def title(self) -> str:
        """What a finding of it says, in a line."""
        return str(self.stated["title"])

    @cached_property
    def datastore(self) -> str:
        """The kind of product."""
        return str(self.stated["datastore"])

    @cached_property
    def lifecycle(self) -> str:
        """`stable` or `experimental`."""
        return str(self.stated["lifecycle"])

    @cached_property
    def why(self) -> str:
        """Why a finding of it matters."""
        return str(self.stated["why"])

    @cached_property
    def probe(self) -> ProbePlan:
        """What is asked, and where."""
        probe = self.stated["probe"]
        requests = tuple(RequestDefinition.of(each) for each in probe["requests"])
        return ProbePlan(kind=probe["kind"], ports=tuple(probe["ports"]), requests=requests)

    @cached_property
    def plan(self) -> QuestionPlan:
        """What of its questions depends on no answer."""
        return plan_of(self.probe.requests, self.conditions)

    @cached_property
    def conditions(self) -> Mapping[str, Condition]:
        """Conditions with a name; they are asked for with `is: <name>` and may not ask for one another."""
        return {name: Condition(stated=stated) for name, stated in self.stated.get("conditions", {}).items()}

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """In order; the first that holds decides."""
        return self._listed("rules", _rule)

    @cached_property
    def identity(self) -> Identity:
        """How product, version and cluster are learnt."""
        stated = self.stated.get("identity", {})
        return Identity(**{word: tuple(_source(source) for source in sources) for word, sources in stated.items()})

    @cached_property
    def measure(self) -> tuple[Measure, ...]:
        """In order; the first that gives a number counts."""
        return self._listed("measure", _measure)

    @cached_property
    def decoys(self) -> tuple[DecoySignal, ...]:
        """What makes the server a suspected trap."""
        return self._listed("decoys", lambda each: DecoySignal(when=_when(each), signal=each["signal"]))

    @cached_property
    def permissions(self) -> tuple[RightOfStrangers, ...]:
        """Of object stores, each group and right at most once."""
        return self._listed("permissions", _right)

    @cached_property
    def ransom(self) -> RansomMarkers | None:
        """How an emptied store is known."""
        return _ransom(self.stated["ransom"]) if "ransom" in self.stated else None

    @cached_property
    def remediation(self) -> str:
        """How a finding is mended, with `{port}` in the place of the port that was found."""
        return str(self.stated["remediation"])

    def remediation_on(self, port: int | None = None) -> str:
        """How a finding on `port` is mended; without one the text names no port."""
        return with_port(self.remediation, port)

    @cached_property
    def references(self) -> tuple[str, ...]:
        """Where the makers of the product say so."""
        return self._listed("references", str)

    @cached_property
    def covers(self) -> tuple[str, ...]:
        """The rows of the coverage table that this check answers for, by their names."""
        return self._listed("covers", str)

    @cached_property
    def has_extra_requests(self) -> bool:
        """Whether it sends more requests if the front page tells nothing; see `fronts.tells_nothing`."""
        return has_extra_requests(self.stated)

    @cached_property
    def with_extra_requests(self) -> CheckDefinition:
        """The check, with its extra requests sent whatever the front page says."""
        return CheckDefinition(with_extra_requests(self.stated)) if self.has_extra_requests else self

    @cached_property
    def without_extra_requests(self) -> CheckDefinition:
        """The check without its extra requests."""
        return CheckDefinition(without_extra_requests(self.stated)) if self.has_extra_requests else self

    @cached_property
    def shipped(self) -> str | None:
        """The request whose document says what a page or an app ships; see `shipped_parts`."""
        stated: str | None = self.stated.get("shipped")
        return stated

    @cached_property
    def by_name(self) -> str:
        """What a name is that it asks about, such as `collection`, where each has a verdict of its own; else empty."""
        return str(self.stated.get("by_name", ""))

    @cached_property
    def serves_pages(self) -> bool:
        """Whether its product serves its owner's pages at the front, which then tell nothing of it."""
        return bool(self.stated.get("serves_pages", False))

    @cached_property
    def fallback(self) -> bool:
        """Judged only when no other check of the same kind applied."""
        return bool(self.stated.get("fallback", False))

    def _listed(self, name: str, make: Callable[[Any], Any]) -> tuple[Any, ...]:
        return tuple(make(each) for each in self.stated.get(name, ()))


def _when(stated: Stated) -> Condition:
    return Condition(stated=stated["when"]) if "when" in stated else ALWAYS


def _rule(stated: Stated) -> Rule:
    access = Access(stated["access"]) if "access" in stated else None
    code = ReasonCode(stated["reason_code"]) if "reason_code" in stated else None
    return Rule(
        when=_when(stated), then=Outcome(stated["then"]), reason=stated["reason"], access=access, reason_code=code
    )  # fmt: skip


def _source(stated: Stated) -> Source:
    return Source(when=_when(stated), **{name: value for name, value in stated.items() if name != "when"})


def _measure(stated: Stated) -> Measure:
    return Measure(
        when=_when(stated), records=place_in(stated, "records"), bytes=place_in(stated, "bytes"),
        collections=place_in(stated, "collections"), method=stated["method"], exact=stated.get("exact", True),
    )  # fmt: skip


def _right(stated: Stated) -> RightOfStrangers:
    ways = {name: Condition(stated=stated[name]) for name in ("allowed", "denied") if name in stated}
    return RightOfStrangers(who=Stranger(stated["who"]), right=Right(stated["right"]), **ways)


def _ransom(stated: Stated) -> RansomMarkers:
    rest = {name: value for name, value in stated.items() if name.startswith("at_most")}
    return RansomMarkers(
        entries=tuple(Place(**each) for each in stated["entries"]), names=tuple(stated["names"]),
        weak_names=tuple(stated.get("weak_names", ())),
        note=NoteRequest(**stated["note"]) if "note" in stated else None, **rest,
    )  # fmt: skip
