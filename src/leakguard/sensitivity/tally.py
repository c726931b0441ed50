"""Tallies: how many values of each field are of each kind; nothing else of a value outlives the call that takes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from leakguard.models.kinds import Category
from leakguard.sensitivity.masks import shown_name
from leakguard.sensitivity.values import likely_kinds, sure_kinds

MOST_FIELDS = 500
"""Fields that are told apart; those beyond are counted together."""
LIKELY_VALUES, LIKELY_SHARE = 3, 0.8
"""So many values, and so large a part of a field, must pass a weak checksum before it is believed."""
_OTHERS = "(other fields)"


@dataclass(slots=True)
class _FieldTally:
    looked_at: int = 0
    sure: Counter[str] = field(default_factory=Counter)
    likely: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Tally:
    """Takes values and forgets them."""

    _fields: dict[tuple[str, str], _FieldTally] = field(default_factory=dict)

    def take(self, collection: str, name: str, value: str) -> None:
        """Count the kinds of one value; `collection` is told with its word, such as `index customers`."""
        key = (collection, name)
        if key not in self._fields and len(self._fields) >= MOST_FIELDS:
            key = (collection, _OTHERS)
        tally = self._fields.setdefault(key, _FieldTally())
        tally.looked_at += 1
        kinds = sure_kinds(value)
        tally.sure.update(kinds)
        if not kinds:
            tally.likely.update(likely_kinds(value))

    @property
    def looked_at(self) -> int:
        """How many values were taken."""
        return sum(field.looked_at for field in self._fields.values())

    def categories(self) -> tuple[Category, ...]:
        """The kinds by field, with the number of values of each."""
        return tuple(
            Category(
                category=kind, where=f"{collection} field {shown_name(name)}", by="value", count=count,
                looked_at=field.looked_at,
            )
            for (collection, name), field in self._fields.items()
            for kind, count in _believed(field)
        )  # fmt: skip


def _believed(field_tally: _FieldTally) -> Iterator[tuple[str, int]]:
    yield from field_tally.sure.items()
    likely = [(kind, count) for kind, count in field_tally.likely.items() if kind not in field_tally.sure]
    for kind, count in likely:
        if count >= LIKELY_VALUES and count >= LIKELY_SHARE * field_tally.looked_at:
            yield kind, count
