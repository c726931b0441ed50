"""The register of breaches: one row a breach with its facts, its effects, what was done, decided, told and late.

Art. 33(5) GDPR asks for the facts, the effects and the remedial action, in a form with which an authority can verify
the rest of the article: so each row also says what was notified when, what was not, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from leakguard.clocks.verdicts import FAILED
from leakguard.frozen import Frozen
from leakguard.models.events import Event, Interval
from leakguard.models.moments import to_z
from leakguard.models.sheets import Cell, Sheet
from leakguard.notices.assess import Assessment
from leakguard.notices.fact_values import NO_END, Span, open_above
from leakguard.notices.facts import Fact, Facts, FactState
from leakguard.notices.filings import FILED, filings_of
from leakguard.notices.judging import Answer
from leakguard.notices.phrases import NotInThisLanguage, Phrases
from leakguard.notices.vocabulary import LANGS, Vocabulary
from leakguard.notices.wording import in_one_line

TITLE = "Breach register"
ALWAYS_TOLD = ("eu-gdpr-33-authority", "eu-gdpr-34-individuals")
"""The duties whose refusal the register has to explain, whatever else applies."""
_TO_NOTIFY = frozenset({"regulator", "individuals"})
_DECIDED = frozenset(
    {"determination", "classification", "classified", "materiality_determination", "materiality_determined",
     "high_risk_determined", "not_applicable", "applicable"}
)  # fmt: skip
_TOLD = frozenset({FILED, "subjects_notified", "individual_notice_sent"})


class Case(Frozen):
    """One breach, as far as it is known."""

    facts: Facts
    assessments: tuple[Assessment, ...]
    title: str = ""
    state: str = ""
    """`open` or `closed`; empty for a breach that no store knows."""
    entry: str = ""
    """The last entry of the ledger about this breach, with its hash."""
    head: str = ""
    """The end of the ledger when the register was written, with its hash."""
    unread: str = ""
    """Why the facts that the ledger keeps could not be read; the row tells the events alone."""

    @property
    def status_events(self) -> Iterator[Event]:
        """The events that no later one superseded, in the order in which they happened."""
        gone = {event.corrects for event in self.facts.events}
        kept = (event for event in self.facts.events if event.id not in gone)
        yield from sorted(kept, key=lambda event: event.occurred_at.earliest)


def register_sheet(cases: Sequence[Case], vocabulary: Vocabulary) -> Sheet:
    """The register, a row for each case in the order given."""
    rows = tuple(tuple(cell_of(case, vocabulary) for cell_of in _COLUMNS.values()) for case in cases)
    remarks = tuple(f"{case.facts.incident}: {_unread(case)}" for case in cases if case.unread)
    return Sheet(title=TITLE, columns=tuple(_COLUMNS), rows=rows, remarks=remarks)


def _unread(case: Case) -> str:
    return f"its facts cannot be read, so the row has its events alone: {case.unread}"


def _what_happened(case: Case, vocabulary: Vocabulary) -> Cell:
    return _unread(case) if case.unread else _stated("breach_description", "breach_type", "cause")(case, vocabulary)


def sheet_json(sheet: Sheet) -> list[dict[str, Any]]:
    """One object a row, times as RFC 3339."""
    return [
        {
            name: to_z(cell) if isinstance(cell, datetime) else cell
            for name, cell in zip(sheet.columns, row, strict=True)
        }
        for row in sheet.rows
    ]


def _stated(*names: str) -> Callable[[Case, Vocabulary], Cell]:
    """The facts of these names in one text; an unknown one is told as unknown, an unstated one is left out."""

    def tell(case: Case, vocabulary: Vocabulary) -> Cell:
        facts = (case.facts.get(name) for name in names)
        texts = [_words(fact, case.facts.zone, vocabulary) for fact in facts if fact is not None]
        return in_one_line(texts, comma="; ", semicolon="; ")

    return tell


def _words(fact: Fact, zone: str, vocabulary: Vocabulary) -> str:
    """In English, and where nobody wrote that, in the language in which it was written."""
    return next(line for lang in LANGS if (line := _line(fact, Phrases(vocabulary, lang, zone=zone))) is not None)


def _line(fact: Fact, phrases: Phrases) -> str | None:
    try:
        return phrases.line(fact)
    except NotInThisLanguage:
        return None


def _people(end: str) -> Callable[[Case, Vocabulary], Cell]:
    return lambda case, _: _count(case.facts.get("subject_count"), end)


def _records(end: str) -> Callable[[Case, Vocabulary], Cell]:
    return lambda case, _: _count(case.facts.get("record_count"), end)


def _count(fact: Fact | None, end: str) -> Cell:
    """One end of a count; an estimate that is one number has no upper end."""
    value = open_above(fact.value) if fact is not None and fact.state is FactState.ESTIMATED else fact and fact.value
    found = getattr(value, end) if isinstance(value, Span) else None
    return None if found == NO_END else found


def _end(value: Interval | None, end: str) -> Cell:
    return None if value is None else getattr(value, end)


def _aware(case: Case, _: Vocabulary) -> Cell:
    return next((event.occurred_at.earliest for event in case.status_events if event.kind == "awareness"), None)


def _breach(end: str) -> Callable[[Case, Vocabulary], Cell]:
    return lambda case, _: _end(case.facts.value_of("breach_date", Interval), end)


def _risk(case: Case, vocabulary: Vocabulary) -> Cell:
    fact = case.facts.get("risk")
    if fact is None:
        return ""
    why = f" ({fact.why})" if fact.why else ""
    return f"{_words(fact, case.facts.zone, vocabulary)}{why}"


def _decisions(case: Case, _: Vocabulary) -> Cell:
    return "; ".join(_event_words(event) for event in case.status_events if event.kind in _DECIDED)


def _filings(case: Case, _: Vocabulary) -> Cell:
    return "; ".join(_event_words(event) for event in case.status_events if event.kind in _TOLD)


def _event_words(event: Event) -> str:
    """When, what, about which duty, by whom, and the reason in the words of whoever recorded it."""
    fields = event.fields
    words = [to_z(event.occurred_at.earliest), event.kind.replace("_", " ")]
    words += [str(fields[name]) for name in ("obligation", "stage") if fields.get(name)]
    named = (("decider", "by"), ("by", "by"), ("reference", "reference"), ("to_be_determined", "to be determined:"))
    words += [f"{word} {fields[name]}" for name, word in named if fields.get(name)]
    return " ".join(words) + (f": {event.reason}" if event.reason else "")


def _not_notified(case: Case, _: Vocabulary) -> Cell:
    status = tuple(case.status_events)
    told = {str(event.fields.get("obligation")) for event in status if event.kind in _TOLD - {FILED}}
    filed = {str(event.fields.get("obligation")) for event in status if event.kind == FILED}
    standing = {duty for duty in filed if filings_of(case.facts.events, duty)}
    open_ones = (assessment for assessment in case.assessments if assessment.duty.id not in told | standing)
    reasons = (_why_not(assessment, is_withdrawn=assessment.duty.id in filed) for assessment in open_ones)
    return "; ".join(filter(None, reasons))


def _why_not(assessment: Assessment, *, is_withdrawn: bool) -> str:
    """Why nobody was told by this duty; nothing where nobody has to ask."""
    name = assessment.duty.id
    is_asked = name in ALWAYS_TOLD or assessment.override is not None
    if assessment.applies is Answer.YES:
        open_ = "its notice was withdrawn, and none filed since" if is_withdrawn else "nothing filed yet"
        return f"{name}: applies, {open_}" if assessment.duty.recipient.type in _TO_NOTIFY else ""
    if assessment.applies is Answer.NO_RULE_KNOWN:
        return f"{name}: not known: {assessment.because}"
    if not is_asked:
        return ""
    if assessment.applies is Answer.NO:
        return f"{name}: {assessment.because}"
    return f"{name}: not decided, needs {', '.join(assessment.missing_facts)}"


def _delays(case: Case, vocabulary: Vocabulary) -> Cell:
    """Every late stage with how late it was, and the reason where one is stated.

    A register is evidence: where nobody decided whether the duty applies, it does not say that anybody is late.
    """
    late = [
        f"{assessment.duty.id} {name}: "
        + ("" if assessment.applies is Answer.YES else "not decided whether it applies; if so, ")
        + status.state.value.replace("_", " ")
        + (f", due {to_z(status.work_by)}{status.rule.from_memory_mark}" if status.work_by is not None else "")
        for assessment in case.assessments
        for name, status in assessment.phases
        if status.state in FAILED and not status.rule.soft
    ]
    reason = case.facts.get("delay_reason")
    if late and reason is not None:
        late.append(f"reason: {_words(reason, case.facts.zone, vocabulary)}")
    return "; ".join(late)


_COLUMNS: dict[str, Callable[[Case, Vocabulary], Cell]] = {
    "incident": lambda case, _: case.facts.incident,
    "title": lambda case, _: case.title,
    "state": lambda case, _: case.state,
    "what_happened": _what_happened,
    "breach_from_utc": _breach("earliest"),
    "breach_until_utc": _breach("latest"),
    "aware_at_utc": _aware,
    "data_categories": _stated("data_categories"),
    "subject_categories": _stated("subject_categories"),
    "people_at_least": _people("low"),
    "people_at_most": _people("high"),
    "records_at_least": _records("low"),
    "records_at_most": _records("high"),
    "effects": _stated("consequences", "actual_harm"),
    "remedial_action": _stated("measures_taken", "measures_planned"),
    "risk": _risk,
    "decisions": _decisions,
    "not_notified": _not_notified,
    "filings": _filings,
    "delays": _delays,
    "ledger_entry": lambda case, _: case.entry,
    "ledger_head": lambda case, _: case.head,
}
