"""Times, ranges and sizes as a report writes them: the wall clock of the incident first, UTC below."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from leakguard.frozen import Frozen
from leakguard.models.events import Interval
from leakguard.reports.measures import Measure
from leakguard.reports.paper import Cell, line
from leakguard.reports.words import Words, moment

_MARKED = frozenset({"os", "program", "session", "token"})
"""Sources of a name that are told beside it."""


class Phrases(Frozen, kw_only=False):
    """What every section needs: words and the zone."""

    words: Words
    zone: ZoneInfo

    def at(self, when: datetime | None, *, none: str = "–") -> Cell:
        """A moment in two lines; one where the zone is UTC."""
        if when is None:
            return line(none, "soft")
        return Cell(self._both(when))

    def interval(self, at: Interval, *, is_struck: bool = False) -> Cell:
        """A moment, or the two between which it lies."""
        if at.is_exact:
            return Cell(self._both(at.earliest), is_struck=is_struck)
        first, last = moment(at.earliest, self.zone), moment(at.latest, self.zone)
        lines: tuple[str, ...] = (self.words("time.from", start=first), self.words("time.until", end=last))
        if self.zone.key != "UTC":
            lines = (*lines, f"{_utc(at.earliest)} – {_utc(at.latest)}")
        return Cell(lines, is_struck=is_struck)

    def text(self, when: datetime) -> str:
        """A moment within a sentence."""
        return moment(when, self.zone)

    def range(self, measure: Measure) -> str:
        """How long, as precisely as the times are known, and whether it goes on."""
        words, least, most = self.words, measure.least_seconds, measure.most_seconds
        if least is None or most is None:
            return words("measure.unknown")
        if measure.is_reversed:
            return words("measure.reversed")
        if measure.is_open:
            return words("measure.open", time=words.duration(least))
        shortest, longest = words.duration(least), words.duration(most)
        return shortest if shortest == longest else words("measure.range", least=shortest, most=longest)

    def person(self, name: str, source: str) -> str:
        """A name; one that nobody typed says where it comes from."""
        return self.words(f"person.{source}", name=name) if name and source in _MARKED else name

    def count(self, number: int) -> str:
        """`9,500,000,000`, with the signs of the language between the thousands."""
        return f"{number:,}".replace(",", self.words("thousands"))

    def size(self, count: int | None) -> str:
        """`8.4 TB`: decimal units, as disks are sold."""
        if count is None:
            return self.words("unknown")
        for unit, name in ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
            if count >= unit:
                return f"{count / unit:.1f} {name}"
        return f"{count} B"

    def _both(self, when: datetime) -> tuple[str, ...]:
        local = moment(when, self.zone)
        return (local,) if self.zone.key == "UTC" else (local, _utc(when))


def _utc(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
