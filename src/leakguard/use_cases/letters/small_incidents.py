"""Several small breaches recorded at once, such as letters to a wrong address: each an incident with its facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leakguard.clocks.times import parse_interval
from leakguard.errors import BadFile, Problem, UsageProblem
from leakguard.files.yaml_entries import written
from leakguard.frozen import Frozen
from leakguard.models.event_records import record_of_event
from leakguard.models.incidents import Incident
from leakguard.notices.book import DutyBook, read_facts
from leakguard.ports import IncidentStore, Now
from leakguard.use_cases.incidents.answered_facts import ProposedAnswers, propose_organisation
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.incidents.kept_facts import NAME, write_facts

MOST_SMALL = 50
"""Incidents of one form."""


class SmallIncident(Frozen):
    """One small breach in a line."""

    title: str
    noticed: str
    """The day or moment on which it was noticed."""
    what: str = ""
    categories: tuple[str, ...] = ()
    people: int | None = None
    place: str = ""
    """Where all of them live; with their number alone, as a place without anybody brings no law."""
    measures: str = ""
    risk: str | None = None
    """As a person judged it; `None` where nobody did."""
    why: str = ""
    """Why the risk is what it is."""


def record_small(
    store: IncidentStore, book: DutyBook, small: Sequence[SmallIncident], *, organisation: Mapping[str, Any],
    roles: Sequence[str], zone: str, now: Now,
) -> tuple[Incident, ...]:  # fmt: skip
    """Open an incident for each, with when it was noticed and with its facts.

    `organisation` and `roles` are who reports; without them, as the last incident with facts has it. All lines are
    checked before the first incident is opened. Raises `BadFile` naming the lines, and `UsageProblem`.
    """
    who = _who(store, organisation, roles)
    texts = [(incident, _text(incident, who)) for incident in small]
    problems = [
        problem
        for number, (small_incident, text) in enumerate(texts, 1)
        for problem in _wrong(number, small_incident, text, book, zone, now)
    ]
    if problems:
        raise BadFile("incidents", tuple(problems), next_step="Correct these lines, and send all of them again.")
    return tuple(_record(store, book, small_incident, text, zone, now) for small_incident, text in texts)


def _who(store: IncidentStore, organisation: Mapping[str, Any], roles: Sequence[str]) -> ProposedAnswers:
    known = propose_organisation(store, "")
    if organisation.get("name"):
        return ProposedAnswers(incident="", organisation=organisation, obligated_as=tuple(roles) or ("controller",))
    if known is None:
        raise UsageProblem(
            "no incident says yet who reports", next_step="Name the organisation, and the country of its seat."
        )
    return known


def _text(incident: SmallIncident, who: ProposedAnswers) -> str:
    facts: dict[str, Any] = {
        "exposure": {"value": True}, "breach_description": {"value": incident.what or incident.title},
    }  # fmt: skip
    if incident.risk is not None:
        facts["risk"] = {"value": incident.risk, **({"why": incident.why} if incident.why else {})}
    if incident.categories:
        facts["data_categories"] = {"value": list(incident.categories)}
    if incident.people is not None:
        facts["subject_count"] = {"value": incident.people}
    if incident.people is not None and incident.place:
        facts["subjects_by_jurisdiction"] = {"value": {incident.place: incident.people}}
    if incident.measures:
        facts["measures_taken"] = {"value": incident.measures}
    document = {
        "incident": incident.title[:60], "organisation": dict(who.organisation), "obligated_as": list(who.obligated_as),
        **({"not_obligated_as": list(who.not_obligated_as)} if who.not_obligated_as else {}), "facts": facts,
    }  # fmt: skip
    return written(document)


def _wrong(number: int, incident: SmallIncident, text: str, book: DutyBook, zone: str, now: Now) -> list[Problem]:
    found = []
    if incident.place and not incident.people:
        few = f"says nothing of how many live in `{incident.place[:60]}`: say how many, or leave the place out"
        found.append(Problem(where=f"incidents[{number}].people", text=few))
    if incident.why and incident.risk is None:
        unsaid = "gives the reason for a risk that nobody stated: state the risk, or leave the reason out"
        found.append(Problem(where=f"incidents[{number}].why", text=unsaid))
    try:
        if parse_interval(incident.noticed, zone=zone).earliest > now():
            found.append(Problem(where=f"incidents[{number}].noticed", text="is in the future"))
    except UsageProblem as error:
        found.append(Problem(where=f"incidents[{number}].noticed", text=error.message))
    try:
        read_facts(text, name=NAME, book=book, now=now(), zone=zone)
    except BadFile as error:
        found += [
            Problem(where=f"incidents[{number}].{problem.where}", text=problem.text) for problem in error.problems
        ]
    return found


def _record(store: IncidentStore, book: DutyBook, incident: SmallIncident, text: str, zone: str, now: Now) -> Incident:
    aware = record_of_event(
        kind="awareness", occurred_at=parse_interval(incident.noticed, zone=zone), source="",
        reason="a small incident, recorded afterwards", corrects=None, fields={},
    )  # fmt: skip
    opened = open_incident(store, (), now=now(), title=incident.title, zone=zone, then=(aware,))
    write_facts(store, book, opened.id, text, read=None, now=now)
    return opened
