"""Which laws are watched for an incident, and why: those of the seat, and those of the places that its records name.

Settings that name laws win. Whatever narrows the watch is told: the laws, what brings each of them, and the places
for which nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from leakguard.clocks.calendars import has_calendar
from leakguard.frozen import Frozen
from leakguard.models.event_records import event_id, event_of, is_event_record
from leakguard.models.records import KeptRecord
from leakguard.notices.duty_rows import DutyLike
from leakguard.notices.places import LawMap, NamedPlace, law_of, places_of
from leakguard.notices.vocabulary import Vocabulary
from leakguard.playbooks.engine import STEP_DONE, taken_back
from leakguard.use_cases.incidents.incidents import superseded
from leakguard.use_cases.incidents.kept_facts import places_written

if TYPE_CHECKING:
    from leakguard.notices.facts import Facts

_FORM_FIELD = "jurisdictions"
"""The answer of the playbooks that ship to the question where the people concerned live."""
_MOST_PLACES = 300
"""There are some 250 countries; what names more is no list of places."""


BY_FACTS = "the facts: subjects_by_jurisdiction"


class Seat(Frozen):
    """Where the organisation sits."""

    codes: tuple[str, ...]
    """ISO countries or country-subdivisions: of the seat, and of other establishments."""
    by: str
    """What shows it: `leakguard.toml`, `scope.yaml`."""


class WatchedLaws(Frozen):
    """The laws that are watched for one incident, and what is not known."""

    laws: Mapping[str, str]
    """Each with what brings it; empty means every law."""
    is_all: bool = False
    left_out: tuple[NamedPlace, ...] = ()
    """Places that records name and whose laws the settings leave out."""
    no_rule: tuple[NamedPlace, ...] = ()
    """Places about which no duty that ships says anything."""
    no_own_rule: tuple[NamedPlace, ...] = ()
    """Parts of a country for which only the duties of the whole country are known."""
    no_part: tuple[NamedPlace, ...] = ()
    """Countries whose subdivisions have duties of their own, while no record names one of them."""
    no_calendar: tuple[NamedPlace, ...] = ()
    no_place: tuple[NamedPlace, ...] = ()
    """Words in the place of a code."""

    def lines(self) -> Iterator[str]:
        """For a person, a sentence each."""
        if self.is_all:
            yield "Laws considered: all of them."
        else:
            named = "; ".join(f"{law} ({why})" for law, why in sorted(self.laws.items()))
            yield f"Laws considered: {named or 'none'}."
        for place in self.left_out:
            yield f"{place.by} names {place.code}, and `laws` leaves a law of it out: no clock of that law is watched."
        for place in self.no_rule:
            yield f"{place.code} ({place.by}): no rule is known for it, so no clock of its law is watched. Ask its law."
        for place in self.no_own_rule:
            yield f"{place.code} ({place.by}): no rule of its own is known, only those of the whole country."
        for place in self.no_part:
            yield (
                f"{place.code} ({place.by}): its states or provinces have duties of their own, and no clock of them is "
                "watched until a record names where people live, such as `jurisdiction=US-CA`."
            )
        for place in self.no_calendar:
            yield f"{place.code} ({place.by}): no calendar of its public holidays is known."
        for place in self.no_place:
            yield f"`{place.code}` ({place.by}) is no code of a place, such as DE or US-CA: no law is watched for it."

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        names = ("left_out", "no_rule", "no_own_rule", "no_part", "no_calendar", "no_place")
        places = {name: [{"place": place.code, "by": place.by} for place in getattr(self, name)] for name in names}
        return {"watched": dict(self.laws), "all": self.is_all, **places}


class LawsSetting(Frozen):
    """What the settings or an option say."""

    seat: Seat | None = None
    laws: Mapping[str, str] | None = None
    """Each law with what states it; empty for every law, `None` to follow the seat and the records."""


class LawBook:
    """The duties of the book, as far as places and laws are concerned."""

    def __init__(self, duties: Iterable[DutyLike], vocabulary: Vocabulary) -> None:
        """`duties` are all of them."""
        known = tuple(duties)
        self.map = LawMap(known, vocabulary)
        self._law_of = {duty.id: law_of(duty) for duty in known}
        self._place = vocabulary.place
        self._parts = {duty.id: parts for duty in known if (parts := self._only_parts(duty))}

    def _only_parts(self, duty: DutyLike) -> frozenset[str]:
        """The subdivisions that a duty asks about; empty for one that asks about a whole country or about no place."""
        places = frozenset(self._place(code) for code in places_of(duty))
        return places if all("-" in code for code in places) else frozenset()

    def of_other_parts(self, codes: Iterable[str]) -> frozenset[str]:
        """Ids of duties whose law is that of a subdivision, such as a state of the US, that is none of these places."""
        named = {self._place(code) for code in codes}
        return frozenset(name for name, parts in self._parts.items() if parts.isdisjoint(named))

    def has_parts(self, country: str) -> bool:
        """Whether subdivisions of this country have duties of their own."""
        return any(code.startswith(f"{country}-") for parts in self._parts.values() for code in parts)

    def law_named(self, text: str) -> str | None:
        """The law of a duty or of one of its clocks, by its id."""
        return self._law_of.get(text) or self._law_of.get(text.rpartition(".")[0])


def laws_for(
    stated: LawsSetting, records: Sequence[KeptRecord], book: LawBook, also: Iterable[NamedPlace] = ()
) -> Mapping[str, str]:
    """The laws that are watched, each with what brings it; empty means none, unless every law is stated."""
    if stated.laws is not None:
        return stated.laws
    brought: dict[str, str] = {}
    for place in _every_place(stated, records, book, also):
        for law in sorted(book.map.laws_at(place.code)):
            brought.setdefault(law, f"{place.code}: {place.by}")
    return {**named_laws(records, book), **brought}


def watched_for(
    stated: LawsSetting,
    records: Sequence[KeptRecord],
    book: LawBook,
    also: Iterable[NamedPlace] = (),
    has_holidays: Callable[[str], bool] = has_calendar,
) -> WatchedLaws:
    """The laws of the seat and of the places that `records` and `also` name; laws that are stated win over all that.

    `has_holidays` says of a country whether its public holidays are known.
    """
    others = tuple(also)
    laws, of = laws_for(stated, records, book, others), book.map
    is_all = stated.laws is not None and not stated.laws
    named = _named(records, others)
    every = _every_place(stated, records, book, others)
    without = tuple(place for place in every if not of.laws_at(place.code))
    is_narrowed = stated.laws is not None and not is_all
    left = (place for place in every if of.laws_at(place.code) - frozenset(laws))
    return WatchedLaws(
        laws=laws, is_all=is_all, left_out=tuple(left) if is_narrowed else (), no_rule=without,
        no_own_rule=tuple(place for place in every if place not in without and not of.has_own_rule(place.code)),
        no_part=_without_parts(every, book) if stated.laws is None else (),
        no_calendar=tuple(
            place for place in every if not of.is_region(place.code) and not has_holidays(place.code.partition("-")[0])
        ),
        no_place=tuple(place for place in named if not of.is_place(place.code)),
    )  # fmt: skip


def _without_parts(every: Sequence[NamedPlace], book: LawBook) -> tuple[NamedPlace, ...]:
    named = {place.code.partition("-")[0] for place in every if "-" in place.code}
    return tuple(place for place in every if place.code not in named and book.has_parts(place.code))


def named_places(
    stated: LawsSetting, records: Sequence[KeptRecord], book: LawBook, also: Iterable[NamedPlace] = ()
) -> frozenset[str]:
    """The codes of the seat and of every place that records and `also` name."""
    return frozenset(place.code for place in _every_place(stated, records, book, also))


def _named(records: Sequence[KeptRecord], also: Iterable[NamedPlace]) -> tuple[NamedPlace, ...]:
    """Each place once, by what named it first."""
    found: dict[str, NamedPlace] = {}
    for place in (*places_in(records), *also):
        found.setdefault(place.code, place)
    return tuple(found.values())


def _every_place(
    stated: LawsSetting, records: Sequence[KeptRecord], book: LawBook, also: Iterable[NamedPlace]
) -> tuple[NamedPlace, ...]:
    """Those of the seat, then those that are named."""
    seat = stated.seat
    seats = tuple(NamedPlace(code=code, by=f"the seat, {seat.by}") for code in seat.codes) if seat is not None else ()
    codes = {place.code for place in seats}
    return (
        *seats,
        *(place for place in _named(records, also) if place.code not in codes and book.map.is_place(place.code)),
    )


def places_in(records: Iterable[KeptRecord]) -> tuple[NamedPlace, ...]:
    """Every place that an incident's records name: where people live, also by its facts, and who was written to.

    Neither an event that was taken back names one, nor a step.
    """
    known = tuple(records)
    events, steps = superseded(event_of(record) for record in known if is_event_record(record)), taken_back(known)
    found: dict[str, NamedPlace] = {}
    for record in known:
        identifier = event_id(record.sequence)
        for code in _codes(record) if identifier not in events and record.sequence not in steps else ():
            found.setdefault(code, NamedPlace(code=code, by=identifier))
    for code in places_written(known):
        found.setdefault(code, NamedPlace(code=code, by=BY_FACTS))
    return tuple(found.values())[:_MOST_PLACES]


def stated_places(facts: Facts) -> tuple[NamedPlace, ...]:
    """Where people live, by the facts."""
    residents = facts.get("subjects_by_jurisdiction")
    codes = list(residents.value) if residents is not None and isinstance(residents.value, Mapping) else []
    return tuple(NamedPlace(code=str(code), by=BY_FACTS) for code in codes)


def named_laws(records: Iterable[KeptRecord], book: LawBook) -> Mapping[str, str]:
    """The laws of the duties that an incident's records name, such as in a filing or a decision."""
    found: dict[str, str] = {}
    for record in records:
        fields = event_of(record).fields if is_event_record(record) else {}
        for text in (str(fields.get("obligation") or ""), str(fields.get("clock") or "")):
            law = book.law_named(text)
            if law is not None:
                found.setdefault(law, f"{event_id(record.sequence)} names {text}")
    return found


def named_duties(records: Iterable[KeptRecord], book: LawBook) -> frozenset[str]:
    """Ids of the duties that an incident's records name, such as in a filing or a decision."""
    found = set[str]()
    for record in records:
        fields = event_of(record).fields if is_event_record(record) else {}
        for text in (str(fields.get("obligation") or ""), str(fields.get("clock") or "")):
            found |= {text, text.rpartition(".")[0]} if book.law_named(text) is not None else set()
    return frozenset(found)


def _codes(record: KeptRecord) -> Iterator[str]:
    if is_event_record(record):
        stated = event_of(record).fields.get("jurisdiction")
    elif record.kind == STEP_DONE:
        stated = (record.content.get("form") or {}).get(_FORM_FIELD)
    else:
        return
    words = stated if isinstance(stated, list | tuple) else str(stated or "").replace(";", ",").split(",")
    for word in words:
        code = str(word).strip()
        if code:
            yield code.upper() if len(code) <= 6 else code[:60]  # noqa: PLR2004  (`US-CA`: longer words are names)
