"""The parts of an examination: results of checks, and the status of an endpoint that follows from them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.order import HTTP
from leakguard.checks.protocols import PROTOCOLS
from leakguard.checks.unheard import NOT_NOW, broke_off
from leakguard.frozen import Frozen
from leakguard.models.findings import Finding, Outcome, ProofRequest, ReasonCode, Verdict
from leakguard.models.kinds import Category
from leakguard.models.observations import Ending, Observation
from leakguard.scanning.diff import OPEN
from leakguard.scanning.unsettled import code_of


class EndpointStatus(StrEnum):
    """How an endpoint stands at the end of a run: exactly one of these. It is stored and shown by its value."""

    EXPOSED = "exposed"
    PROTECTED = "protected"
    OTHER = "other"
    """Something answers, but none of our checks knows it, or what is open is a declared decoy or declared as public."""
    CLOSED = "closed"
    """Every connection was refused: `Ending.REFUSED`. The ending of this name, `Ending.CLOSED`, leads to `SILENT`."""
    SILENT = "silent"
    """Nothing answers, or the host closes or resets the connection without data."""
    NOT_CHECKED = "not_checked"


_BY_OUTCOME = {
    Outcome.EXPOSED: EndpointStatus.EXPOSED,
    Outcome.PARTIALLY_EXPOSED: EndpointStatus.EXPOSED,
    Outcome.NOT_EXPOSED: EndpointStatus.PROTECTED,
    Outcome.INCONCLUSIVE: EndpointStatus.NOT_CHECKED,
}
_CLOSED_OR_RESET = frozenset({Ending.CLOSED, Ending.RESET})
_MIN_BYTES_OF_PROTOCOL = 16
"""An unfinished answer of at least this many bytes counts as one in the check's protocol: from fewer bytes, the parser
may not yet have rejected an answer in another protocol."""
_NO_ANSWER = frozenset({Ending.FILTERED, Ending.UNREACHABLE, Ending.SILENT, Ending.CLOSED, Ending.RESET})
"""Endings without an answer on which a verdict could rest."""
_NO_CONNECTION_ENDINGS = frozenset({Ending.REFUSED, Ending.FILTERED, Ending.UNREACHABLE})
"""Endings without a connection."""
STOPPED_ACCEPTING = (
    "it accepted one connection and then no more: it limits connections, or went offline; a lower --rate may help"
)
CLOSES_AT_ONCE = (
    "it accepts connections and closes them before a request: it is overloaded, or admits only other clients"
)
"""The reasons why a host that is there was not checked."""
_NOT_ASKED = frozenset({Ending.BLOCKED, Ending.SPENT})
_WITH_CERTIFICATE = frozenset({Ending.CERTIFICATE, Ending.REFUSED, *_NO_ANSWER, *_NOT_ASKED})


class Examination(Frozen):
    """What one endpoint turned out to be."""

    status: EndpointStatus
    findings: tuple[Finding, ...] = ()
    why: str = ""
    """Why it was not checked, if no finding says so."""
    bug: str = ""
    """The bug in LeakGuard because of which it was not checked; see `bugs.bug_of`."""

    @property
    def unsettled(self) -> str:
        """The reason code that says why a protected endpoint may still be open; empty if it is proved closed."""
        return code_of(self.findings) if self.status is EndpointStatus.PROTECTED else ""


class CheckResult(Frozen):
    """The result of one check: a verdict with the observation on which it rests."""

    definition: CheckDefinition
    observation: Observation
    verdict: Verdict
    bucket: str | None = None
    """The bucket, or for a backend the table, that the verdict is about; `None` for the endpoint."""
    below: str = ""
    """The path below which the check was run, such as `/mlflow`; empty for the root."""
    oldest: datetime | None = None
    """When the oldest data came in, according to the host."""
    sampled: tuple[Category, ...] = ()
    sample_note: str = ""
    sample_requests: tuple[ProofRequest, ...] = ()
    """These three as in `models.samples.SampleResult`; empty if no record was read."""
    is_hinted_protocol: bool = False
    """Whether the host's own data hint at this very protocol, which is not HTTP."""

    @property
    def applies(self) -> bool:
        """Whether the outcome is not `not_applicable`, or the product is open by design.

        So an inconclusive check applies, even one whose first request was unanswered; `any_check_applies` skips those.
        """
        is_public_by_design = self.verdict.reason_code is ReasonCode.PUBLIC_BY_DESIGN
        return is_public_by_design or self.verdict.outcome is not Outcome.NOT_APPLICABLE

    @property
    def path_in_endpoint(self) -> str | None:
        """The bucket, table or path that the verdict is about; see the function of this name."""
        return path_in_endpoint(self.bucket, self.below)


