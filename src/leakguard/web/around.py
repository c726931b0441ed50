"""What the handlers share: whose laws count, the kept facts of an incident, and what leaves a document in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leakguard.clocks.times import parse_interval
from leakguard.errors import LawsUnknown, NotFound
from leakguard.models.events import Interval
from leakguard.models.records import KeptRecord
from leakguard.notices.facts import Facts
from leakguard.use_cases.incidents.incident_facts import read_incident_facts
from leakguard.use_cases.incidents.incident_rules import Reach, watched_by
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.incidents.kept_facts import NAME, KeptFacts, kept_facts
from leakguard.use_cases.incidents.watched_laws import WatchedLaws, stated_places
from leakguard.use_cases.letters.given_facts import FactsQuery, NoticeInput, read_given
from leakguard.use_cases.proofs.clock_contradictions import Contradiction, contradiction, contradiction_json
from leakguard.use_cases.proofs.clock_doubts import clock_doubt, doubt_to_json
from leakguard.web.call import Call


def doubted(call: Call, document: dict[str, Any], incident: str) -> dict[str, Any]:
    """The document, with `clock_doubt` and `wrong_clocks` as the command has them."""
    store, now = call.wiring.store, call.wiring.now()
    against = contradicted(call, incident)
    doubt = clock_doubt(store, now)
    document = document | ({"wrong_clocks": contradiction_json(against)} if against is not None else {})
    return document | ({"clock_doubt": doubt_to_json(doubt)} if doubt is not None else {})


def contradicted(call: Call, incident: str) -> Contradiction | None:
    """The clocks that contradict each other in the ledger and touch the incident."""
    found = contradiction(call.wiring.store, call.wiring.now())
    return found.of(incident) if found is not None else None


def stated_facts(call: Call) -> KeptFacts | None:
    """The facts that somebody wrote for the incident; `None` where nobody has."""
    load_incident(call.wiring.store, call.incident)
    try:
        return kept_facts(call.wiring.store, call.incident)
    except NotFound:
        return None


def facts_of(call: Call) -> Facts | None:
    """The facts as values, with what the events of the incident tell; `None` where nobody wrote any."""
    kept = stated_facts(call)
    if kept is None:
        return None
    wiring = call.wiring
    return read_incident_facts(
        kept.text, name=NAME, book=wiring.duties(), now=wiring.now(), journal=wiring.store, incident=call.incident
    )


def given(call: Call, now: str | None = None) -> NoticeInput:
    """What the notices of the incident are made from; raises `NotFound` where nobody wrote its facts."""
    wiring = call.wiring
    kept = kept_facts(wiring.store, call.incident)
    asked = FactsQuery(name=NAME, text=kept.text, at=now, incident=call.incident)
    return read_given(asked, wiring.duties(), wiring.store, now=wiring.now)


def reach(call: Call, facts: Facts | None = None) -> Reach:
    """Whose laws are watched; raises `LawsUnknown` where nothing says it."""
    return call.wiring.reach_by_facts(facts.organisation.country if facts is not None else None)


def reach_if_known(call: Call) -> Reach | None:
    """Whose laws the settings say may reach the organisation; `None` where nothing says it."""
    try:
        return call.wiring.reach
    except LawsUnknown:
        return None


def watched(call: Call, around: Reach, facts: Facts | None = None) -> WatchedLaws:
    """The laws that are watched for the incident, and what is not known."""
    places = stated_places(facts) if facts is not None else ()
    return watched_by(around, records_of(call), call.wiring.duty_rows(), places)


def records_of(call: Call) -> Sequence[KeptRecord]:
    """What the ledger has of the incident."""
    return tuple(call.wiring.store.read(call.incident))


def moment_in(text: str | None, zone: str) -> Interval | None:
    """A moment, a whole day, or `EARLIEST..LATEST`; `None` where nothing was stated."""
    if text is None:
        return None
    first, dots, last = text.partition("..")
    return parse_interval({"earliest": first, "latest": last} if dots else text, zone=zone)
