"""What a release changed for the incidents that are open: which duties in their reach, and whether a limit moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import in_zone
from leakguard.clocks.rules import Amount, ClockRule
from leakguard.errors import NotFound
from leakguard.frozen import Frozen, replace
from leakguard.models.incidents import IncidentState
from leakguard.models.records import KeptRecord
from leakguard.notices.assess import Assessment
from leakguard.notices.book import DutyBook, assess_facts
from leakguard.notices.changes import DutyChange, changes_since, heirs_of, load_changes
from leakguard.notices.fact_values import LocalisedText
from leakguard.notices.facts import Facts, Organisation
from leakguard.notices.judging import Answer
from leakguard.ports import DataFolders, Journal
from leakguard.use_cases.incidents.incident_rules import Reach, reach_in
from leakguard.use_cases.incidents.incidents import OPENED, incident_of
from leakguard.use_cases.incidents.watched_laws import LawBook


class MovedDeadline(Frozen):
    """The limit of a stage by the release before and now; `None` where its clock has not started or sets no hours."""

    stage: str
    before: datetime | None
    now: datetime | None

    @property
    def has_moved(self) -> bool:
        """Whether the limit is another one."""
        return self.before != self.now


class AffectedDuty(Frozen):
    """One duty of one open incident that the release changed."""

    incident: str
    duty: str
    """As it is called now."""
    applies: Answer
    limits: tuple[MovedDeadline, ...]
    """Of the stages whose time the release changed."""


class ChangedDuty(Frozen):
    """One change, with the open incidents in whose reach the duty lies."""

    change: DutyChange
    affected: tuple[AffectedDuty, ...]


def changes_in(folders: DataFolders, since: str | None) -> tuple[DutyChange, ...]:
    """The changes of the register after a release or from a day on; raises `UsageProblem` for what is neither."""
    return changes_since(load_changes(folders), since)


def changed_duties(
    book: DutyBook,
    changes: Sequence[DutyChange],
    journal: Journal | None,
    *,
    reach: Reach,
    now: datetime,
    only: str | None = None,
) -> tuple[ChangedDuty, ...]:
    """Each change with what it means for the open incidents of the store, or for the incident `only`.

    Raises `NotFound` for an incident that the store does not know.
    """
    cases = tuple(_open_cases(book, journal, reach, only)) if journal is not None else ()
    if only is not None and not cases:
        raise NotFound(f"the store has no incident `{only[:60]}`", next_step="List them: leakguard incident list")
    return tuple(ChangedDuty(change=change, affected=tuple(_affected(change, cases, book, now))) for change in changes)


class _Case(Frozen):
    """An incident as far as the ledger tells it, and whose laws are watched for it."""

    facts: Facts
    reach: Reach


def _open_cases(book: DutyBook, journal: Journal, reach: Reach, only: str | None) -> Iterator[_Case]:
    laws = LawBook(book.duties, book.vocabulary)
    records: dict[str, list[KeptRecord]] = {}
    for record in journal.read():
        records.setdefault(record.subject, []).append(record)
    for subject, kept in records.items():
        if not any(record.kind == OPENED for record in kept) or only not in {None, subject}:
            continue
        incident = incident_of(subject, kept)
        if incident.state is IncidentState.OPEN or only == subject:
            facts = Facts(
                incident=subject, organisation=Organisation(name=LocalisedText(texts={})),
                stated={}, zone=incident.zone,
                obligated_as=tuple(sorted(reach.obligated_as or book.vocabulary.obligated)),
            )  # fmt: skip
            yield _Case(facts=facts.with_events(incident.events), reach=reach_in(reach, kept, laws))


def _affected(change: DutyChange, cases: Sequence[_Case], book: DutyBook, now: datetime) -> Iterator[AffectedDuty]:
    heirs = heirs_of(change, book.duties)
    for case in cases:
        near = tuple(duty for duty in heirs if case.reach.covers(duty))
        for assess_fact in assess_facts(replace(book, duties=near), case.facts, now):
            if assess_fact.applies is not Answer.NO:
                limits = tuple(_moved(change, assess_fact, case.facts, now))
                yield AffectedDuty(
                    incident=case.facts.incident, duty=assess_fact.duty.id, applies=assess_fact.applies, limits=limits
                )


def _moved(change: DutyChange, assessment: Assessment, facts: Facts, now: datetime) -> Iterator[MovedDeadline]:
    """The stages of the text of the day whose time the release changed, reckoned with both.

    Nothing where the release changed the start of the clock as well: the earlier one is not kept.
    """
    if "anchor" in change.parts:
        return
    limits = {name: status.work_by for name, status in assessment.phases}
    for phase in assessment.duty.phases:
        if phase.name in change.before and phase.name in limits:
            rule = _with_amount(phase.clock, change.before[phase.name])
            (found,) = evaluate(
                facts.events, in_zone((rule,), facts.zone), Calendars(), now, known_at=facts.known_at
            )  # fmt: skip
            yield MovedDeadline(stage=phase.name, before=found.work_by, now=limits[phase.name])


def _with_amount(rule: ClockRule, amount: Amount) -> ClockRule:
    """The clock with the time that it had before, from the same event."""
    limbs = (rule.limbs[0].model_copy(update={"amount": amount}), *rule.limbs[1:])
    return rule.model_copy(update={"limbs": limbs})
