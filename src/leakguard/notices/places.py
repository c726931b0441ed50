"""Which laws a place brings, and which places the duties that ship know nothing of."""

from __future__ import annotations

from collections.abc import Iterable

from leakguard.frozen import Frozen
from leakguard.notices.duty_rows import DutyLike
from leakguard.notices.vocabulary import Vocabulary


class NamedPlace(Frozen):
    """A country or a part of one, and what names it."""

    code: str
    """As it was written; it may be no place at all."""
    by: str
    """`leakguard.toml`, `E-7`."""


def law_of(duty: DutyLike) -> str:
    """The law of a duty, as the setting `laws` names it: the first word of the duty's id."""
    return duty.id.partition("-")[0]


class LawMap:
    """Which laws each place brings; every place is looked up once."""

    def __init__(self, duties: Iterable[DutyLike], vocabulary: Vocabulary) -> None:
        """`duties` are all of the book."""
        self._vocabulary = vocabulary
        self._places = {(law_of(duty), place) for duty in duties for place in duty.places}
        self._known: dict[str, frozenset[str]] = {}

    def is_place(self, code: str) -> bool:
        """Whether it is a country, a part of one, or a region such as the EU."""
        return self._vocabulary.is_place(code) or self.is_region(code)

    def is_region(self, code: str) -> bool:
        """Whether it is a region of several countries."""
        return code in self._vocabulary.regions

    def laws_at(self, code: str) -> frozenset[str]:
        """The laws whose duties ask about this place, or about one that lies in it or around it: `eu` for DE."""
        if code not in self._known:
            self._known[code] = frozenset(law for law, place in self._places if self._touch(code, place))
        return self._known[code]

    def has_own_rule(self, code: str) -> bool:
        """Whether a duty asks about this very place, and not only about the country that it is a part of.

        Ohio has none while only federal duties of the United States reach it. Réunion, a country in ISO 3166, has those
        of France, none of whose parts has duties.
        """
        place = self._vocabulary.place(code)
        country, _, part = place.partition("-")
        if not part or ("-" not in code and country not in self._vocabulary.subdivisions):
            return bool(self.laws_at(place))
        return any(self._vocabulary.place(rule) == place for _, rule in self._places)

    def _touch(self, code: str, other: str) -> bool:
        vocabulary = self._vocabulary
        if self.is_region(code):
            return any(self._touch(region, other) for region in vocabulary.regions[code])
        return vocabulary.covers(other, code) or vocabulary.covers(vocabulary.place(code), other)


def places_of(duty: DutyLike) -> frozenset[str]:
    """Every place and region that the rules of a duty ask about."""
    return frozenset(duty.places)
