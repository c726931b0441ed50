"""Incidents: list, open, show, close, open again, the timeline and the report."""

from __future__ import annotations

import json
from functools import partial
from itertools import islice
from typing import Any, Literal

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.clocks.event_file import parse_event_file
from leakguard.clocks.times import zone_of
from leakguard.errors import LawsUnknown, UsageProblem
from leakguard.models.incidents import Incident, IncidentState
from leakguard.models.unfinished import Area
from leakguard.outputs.clock_tasks import with_tasks
from leakguard.outputs.incident import (
    contradictions_json,
    event_json,
    incident_json,
    incident_line_json,
    missing_json,
    timeline_json,
)
from leakguard.use_cases.incidents.closure_words import closed_by_word
from leakguard.use_cases.incidents.imported_events import Naming, open_from_events
from leakguard.use_cases.incidents.incident_closures import refuse_known_place
from leakguard.use_cases.incidents.incident_rules import rule_book
from leakguard.use_cases.incidents.incidents import OPENED, load_incident, open_incident
from leakguard.use_cases.incidents.kept_facts import NAME
from leakguard.use_cases.incidents.recorded_closures import contradictions
from leakguard.use_cases.incidents.timelines import timeline
from leakguard.use_cases.incidents.unknown_law import unknown_json
from leakguard.use_cases.reports.closing import ClosingRequest, close_incident, reopen_incident
from leakguard.use_cases.reports.incident_ends import missing_of, running_of
from leakguard.use_cases.reports.written_report import AskedReport, written_report
from leakguard.use_cases.responses.event_rights import refuse_kinds
from leakguard.use_cases.scans.exposures import open_since
from leakguard.use_cases.scans.verify_findings import findings_to_verify
from leakguard.web.around import contradicted, doubted, facts_of, reach, records_of, stated_facts
from leakguard.web.call import Answer, Call
from leakguard.web.models import MOST_ITEMS, Body, Name, NeededReason, Page, Query, Reason, Stated, Text
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.shapes import incidents as shapes

REPORT_MEDIA = {"html": "text/html; charset=utf-8", "pdf": "application/pdf", "json": "application/json"}
AreaName = Literal["playbook", "steps", "clocks", "duties", "letters", "review"]
"""What may be overridden; a test holds it against `Area`."""


class FirstEvent(Body):
    """Something that happened before the incident was opened."""

    kind: Name = Field(description="As `leakguard incident kinds` names it.")
    occurred_at: Stated
    recorded_at: Stated | None = None
    source: Text = ""
    reason: Text = ""
    fields: dict[str, Text] = Field(default_factory=dict, max_length=20)


class OpenIncident(Body):
    """What it is about: findings, a title, or events that were written down elsewhere."""

    title: Text = ""
    findings: tuple[Name, ...] = Field(default=(), max_length=MOST_ITEMS)
    zone: Name | None = Field(default=None, description="The zone of its local times (default: that of the settings).")
    again: bool = Field(default=False, description="Open it although an incident is about the same place already.")
    events: tuple[FirstEvent, ...] = Field(default=(), max_length=MOST_ITEMS)


class CloseIncident(Body):
    """Why it is closed although something is missing."""

    reason: Reason = ""
    despite: tuple[AreaName, ...] = Field(default=(), max_length=10)


class ReopenIncident(Body):
    """Why it is opened again."""

    reason: NeededReason


class ReportAs(Query):
    """In which form, and as of when."""

    form: Literal["html", "pdf", "json"] = Field(default="html", alias="as")
    at: Stated | None = Field(default=None, description="As the ledger told it then (default: now).")
    verify: bool = Field(default=True, description="Verify the whole ledger for it.")
    lang: Literal["en", "zh"] = Field(default="en", description="The language of its own words.")


def list_all(call: Call) -> Answer:
    """A page of incidents, in the order in which they were opened."""
    store, page = call.wiring.store, call.query
    openings = (record for record in store.of_kinds([OPENED]) if record.sequence > page.after)
    found = list(islice(openings, page.limit + 1))
    shown = [incident_line_json(load_incident(store, record.subject)) for record in found[: page.limit]]
    more = found[page.limit - 1].sequence if len(found) > page.limit else None
    return Answer(document={"incidents": shown, "next": more})


