"""Filing a notice in stages: the filing is an event, and starts the clocks of the stages that follow."""

from __future__ import annotations

from collections.abc import Sequence

from leakguard.errors import NotAllowed, UsageProblem
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen, replace
from leakguard.models.events import Event, Interval
from leakguard.notices.book import DutyBook
from leakguard.notices.duties import Duty
from leakguard.notices.duty_phases import stage_meant
from leakguard.notices.filings import (
    FILED,
    WITHDRAWN,
    OpenItem,
    filings_of,
    missing_before,
    open_items,
    promisable,
    stages_of,
)
from leakguard.ports import Journal, Now
from leakguard.use_cases.incidents.incident_events import NewEvent, NoNameCheck, record_event
from leakguard.use_cases.incidents.incidents import load_incident


class NewFiling(Frozen):
    """What a person says was filed."""

    duty: str
    stage: str
    at: Interval | None = None
    """`None` is now."""
    reference: str = ""
    by: str = ""
    to_be_determined: tuple[str, ...] = ()
    reason: str = ""
    """Why it is recorded late or filed out of turn."""
    why_late: str = ""
    """Why it is recorded late; no reason to file out of turn."""


def file_notice(store: Journal, book: DutyBook, incident_id: str, new: NewFiling, *, now: Now) -> Event:
    """Keep a filing; returns the event.

    Raises `NotFound` for an unknown incident or duty, `UsageProblem` for an unknown stage or item,
    `NotAllowed` for a stage out of turn without a reason and for a closed incident.
    """
    duty = book.duty(new.duty)
    new = replace(new, stage=str(stage_meant(new.stage, duty.phases)))
    _refuse_unknown(duty, new)
    filings = filings_of(load_incident(store, incident_id).events, duty.id)
    before = missing_before(duty, new.stage, filings)
    if before and not new.reason.strip():
        raise NotAllowed(
            f"{duty.id}: `{new.stage}` is out of turn, {' or '.join(before)} was not filed yet",
            next_step='File that first, or say why not: --reason "..."',
        )
    given = {
        "obligation": duty.id, "stage": new.stage, "reference": new.reference.strip(), "by": new.by.strip(),
        "to_be_determined": ", ".join(new.to_be_determined),
    }  # fmt: skip
    fields = {name: text for name, text in given.items() if text}
    event = NewEvent(kind=FILED, occurred_at=new.at, reason=new.why_late or new.reason.strip(), fields=fields)
    checked = NoNameCheck(reason="the duty and its stage were looked up in the book of duties")
    return record_event(store, incident_id, event, now=now, names=checked)


def open_items_of(store: Journal, incident_id: str) -> tuple[OpenItem, ...]:
    """What the notices of an incident promised and did not tell yet; raises `NotFound`."""
    return open_items(load_incident(store, incident_id).events)


def _refuse_unknown(duty: Duty, new: NewFiling) -> None:
    stages = stages_of(duty)
    if new.stage not in stages:
        raise UsageProblem(
            f"{duty.id} has no stage `{new.stage[:60]}`{_hint(new.stage, stages)}",
            next_step=f"It has: {', '.join(stages)}.",
        )
    items = promisable(duty)
    unknown = [f"`{item[:60]}`{_hint(item, items)}" for item in new.to_be_determined if item not in items]
    if unknown:
        raise UsageProblem(
            f"{duty.id} does not ask for {', '.join(unknown)}", next_step=f"Its items: {', '.join(items)}."
        )
    if new.stage == WITHDRAWN and new.to_be_determined:
        raise UsageProblem("a withdrawal promises nothing", next_step="Leave --tbd out.")


def _hint(word: str, known: Sequence[str]) -> str:
    near = nearest_name(word[:60], list(known))
    return f" (did you mean `{near}`?)" if near else ""
