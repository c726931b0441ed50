"""Events: what happened in an incident, what happened since a number of the ledger, and the stream of it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.event_history import EVERYTHING
from leakguard.errors import LawsUnknown
from leakguard.models.event_records import event_of, is_event_record
from leakguard.models.moments import to_z
from leakguard.models.records import KeptRecord
from leakguard.outputs.clock_tasks import with_tasks
from leakguard.outputs.event_kinds import kinds_of_incident_json
from leakguard.outputs.event_preview import preview_json
from leakguard.outputs.incident import contradictions_json, event_json
from leakguard.use_cases.alerts.event_preview import previewed
from leakguard.use_cases.incidents.dry_journal import DryJournal
from leakguard.use_cases.incidents.event_names import name_check
from leakguard.use_cases.incidents.incident_brief import brief_of
from leakguard.use_cases.incidents.incident_clocks import statuses
from leakguard.use_cases.incidents.incident_events import NewEvent, record_event
from leakguard.use_cases.incidents.incident_rules import RuleBook, rule_book
from leakguard.use_cases.incidents.incidents import CLOSED, load_incident, superseded
from leakguard.use_cases.incidents.kinds_effects import effects_of
from leakguard.use_cases.incidents.odd_times import odd_time
from leakguard.use_cases.incidents.playbook_closure import CLAIMS
from leakguard.use_cases.incidents.recorded_closures import contradictions
from leakguard.use_cases.reports.incident_ends import ClosingEvent
from leakguard.use_cases.responses.event_rights import refuse_event
from leakguard.web.around import doubted, facts_of, moment_in, reach, records_of
from leakguard.web.call import Answer, Call
from leakguard.web.models import Body, Name, Page, Reason, Stated, Text
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.shapes import events as shapes
from leakguard.web.streams import follow

if TYPE_CHECKING:
    from leakguard.models.events import Event
    from leakguard.ports import Journal

INCIDENT = "IR-"
MOST_LOOKED = 20_000
"""Entries that one request looks at; a page may be short, or empty, and `more` says that it goes on."""


class RecordEvent(Body):
    """Something that happened, or a correction of what was recorded."""

    kind: Name = Field(description="As `leakguard incident kinds` names it.")
    at: Stated | None = Field(default=None, description="A moment, a day, or EARLIEST..LATEST (default: now).")
    source: Text = Field(default="", description="How we know.")
    reason: Reason = Field(default="", description="Why it is recorded late, or what a correction rests on.")
    corrects: Name | None = Field(default=None, description="The event that this one supersedes.")
    fields: dict[Name, Text] = Field(
        default_factory=dict, max_length=20, description="What else the kind carries, such as obligation and stage."
    )


class Since(Page):
    """From a number of the ledger on."""

    incident: Name | None = Field(default=None, description="Of this incident alone.")


def of_incident(call: Call) -> Answer:
    """A page of the events of one incident."""
    found = load_incident(call.wiring.store, call.incident)
    gone, page = superseded(found.events), call.query
    behind = (event for event in found.events if int(event.id.removeprefix("E-")) > page.after)
    events = list(islice(behind, page.limit + 1))
    shown = events[: page.limit]
    more = int(shown[-1].id.removeprefix("E-")) if len(events) > page.limit else None
    told = [event_json(event, zone=found.zone, superseded_by=gone.get(event.id)) for event in shown]
    return Answer(document={"incident": found.id, "events": told, "next": more})


def record(call: Call) -> Answer:
    """Record an event as `incident event` does."""
    store = call.wiring.store
    closing = _closing(call)
    zone = brief_of(store, call.incident).zone
    kept = _recorded(call, store, zone, closing)
    document = event_json(kept, zone=zone)
    if closing is not None:
        document |= {"still_running": [status.id for status in closing.running()]}
    if kept.kind in CLAIMS and (against := contradictions(records_of(call))):
        document |= {"contradicted_by": contradictions_json(against)}
    if (odd := odd_time(store, call.incident, kept)) is not None:
        document |= {"time_doubt": odd}
    return Answer(document=doubted(call, document, call.incident))


def _closing(call: Call) -> ClosingEvent | None:
    return ClosingEvent(call.wiring, call.incident, reach(call, facts_of(call))) if call.body.kind == CLOSED else None


def _recorded(call: Call, journal: Journal, zone: str, closing: ClosingEvent | None) -> Event:
    """The event as `journal` keeps it; raises what recording raises."""
    body: RecordEvent = call.body
    wiring = call.wiring
    refuse_event(call.caller, journal, call.incident, body.kind, body.corrects)
    fields = dict(body.fields) | (closing.despite() if closing is not None else {})
    new = NewEvent(
        kind=body.kind, occurred_at=moment_in(body.at, zone), reason=body.reason, source=body.source,
        corrects=body.corrects, fields=fields,
    )  # fmt: skip
    check = closing.check(body.reason) if closing is not None else None
    names = name_check(wiring.bundled, journal, call.incident, wiring.duties, findings=wiring.store)
    return record_event(journal, call.incident, new, now=wiring.now, check=check, names=names)


def preview(call: Call) -> Answer:
    """What an event would do to the clocks, by recording it where nothing is kept."""
    wiring, store = call.wiring, call.wiring.store
    now, dry = wiring.now(), DryJournal(wiring.store, wiring.now)
    zone = brief_of(store, call.incident).zone
    event = _recorded(call, dry, zone, _closing(call))
    found = previewed(store, dry, call.incident, event, _rule_book(call), now)
    document = preview_json(found, zone)
    document["changes"] = with_tasks(document["changes"], wiring.duties().duties, key="clock")
    return Answer(document=doubted(call, document, call.incident))


def _rule_book(call: Call) -> RuleBook:
    """The clocks of the laws that are watched; our own promises alone while nothing says which laws those are."""
    try:
        return rule_book(call.wiring.bundled, reach(call, facts_of(call)))
    except LawsUnknown:
        return rule_book(call.wiring.bundled, duties=())


def list_kinds(call: Call) -> Answer:
    """The kinds of events, and what each would do to the clocks of the incident now."""
    wiring, store = call.wiring, call.wiring.store
    records = records_of(call)
    rules = _rule_book(call)(call.incident, records)
    found = statuses(store, call.incident, rules, Calendars(), wiring.now(), known_at=EVERYTHING)
    document = kinds_of_incident_json(call.incident, effects_of(found), rules)
    named = with_tasks(document["clocks"], wiring.duties().duties)
    return Answer(document=document | {"clocks": {one["id"]: one for one in named}})


def since(call: Call) -> Answer:
    """What the ledger has of incidents behind a number: read again from `next`, and nothing is missed or doubled."""
    asked: Since = call.query
    store = call.wiring.store
    found, last = [], asked.after
    for record in islice(store.read_after(asked.after), MOST_LOOKED):
        last = record.sequence
        if record.subject.startswith(INCIDENT) and asked.incident in {None, record.subject}:
            found.append(change_json(record))
        if len(found) == asked.limit:
            break
    head = store.head()
    more = head is not None and head.sequence > last
    return Answer(document={"changes": found, "next": last, "more": more})


def change_json(record: KeptRecord) -> dict[str, Any]:
    """One entry of an incident; an event with all that it tells, of anything else that it is there."""
    event = event_json(event_of(record), zone="UTC") if is_event_record(record) else None
    return {
        "sequence": record.sequence, "incident": record.subject, "kind": record.kind,
        "recorded_at": to_z(record.recorded_at), "event": event,
    }  # fmt: skip


def stream(call: Call) -> Answer:
    """The same as they come, as server-sent events; each has the number of the ledger as its id."""
    asked: Since = call.query
    stated = call.headers.get("last-event-id", "")
    after = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 17 else asked.after  # noqa: PLR2004  (53 bits)
    shown = (INCIDENT, asked.incident)
    return Answer(chunks=follow(call.wiring, after, shown, change_json), media="text/event-stream")


_READ = Right.READ_INCIDENTS
OPERATIONS = (
    Operation(
        name="list_events", method=Method.GET, path="/incidents/{incident}/events", right=_READ, handler=of_incident,
        query=Page, answer=shapes.EventPage, summary="List the events of one incident.",
    ),
    Operation(
        name="record_event", method=Method.POST, path="/incidents/{incident}/events", right=Right.RECORD_EVENTS,
        handler=record, request=RecordEvent, takes=BodyKind.JSON, status=201, answer=shapes.EventRecorded,
        summary="Record something that happened, or correct a record; clocks start and end with events.",
        also="Some kinds need another right as well, such as `closed` that of `close_incident`. So does a correction "
        "of such an event.",
        command="incident event",
    ),
    Operation(
        name="preview_event", method=Method.POST, path="/incidents/{incident}/events/preview",
        right=Right.RECORD_EVENTS, handler=preview, request=RecordEvent, takes=BodyKind.JSON,
        answer=shapes.EventPreview,
        summary="Say what an event would do to the clocks of the incident; nothing is recorded.",
        also="It is refused as the event itself would be.",
    ),
    Operation(
        name="list_event_kinds", method=Method.GET, path="/incidents/{incident}/event-kinds", right=_READ,
        handler=list_kinds, answer=shapes.EventKinds, command="incident kinds",
        summary="List the kinds of events, with the clocks of the incident that each would start or end now.",
    ),
    Operation(
        name="list_changes", method=Method.GET, path="/events", right=_READ, handler=since, query=Since,
        answer=shapes.Changes, summary="List what was recorded in incidents behind a number of the ledger.",
    ),
    Operation(
        name="stream_changes", method=Method.GET, path="/events/stream", right=_READ, handler=stream, query=Since,
        media=("text/event-stream",), is_stream=True,
        summary="Send what is recorded in incidents as it comes, as server-sent events.",
        also="Each event has the number of the ledger as its id, so that a browser goes on where it was cut off. The "
        "stream ends by itself after some minutes; a client opens it again.",
    ),
)  # fmt: skip
