"""Where a field stands in a TOML text: `tomllib` says what a file holds, and not on which line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from leakguard.errors import Problem

_NAME = r"""(?:[A-Za-z0-9_-]+|"[^"\\]*"|'[^']*')"""
_NAMES = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_TABLE = re.compile(rf"\s*(?P<open>\[\[?)\s*(?P<names>{_NAMES})\s*\]\]?\s*(?:#.*)?")
_FIELD = re.compile(rf"\s*(?P<names>{_NAMES})\s*=.*")
_ERROR = re.compile(r"(?P<text>.*) \(at line (?P<line>\d+), column \d+\)", re.DOTALL)


def with_lines(problems: Iterable[Problem], text: str) -> tuple[Problem, ...]:
    """The same problems, each with the line of its field in `text`, or of the nearest part of the file around it."""
    lines = _lines(text)
    return tuple(
        Problem(
            where=problem.where,
            text=problem.text,
            nearest=problem.nearest,
            line=problem.line or _line_of(problem.where, lines),
        )
        for problem in problems
    )


def syntax_problem(error: ValueError) -> Problem:
    """What `tomllib` could not read; it tells the place at the end of its words."""
    match = _ERROR.fullmatch(str(error))
    if match is None:
        return Problem(where="", text=f"not TOML: {error}")
    return Problem(where="", text=f"not TOML: {match['text']}", line=int(match["line"]))


def _lines(text: str) -> dict[str, int]:
    """The line of each table and each field that begins one, by paths such as `channel[0].host`."""
    lines: dict[str, int] = {}
    counts: Counter[str] = Counter()
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _TABLE.fullmatch(line):
            table = _table(_parts(found["names"]), counts, is_entry=found["open"] == "[[")
            lines.setdefault(table, number)
        elif found := _FIELD.fullmatch(line):
            lines.setdefault(".".join(filter(None, (table, *_parts(found["names"])))), number)
    return lines


def _table(parts: list[str], counts: Counter[str], *, is_entry: bool) -> str:
    """The path of a table; `[[channel]]` begins a further entry, and `[channel.more]` belongs to the last one."""
    path = ""
    for position, part in enumerate(parts):
        path = f"{path}.{part}" if path else part
        if is_entry and position == len(parts) - 1:
            counts[path] += 1
        path += f"[{counts[path] - 1}]" if counts[path] else ""
    return path


def _parts(names: str) -> list[str]:
    return [name.strip("\"'") for name in re.findall(_NAME, names)]


def _line_of(where: str, lines: dict[str, int]) -> int | None:
    """The line of `where`, or of what stands around it; inline tables and lists have the line on which they begin."""
    while where:
        if where in lines:
            return lines[where]
        where = re.sub(r"(?:^|\.)[^.\[\]]*$|\[\d+\]$", "", where)
    return None
