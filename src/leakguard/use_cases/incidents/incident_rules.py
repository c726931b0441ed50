"""Which clocks an incident has: those of its playbook, and those of every duty that was law on its day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from leakguard.clocks.adjustments import ORGANISATION
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import in_zone
from leakguard.clocks.event_history import EVERYTHING
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.verdicts import FAILED, FINAL_STATES
from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.incidents import Incident
from leakguard.models.records import KeptRecord
from leakguard.notices.book import DutyBook, load_vocabulary
from leakguard.notices.duties import Duty
from leakguard.notices.duty_files import load_rows
from leakguard.notices.duty_rows import DutyLike, Rows
from leakguard.notices.facts import first_sight
from leakguard.notices.law_of_day import Force, LawOfDay, law_in_sight
from leakguard.notices.overrides import DECISIONS, is_about_duty
from leakguard.notices.places import NamedPlace, law_of, places_of
from leakguard.playbooks.engine import MIGRATED, STARTED
from leakguard.playbooks.titles import title_now
from leakguard.ports import DataFolders, Journal
from leakguard.use_cases.incidents.incident_clocks import clock_events
from leakguard.use_cases.incidents.incidents import incident_of, superseded
from leakguard.use_cases.incidents.playbooks import DEFAULT, find_playbook, running_playbook
from leakguard.use_cases.incidents.unknown_law import UnknownLaw
from leakguard.use_cases.incidents.watched_laws import (
    LawBook,
    LawsSetting,
    Seat,
    WatchedLaws,
    laws_for,
    named_duties,
    named_places,
    watched_for,
)

if TYPE_CHECKING:
    from leakguard.notices.assess import Assessment
    from leakguard.notices.facts import Facts

COUNTRY_CODE_LENGTH = 2
"""The ids of duties that ship begin with a country's code; those of contracts with a longer word."""


class Reach(Frozen):
    """Whose law may reach the organisation, as far as its settings say; empty means everybody's."""

    laws: frozenset[str] = frozenset()
    """First words of duty ids: `cn`, `eu`, `us`. Where a seat is named, they follow it and the incident's records."""
    obligated_as: frozenset[str] = frozenset()
    seat: Seat | None = None
    laws_by: str = "leakguard.toml: laws"
    """What states the laws."""
    left: frozenset[str] = frozenset()
    """Ids of duties of states and provinces that no record names, where the laws follow the seat and the records."""

    def covers(self, duty: DutyLike) -> bool:
        """Whether the duty's clocks are shown before the facts of the incident are known."""
        law = law_of(duty)
        is_contract = len(law) != COUNTRY_CODE_LENGTH
        is_near = not self.laws or is_contract or (law in self.laws and duty.id not in self.left)
        return is_near and (not self.obligated_as or bool(self.obligated_as & set(duty.obligated)))


EVERYWHERE = Reach()
_NO_LAW = "-"
"""Where the seat and the records bring no law that is known; no duty is called so."""


def watched_by(reach: Reach, records: Sequence[KeptRecord], book: Rows, also: Iterable[NamedPlace] = ()) -> WatchedLaws:
    """The laws that are watched for an incident, each with what brings it, and the places that nothing is known of."""
    return watched_for(_stated(reach), records, LawBook(book.rows, book.vocabulary), also)


def reach_in(reach: Reach, records: Sequence[KeptRecord], laws: LawBook) -> Reach:
    """The same with the laws named that are watched for the incident of these records."""
    if reach.seat is None:
        return reach
    stated = _stated(reach)
    watched = frozenset(laws_for(stated, records, laws))
    left = laws.of_other_parts(named_places(stated, records, laws)) - named_duties(records, laws)
    return Reach(laws=watched or frozenset({_NO_LAW}), obligated_as=reach.obligated_as, left=left)


def _stated(reach: Reach) -> LawsSetting:
    laws = None if reach.seat is not None else dict.fromkeys(sorted(reach.laws), reach.laws_by)
    return LawsSetting(seat=reach.seat, laws=laws)


