"""The chain of roles of an incident against the one in the settings: the difference, and the next generation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from difflib import ndiff

from leakguard.alerts.marks import duration_text
from leakguard.alerts.records import Chain
from leakguard.frozen import Frozen
from leakguard.models.alerts import Escalation, EscalationLevel, Severity


class Comparison(Frozen):
    """What holds for an incident, and what the settings say now."""

    kept: Chain | None
    """`None` before the watchman's first look at the incident."""
    edited: Chain
    """The chain of the settings, as the next generation."""
    lines: tuple[str, ...]
    """Each line of both chains, behind `-` where it goes, `+` where it comes, or two spaces."""

    @property
    def is_changed(self) -> bool:
        """Whether the two differ in anything."""
        return any(not line.startswith("  ") for line in self.lines)


def compared(kept: Chain | None, settings: Escalation) -> Comparison:
    """Compare the chain that holds with the settings."""
    generation = kept.generation + 1 if kept is not None else 1
    edited = Chain(generation=generation, levels=settings.levels, repeat=settings.repeat)
    before = list(_lines(kept)) if kept is not None else []
    lines = (line for line in ndiff(before, list(_lines(edited))) if not line.startswith("?"))
    return Comparison(kept=kept, edited=edited, lines=tuple(lines))


def _lines(chain: Chain) -> Iterator[str]:
    for number, level in enumerate(chain.levels, start=1):
        yield f"level {number}: {_level(level)}"
    yield f"an overdue clock is announced again every {duration_text(chain.repeat)}"


def _level(level: EscalationLevel) -> str:
    when = f"after {duration_text(level.after)}" if level.after > timedelta(0) else "at once"
    least = f", from {level.least.value} on" if level.least is not Severity.NOTICE else ""
    return f"{level.role} {when}{least}"