def open_new(call: Call) -> Answer:
    """Open an incident as `incident open` does."""
    body: OpenIncident = call.body
    if body.events and body.findings:
        raise UsageProblem("events and findings cannot be given together", next_step="Leave one of them out.")
    opened = _from_events(call, body) if body.events else _from_findings(call, body)
    return Answer(
        document=doubted(call, incident_json(opened), opened.id),
        headers={"location": f"/api/v1/incidents/{opened.id}"},
    )


def _from_findings(call: Call, body: OpenIncident) -> Incident:
    wiring = call.wiring
    zone = zone_of(body.zone or wiring.settings.zone).key
    found = findings_to_verify(wiring.store, body.findings) if body.findings else ()
    refuse = None if body.again else partial(refuse_known_place, wiring.store, found)
    since = open_since(wiring.store, found)
    return open_incident(
        wiring.store, found, now=wiring.now(), title=body.title, zone=zone, open_since=since, refuse=refuse
    )


def _from_events(call: Call, body: OpenIncident) -> Incident:
    wiring = call.wiring
    refuse_kinds(call.caller, (one.kind for one in body.events))
    now, zone = wiring.now(), zone_of(body.zone or wiring.settings.zone).key
    told: list[dict[str, Any]] = []
    for number, one in enumerate(body.events, 1):
        plain = {"id": f"e{number}", "kind": one.kind, "occurred_at": one.occurred_at}
        plain |= {name: value for name in ("recorded_at", "source", "reason") if (value := getattr(one, name))}
        told.append(dict(one.fields) | plain)
    text = json.dumps({"zone": zone, "events": told})
    read = parse_event_file(text, name="events", zone=zone, now=now, is_imported=True)
    naming = Naming(folders=wiring.bundled, book=wiring.duties, findings=wiring.store)
    title = body.title or "events of a file"
    return open_from_events(wiring.store, read.events, now=now, title=title, zone=zone, naming=naming)


def show(call: Call) -> Answer:
    """One incident as it stands, as `incident show` has it."""
    found = load_incident(call.wiring.store, call.incident)
    document = incident_json(found)
    if found.state is IncidentState.CLOSED and (running := _running(call)):
        document |= {"still_running": running}
    try:
        book = rule_book(call.wiring.bundled, call.wiring.reach)
        document |= {"no_rule_for_the_day": unknown_json(book.unknown(found.id, records_of(call)))}
    except LawsUnknown:
        pass  # nothing says whose laws are watched, so no duty is missed
    return Answer(document=doubted(call, document, found.id))


def _running(call: Call) -> list[str]:
    return [status.id for status in running_of(call.wiring, call.incident, reach(call, facts_of(call)))]


def tell_timeline(call: Call) -> Answer:
    """The story in the order in which it happened."""
    store = call.wiring.store
    zone = load_incident(store, call.incident).zone
    lines = [timeline_json(line, zone) for line in timeline(store, call.incident)]
    return Answer(document={"incident": call.incident, "zone": zone, "lines": lines})


def report(call: Call) -> Answer:
    """The whole incident on paper, as `incident report` writes it, with the kept facts."""
    asked: ReportAs = call.query
    wiring, kept, facts = call.wiring, stated_facts(call), facts_of(call)
    options = AskedReport(
        incident=call.incident, form=asked.form, reach=reach(call, facts), at=asked.at,
        stated=(NAME, kept.text) if kept is not None else None, facts=facts, is_verified=asked.verify,
        is_drill=wiring.settings.drill, contradiction=contradicted(call, call.incident), language=asked.lang,
    )  # fmt: skip
    document = written_report(wiring, options)
    return Answer(chunks=(document,), media=REPORT_MEDIA[asked.form], file_name=f"{call.incident}.{asked.form}")


def missing(call: Call) -> Answer:
    """What is missing until it can be closed, as `incident close --dry-run` says."""
    load_incident(call.wiring.store, call.incident)
    found = _missing(call)(records_of(call))
    left = with_tasks(missing_json(found), call.wiring.duties().duties, key="name")
    return Answer(document={"incident": call.incident, "missing": left, "closed_by_word": _words(call)})


