"""The table on the screen of `notice assess`, laid out for the width of the terminal: no word and no id is broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import zip_longest

from rich.cells import cell_len

from leakguard.outputs.assess_facts import Line
from leakguard.outputs.assess_rows import Row
from leakguard.outputs.assess_say import AssessTexts
from leakguard.outputs.terminal import wrap

WIDE = 110
"""Columns from which on the recipient stands in the row of its duty."""
NARROW = 66
"""Columns below which a duty stands below its limit."""
_GAP = "  "
_LEGIBLE = 16
"""Columns below which the name of a recipient is not read but spelt."""


class AssessTable:
    """Rows under headings."""

    def __init__(self, rows: Sequence[Row], say: AssessTexts, width: int, *, has_details: bool) -> None:
        """With `has_details` the recipient and the later stages stand below each duty, where they have no column."""
        self._rows, self._say, self._width, self._has_details = rows, say, width, has_details
        self._is_wide = width >= WIDE
        self._titles = Row(
            limit=say("LIMIT"), left=say("LEFT"), state=say("STATE"), duty=say("DUTY"), recipient=say("RECIPIENT"),
            kind=say("KIND") if any(row.kind for row in rows) else "", style="bold", state_style="bold",
        )  # fmt: skip

    def lines(self) -> Iterator[Line]:
        """The headings and the rows."""
        for row in (self._titles, *self._rows):
            yield from self._row(row)

    @cached_property
    def _widths(self) -> tuple[int, int, int]:
        rows = [self._titles, *self._rows]
        lefts = [word for row in rows for word in self._left_lines(row)]
        limit, state = max(cell_len(row.limit) for row in rows), max(cell_len(row.state) for row in rows)
        return limit, max(map(cell_len, lefts)), state

    @cached_property
    def _indent(self) -> int:
        """Where a duty begins."""
        return sum(self._widths) + len(self._widths) * len(_GAP) if self._width >= NARROW else len(_GAP)

    @cached_property
    def _columns(self) -> tuple[int, int]:
        """How wide the duty and its recipient are; 0 for a recipient that has no room."""
        room = self._width - self._indent
        rows = [row for row in self._rows if row.kind]
        ids = max((cell_len(row.duty.split(" ")[0].split("（")[0]) for row in rows), default=0)
        duties = max((cell_len(row.duty) for row in rows), default=0)
        if self._is_wide:
            duty = max(ids, min(duties, room // 2))
            return (duty, room - duty - len(_GAP)) if room - duty - len(_GAP) >= _LEGIBLE else (room, 0)
        kind = max(cell_len(row.kind) for row in (self._titles, *rows))
        return (duties, kind) if duties + len(_GAP) + kind <= room else (room, 0)

    def _row(self, row: Row) -> Iterator[Line]:
        if not row.state:
            yield from (((line, "dim"),) for line in wrap(row.duty, self._width))
            return
        before = self._before(row)
        main = self._main(row)
        if self._width < NARROW or (main and cell_len(main[0][0][0]) > self._width - self._indent):
            yield from self._apart(before, main)
            return
        space = ((" " * self._indent, ""),)
        for number, (first, rest) in enumerate(zip_longest(before, main, fillvalue=None)):
            start = first if first is not None else space
            yield (*start, *(rest or ())) if rest or number < len(before) else start

    def _apart(self, before: Sequence[Line], main: Sequence[Line]) -> Iterator[Line]:
        """A duty below its limit, where both have no room side by side."""
        yield from before
        for line in main:
            text = "".join(part for part, _ in line)
            indent = min(self._indent, max(len(_GAP), self._width - cell_len(text)))
            yield ((" " * indent, ""), *line)

    def _before(self, row: Row) -> list[Line]:
        """Limit, what is left and state; where there is little room, what a limit rests on stands below the time."""
        limit, left, state = self._widths
        first, *others = self._left_lines(row)
        lines: list[Line] = [
            (
                (f"{_pad(row.limit, limit)}{_GAP}{_pad(first, left)}{_GAP}", row.style),
                (f"{_pad(row.state, state)}{_GAP}", row.state_style),
            )
        ]
        space, room = " " * (limit + len(_GAP)), left + state + 2 * len(_GAP)
        return [*lines, *(((f"{space}{_pad(other, room)}", row.style),) for other in others)]

    def _left_lines(self, row: Row) -> list[str]:
        comma = self._say("comma")
        if self._is_wide or comma not in row.left:
            return [row.left]
        first, *others = row.left.split(comma)
        return [f"{first}{comma.rstrip()}", *others]

    def _main(self, row: Row) -> list[Line]:
        """The duty and whom it is for; or a group with as many of its places as have room."""
        room, style = self._width - self._indent, "bold" if row is self._titles else ""
        if not row.kind:
            return [((line, style),) for line in wrap(self._fitted(row, room), room)]
        duty, whom = self._columns
        name = row.recipient if self._is_wide else row.kind
        first, *more = wrap(row.duty, duty)
        to = _first_line(name, whom) if whom else ""
        lines: list[Line] = [((f"{_pad(first, duty)}{_GAP}{to}" if to else first, style),)]
        lines += [((f"{line}", style),) for line in more]
        if self._has_details and not self._is_wide and row.below:
            lines += [((line, "dim"),) for line in wrap(row.below, room)]
        return lines

    def _fitted(self, row: Row, room: int) -> str:
        """The duties of a group, or its words with as many of its places as have room."""
        ids = self._say.listed(row.ids)
        if row.ids and cell_len(ids) <= room:
            return ids
        for kept in range(len(row.codes), 0, -1):
            more = f" +{len(row.codes) - kept}" if kept < len(row.codes) else ""
            fitted = f"{row.duty}{self._say('colon')}{' '.join(row.codes[:kept])}{more}"
            if cell_len(fitted) <= room:
                return fitted
        return row.duty


def _first_line(text: str, width: int) -> str:
    """What has room in one line, in whole words."""
    if cell_len(text) <= width:
        return text
    first = wrap(text, width - 2)[0]
    return f"{first} …" if cell_len(first) <= width - 2 else ""


def _pad(text: str, width: int) -> str:
    return f"{text}{' ' * max(0, width - cell_len(text))}"
