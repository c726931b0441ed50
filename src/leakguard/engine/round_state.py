"""The state of one round: what was asked of an endpoint over one protocol, what came of it, what is left. No socket."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from leakguard.checks.by_name import parts_by_name
from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.fronts import is_redirect, tells_nothing
from leakguard.checks.interview import Talk
from leakguard.checks.judge import judge
from leakguard.checks.protocols import PROTOCOLS
from leakguard.checks.replies import View
from leakguard.checks.requests import Request
from leakguard.checks.unguarded import unguarded
from leakguard.engine.asked_whatever import allowed_at, asked_whatever, frameworks_last, names_within
from leakguard.engine.catch_all import doubted, is_doubtful, nothing
from leakguard.engine.examination import Judged, applies, failed, inside_of, is_turned_away
from leakguard.engine.question_keys import FRONT, key_of, key_of_first
from leakguard.frozen import replace
from leakguard.models.findings import Outcome, place_of
from leakguard.models.observations import Ending, Observation, Reply, TlsSeen
from leakguard.models.targets import Endpoint
from leakguard.scanning.diff import OPEN

Round = Generator[Request, Reply, list[Judged]]
_OK, _NOT_FOUND = 200, 404
_WITH_A_PATH = frozenset({"GET", "HEAD"})
_HUNG_UP = frozenset({Ending.CLOSED, Ending.RESET})
_NOTHING: Mapping[Any, Any] = {}
INSIDE = Request(id="inside", method="inside", what="")
"""The first question to a backend; its answer has the `names` of all that is judged by itself."""
_KNOWN = frozenset({*OPEN, Outcome.NOT_EXPOSED})
"""Outcomes by which a check knows the product."""


class Conversation(Protocol):
    """How the endpoint is spoken to; a `ports.Session` is one."""

    @property
    def transport(self) -> str:
        """`http`, `https`, `tcp` or `tls`, once known."""

    @property
    def tls(self) -> TlsSeen | None:
        """The certificate that was shown, if any."""

    @property
    def is_kept(self) -> bool:
        """Whether the connection of the last answer is still open, so that another question costs none."""


def place_key(endpoint: Endpoint, definition: CheckDefinition, inside: str | None) -> tuple[str, str]:
    """What stays the same from run to run; see `Judged.inside`."""
    return definition.id, place_of(endpoint.address, endpoint.port, endpoint.host, inside or "")


@dataclass(slots=True, kw_only=True)
class RoundState:
    """One round at one endpoint, at its root or below a path."""

    endpoint: Endpoint
    buckets: Sequence[str | None]
    line: Conversation
    nonsense: str
    most_records: Mapping[tuple[str, str], int]
    known_open: Collection[tuple[str, str]] = ()
    """Each check with a place that it found open before."""
    below: str = ""
    """The path below which all is asked; empty for the root."""
    found: list[Judged] = field(default_factory=list)
    known: dict[tuple[Any, ...], tuple[int, Reply]] = field(default_factory=dict)
    """Method, words and headers of every question, to the cap and the reply."""
    is_port_settled: bool = False
    """A check that names the port knows what listens there."""
    is_found_open: bool = False
    """Something is open that no port suggested."""

    @property
    def front(self) -> Reply | None:
        """The reply to the question for the front page, if it was asked."""
        known = self.known.get(FRONT)
        return known[1] if known is not None else None

    def ask_all(self, checks: Sequence[CheckDefinition], *, is_patient: bool) -> Generator[Request, Reply, None]:
        """Ask the checks in their order, until what is there is known, or the host does not answer."""
        for definition in checks:
            if is_turned_away(self.found) and not definition.fallback:
                continue
            if self._is_unanswered:
                yield from self._ask_unanswered(definition, is_patient=is_patient)
            elif self.is_over(definition):
                break
            else:
                yield from self.ask(definition.of_the_front)

    def ask_anyway(self, checks: Sequence[CheckDefinition]) -> Generator[Request, Reply, None]:
        """Ask for what would prove a store open, where no check knows the product and the front page tells nothing.

        Not of a host that redirects and hangs up: each question would cost it a connection more.
        """
        if self.front is None or not is_unknown(self.found):
            return
        yield from self._ask_on_own_port(checks)
        if not tells_nothing(self.front) or self.is_costly_redirect:
            return
        for definition in frameworks_last(checks):
            if definition.asks_anyway and not self.is_found_open:
                self.found = [item for item in self.found if item.definition.id != definition.id]
                yield from self.ask(definition)

    def tables(self) -> Generator[Request, Reply, tuple[str | None, ...]]:
        """What is judged by itself, as the session learns it; `None` where the backend may keep what nobody named."""
        reply = yield from self.remembered(INSIDE)
        document = reply.document if isinstance(reply.document, dict) else {}
        return (*(names := document.get("names", ())), *(() if names and not document.get("is_unnamed") else (None,)))

    @property
    def is_costly_redirect(self) -> bool:
        """Whether the front page redirects and the host hangs up: each question more would cost a connection."""
        return self.front is not None and is_redirect(self.front) and not self.line.is_kept

    def _ask_on_own_port(self, checks: Sequence[CheckDefinition]) -> Generator[Request, Reply, None]:
        """Ask the few checks that are asked whatever the front page says: an error, a page."""
        for definition in asked_whatever(checks, self.endpoint):
            if is_unknown(self.found):
                before = self.found
                self.found = [item for item in before if item.definition.id != definition.id]
                yield from self.ask(definition.whatever_the_front)
                if not any(item.verdict.outcome in _KNOWN for item in self.found):
                    self.found = before

    def is_over(self, definition: CheckDefinition) -> bool:
        """Whether neither this check nor any behind it is asked; those that name the port lead, fallbacks end."""
        if is_turned_away(self.found):
            return False
        if self.is_port_settled and self.endpoint.port not in definition.probe.ports:
            return True
        return definition.fallback and applies(self.found)

    @property
    def _is_unanswered(self) -> bool:
        """Whether the first question of all got no answer, which says nothing of any product."""
        return bool(self.found) and failed(self.found[0]) and not is_turned_away(self.found)

    def _ask_unanswered(self, definition: CheckDefinition, *, is_patient: bool) -> Generator[Request, Reply, None]:
        """A host that hung up on the first question may answer another; a fallback tells that it did not."""
        first = definition.probe.requests[0].constant
        is_known = first is not None and key_of(first) in self.known
        if definition.fallback and is_known:
            yield from self._stand_in(definition)
        elif is_patient and first is not None and not is_known and self.found[0].observation.ended in _HUNG_UP:
            yield from self.ask(definition)

    def _stand_in(self, fallback: CheckDefinition) -> Generator[Request, Reply, None]:
        """Where the port suggests no product, no check of one stands for a host that said nothing."""
        if self.endpoint.port not in self.found[0].definition.probe.ports:
            rest, self.found = self.found[1:], []
            yield from self.ask(fallback)
            self.found += rest

    def undoubted(self) -> Generator[Request, Reply, list[Judged]]:
        """What was found, with a signal where a path that cannot exist is answered in the same way."""
        if not is_doubtful(self.found):
            return self.found
        reply = yield from self.remembered(nothing(self.nonsense))
        return doubted(self.found, reply)

    def asked_below(
        self, checks: Sequence[CheckDefinition], *, is_hint: bool
    ) -> Generator[Request, Reply, list[Judged]]:
        """The verdicts of the checks that know what answers below the path; only those that begin with a front page.

        A path that is but a hint is asked no further where there is no page.
        """
        able = [item for item in checks if not item.fallback and key_of_first(item) == FRONT]
        yield from self.ask_all(able[:1], is_patient=False)
        is_there = self.front is not None and self.front.status != _NOT_FOUND
        if is_there or not is_hint:
            yield from self.ask_all(able[1:], is_patient=False)
            yield from self.ask_anyway(able)
        found = yield from self.undoubted()
        return [item for item in found if item.applies and not failed(item)]

    def ask(self, definition: CheckDefinition) -> Generator[Request, Reply, None]:
        """Judge the answers of a check, unless it had nothing to ask, or would ask more than may be asked.

        A store that has none of our buckets may still tell a stranger which others it has.
        """
        before = len(self.found)
        for bucket in self.buckets:
            for item in (yield from self._asked(definition, bucket)):
                self.found.append(item)
                self._settle(item)
        if any(self.buckets) and not applies(self.found[before:]):
            for item in filter(_is_open, (yield from self._asked(definition, None))):
                self.found.append(item)
                self._settle(item)

    def _asked(self, definition: CheckDefinition, bucket: str | None) -> Generator[Request, Reply, list[Judged]]:
        place = place_key(self.endpoint, definition, self.below.removeprefix("/"))
        earlier, allows = partial(names_within, self.known_open, place), allowed_at(self.endpoint)
        talk = Talk(definition, nonsense=self.nonsense, bucket=bucket, earlier=earlier, allows=allows)
        while (request := talk.next_question()) is not None:
            key = key_of(request)
            reply = self._recalled(request, key)
            if reply is None:
                if self.is_found_open or (self.below and not self._has_a_path(definition, request)):
                    return []
                reply = yield self._placed(request)
                self.known[key] = (request.cap_bytes, reply)
            talk.hear(reply)
        return self._judged(definition, talk, bucket) if talk.replies else []

    def _has_a_path(self, definition: CheckDefinition, request: Request) -> bool:
        """Whether it can be put below the path; of a folder that the first answer misses no more is asked."""
        is_there = all(reply.status != _NOT_FOUND for _, reply in [*self.known.values()][:1])
        return is_there if PROTOCOLS[definition.probe.kind].has_folders else request.method in _WITH_A_PATH

    def ask_again(self, checks: Sequence[CheckDefinition]) -> Generator[Request, Reply, None]:
        """Ask what lies behind the front page where a store was found open before and no check knows the product."""
        if not is_unknown(self.found):
            return
        for definition in checks:
            if place_key(self.endpoint, definition, None) in self.known_open and not definition.fallback:
                yield from self.ask_behind(definition)

    def ask_behind(self, definition: CheckDefinition) -> Generator[Request, Reply, None]:
        """Ask a check that knows the place for all that it knows; where it is open still, its word alone counts.

        Not so where a path that cannot exist is answered as well: then another server may stand there by now.
        """
        before, self.found = self.found, []
        yield from self.ask(unguarded(definition))
        is_open = any(map(_is_open, self.found))
        if is_open:
            absent = yield from self.remembered(nothing(self.nonsense))
            is_open = absent.status != _OK
        self.found = [*filter(_is_open, before), *self.found] if is_open else before

    def remembered(self, request: Request) -> Generator[Request, Reply, Reply]:
        """The reply, asked for unless it is known."""
        known = self._recalled(request, key_of(request))
        return known if known is not None else (yield self._placed(request))

    def _placed(self, request: Request) -> Request:
        """The question, below the path."""
        return replace(request, what=f"{self.below}{request.what}") if self.below else request

    def _recalled(self, request: Request, key: tuple[Any, ...]) -> Reply | None:
        """The reply to an equal question, unless it was cut off and more may be read now."""
        known = self.known.get(key)
        if known is None:
            return None
        cap, reply = known
        if reply.ended is Ending.CAPPED and request.cap_bytes > cap:
            return None
        return reply if reply.request == request.id else replace(reply, request=request.id)

    def _judged(self, definition: CheckDefinition, talk: Talk, bucket: str | None) -> list[Judged]:
        """One verdict, or one for each name that the check asked about."""
        parts = [
            self._verdict_on(definition, part.replies, part.view, part.name)
            for part in parts_by_name(definition, talk.replies, talk.items)
        ]
        return parts or [self._verdict_on(definition, talk.replies, talk.view, bucket)]

    def _verdict_on(
        self, definition: CheckDefinition, replies: Mapping[str, Reply], view: View, bucket: str | None
    ) -> Judged:
        inside = inside_of(bucket, self.below)
        before = self.most_records.get(place_key(self.endpoint, definition, inside)) if self.most_records else None
        observation = Observation(
            kind=definition.probe.kind, replies=replies, transport=self.line.transport, tls=self.line.tls,
            ended=next(iter(replies.values())).ended,
        )  # fmt: skip
        verdict = judge(definition, observation, before=before, view=view)
        return Judged(
            definition=definition, observation=observation, verdict=verdict, bucket=bucket, below=self.below
        )  # fmt: skip

    def _settle(self, item: Judged) -> None:
        """Guests of a web server may be several at once, so they settle nothing."""
        probe, outcome = item.definition.probe, item.verdict.outcome
        if outcome in _KNOWN and not item.definition.fallback and PROTOCOLS[probe.kind].over is None:
            is_named = self.endpoint.port in probe.ports
            self.is_port_settled = self.is_port_settled or is_named
            self.is_found_open = self.is_found_open or (not is_named and outcome in OPEN)


def _is_open(item: Judged) -> bool:
    return item.verdict.outcome in OPEN


def is_unknown(found: Sequence[Judged]) -> bool:
    """Whether no check knows the product that answers: its front page asks for a login, say, or leads elsewhere."""
    return not any(item.applies and not item.definition.fallback for item in found)