def _missing(call: Call) -> Any:  # noqa: ANN401  (as `incident_ends.missing_of`)
    kept = stated_facts(call)
    around = reach(call, facts_of(call))
    return missing_of(call.wiring, call.incident, around, ("facts", kept.text) if kept is not None else None)


def _words(call: Call) -> list[str]:
    return [event.word for event in closed_by_word(records_of(call))]


def close(call: Call) -> Answer:
    """Close it when nothing is missing, as `incident close` does."""
    body: CloseIncident = call.body
    wiring, store = call.wiring, call.wiring.store
    zone = load_incident(store, call.incident).zone
    options = ClosingRequest(by=wiring.by, reason=body.reason, despite=frozenset(Area(word) for word in body.despite))
    done = close_incident(store, call.incident, options, _missing(call), now=wiring.now)
    document = {"incident": call.incident, **event_json(done.event, zone=zone)}
    document |= {"overridden": missing_json(done.overridden), "still_running": _running(call)}
    document |= {"closed_by_word": _words(call)}
    if against := contradictions(records_of(call)):
        document |= {"contradicted_by": contradictions_json(against)}
    return Answer(document=document)


def reopen(call: Call) -> Answer:
    """Open it again, as `incident reopen` does."""
    wiring, store = call.wiring, call.wiring.store
    zone = load_incident(store, call.incident).zone
    event = reopen_incident(store, call.incident, by=wiring.by, reason=call.body.reason, now=wiring.now)
    left = missing_of(wiring, call.incident, reach(call, facts_of(call)))(records_of(call))
    document = {"incident": call.incident, **event_json(event, zone=zone), "missing": missing_json(left)}
    return Answer(document=document)


_READ = Right.READ_INCIDENTS
OPERATIONS = (
    Operation(
        name="list_incidents", method=Method.GET, path="/incidents", right=_READ, handler=list_all, query=Page,
        answer=shapes.IncidentPage, summary="List the incidents, in the order in which they were opened.",
        command="incident list",
    ),
    Operation(
        name="open_incident", method=Method.POST, path="/incidents", right=Right.OPEN_INCIDENTS, handler=open_new,
        request=OpenIncident, takes=BodyKind.JSON, status=201, answer=shapes.IncidentShown, needs_store=False,
        summary="Open an incident from findings, events or a title.",
        command="incident open",
    ),
    Operation(
        name="show_incident", method=Method.GET, path="/incidents/{incident}", right=_READ, handler=show,
        answer=shapes.IncidentShown, summary="Show one incident as it stands, with its events.",
        command="incident show",
    ),
    Operation(
        name="tell_timeline", method=Method.GET, path="/incidents/{incident}/timeline", right=_READ,
        handler=tell_timeline, answer=shapes.Timeline, summary="Tell the story in the order in which it happened.",
        command="incident timeline",
    ),
    Operation(
        name="report_incident", method=Method.GET, path="/incidents/{incident}/report", right=_READ, handler=report,
        query=ReportAs, media=("text/html", "application/pdf", "application/json"), answer=shapes.Report,
        summary="Write the report of the incident: one file that needs no network.", command="incident report",
    ),
    Operation(
        name="missing_to_close", method=Method.GET, path="/incidents/{incident}/missing", right=_READ, handler=missing,
        answer=shapes.MissingToClose, summary="Say what is missing until the incident can be closed.",
    ),
    Operation(
        name="close_incident", method=Method.POST, path="/incidents/{incident}/close", right=Right.CLOSE_INCIDENTS,
        handler=close, request=CloseIncident, takes=BodyKind.JSON, answer=shapes.IncidentClosed,
        summary="Close the incident when nothing is missing; what may be overridden needs a reason.",
        command="incident close",
    ),
    Operation(
        name="reopen_incident", method=Method.POST, path="/incidents/{incident}/reopen", right=Right.CLOSE_INCIDENTS,
        handler=reopen, request=ReopenIncident, takes=BodyKind.JSON, answer=shapes.IncidentReopened,
        summary="Open a closed incident again, and list what is missing.",
        command="incident reopen",
    ),
)  # fmt: skip
