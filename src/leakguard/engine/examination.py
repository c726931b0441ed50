"""What an examination is made of: verdicts with what they rest on, and how an endpoint stands in the end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.order import HTTP
from leakguard.checks.protocols import PROTOCOLS
from leakguard.checks.unheard import broke_off
from leakguard.frozen import Frozen
from leakguard.models.findings import Finding, Outcome, ProofRequest, ReasonCode, Verdict
from leakguard.models.kinds import Category
from leakguard.models.observations import Ending, Observation
from leakguard.scanning.unsettled import code_of


class TargetStanding(StrEnum):
    """Every endpoint of a run ends in exactly one of these."""

    EXPOSED = "exposed"
    PROTECTED = "protected"
    OTHER = "other"
    """Something answers, but none of our checks knows it."""
    CLOSED = "closed"
    SILENT = "silent"
    """Nobody answers, or whoever is there closes the line without a word."""
    NOT_CHECKED = "not_checked"


_BY_OUTCOME = (
    (Outcome.EXPOSED, TargetStanding.EXPOSED),
    (Outcome.PARTIALLY_EXPOSED, TargetStanding.EXPOSED),
    (Outcome.NOT_EXPOSED, TargetStanding.PROTECTED),
    (Outcome.INCONCLUSIVE, TargetStanding.NOT_CHECKED),
)
_HUNG_UP = frozenset({Ending.CLOSED, Ending.RESET})
_TELLING = 16
"""Bytes: a reader of another protocol would have found them amiss."""
_OF_ONE = dict(_BY_OUTCOME)
_WORDLESS = frozenset({Ending.FILTERED, Ending.UNREACHABLE, Ending.SILENT, Ending.CLOSED, Ending.RESET})
"""Endings without an answer: whatever is there, it told us nothing that a verdict could rest on."""
_UNMET = frozenset({Ending.REFUSED, Ending.FILTERED, Ending.UNREACHABLE})
"""Endings without a connection."""
GONE = "it took a connection, and then no other: something limits them, or it has just gone; a lower --rate may help"
HANGS_UP = "it takes connections and hangs up before anything is asked: it is overrun, or lets in others only"
"""Why a host that is there was not checked."""
_BY_ENDING = (
    (Ending.REFUSED, TargetStanding.CLOSED),
    (Ending.CERTIFICATE, TargetStanding.PROTECTED),
    (Ending.BLOCKED, TargetStanding.NOT_CHECKED),
    (Ending.SPENT, TargetStanding.NOT_CHECKED),
)


class Examination(Frozen):
    """What one endpoint turned out to be."""

    standing: TargetStanding
    findings: tuple[Finding, ...] = ()
    why: str = ""
    """Why it was not checked, where no finding tells."""
    bug: str = ""
    """The bug of ours because of which it was not checked; see `bugs.bug_of`."""

    @property
    def unsettled(self) -> str:
        """The reason code by which a protected endpoint may be open all the same; nothing where a check settled it."""
        return code_of(self.findings) if self.standing is TargetStanding.PROTECTED else ""


class Judged(Frozen):
    """A verdict with what it rests on."""

    definition: CheckDefinition
    observation: Observation
    verdict: Verdict
    bucket: str | None = None
    below: str = ""
    """The path below which it was asked, as `/mlflow`; empty for the root."""
    oldest: datetime | None = None
    """When the oldest of the data came in, as the host tells."""
    sampled: tuple[Category, ...] = ()
    sample_note: str = ""
    sample_requests: tuple[ProofRequest, ...] = ()
    """See `models.samples.Sampled`; empty where no value was read."""
    is_own_tongue: bool = False
    """Whether the host's first words were those of this very protocol, which is not HTTP."""

    @property
    def applies(self) -> bool:
        """Whether the check knows what it saw; what is open as its owner declared is told as well."""
        is_declared = self.verdict.reason_code is ReasonCode.PUBLIC_BY_DESIGN
        return is_declared or self.verdict.outcome is not Outcome.NOT_APPLICABLE

    @property
    def inside(self) -> str | None:
        """What of the endpoint the verdict is on: a bucket, or a path; `None` for all of it."""
        return inside_of(self.bucket, self.below)


def inside_of(bucket: str | None, below: str) -> str | None:
    """A bucket or a table, a path without its first slash, or a table below a path."""
    return "/".join(filter(None, (below.removeprefix("/"), bucket))) or None


def failed(item: Judged) -> bool:
    """Whether the protocol never got going, so that the verdict says nothing about the product."""
    return item.observation.ended is not Ending.COMPLETE and item.observation.ended is not Ending.CAPPED


