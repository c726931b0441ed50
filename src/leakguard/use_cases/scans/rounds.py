"""Rounds: all checks of one kind on one line to an endpoint, with as few questions as decide. No socket."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.interview import Talk
from leakguard.checks.judge import judge
from leakguard.checks.order import HTTP
from leakguard.checks.requests import Request
from leakguard.checks.unguarded import unguarded
from leakguard.checks.verbs import READING
from leakguard.frozen import replace
from leakguard.models.findings import Outcome, place_of
from leakguard.models.observations import Ending, Observation, Reply, TlsSeen
from leakguard.models.targets import Endpoint
from leakguard.scanning.diff import OPEN
from leakguard.use_cases.scans.catch_all import doubted, is_doubtful, nothing
from leakguard.use_cases.scans.examination import Judged, applies, failed, is_turned_away

Round = Generator[Request, Reply, list[Judged]]
_OK = 200
_NOTHING: Mapping[Any, Any] = {}
_KNOWN = frozenset({*OPEN, Outcome.NOT_EXPOSED})
"""Outcomes by which a check knows the product."""


class Line(Protocol):
    """How the endpoint is spoken to; a `ports.Session` is one."""

    @property
    def transport(self) -> str:
        """`http`, `https`, `tcp` or `tls`, once known."""

    @property
    def tls(self) -> TlsSeen | None:
        """The certificate that was shown, if any."""


def ask_checks(
    checks: Sequence[CheckDefinition],
    endpoint: Endpoint,
    line: Line,
    *,
    nonsense: str,
    most_records: Mapping[tuple[str, str], int] = _NOTHING,
    known_open: Collection[tuple[str, str]] = (),
) -> Round:
    """Yield the questions of `checks`, which are of one kind and in order, be sent the replies; return the verdicts.

    No question is asked twice. A host that does not answer the first of all is not asked another; where it asked for
    a certificate of ours, that is what a fallback tells of, which needs no product.
    Once a check that names the port has applied, only others that name it are asked; what listens there is known.
    Once a product was found open on a port that suggests nothing, the others are judged by the answers that are there.
    `most_records` is how much each check saw at most at each place, in earlier runs, and `known_open` where each found
    a store open: there a login on the front page proves nothing, and what lay behind it is asked for again.
    """
    kind = checks[0].probe.kind if checks else HTTP
    buckets = _buckets(endpoint, kind)
    talk = _Round(endpoint=endpoint, buckets=buckets, line=line, nonsense=nonsense, most_records=most_records)
    for definition in checks:
        if is_turned_away(talk.found) and not definition.fallback:
            continue
        if talk.is_over(definition):
            break
        yield from talk.ask(definition)
    if kind == HTTP and known_open and _is_unknown(talk.found):
        place = place_of(endpoint.address, endpoint.port, endpoint.host, "")
        for definition in checks:
            if (definition.id, place) in known_open and not definition.fallback:
                yield from talk.ask_behind(definition)
    if kind == HTTP and is_doubtful(talk.found):
        reply = yield from talk.remembered(nothing(nonsense))
        return doubted(talk.found, reply)
    return talk.found


def place_key(endpoint: Endpoint, definition: CheckDefinition, bucket: str | None) -> tuple[str, str]:
    """What stays the same from run to run."""
    return definition.id, place_of(endpoint.address, endpoint.port, endpoint.host, bucket or "")


def _buckets(endpoint: Endpoint, kind: str) -> tuple[str | None, ...]:
    asks_for_them = kind == "s3" or READING[kind].for_buckets
    return (endpoint.buckets or (None,)) if asks_for_them else (None,)


@dataclass(slots=True, kw_only=True)
class _Round:
    endpoint: Endpoint
    buckets: Sequence[str | None]
    line: Line
    nonsense: str
    most_records: Mapping[tuple[str, str], int]
    found: list[Judged] = field(default_factory=list)
    known: dict[tuple[Any, ...], tuple[int, Reply]] = field(default_factory=dict)
    """Method, words and headers of every question, to the cap and the reply."""
    is_port_settled: bool = False
    """A check that names the port knows what listens there."""
    is_found_open: bool = False
    """Something is open that no port suggested."""

    def is_over(self, definition: CheckDefinition) -> bool:
        """Whether neither this check nor any behind it is asked; those that name the port lead, fallbacks end."""
        if is_turned_away(self.found):
            return False
        if self.is_port_settled and self.endpoint.port not in definition.probe.ports:
            return True
        if definition.fallback and applies(self.found):
            return True
        return bool(self.found) and failed(self.found[0])

    def ask(self, definition: CheckDefinition) -> Generator[Request, Reply, None]:
        """Judge the answers of a check, unless it had nothing to ask, or would ask more than may be asked.

        A store that has none of our buckets may still tell a stranger which others it has.
        """
        before = len(self.found)
        for bucket in self.buckets:
            if (item := (yield from self._asked(definition, bucket))) is not None:
                self.found.append(item)
                self._settle(item)
        if any(self.buckets) and not applies(self.found[before:]):
            item = yield from self._asked(definition, None)
            if item is not None and _is_open(item):
                self.found.append(item)
                self._settle(item)

    def _asked(self, definition: CheckDefinition, bucket: str | None) -> Generator[Request, Reply, Judged | None]:
        talk = Talk(definition, nonsense=self.nonsense, bucket=bucket)
        while (request := talk.next_question()) is not None:
            key = _key(request)
            reply = self._recalled(request, key)
            if reply is None:
                if self.is_found_open:
                    return None
                reply = yield request
                self.known[key] = (request.cap_bytes, reply)
            talk.hear(reply)
        return self._judged(definition, talk, bucket) if talk.replies else None

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
        known = self._recalled(request, _key(request))
        return known if known is not None else (yield request)

    def _recalled(self, request: Request, key: tuple[Any, ...]) -> Reply | None:
        """The reply to an equal question, unless it was cut off and more may be read now."""
        known = self.known.get(key)
        if known is None:
            return None
        cap, reply = known
        if reply.ended is Ending.CAPPED and request.cap_bytes > cap:
            return None
        return reply if reply.request == request.id else replace(reply, request=request.id)

    def _judged(self, definition: CheckDefinition, talk: Talk, bucket: str | None) -> Judged:
        before = self.most_records.get(place_key(self.endpoint, definition, bucket)) if self.most_records else None
        observation = Observation(
            kind=definition.probe.kind, replies=talk.replies, transport=self.line.transport, tls=self.line.tls,
            ended=next(iter(talk.replies.values())).ended,
        )  # fmt: skip
        verdict = judge(definition, observation, before=before, view=talk.view)
        return Judged(definition=definition, observation=observation, verdict=verdict, bucket=bucket)

    def _settle(self, item: Judged) -> None:
        """Guests of a web server may be several at once, so they settle nothing."""
        probe, outcome = item.definition.probe, item.verdict.outcome
        if outcome in _KNOWN and not item.definition.fallback and READING[probe.kind].over is None:
            is_named = self.endpoint.port in probe.ports
            self.is_port_settled = self.is_port_settled or is_named
            self.is_found_open = self.is_found_open or (not is_named and outcome in OPEN)


def _is_open(item: Judged) -> bool:
    return item.verdict.outcome in OPEN


def _is_unknown(found: Sequence[Judged]) -> bool:
    """Whether no check knows the product that answers: its front page asks for a login, say, or leads elsewhere."""
    return not any(item.applies and not item.definition.fallback for item in found)


def _key(request: Request) -> tuple[Any, ...]:
    """A question but for its id and its cap; hardly any has headers."""
    headers = tuple(sorted(request.headers.items())) if request.headers else ()
    return request.method, request.what, headers