def path_in_endpoint(bucket: str | None, below: str) -> str | None:
    """A bucket or table, a path without its first slash, or a table below a path; `None` for the whole endpoint."""
    return "/".join(filter(None, (below.removeprefix("/"), bucket))) or None


def is_first_unanswered(item: CheckResult) -> bool:
    """Whether the first request has no ending of `_ANSWERED`: the verdict then says nothing about the product."""
    return item.observation.ended not in _ANSWERED


def lacks_an_answer(item: CheckResult) -> bool:
    """Whether the verdict is inconclusive, although the first request was answered, because some request failed.

    A request failed if its ending is not one of `_ANSWERED`, or its status is one of `_NOT_NOW`.
    """
    replies = item.observation.replies.values()
    is_inconclusive = item.verdict.outcome is Outcome.INCONCLUSIVE and not is_first_unanswered(item)
    return is_inconclusive and any(reply.ended not in _ANSWERED or (reply.status or 0) in _NOT_NOW for reply in replies)


def found_open(item: CheckResult) -> bool:
    """Whether the check found the data store open, wholly or in part."""
    return item.verdict.outcome in OPEN


def after_recheck(before: Sequence[CheckResult], again: Sequence[CheckResult], *, is_open: bool) -> list[CheckResult]:
    """The results that count after a check ran again, since its data store was open in an earlier run.

    If the store still `is_open`, the results of `again` count, with those of `before` that are open or lack an answer.
    Else those of `before` count, with those of `again` that lack an answer: a login in front of a store that failed to
    answer does not prove it closed.
    """
    if is_open:
        return [*(item for item in before if found_open(item) or lacks_an_answer(item)), *again]
    return [*before, *filter(lacks_an_answer, again)]


_ANSWERED = frozenset({Ending.COMPLETE, Ending.CAPPED})
"""Endings of a complete answer, and of one that was cut at our cap."""
_NOT_NOW = frozenset({*NOT_NOW, *range(500, 600)})
"""HTTP status codes by which a server says that it could not answer, and nothing of who may ask; any 5xx here, since a
proxy in front may have codes of its own."""


def unanswered_checks(results: Sequence[CheckResult]) -> tuple[CheckResult, ...]:
    """Checks whose first question the host left unanswered although it speaks their protocol; each check once.

    Any of these signs shows that the host speaks the protocol. A host that is silent without one speaks another.

    - The check is over HTTP, and the host answered another check over HTTP on the same transport.
    - The first data of the host hint at this protocol.
    - An answer began in this protocol, or was so long that another protocol would have shown.

    To close or reset the connection counts as an answer, unless it happens in the middle of one; see `checks.unheard`.
    """
    http_transports = {item.observation.transport for item in results if spoke_http([item])}
    answered = {(item.definition.id, item.bucket) for item in results if not is_first_unanswered(item)}
    missing = {
        (item.definition.id, item.bucket): item
        for item in results
        if is_first_unanswered(item) and item.verdict.outcome is Outcome.INCONCLUSIVE
        and not _was_closed_without_answer(item)
        and (item.is_hinted_protocol or _speaks_http(item, http_transports) or _answer_began_in_protocol(item))
        and (item.definition.id, item.bucket) not in answered
    }  # fmt: skip
    return tuple(missing.values())


def _was_closed_without_answer(item: CheckResult) -> bool:
    """Whether the host closed or reset the connection, and not after the first bytes of an answer."""
    first = next(iter(item.observation.replies.values()), None)
    return item.observation.ended in _CLOSED_OR_RESET and not (first is not None and broke_off(first))


def _answer_began_in_protocol(item: CheckResult) -> bool:
    """Whether an inconclusive answer began in the protocol, or has `_MIN_BYTES_OF_PROTOCOL` bytes without a status."""
    first = next(iter(item.observation.replies.values()), None)
    return first is not None and (first.began or (first.status is None and first.size_bytes >= _MIN_BYTES_OF_PROTOCOL))


def _speaks_http(item: CheckResult, http_transports: Collection[str]) -> bool:
    """Whether a check speaks HTTP, and so does the host on its transport."""
    if HTTP not in {item.definition.probe.kind, PROTOCOLS[item.definition.probe.kind].over}:
        return False
    if item.observation.ended is Ending.SPENT:
        return bool(http_transports)
    return item.observation.transport in http_transports