def refuse_unknown_words(reach: Reach, rows: Sequence[DutyLike]) -> None:
    """Raises `UsageProblem` for a law or an addressee of the settings that no duty knows."""
    _refuse_unknown(reach.laws_by, reach.laws, {law_of(duty) for duty in rows})
    _refuse_unknown(
        "leakguard.toml: obligated_as", reach.obligated_as, {word for duty in rows for word in duty.obligated}
    )


def _refuse_unknown(stated_by: str, words: frozenset[str], known: set[str]) -> None:
    """A word that nobody knows would leave its clocks unwatched without a word."""
    if unknown := sorted(words - known):
        raise UsageProblem(
            f"{stated_by}: no duty knows `{unknown[0][:40]}`",
            next_step=f"Use words of {', '.join(sorted(known))}.",
        )


class UnwatchedDuties(Frozen):
    """Duties that may apply to an incident, and about which nobody is alarmed; and the settings that change it."""

    duties: tuple[str, ...]
    """The soonest limit first."""
    settings: Reach
    places: tuple[str, ...] = ()
    """States and provinces that no record names, whose duties may apply."""


def unwatched(reach: Reach, assessed: Sequence[Assessment], facts: Facts) -> UnwatchedDuties | None:
    """What the facts bring and the settings leave out; nothing where everything is watched."""
    from leakguard.notices.judging import Answer  # noqa: PLC0415  (clocks need no facts)

    left_out = [
        assessment
        for assessment in assessed
        if assessment.applies is not Answer.NO and not reach.covers(assessment.duty)
    ]
    if not left_out:
        return None
    laws = {law_of(assessment.duty) for assessment in left_out if assessment.duty.id not in reach.left}
    wider = Reach(
        laws=(reach.laws | laws) - {_NO_LAW} if reach.laws else reach.laws,
        obligated_as=reach.obligated_as | frozenset(facts.obligated_as) if reach.obligated_as else reach.obligated_as,
    )
    parts = sorted(
        {code for assessment in left_out if assessment.duty.id in reach.left for code in places_of(assessment.duty)}
    )
    ids = tuple(assessment.duty.id for assessment in sorted(left_out, key=_soonest))
    return UnwatchedDuties(duties=ids, settings=wider, places=tuple(parts))


def _soonest(assessed: Assessment) -> datetime:
    limits = [status.work_by for _, status in assessed.phases if status.work_by is not None]
    return min(limits, default=datetime.max.replace(tzinfo=UTC))


def incident_rules(
    folders: DataFolders, journal: Journal, incident_id: str, reach: Reach = EVERYWHERE
) -> tuple[ClockRule, ...]:
    """The clocks to watch for an incident; raises `NotFound`."""
    return rule_book(folders, reach)(incident_id, tuple(journal.read(incident_id)))


def rule_book(folders: DataFolders, reach: Reach = EVERYWHERE, *, duties: Sequence[Duty] | None = None) -> RuleBook:
    """Reads playbooks and duties once; the book then tells the clocks of an incident by its records.

    `duties` are all of them, where they were read before.
    Raises `UsageProblem` for a word of `reach` that no duty knows.
    """
    usual = tuple(find_playbook(folders, DEFAULT).clocks.values())
    book: Rows = (
        DutyBook(vocabulary=load_vocabulary(folders), duties=tuple(duties))
        if duties is not None
        else load_rows(folders)
    )
    every = book.rows
    refuse_unknown_words(reach, every)
    return RuleBook(usual, book, reach)


