"""The incidents at a glance: a list of them, and the head of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.event_history import EVERYTHING
from leakguard.errors import BadFile, LawsUnknown
from leakguard.frozen import replace
from leakguard.models.findings import Severity
from leakguard.models.incidents import IncidentState
from leakguard.outputs.clock_tasks import with_tasks
from leakguard.outputs.overview import listed_json, overview_json
from leakguard.outputs.to_notify import notifications_json
from leakguard.use_cases.accounts.rosters import read_roster
from leakguard.use_cases.incidents.incident_clocks import statuses
from leakguard.use_cases.incidents.incident_facts import read_incident_facts
from leakguard.use_cases.incidents.incident_rules import reach_in, rule_book
from leakguard.use_cases.incidents.kept_facts import NAME, last_facts
from leakguard.use_cases.incidents.watched_laws import LawBook
from leakguard.use_cases.letters.assess_notices import assess_notices
from leakguard.use_cases.reports.demanded import LegalDemands
from leakguard.use_cases.reports.incident_list import IncidentQuery, listed
from leakguard.use_cases.reports.incident_overview import Overview, overview_of
from leakguard.use_cases.reports.to_notify import by_clocks, by_facts
from leakguard.web.around import facts_of, given, reach, records_of
from leakguard.web.call import Answer, Call
from leakguard.web.models import MOST_PAGE, Query, Text
from leakguard.web.operation import Method, Operation
from leakguard.web.shapes import overview as shapes

if TYPE_CHECKING:
    from leakguard.notices.facts import Facts
    from leakguard.use_cases.accounts.rosters import KnownRoster
    from leakguard.use_cases.alerts.board import BoardRow


class WhichIncidents(Query):
    """Which, and which part of the list."""

    state: Literal["open", "closed"] | None = None
    mine: bool = Field(default=False, description="Those that you opened, lead, or have a step of.")
    severity: Literal["critical", "high", "medium", "low", "none"] | None = None
    text: Text = Field(default="", description="Words of the title, or the number.")
    after: int = Field(default=0, ge=0, le=2**53, description="The `next` of the page before.")
    limit: int = Field(default=50, ge=1, le=MOST_PAGE)


def list_all(call: Call) -> Answer:
    """A page of the incidents, the most urgent first."""
    asked: WhichIncidents = call.query
    wiring = call.wiring
    now = wiring.now()
    wanted = IncidentQuery(
        state=IncidentState(asked.state) if asked.state else None, text=asked.text,
        mine=wiring.recorder.signatory if asked.mine else None,
        severity=Severity(asked.severity) if asked.severity else None,
    )  # fmt: skip
    found = listed(wiring.incident_list.lines(wiring.store), wanted, _by_incident(call))
    return Answer(document=listed_json(found, now, after=asked.after, limit=asked.limit))


def _by_incident(call: Call) -> Mapping[str, Sequence[BoardRow]]:
    wiring = call.wiring
    try:
        return wiring.board.by_incident(wiring.store, wiring.bundled, wiring.reach, wiring.now())
    except LawsUnknown:
        return {}


def show(call: Call) -> Answer:
    """The incident in ten seconds."""
    wiring = call.wiring
    now, book = wiring.now(), wiring.duties()

    def read(text: str) -> Facts | None:
        try:
            return read_incident_facts(
                text, name=NAME, book=book, now=now, journal=wiring.store, incident=call.incident
            )  # fmt: skip
        except BadFile:  # written for an earlier release; its own page names what is wrong
            return None

    found = overview_of(wiring.store, call.incident, now=now, read=read, roster=lambda: _roster(call))
    demanded = _demanded(call, found, now)
    found = replace(found, counts={**found.counts, "duties": demanded.duties, "letters": demanded.letters})
    return Answer(document=overview_json(found, book.vocabulary, _clocks(call), now))


def _demanded(call: Call, found: Overview, now: datetime) -> LegalDemands:
    """What the law asks for by the facts; nothing where nobody wrote any, or an earlier release did."""
    if not found.has_facts:
        return LegalDemands()
    state = (found.counts["records"], now.date())
    try:
        return call.wiring.demanded.of(call.incident, state, lambda: assess_notices(given(call)).assessments)
    except BadFile:
        return LegalDemands()


def _roster(call: Call) -> KnownRoster | None:
    wiring = call.wiring
    if not wiring.has_roster():
        return None
    return read_roster(wiring.store, wiring.calendar(), zone=wiring.zone, now=wiring.now())


def _clocks(call: Call) -> list[BoardRow] | None:
    wiring = call.wiring
    try:
        return wiring.board.rows_of(call.incident, wiring.store, wiring.bundled, wiring.reach, wiring.now())
    except LawsUnknown:
        return None


def notifications(call: Call) -> Answer:
    """Who has to be notified, and how far that is."""
    wiring, book = call.wiring, call.wiring.duties()
    around, records = reach(call, facts_of(call)), records_of(call)
    if last_facts(call.incident, records) is not None:
        work = given(call)
        found = assess_notices(work)
        laws = LawBook(book.duties, book.vocabulary)
        shown = by_facts(found.assessments, found.places, reach_in(around, records, laws))
    else:
        rules = rule_book(wiring.bundled, around)(call.incident, records)
        now = wiring.now()
        stood = statuses(wiring.store, call.incident, rules, Calendars(), now, known_at=EVERYTHING)
        shown = by_clocks(stood, book)
    document = notifications_json(shown, book.vocabulary)
    document["notices"] = with_tasks(document["notices"], book.duties, key="clock")
    return Answer(document={"incident": call.incident, **document})


OPERATIONS = (
    Operation(
        name="list_overviews", method=Method.GET, path="/overview", right=Right.READ_INCIDENTS, handler=list_all,
        query=WhichIncidents, answer=shapes.OverviewPage,
        summary="List the incidents with their severity, who leads, and the next limit; the most urgent first.",
    ),
    Operation(
        name="show_overview", method=Method.GET, path="/incidents/{incident}/overview", right=Right.READ_INCIDENTS,
        handler=show, answer=shapes.Overview,
        summary="Show the incident in ten seconds: what leaked, how much, since when, who leads, what is due next.",
    ),
    Operation(
        name="list_notifications", method=Method.GET, path="/incidents/{incident}/notifications",
        right=Right.READ_INCIDENTS, handler=notifications, answer=shapes.Notifications,
        summary="List who has to be notified of the incident, and how far that is; the most urgent first.",
    ),
)  # fmt: skip