def is_unreadable(item: CheckResult) -> bool:
    """Whether the host speaks the protocol of the check, and its answer could not be read."""
    return item.verdict.reason_code is ReasonCode.UNREADABLE


def first_ending(found: Sequence[CheckResult]) -> Ending | None:
    """How the first request of the first check ended; `None` without any."""
    return found[0].observation.ended if found else None


def first_needs_certificate(found: Sequence[CheckResult]) -> bool:
    """Whether the host refused the first request because it demands a client certificate."""
    return first_ending(found) is Ending.CERTIFICATE


def no_check_connected(found: Sequence[CheckResult]) -> bool:
    """Whether no check got a connection."""
    return bool(found) and all(item.observation.ended in _NO_CONNECTION_ENDINGS for item in found)


def is_refused(found: Sequence[CheckResult]) -> bool:
    """Whether every connection was refused."""
    return bool(found) and all(item.observation.ended is Ending.REFUSED for item in found)


def answers_only_with_certificate(found: Sequence[CheckResult]) -> bool:
    """Whether the host demanded a client certificate, and answered no request without one."""
    endings = {item.observation.ended for item in found}
    return Ending.CERTIFICATE in endings and endings <= _WITH_CERTIFICATE and not any(map(got_data, found))


def was_refused_after_connecting(found: Sequence[CheckResult]) -> bool:
    """Whether a connection was refused although another one came about: the port may still be open."""
    endings = {item.observation.ended for item in found}
    return Ending.REFUSED in endings and not endings <= _NO_CONNECTION_ENDINGS | _NOT_ASKED


def is_closed_without_answer(found: Sequence[CheckResult]) -> bool:
    """Whether the host closed or reset every connection without sending data."""
    return bool(found) and all(item.observation.ended in _CLOSED_OR_RESET and not got_data(item) for item in found)


def spoke_http(found: Sequence[CheckResult]) -> bool:
    """Whether any answer was in HTTP."""
    return any(reply.status is not None for item in found for reply in item.observation.replies.values())


def any_check_applies(found: Sequence[CheckResult]) -> bool:
    """Whether any check applies, not counting those whose first request was unanswered."""
    return any(item.applies for item in found if not is_first_unanswered(item))


def is_unknown(found: Sequence[CheckResult]) -> bool:
    """Whether no product check applies: the front page asks for a login, for example, or redirects."""
    return not any(item.applies and not item.definition.fallback for item in found)


def got_data(item: CheckResult) -> bool:
    """Whether any data came back."""
    return any(reply.size_bytes > 0 for reply in item.observation.replies.values())


def status_of(results: Sequence[CheckResult], chosen: Sequence[CheckResult]) -> EndpointStatus:
    """The status of an endpoint: by the outcomes of `chosen`, or else by how all requests ended.

    If no check recognised what answers, it is `OTHER` only if every check of a protocol that the host speaks got a
    readable answer; else it is `NOT_CHECKED`.
    """
    by_outcome = _by_outcome(chosen)
    if by_outcome is not None:
        return by_outcome
    if is_refused(results):
        return EndpointStatus.CLOSED
    if answers_only_with_certificate(results):
        return EndpointStatus.PROTECTED
    endings = {item.observation.ended for item in results}
    if endings & _NOT_ASKED or was_refused_after_connecting(results) or any(map(is_unreadable, results)):
        return EndpointStatus.NOT_CHECKED
    if endings and endings <= _NO_ANSWER | _NO_CONNECTION_ENDINGS:
        return EndpointStatus.NOT_CHECKED if any(map(got_data, results)) else EndpointStatus.SILENT
    is_unclear = Ending.CERTIFICATE in endings or unanswered_checks(results)
    return EndpointStatus.NOT_CHECKED if is_unclear else EndpointStatus.OTHER


def _by_outcome(chosen: Sequence[CheckResult]) -> EndpointStatus | None:
    """The status by the gravest outcome; `None` without one. The shortcut serves most endpoints, with one result."""
    if len(chosen) == 1:
        return _BY_OUTCOME.get(chosen[0].verdict.outcome)
    outcomes = {item.verdict.outcome for item in chosen}
    return next((status for outcome, status in _BY_OUTCOME.items() if outcome in outcomes), None)
