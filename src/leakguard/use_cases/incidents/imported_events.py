"""Opens an incident with events that were written down elsewhere.

What is refused of one event that a person records is refused of these, all of it at once; but that a pause has no
effect is said where its clock is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime

from leakguard.errors import NotAllowed, UsageProblem
from leakguard.frozen import Frozen, replace
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Event
from leakguard.models.incidents import Incident
from leakguard.models.moments import to_z
from leakguard.models.records import KeptRecord, Record
from leakguard.notices.book import DutyBook
from leakguard.ports import DataFolders, IncidentStore, ScanStore
from leakguard.use_cases.incidents.event_names import (
    Names,
    names_at_opening,
    refuse_unknown_duty,
    refuse_unknown_stage,
)
from leakguard.use_cases.incidents.incident_events import NewEvent, NoNameCheck, refuse_misspelt, refuse_typed_second
from leakguard.use_cases.incidents.incident_findings import ADDS_FINDING
from leakguard.use_cases.incidents.incidents import CLOSED, OPENED, append_new, opening_record

_MOST_NAMED = 10
"""Events of a file that are named in one refusal."""
_NAMING = frozenset({"clock", "obligation"})
_NEW = "INCIDENT"
"""Stands for the incident in the next step of a refusal."""


class Naming(Frozen):
    """Where the duties, clocks and findings stand that events may name."""

    folders: DataFolders
    book: Callable[[], DutyBook]
    """Opened for events that name a duty or a clock."""
    findings: ScanStore
    own_clocks: Collection[str] = ()
    """The clocks of the file itself."""


def open_from_events(
    store: IncidentStore, events: Sequence[Event], *, now: datetime, title: str, zone: str = "UTC",
    naming: Naming | NoNameCheck | None = None,
) -> Incident:  # fmt: skip
    """Open an incident with events that were written down elsewhere, in their order, in one transaction.

    Their ids become the ledger's own; corrections still point at what they correct. Every caller says what checks the
    duties, clocks, stages and findings that they name, or why nothing has to.

    Raises `UsageProblem` for a correction of an event that is not among them, for what `record_event` refuses of one
    event by itself, and for events `closed`: nothing of the new incident was looked at, so nobody knows yet what
    closing it would leave open.
    """
    _refuse_closures(events)
    opening = opening_record(title, (), now=now, zone=zone, playbook="")
    wrong = dict(_wrong(store, events))
    if isinstance(naming, Naming):
        wrong = {**dict(_misnamed(events, naming, _kept(opening, now))), **wrong}
    _refuse(events, wrong)
    places = {event.id: place for place, event in enumerate(events)}
    imported = [_imported(event, place, places) for place, event in enumerate(events)]
    return append_new(store, (opening, *imported), now=now)


def _refuse_closures(events: Sequence[Event]) -> None:
    found = [event.id for event in events if event.kind == CLOSED]
    if found:
        more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        raise UsageProblem(
            f"an incident is not closed by a file of events: `{CLOSED}` is {', '.join(found[:_MOST_NAMED])}{more}",
            next_step=f"Take out each event `{CLOSED}`, import the file, and then: leakguard incident close INCIDENT "
            "(it lists what is missing and what may be overridden with a reason).",
        )


def _refuse(events: Sequence[Event], wrong: Mapping[str, str]) -> None:
    """Raise `UsageProblem` with all that is wrong, in the order of the events."""
    found = [f"{event.id}: {wrong[event.id]}" for event in events if event.id in wrong]
    if found:
        more = f"; and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        raise UsageProblem(
            f"events that nobody could record: {'; '.join(found[:_MOST_NAMED])}{more}",
            next_step="Correct them, or take them out and record them later: leakguard incident event INCIDENT KIND",
        )


def _wrong(store: IncidentStore, events: Sequence[Event]) -> Iterator[tuple[str, str]]:
    """What is wrong with events by themselves, by their ids."""
    for event in events:
        if event.kind == OPENED:
            yield event.id, f"`{OPENED}` is recorded by the opening itself"
            continue
        try:
            new = NewEvent(
                kind=event.kind, source=event.source, reason=event.reason, corrects=event.corrects, fields=_texts(event)
            )
            refuse_misspelt(new)
            refuse_typed_second(store, new)
        except (UsageProblem, NotAllowed) as error:
            yield event.id, error.message


def _misnamed(events: Sequence[Event], naming: Naming, opening: KeptRecord) -> Iterator[tuple[str, str]]:
    """The events that name what there is not, by their ids."""
    added = {event.id: str(event.fields["finding"]) for event in events if _adds_finding(event)}
    asked = sorted(set(added.values()))
    known = {finding.id for finding in naming.findings.findings(ids=asked)} if asked else set()
    for event, finding in added.items():
        if finding not in known:
            yield event, f"`finding={finding[:60]}` names no finding that there is"
    naming_events = [event for event in events if event.kind != OPENED and not _NAMING.isdisjoint(event.fields)]
    if not naming_events:
        return
    names = names_at_opening(naming.folders, opening, naming.book())
    names = replace(names, clocks=(*names.clocks, *naming.own_clocks))
    for one in naming_events:
        if (text := _unknown_name(one, names)) is not None:
            yield one.id, text


def _adds_finding(event: Event) -> bool:
    return event.kind in ADDS_FINDING and "finding" in event.fields


def _unknown_name(event: Event, names: Names) -> str | None:
    fields = _texts(event)
    try:
        refuse_unknown_duty(_NEW, event.kind, fields, names)
        refuse_unknown_stage(fields, names)
    except UsageProblem as error:
        return error.message
    return None


def _texts(event: Event) -> dict[str, str]:
    return {name: str(value) for name, value in event.fields.items()}


def _kept(opening: Record, now: datetime) -> KeptRecord:
    """As the ledger would keep it, for the rules that go by the day of the opening."""
    return KeptRecord(
        sequence=1, subject=_NEW, kind=opening.kind, occurred_at=opening.occurred_at, recorded_at=now,
        content=opening.content, hash="",
    )  # fmt: skip


def _imported(event: Event, place: int, places: dict[str, int]) -> Record:
    back: int | None = None
    if event.corrects is not None:
        if event.corrects not in places:
            raise UsageProblem(f"event {event.id} corrects `{event.corrects}`, which is not in the file")
        back = place - places[event.corrects]
    return record_of_event(
        kind=event.kind,
        occurred_at=event.occurred_at,
        source=event.source,
        reason=event.reason,
        corrects=back,
        fields=event.fields,
        recorded_elsewhere_at=to_z(event.recorded_at),
    )
