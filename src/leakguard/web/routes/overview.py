"""The head of an incident: what every page about it begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.accounts.rights import Right
from leakguard.errors import LawsUnknown
from leakguard.outputs.overview import overview_json
from leakguard.use_cases.accounts.rosters import read_roster
from leakguard.use_cases.incidents.incident_facts import read_incident_facts
from leakguard.use_cases.incidents.kept_facts import NAME
from leakguard.use_cases.reports.incident_overview import overview_of
from leakguard.web.call import Answer, Call
from leakguard.web.operation import Method, Operation
from leakguard.web.shapes import overview as shapes

if TYPE_CHECKING:
    from leakguard.notices.facts import Facts
    from leakguard.use_cases.accounts.rosters import KnownRoster
    from leakguard.use_cases.alerts.board import BoardRow


def show(call: Call) -> Answer:
    """The incident in ten seconds."""
    wiring = call.wiring
    now, book = wiring.now(), wiring.duties()

    def read(text: str) -> Facts:
        return read_incident_facts(
            text, name=NAME, book=book, now=now, journal=wiring.store, incident=call.incident
        )  # fmt: skip

    found = overview_of(wiring.store, call.incident, now=now, read=read, roster=lambda: _roster(call))
    return Answer(document=overview_json(found, book.vocabulary, _clocks(call), now))


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


OPERATIONS = (
    Operation(
        name="show_overview", method=Method.GET, path="/incidents/{incident}/overview", right=Right.READ_INCIDENTS,
        handler=show, answer=shapes.Overview,
        summary="Show the incident in ten seconds: what leaked, how much, since when, who leads, what is due next.",
    ),
)  # fmt: skip
