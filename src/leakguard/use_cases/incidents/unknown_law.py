"""Duties that are watched and have no clock, because nobody knows what their law said on the day of the incident."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from leakguard.frozen import Frozen
from leakguard.models.records import KeptRecord

_MOST_NAMED = 20
"""Lines for a person; JSON names every duty."""


class UnknownLaw(Frozen):
    """One such duty."""

    duty: str
    because: str
    """What is not known, in a clause."""

    @property
    def sentence(self) -> str:
        """For a person."""
        return f"no rule known for the day: {self.duty} ({self.because})"


UnknownLaws = Callable[[str, Sequence[KeptRecord]], Sequence[UnknownLaw]]
"""Those of an incident, by its records."""


def nothing_unknown(_incident: str, _records: Sequence[KeptRecord]) -> Sequence[UnknownLaw]:
    """Where the clocks are not those of laws."""
    return ()


def unknown_lines(found: Sequence[UnknownLaw]) -> Iterator[str]:
    """A line each; many are counted behind the first ones."""
    yield from (f"{law.sentence}." for law in found[:_MOST_NAMED])
    if len(found) > _MOST_NAMED:
        yield f"no rule known for the day: {len(found) - _MOST_NAMED} more duties; --format json names all of them."
    if found:
        yield "No clock of these duties runs. Nobody may take that for no duty: look up the law of the day."


def unknown_json(found: Sequence[UnknownLaw]) -> list[dict[str, str]]:
    """Every one, as plain values."""
    return [{"duty": law.duty, "because": law.because} for law in found]
