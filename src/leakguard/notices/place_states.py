"""For each place and role of an incident: a rule, an absence that was read, or that nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from leakguard.frozen import Frozen
from leakguard.models.moments import to_z
from leakguard.notices.duties import Duty
from leakguard.notices.facts import Facts, SettledPlace
from leakguard.notices.law_of_day import Force, LawOfDay, law_on_the_day
from leakguard.notices.overrides import settled_of
from leakguard.notices.place_book import Absence, PlaceBook
from leakguard.notices.places import places_of
from leakguard.notices.vocabulary import Vocabulary

NOBODY_LOOKED, NOBODY_LOOKED_ZH = "nobody has looked for its law yet", "尚无人查阅当地法律"


class PlaceState(StrEnum):
    """What is known of the law of a place for one role."""

    RULE = "rule"
    NONE_BY_LAW = "none_by_law"
    NO_RULE_KNOWN = "no_rule_known"


class PlaceRow(Frozen):
    """One place and one role of the incident."""

    place: str
    role: str
    state: PlaceState
    text: str = ""
    """What was read of an absence, or what was tried; empty where there is a rule."""
    text_zh: str = ""
    source_url: str = ""
    on: date | None = None
    """The day on which it was read or tried; `None` where nobody did."""
    duties: tuple[str, ...] = ()
    """The duties whose text of the day is known, or, in a row without a rule, those of which it is not."""
    absent: tuple[Absence, ...] = ()
    """Recipients to whom the law of the place, which has a rule, demands no notice."""
    settled: SettledPlace | None = None
    """A person's decision about a place without a known rule."""

    @property
    def is_open(self) -> bool:
        """Whether a person still has to settle it."""
        return self.state is PlaceState.NO_RULE_KNOWN and self.settled is None

    @property
    def sentence_zh(self) -> str:
        """As `sentence`, in Chinese; the code of the place and the name of the role stay as a file writes them."""
        start, on = f"{self.place}（{self.role}）：", f"，{self.on}" if self.on else ""
        text = f"（{self.text_zh or self.text}{on}）"
        if self.state is PlaceState.RULE:
            return ""
        if self.state is PlaceState.NONE_BY_LAW:
            return f"{start}法律未规定义务{text}。"
        if self.settled is not None:
            return f"{start}规则未知；{self.settled.by}已作决定：{self.settled.reason}。"
        return f"{start}规则未知{text}，不等于没有义务。"

    @property
    def sentence(self) -> str:
        """What is known of a place without a rule; empty where there is one."""
        on = f", {self.on}" if self.on else ""
        start = f"{self.place}, {self.role}: "
        if self.state is PlaceState.RULE:
            return ""
        if self.state is PlaceState.NONE_BY_LAW:
            return f"{start}no duty by law ({self.text}{on})."
        if self.settled is not None:
            return f"{start}no rule is known; settled by {self.settled.by}: {self.settled.reason}."
        return f"{start}no rule is known ({self.text}{on}). Nobody may take that for no duty."


def place_rows(
    duties: tuple[Duty, ...], book: PlaceBook, facts: Facts, now: datetime, vocabulary: Vocabulary
) -> tuple[PlaceRow, ...]:
    """A row for each place and role of the facts, in the order in which they are stated."""
    states = PlaceStates(duties, book, vocabulary)
    homes = frozenset(map(vocabulary.place, _homes(facts)))
    return tuple(
        states.row(
            place,
            role,
            lambda duty: law_on_the_day(duty, facts, now),
            settled_of(facts, place, role),
            is_home=place in homes,
        )
        for place, role in pairs_of(facts, vocabulary)
    )


