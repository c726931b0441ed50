"""What findings mean for the incident that is opened about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from leakguard.errors import NotAllowed
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Event, Interval
from leakguard.models.findings import Finding, Outcome
from leakguard.models.records import Record

OPEN_OUTCOMES = frozenset({Outcome.EXPOSED, Outcome.PARTIALLY_EXPOSED})
"""The verdicts that are an exposure."""

MET_AGAIN = frozenset({"exposure_seen_again", "exposure_spread"})
"""The exposure is back, or its store is open at another place."""
FIRST_SEEN = "exposure_first_seen"
ADDS_FINDING = MET_AGAIN | {FIRST_SEEN}
"""Events whose finding is one of their incident's: it was met again, or a scan showed what an outsider had reported."""


def is_seen_open(event: Event) -> bool:
    """Whether an event says that something was seen open, so that no word from before it says that all is closed."""
    return event.kind in MET_AGAIN or (event.kind == FIRST_SEEN and "finding" in event.fields)


def refuse_harmless(findings: Sequence[Finding]) -> None:
    """Raise `NotAllowed` when findings are given and none of them is an exposure."""
    if findings and not any(finding.verdict.outcome in OPEN_OUTCOMES for finding in findings):
        stands = ", ".join(f"{finding.id} is {finding.verdict.outcome.value}" for finding in findings[:5])
        raise NotAllowed(
            f"none of these findings is an exposure: {stands}",
            next_step="Name a finding that is exposed, or open an incident by its --title.",
        )


def title_of(findings: Sequence[Finding]) -> str:
    """A title that says what is open and where; empty without findings."""
    if not findings:
        return ""
    worst = next(finding for finding in findings if finding.verdict.outcome in OPEN_OUTCOMES)
    others = f" and {len(findings) - 1} more" if len(findings) > 1 else ""
    return f"{worst.datastore} open at {worst.place}{others}"


def first_seen(findings: Sequence[Finding], open_since: Mapping[str, datetime]) -> tuple[Record, ...]:
    """When our scanner first saw it open, over all runs that the store remembers, or as `open_since` says."""
    seen = [
        (open_since.get(finding.id) or _first_look(finding), finding)
        for finding in findings
        if finding.verdict.outcome in OPEN_OUTCOMES
    ]
    if not seen:
        return ()
    at, finding = min(seen, key=lambda pair: (pair[0], pair[1].id))
    fields = {"finding": finding.id, "run": finding.run, "vantage": finding.vantage, "check": finding.check_id}
    where = Interval(earliest=at, latest=at)
    return (record_of_event(kind=FIRST_SEEN, occurred_at=where, source=f"scan run {finding.run}", fields=fields),)


def _first_look(finding: Finding) -> datetime:
    since = finding.exposed_since
    if since.source.startswith("first_seen") and since.latest is not None:
        return min(since.latest, finding.observed_at)
    return finding.observed_at