class RuleBook:
    """The clocks of any incident, by its records; the duties that are near are read once for each set of laws.

    The 24 hours run from the first minute, so before a playbook is started the clocks of the usual one count.
    Whether a duty applies is for `notice assess`; until somebody knows, its clock is shown if `reach` covers it.
    """

    def __init__(self, usual: tuple[ClockRule, ...], book: Rows, reach: Reach) -> None:
        """`usual` are the clocks of the playbook that counts before one is started."""
        self._usual, self._book, self._reach = usual, book, reach
        self._laws = LawBook(book.rows, book.vocabulary)
        self._near: dict[tuple[frozenset[str], frozenset[str]], tuple[Duty, ...]] = {}
        self._by_clock: dict[str, Duty] = {}

    def __call__(self, incident_id: str, records: Sequence[KeptRecord]) -> tuple[ClockRule, ...]:
        """The clocks to watch."""
        own = _promises(incident_of(incident_id, records), records)
        laws = (law for _, law in self._laws_of_day(incident_id, records) if law.force in {Force.LAW, Force.OPEN})
        return (*(own or self._usual), *(phase.clock for law in laws for phase in law.text.phases))

    def unknown(self, incident_id: str, records: Sequence[KeptRecord]) -> tuple[UnknownLaw, ...]:
        """Duties without a clock because nobody knows what they said on the day; one that a person ruled out is none.

        Their silence must not be taken for no duty.
        """
        ruled_out = _ruled_out(incident_of(incident_id, records))
        found = self._laws_of_day(incident_id, records)
        return tuple(
            UnknownLaw(duty=duty.id, because=law.because)
            for duty, law in found
            if law.force is Force.UNKNOWN and duty.id not in ruled_out
        )

    def watched(self, records: Sequence[KeptRecord]) -> WatchedLaws:
        """The laws that are watched for an incident of these records, and the places of which no rule is known."""
        return watched_for(_stated(self._reach), records, self._laws)

    def duties_of(self, clocks: Iterable[str]) -> Mapping[str, Duty]:
        """By the ids of clocks that it gave: the duty that each belongs to; a promise of our own has none."""
        return {clock: self._by_clock[clock] for clock in clocks if clock in self._by_clock}

    def _laws_of_day(self, incident_id: str, records: Sequence[KeptRecord]) -> Iterator[tuple[Duty, LawOfDay]]:
        """Old incidents are judged by the law of their day; the later text where the law changed in a rough time.

        Facts choose it by the same day, so that clocks and assessment agree. Until it is known, it is that of the
        opening: whoever knows no more than when it happened may still have to notify by the law of today.
        """
        incident = incident_of(incident_id, records)
        sight = first_sight(incident.events)
        for duty in self._reaching(records):
            yield duty, law_in_sight(duty, sight, incident.zone, incident.opened_at)

    def _reaching(self, records: Sequence[KeptRecord]) -> tuple[Duty, ...]:
        here = reach_in(self._reach, records, self._laws)
        key = (here.laws, here.left)
        if key not in self._near:
            self._near[key] = self._book.full(duty for duty in self._book.rows if here.covers(duty))
            self._by_clock |= {
                phase.clock.id: text for duty in self._near[key] for text in duty.texts[::-1] for phase in text.phases
            }
        return self._near[key]


def _ruled_out(incident: Incident) -> frozenset[str]:
    """The duties of which a person decided last that they do not apply, to any organisation."""
    gone, decided = superseded(incident.events), dict[str, bool]()
    for event in sorted(incident.events, key=lambda event: event.recorded_at):
        if is_about_duty(event) and event.id not in gone and not event.fields.get(ORGANISATION):
            decided[str(event.fields.get("obligation"))] = DECISIONS[event.kind]
    return frozenset(duty for duty, applies in decided.items() if not applies)


def _promises(incident: Incident, records: Sequence[KeptRecord]) -> tuple[ClockRule, ...]:
    """The clocks of the running playbook; one that was over before a move keeps the rule by which it was judged.

    Else a promise that was missed would be kept, or be gone, as soon as a playbook with other hours took over.
    """
    judged: dict[str, ClockRule] = {}
    for place, record in enumerate(records):
        if record.kind in {STARTED, "reopened"}:
            judged = {}
        if record.kind == MIGRATED:
            before = records[:place]
            rules = _clocks(incident.id, before) | judged
            moved_at = record.occurred_at.latest
            zoned = in_zone(tuple(rules.values()), incident.zone)
            found = evaluate(clock_events(before), zoned, Calendars(), moved_at, known_at=EVERYTHING)
            judged = {status.id: rules[status.id] for status in found if status.state in FINAL_STATES | FAILED}
    return tuple((_clocks(incident.id, records) | judged).values())


def _clocks(incident_id: str, records: Sequence[KeptRecord]) -> dict[str, ClockRule]:
    playbook = running_playbook(incident_id, records)
    clocks = playbook.clocks.items() if playbook is not None else ()
    return {name: clock.model_copy(update={"title": title_now(clock.title)}) for name, clock in clocks}
