"""Gathers the report of one incident as known at one moment: the same ledger and moment give the same report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from leakguard.alerts.history import History, Message, history_of
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.clock_status import ClockStatus, remarked
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import in_zone
from leakguard.clocks.event_history import EVERYTHING
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.verdicts import State
from leakguard.frozen import Frozen, replace
from leakguard.models.events import Event
from leakguard.models.incidents import Incident
from leakguard.models.languages import Lang
from leakguard.models.records import KeptRecord
from leakguard.models.unfinished import UnfinishedItem
from leakguard.notices.assess import Assessment
from leakguard.notices.book import DutyBook
from leakguard.notices.duties import Duty, Phase
from leakguard.ports import ScanStore
from leakguard.reports.measures import ACKNOWLEDGED, measures_of
from leakguard.reports.values import AlertLine, DutyClock, LegalReview, Report, ReportFinding
from leakguard.use_cases.incidents.closure_words import closed_by_word
from leakguard.use_cases.incidents.incident_clocks import clock_events
from leakguard.use_cases.incidents.incidents import incident_of
from leakguard.use_cases.proofs.clock_contradictions import Contradiction, contradiction_words
from leakguard.use_cases.proofs.clock_remarks import Readable, RemarkedStore, remarks_on
from leakguard.use_cases.proofs.evidence import EvidenceStore, KeptCopies, verify_store
from leakguard.use_cases.reports.report_decisions import decisions_of, filings_in, promises_in
from leakguard.use_cases.reports.report_evidence import evidence_in, findings_in, ledger_state
from leakguard.use_cases.reports.report_playbook import playbook_state
from leakguard.use_cases.reports.report_story import shown, story_of
from leakguard.use_cases.reports.unfinished import Case, UnfinishedStore, unfinished

_LANGS: tuple[Lang, ...] = ("en", "zh")
"""The languages of reports: `templates/report/`."""


class ReportStore(ScanStore, RemarkedStore, EvidenceStore, UnfinishedStore, Protocol):
    """A store that can be reported from."""


class ReportOptions(Frozen):
    """What is asked for."""

    incident: str
    known_at: datetime
    """What was recorded later is left out, as if the report had been made then."""
    is_present: bool = False
    """Whether that is now: then everything counts that was recorded, whatever clock it was recorded by."""
    is_drill: bool = False
    version: str = ""
    is_verified: bool = True
    """Whether the whole ledger is verified for the report."""
    laws: tuple[str, ...] = ()
    """Which laws are watched and why, and what is not known, in sentences."""
    contradiction: Contradiction | None = None
    """The clocks that contradict each other in the ledger and touch the incident."""
    unsettled: tuple[UnfinishedItem, ...] = ()
    """What nobody knows of the law."""


def incident_report(
    store: ReportStore,
    book: DutyBook,
    rules: Sequence[ClockRule],
    options: ReportOptions,
    *,
    copies: KeptCopies | None = None,
    assessed: Mapping[str, Assessment] | None = None,
) -> Report:
    """The report; `rules` are the clocks of the incident, `copies` its files to verify. Raises `NotFound`.

    `assessed` is what the facts say of each duty, where there are some.
    """
    known_at = EVERYTHING if options.is_present else options.known_at
    records = tuple(record for record in store.read(options.incident) if record.recorded_at <= known_at)
    incident = incident_of(options.incident, records)
    clocks = _remarked(store, rules, incident, options, statuses_in(records, rules, incident, options.known_at))
    begun = tuple(clock for clock in clocks if clock.state is not State.LATENT or clock.earlier_cycles)
    answer = verify_store(store, copies=copies).answer.value if options.is_verified else ""
    found = findings_in(store.findings(ids=incident.findings))
    case = Case(
        incident=incident.id, records=records, statuses=clocks, now=options.known_at, assessed=assessed or {},
        unsettled=options.unsettled, counts_of=partial(store.delivery_counts, incident.id),
    )  # fmt: skip
    return Report(
        incident=incident.id, title=shown(incident.title), state=incident.state.value, zone=incident.zone,
        known_at=options.known_at, opened_at=incident.opened_at, is_drill=options.is_drill, version=options.version,
        timeline=story_of(records), findings=found, erased_findings=_erased(incident, found), clocks=begun,
        waiting_clocks=tuple(clock.id for clock in clocks if clock.state is State.LATENT),
        duties=_duty_clocks(begun, book, assessed or {}),
        filings=filings_in(incident.events, {duty.id: duty for duty in book.duties}),
        promises=promises_in(incident.events), decisions=decisions_of(incident.id, records),
        playbook=playbook_state(incident.id, records, options.known_at), evidence=evidence_in(records),
        alarms=alarm_lines(history_of(incident.id, records)),
        measures=measures_of(incident.events, acknowledged_at(records), options.known_at),
        ledger=ledger_state(store.entries(), incident.id, known_at, answer), unfinished=unfinished(case),
        laws=options.laws, words=tuple(shown(event.word) for event in closed_by_word(records)),
        wrong_clocks=contradiction_words(options.contradiction) if options.contradiction is not None else (),
    )  # fmt: skip


def _erased(incident: Incident, found: Sequence[ReportFinding]) -> tuple[str, ...]:
    return tuple(sorted({*incident.findings} - {finding.id for finding in found}))


def _remarked(
    store: RemarkedStore,
    rules: Sequence[ClockRule],
    incident: Incident,
    options: ReportOptions,
    found: tuple[ClockStatus, ...],
) -> tuple[ClockStatus, ...]:
    """The clocks, with what leaves them in doubt and which corrections of system time changed them."""
    known_at = EVERYTHING if options.is_present else options.known_at

    def read(journal: Readable) -> tuple[ClockStatus, ...]:
        records = tuple(record for record in journal.read(incident.id) if record.recorded_at <= known_at)
        return statuses_in(records, rules, incident, options.known_at)

    remarks = remarks_on(store, incident.id, found, read, contradiction=options.contradiction)
    return tuple(
        replace(status, corrections=tuple(
            replace(
                correction, by=shown(correction.by), second_person=shown(correction.second_person),
                reason=shown(correction.reason),
            )
            for correction in status.corrections
        ))
        for status in remarked(found, remarks)
    )  # fmt: skip


def statuses_in(
    records: Sequence[KeptRecord], rules: Sequence[ClockRule], incident: Incident, now: datetime
) -> tuple[ClockStatus, ...]:
    """How the clocks stand that count in this incident; `records` are all that is known at `now`."""
    zoned = in_zone(tuple(rules), incident.zone)
    events = tuple(_masked_word(event) for event in clock_events(records))
    return evaluate(events, zoned, Calendars(), now, known_at=EVERYTHING)


def _masked_word(event: Event) -> Event:
    """A word is shown beside its clock, so it holds only what a report may hold."""
    return replace(event, reason=shown(event.reason), by=shown(event.by)) if event.is_word else event


def acknowledged_at(records: Sequence[KeptRecord]) -> tuple[datetime, ...]:
    """When alarms were acknowledged."""
    return tuple(record.occurred_at.latest for record in records if record.kind == ACKNOWLEDGED)


def alarm_lines(history: History) -> tuple[AlertLine, ...]:
    """Each message of the watchman, and who took it over first."""
    return tuple(_alarm(message, history) for message in history.messages)


def _alarm(message: Message, history: History) -> AlertLine:
    clocks = tuple(dict.fromkeys(alarm.clock for alarm in message.alarms))
    acks = sorted((ack for clock in clocks for ack in history.acks_of(clock, message)), key=lambda ack: ack.entry)
    first = acks[0] if acks else None
    return AlertLine(
        id=message.id, raised_at=message.raised_at, clocks=clocks, severity=message.severity.value,
        acknowledged_by=shown(first.by) if first is not None else "",
        acknowledged_at=first.at if first is not None else None,
    )  # fmt: skip


def _duty_clocks(
    begun: Sequence[ClockStatus], book: DutyBook, assessed: Mapping[str, Assessment]
) -> tuple[DutyClock, ...]:
    """The clocks of duties, with where each duty is written: in the text of the day, where facts tell that day."""
    texts = (*book.duties, *(assessment.duty for assessment in assessed.values()))
    phases: Mapping[str, tuple[Duty, Phase]] = {
        phase.clock.id: (duty, phase) for duty in texts for phase in duty.phases
    }
    return tuple(_duty_clock(status, *phases[status.id]) for status in begun if status.id in phases)


def _duty_clock(status: ClockStatus, duty: Duty, phase: Phase) -> DutyClock:
    return DutyClock(
        status=status, duty=duty.id, stage=phase.name, law={lang: duty.law_words(lang) for lang in _LANGS},
        recipient={lang: duty.recipient_words(lang) for lang in _LANGS}, source_url=duty.source_url,
        source_kind=duty.source_kind, verified_on=duty.verified_on.isoformat(), confidence=duty.confidence,
        soft=duty.soft, reviewed=_review(duty),
    )  # fmt: skip


def _review(duty: Duty) -> LegalReview | None:
    review = duty.reviewed
    if review is None:
        return None
    return LegalReview(by=shown(review.by), on=review.on.isoformat(), is_older=duty.is_changed_since_review)
