"""Which clocks a report shows: those near to the organisation, and those that its facts call for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from leakguard.clocks.event_history import EVERYTHING
from leakguard.clocks.rules import ClockRule
from leakguard.frozen import Frozen, field
from leakguard.models.unfinished import UnfinishedItem
from leakguard.notices.assess import Assessment
from leakguard.notices.book import DutyBook, assess_facts
from leakguard.notices.place_states import place_rows
from leakguard.ports import DataFolders, Journal
from leakguard.use_cases.incidents.incident_facts import read_incident_facts
from leakguard.use_cases.incidents.incident_rules import EVERYWHERE, Reach, incident_rules, rule_book
from leakguard.use_cases.incidents.unknown_law import UnknownLaw
from leakguard.use_cases.reports.unknown_duties import unknown_by_facts, unknown_by_records


class ReportClocks(Frozen):
    """The clocks that count, and what the facts say of each duty."""

    rules: tuple[ClockRule, ...]
    assessed: Mapping[str, Assessment] = field(default_factory=dict)
    """By duty; empty without facts."""
    places: tuple[str, ...] = ()
    """What is known of each place of the facts whose law has no known rule, in sentences."""
    unsettled: tuple[UnfinishedItem, ...] = ()
    """What nobody knows of the law, as something unfinished."""
    unknown: tuple[UnknownLaw, ...] = ()
    """Duties without a clock, because nobody knows what their law said on the day; the facts' own answers tell it."""


def reported_rules(
    folders: DataFolders,
    journal: Journal,
    book: DutyBook,
    incident: str,
    reach: Reach,
    *,
    facts: tuple[str, str] | None,
    now: datetime,
    is_present: bool = False,
) -> ReportClocks:
    """The clocks of the playbook and of the duties within `reach`; `facts` are the name and the text of their file.

    With facts, a duty that they rule out is left away, and one that applies is shown wherever it comes from;
    where they do not decide, `reach` does. Raises `NotFound`, and `BadFile` for the facts.
    """
    laws, records = rule_book(folders, reach), tuple(journal.read(incident))
    near = laws(incident, records)
    if facts is None:
        unsettled = tuple(unknown_by_records(incident, records, laws))
        return ReportClocks(rules=near, unsettled=unsettled, unknown=laws.unknown(incident, records))
    read = read_incident_facts(
        facts[1], name=facts[0], book=book, now=now, journal=journal, incident=incident,
        known_at=EVERYTHING if is_present else None,
    )  # fmt: skip
    assessed = {assess_fact.duty.id: assess_fact for assess_fact in assess_facts(book, read, now)}
    answers = {name: str(assessment.applies) for name, assessment in assessed.items()}
    by_clock = {
        phase.clock.id: answers[duty.id] for duty in book.duties for text in duty.texts for phase in text.phases
    }
    known = {rule.id for rule in near}
    rules = tuple(
        rule
        for rule in incident_rules(folders, journal, incident, EVERYWHERE)
        if by_clock.get(rule.id) == "yes" or (rule.id in known and by_clock.get(rule.id) != "no")
    )
    places = place_rows(book.duties, book.places, read, now, book.vocabulary)
    return ReportClocks(
        rules=rules, assessed=assessed, places=tuple(row.sentence for row in places if row.sentence),
        unsettled=tuple(unknown_by_facts(places, assessed)),
    )  # fmt: skip
