"""What was read from a text file: plain values, and where each of them stands."""

from __future__ import annotations

from typing import Any

from leakguard.frozen import Frozen, field

_MOST_IN_KEY = 100
"""Characters of a key that are named: with every problem below it, a long one would be repeated."""
Path = tuple[str | int, ...]


class ReadText(Frozen):
    """Plain values (dict, list, str, int, float, bool, None) and the line each of them stands on."""

    value: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int | None:
        """The line of `path`, or of the nearest part of the file around it."""
        for length in range(len(path), -1, -1):
            line = self.lines.get(path[:length])
            if line is not None:
                return line
        return None


def dotted(path: Path) -> str:
    """`("clocks", 0, "zone")` as `clocks[0].zone`."""
    text = ""
    for part in path:
        word = (
            f"[{part}]" if isinstance(part, int) else part if len(part) <= _MOST_IN_KEY else f"{part[:_MOST_IN_KEY]}…"
        )
        text += word if isinstance(part, int) or not text else f".{word}"
    return text