def pairs_of(facts: Facts, vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    """Each place of the facts with each role: where people live, where an organisation sits and where it operates."""
    found: dict[tuple[str, str], None] = {}
    homes = _homes(facts)
    for party in facts.parties():
        operates = party.value_of("operates_in", tuple) or ()
        seat = [party.organisation.seat] if party.organisation.seat else []
        for code in (*homes, *seat, *map(str, operates)):
            found |= {(vocabulary.place(code), role): None for role in party.obligated_as}
    return tuple(found)


def _homes(facts: Facts) -> list[str]:
    """Where somebody affected lives, or may live."""
    residents = facts.get("subjects_by_jurisdiction")
    counts = residents.value if residents is not None and isinstance(residents.value, Mapping) else {}
    return [code for code, span in counts.items() if span.high > 0]


class PlaceStates:
    """Answers for one place and role; each duty's places are read once."""

    def __init__(self, duties: tuple[Duty, ...], book: PlaceBook, vocabulary: Vocabulary) -> None:
        """`duties` are all of the book."""
        self._places = [(duty, places_of(duty)) for duty in duties]
        self._places_of = {duty.id: places for duty, places in self._places}
        self._codes = {code for _, places in self._places for code in places}
        self._known: dict[str, tuple[Duty, ...]] = {}
        self._book, self._vocabulary = book, vocabulary

    def row(
        self,
        place: str,
        role: str,
        law_of: Callable[[Duty], LawOfDay],
        settled: SettledPlace | None = None,
        *,
        is_home: bool = False,
    ) -> PlaceRow:
        """`law_of` tells what a duty was on the day; `is_home` that people live there, wherever in a country."""
        here = [duty for duty in self._asking(place) if any(role in text.obligated for text in duty.texts)]
        laws = {duty.id: law_of(duty) for duty in here}
        unknown = tuple(duty.id for duty in here if laws[duty.id].force is Force.UNKNOWN)
        begun = {Force.LAW, Force.OPEN}
        known = tuple(duty.id for duty in here if laws[duty.id].force in begun and role in laws[duty.id].addressed)
        if unknown:
            text = f"the text of the day is not known of {', '.join(unknown)}"
            zh = f"以下义务在事件当日的条文不明：{'、'.join(unknown)}"
            return PlaceRow(
                place=place, role=role, state=PlaceState.NO_RULE_KNOWN, text=text, text_zh=zh, duties=unknown,
                settled=settled,
            )  # fmt: skip
        if known and is_home and "-" not in place and all(self._is_of_parts(name) for name in known):
            text = f"only states or provinces of {place} have a rule: count the people of each"
            zh = f"{place}仅州、省有相关规定，请按州、省分别统计人数"
            return PlaceRow(
                place=place, role=role, state=PlaceState.NO_RULE_KNOWN, text=text, text_zh=zh, duties=known,
                settled=settled,
            )  # fmt: skip
        if known:
            absent = tuple(absence for absence in self._absences(place, role) if absence.recipient is not None)
            return PlaceRow(place=place, role=role, state=PlaceState.RULE, duties=known, absent=absent)
        return self._without_a_rule(place, role, [laws[duty.id] for duty in here], settled)

    def _without_a_rule(self, place: str, role: str, laws: list[LawOfDay], settled: SettledPlace | None) -> PlaceRow:
        whole = next((absence for absence in self._absences(place, role) if absence.recipient is None), None)
        if whole is not None:
            return PlaceRow(
                place=place, role=role, state=PlaceState.NONE_BY_LAW, text=whole.text, text_zh=whole.text_zh,
                source_url=whole.source_url, on=whole.checked_on,
            )  # fmt: skip
        foreign = self._defined_elsewhere(place, role)
        if foreign is not None:
            return foreign
        gone = next((law for law in laws if law.is_read), None)
        if gone is not None and all(law.is_read for law in laws):
            return PlaceRow(
                place=place, role=role, state=PlaceState.NONE_BY_LAW, source_url=gone.text.source_url,
                on=gone.text.verified_on, text=f"{gone.text.id}: {gone.because}", text_zh=_not_law_zh(gone.text),
            )  # fmt: skip
        awaited = [law for law in laws if not law.is_read]
        if awaited:
            text = "; ".join(f"{law.text.id}: {law.because}" for law in awaited[:2])
            return PlaceRow(
                place=place, role=role, state=PlaceState.NO_RULE_KNOWN, text=text, settled=settled,
                text_zh="；".join(_not_law_zh(law.text) for law in awaited[:2]), on=awaited[0].text.verified_on,
            )  # fmt: skip
        tried = next(
            (
                looked_at
                for looked_at in self._book.looked_at
                if self._is_about(looked_at.place, looked_at.roles, place, role)
            ),
            None,
        )
        return PlaceRow(
            place=place, role=role, state=PlaceState.NO_RULE_KNOWN, text=tried.tried if tried else NOBODY_LOOKED,
            text_zh=tried.tried_zh if tried else NOBODY_LOOKED_ZH, on=tried.on if tried else None, settled=settled,
        )  # fmt: skip

    def _defined_elsewhere(self, place: str, role: str) -> PlaceRow | None:
        """A role that one law defines exists where that law is law, and nowhere else."""
        words = self._vocabulary.obligated[role]
        if not words.defined_in or any(self._touch(place, elsewhere) for elsewhere in words.defined_in):
            return None
        text = f"{words.en}: a term of {words.defined_by}, which is law in {', '.join(words.defined_in)}"
        zh = f"“{words.zh}”系{words.defined_by}所定义，仅适用于{'、'.join(words.defined_in)}"
        return PlaceRow(place=place, role=role, state=PlaceState.NONE_BY_LAW, text=text, text_zh=zh)

    def _is_of_parts(self, duty: str) -> bool:
        """Whether a duty asks about states or provinces alone."""
        return all("-" in self._vocabulary.place(code) for code in self._places_of[duty])

    def _asking(self, place: str) -> tuple[Duty, ...]:
        """The duties that ask about the place; each code that duties name is looked at once for a place."""
        if place not in self._known:
            codes = {code for code in self._codes if self._touch(place, code)}
            self._known[place] = tuple(duty for duty, places in self._places if not codes.isdisjoint(places))
        return self._known[place]

    def _absences(self, place: str, role: str) -> Iterator[Absence]:
        yield from (
            absence for absence in self._book.absences if self._is_about(absence.place, absence.roles, place, role)
        )

    def _is_about(self, stated: str, roles: tuple[str, ...], place: str, role: str) -> bool:
        return role in roles and self._vocabulary.covers(stated, place)

    def _touch(self, place: str, other: str) -> bool:
        """Whether `other` lies around the place or in it."""
        covers = self._vocabulary.covers
        return covers(other, place) or (other not in self._vocabulary.regions and covers(place, other))


def _not_law_zh(duty: Duty) -> str:
    """That a duty was no law on the day, in Chinese."""
    if duty.status == "proposed" or duty.in_force_from is None:
        return f"{duty.id}：{duty.verified_on}核对时尚未成为法律"
    until = f"，至{duty.in_force_to}止" if duty.in_force_to else ""
    return f"{duty.id}：自{duty.in_force_from}起施行{until}，事件当日不适用"


def row_json(row: PlaceRow) -> dict[str, Any]:
    """The row as plain JSON values, as the contract with users has it."""
    settled = row.settled
    return {
        "place": row.place,
        "role": row.role,
        "state": row.state.value,
        "text": row.text,
        "text_zh": row.text_zh or None,
        "source_url": row.source_url,
        "on": row.on and row.on.isoformat(),
        "duties": list(row.duties),
        "absent": [_absence_json(absence) for absence in row.absent],
        "settled": None if settled is None else {
            "by": settled.by, "reason": settled.reason, "event": settled.event, "at": settled.at and to_z(settled.at),
        },
    }  # fmt: skip


def _absence_json(absence: Absence) -> dict[str, Any]:
    return {
        "recipient": absence.recipient,
        "text": absence.text,
        "source_url": absence.source_url,
        "on": absence.checked_on.isoformat(),
    }