def unheard_of(judged: Sequence[Judged]) -> tuple[Judged, ...]:
    """Checks whose first question the host left without an answer, though it speaks their protocol; each once.

    Over HTTP it does so on that very line, elsewhere by its own first words, or by an answer that began and had nothing
    amiss so far: what is silent to another protocol just does not speak it. To hang up is an answer, but not in the
    middle of one; see `checks.unheard`.
    """
    spoken = {item.observation.transport for item in judged if spoke_http([item])}
    answered = {(item.definition.id, item.bucket) for item in judged if not failed(item)}
    missing = {
        (item.definition.id, item.bucket): item
        for item in judged
        if failed(item) and item.verdict.outcome is Outcome.INCONCLUSIVE and not _was_refused(item)
        and (item.is_own_tongue or _is_spoken(item, spoken) or _began_in_own_tongue(item))
        and (item.definition.id, item.bucket) not in answered
    }  # fmt: skip
    return tuple(missing.values())


def _was_refused(item: Judged) -> bool:
    """Whether the host hung up on the question, and that not behind the first bytes of an answer."""
    first = next(iter(item.observation.replies.values()), None)
    return item.observation.ended in _HUNG_UP and not (first is not None and broke_off(first))


def _began_in_own_tongue(item: Judged) -> bool:
    """Whether an answer began as the protocol's do, or so much came that another protocol would have shown in it."""
    first = next(iter(item.observation.replies.values()), None)
    return first is not None and (first.began or (first.status is None and first.size_bytes >= _TELLING))


def _is_spoken(item: Judged, spoken: Collection[str]) -> bool:
    """Whether a check asks over HTTP where the host speaks it."""
    if HTTP not in {item.definition.probe.kind, PROTOCOLS[item.definition.probe.kind].over}:
        return False
    return item.observation.transport in spoken or (bool(spoken) and item.observation.ended is Ending.SPENT)


def is_unreadable(item: Judged) -> bool:
    """Whether what was asked is spoken there, and the answer could not be read."""
    return item.verdict.reason_code is ReasonCode.UNREADABLE


def first_ending(found: Sequence[Judged]) -> Ending | None:
    """How the first request of all ended."""
    return found[0].observation.ended if found else None


def is_turned_away(found: Sequence[Judged]) -> bool:
    """Whether the host asked for a certificate of ours before anything else, and would have nobody without."""
    return first_ending(found) is Ending.CERTIFICATE


def is_gone(found: Sequence[Judged]) -> bool:
    """Whether no connection came about for any question."""
    return bool(found) and all(item.observation.ended in _UNMET for item in found)


def is_refused(found: Sequence[Judged]) -> bool:
    """Whether every connection was refused."""
    return bool(found) and all(item.observation.ended is Ending.REFUSED for item in found)


def is_hung_up_on(found: Sequence[Judged]) -> bool:
    """Whether every first question met a line that the host had hung up."""
    return bool(found) and all(item.observation.ended in _HUNG_UP and not _is_begun(item) for item in found)


def _is_begun(item: Judged) -> bool:
    return any(reply.size_bytes for reply in item.observation.replies.values())


def spoke_http(found: Sequence[Judged]) -> bool:
    """Whether anything came back in HTTP."""
    return any(reply.status is not None for item in found for reply in item.observation.replies.values())


def applies(found: Sequence[Judged]) -> bool:
    """Whether a check knows what it saw."""
    return any(item.applies for item in found if not failed(item))


def most_telling(judged: Sequence[Judged]) -> Judged:
    """What stands for an endpoint without a verdict: an answer that could not be read, or that its time was spent.

    Or an answer that only began, or else how its first question ended.
    """
    spent = [item for item in judged if item.observation.ended is Ending.SPENT]
    return next(iter((*filter(is_unreadable, judged), *spent, *filter(_began, judged), *judged)))


def _began(item: Judged) -> bool:
    """Whether an answer began, where none came to its end."""
    return any(reply.size_bytes > 0 for reply in item.observation.replies.values())


def standing_of(judged: Sequence[Judged], kept: Sequence[Judged]) -> TargetStanding:
    """How an endpoint stands, by the verdicts that are kept, or else by how all that was asked ended.

    Where no check knows what answers and one was not answered, or not so that it could be read, nobody can say that it
    is something else.
    """
    by_outcome = _by_outcome(kept)
    if by_outcome is not None:
        return by_outcome
    if any(map(is_unreadable, judged)):
        return TargetStanding.NOT_CHECKED
    endings = {item.observation.ended for item in judged}
    for ending, standing in _BY_ENDING:
        if ending in endings:
            return standing
    if endings and endings <= _WORDLESS:
        return TargetStanding.NOT_CHECKED if any(map(_began, judged)) else TargetStanding.SILENT
    return TargetStanding.NOT_CHECKED if unheard_of(judged) else TargetStanding.OTHER


def _by_outcome(kept: Sequence[Judged]) -> TargetStanding | None:
    """The gravest outcome counts; most endpoints have one verdict."""
    if len(kept) == 1:
        return _OF_ONE.get(kept[0].verdict.outcome)
    outcomes = {item.verdict.outcome for item in kept}
    return next((standing for outcome, standing in _BY_OUTCOME if outcome in outcomes), None)
