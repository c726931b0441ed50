"""Closes an incident and opens it again, and says what runs on: the clocks of laws that nobody has met, and the review.

Nothing is closed in silence: what is missing is refused with everything that is missing at once, and what somebody
overrides is recorded by its area, with who did so and why. A clock of a law runs on whatever anybody overrides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from leakguard.alerts.marks import is_watched, runs_on
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.event_history import EVERYTHING
from leakguard.errors import NotAllowed, UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.events import Event
from leakguard.models.look_alikes import is_readable
from leakguard.models.moments import to_z
from leakguard.models.records import KeptRecord
from leakguard.models.unfinished import MUST, Area, UnfinishedItem
from leakguard.ports import Journal, Now
from leakguard.use_cases.alerts.watchman import Rules
from leakguard.use_cases.incidents.incident_clocks import statuses
from leakguard.use_cases.incidents.incident_events import NewEvent, NoNameCheck, record_event
from leakguard.use_cases.incidents.incidents import CLOSED, REOPENED

UnfinishedOf = Callable[[Sequence[KeptRecord]], tuple[UnfinishedItem, ...]]
"""What is not finished, by the records of the incident."""
MOST_LINES = 40
_NAMES_NONE = "closing and reopening name no duty and no clock"
_MEND = {
    Area.EXPOSURES: "prove them closed: leakguard scan verify FINDING..., or record what you know: "
    "leakguard incident event {incident} remediation_verified --reason TEXT",
    Area.PLAYBOOK: "leakguard playbook start {incident}",
    Area.STEPS: "leakguard playbook next {incident}",
    Area.CLOCKS: "leakguard clock list --incident {incident}",
    Area.DUTIES: "leakguard notice assess FACTS --incident {incident}",
    Area.LETTERS: "leakguard notice deliveries --incident {incident}",
    Area.REVIEW: "leakguard incident event {incident} lessons_recorded",
}
"""What to do about each area."""


class ClosingRequest(Frozen):
    """What a person asks for."""

    by: str = ""
    reason: str = ""
    despite: frozenset[Area] = frozenset()
    """What they close it in spite of."""


class ClosingResult(Frozen):
    """What came of it."""

    event: Event
    overridden: tuple[UnfinishedItem, ...]
    """What was missing all the same."""


def close_incident(
    store: Journal, incident: str, request: ClosingRequest, missing: UnfinishedOf, *, now: Now
) -> ClosingResult:
    """Close an incident in which nothing is missing but what `request` overrides; returns the event and that.

    Raises `NotFound`, `UsageProblem` for an override without a reason, and `NotAllowed` with everything that is
    missing, or for an incident that is closed.
    """
    _refuse_loose_override(request)
    found: list[tuple[UnfinishedItem, ...]] = [()]

    def check(records: Sequence[KeptRecord]) -> None:
        found[:] = [missing(records)]
        refuse_missing(incident, found[0], request.despite)

    overridden = frozenset(areas_of(missing(tuple(store.read(incident))))) & request.despite
    event = record_event(
        store, incident, _event_of(request, overridden), now=now, check=check, names=NoNameCheck(reason=_NAMES_NONE)
    )  # fmt: skip
    return ClosingResult(event=event, overridden=found[0])


def reopen_incident(store: Journal, incident: str, *, by: str, reason: str, now: Now) -> Event:
    """Open a closed incident again: its clocks begin anew. Raises `NotFound`, `UsageProblem`, `NotAllowed`."""
    if not is_readable(reason):
        raise UsageProblem("reopening needs a reason", next_step='Say why: --reason "..."')
    fields = {"decider": by.strip()} if by.strip() else None
    new = NewEvent(kind=REOPENED, reason=reason, fields=fields)
    return record_event(store, incident, new, now=now, names=NoNameCheck(reason=_NAMES_NONE))


def refuse_missing(incident: str, missing: Sequence[UnfinishedItem], despite: Collection[Area]) -> None:
    """Raise `NotAllowed` with all that is missing, by area, unless it may be overridden and is."""
    areas = areas_of(missing)
    refused = [area for area in areas if area in MUST or area not in despite]
    if not refused:
        return
    raise NotAllowed(
        f"{incident} is not finished" + ":\n" + "\n".join(missing_lines(incident, missing, despite)),
        next_step=_way_out(incident, refused),
    )


def missing_lines(
    incident: str, missing: Sequence[UnfinishedItem], despite: Collection[Area] = (), *, is_closing: bool = True
) -> tuple[str, ...]:
    """Everything that is missing, each area under its name with what to do about it.

    `is_closing` says that whoever reads it may override an area.
    """
    lines: list[str] = []
    for area in areas_of(missing):
        own = [item for item in missing if item.area is area]
        remedy = "must be finished" if area in MUST else "overridden" if area in despite else f"or --despite {area}"
        remedy = f"{len(own)}; {remedy}" if is_closing else str(len(own))
        lines.append(f"  {area} ({remedy}): {_MEND[area].format(incident=incident)}")
        lines += [f"    {item.text}{_when(item)}" for item in own[:MOST_LINES]]
        lines += [f"    and {len(own) - MOST_LINES} more"] if len(own) > MOST_LINES else []
    return tuple(lines)


def _when(item: UnfinishedItem) -> str:
    if item.due_at is None:
        return ""
    return f" ({'LATE, ' if item.is_late else ''}due {to_z(item.due_at.replace(microsecond=0))})"


def areas_of(missing: Iterable[UnfinishedItem]) -> tuple[Area, ...]:
    """The areas in which something is missing, in their order."""
    named = {item.area for item in missing}
    return tuple(area for area in Area if area in named)


def still_running(journal: Journal, rules: Rules, incident: str, now: datetime) -> tuple[ClockStatus, ...]:
    """The clocks that are watched although the incident is closed, the nearest limit first."""
    records = tuple(journal.read(incident))
    found = statuses(journal, incident, rules(incident, records), Calendars(), now, known_at=EVERYTHING)
    running = (status for status in found if runs_on(status) and is_watched(status))
    return tuple(sorted(running, key=lambda status: (status.work_by is None, status.work_by or now, status.id)))


def _event_of(request: ClosingRequest, overridden: Collection[Area]) -> NewEvent:
    stated = {"decider": request.by.strip(), "despite": ", ".join(area for area in Area if area in overridden)}
    fields = {name: text for name, text in stated.items() if text}
    return NewEvent(kind=CLOSED, reason=request.reason.strip(), fields=fields)


def _refuse_loose_override(request: ClosingRequest) -> None:
    """An override is a decision, and an auditor asks for its reason."""
    if request.despite and not is_readable(request.reason):
        raise UsageProblem("an override needs a reason", next_step='Say why it is closed nevertheless: --reason "..."')
    if held := sorted(MUST & request.despite):
        raise UsageProblem(
            f"{', '.join(held)} cannot be overridden",
            next_step="Prove the closure, or record `remediation_verified` with how you know: --reason TEXT.",
        )


def _way_out(incident: str, refused: Sequence[Area]) -> str:
    if any(area in MUST for area in refused):
        return f"Finish what must be, then close it: leakguard incident close {incident}"
    despite = " ".join(f"--despite {area}" for area in refused)
    return f"Finish it, or override it with a reason: leakguard incident close {incident} {despite} --reason TEXT"
