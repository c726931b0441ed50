"""Answers made of lines, as FTP, rsync and NATS give them: what is the last line is for each protocol to say."""

from __future__ import annotations

import re
from collections.abc import Callable

from leakguard.probes.formats.reading import Buffered, Garbled, may_begin

LONGEST_LINE = 4096
_MOST_LINES = 2000


class LinesReader(Buffered):
    """Lines up to the first of which `is_last` says so."""

    def __init__(
        self, *, openings: tuple[bytes, ...], first: re.Pattern[str], is_last: Callable[[list[str]], bool],
        longest: int = LONGEST_LINE,
    ) -> None:  # fmt: skip
        """`openings` are first bytes by which another protocol is told before its line ends, if it ever does.

        `first` is what the whole first line starts with; `is_last` gets all lines so far; `longest` is in bytes.
        """
        super().__init__()
        self.lines: list[str] = []
        self._openings = openings
        self._first = first
        self._is_last = is_last
        self._longest = longest
        self._read = 0

    def measure(self) -> int:
        """Reads the lines that are complete; raises `Garbled`."""
        if not may_begin(self.data, self._openings) or self.wants_tls:
            raise Garbled("another protocol")
        if self.lines and self._is_last(self.lines):
            return self._read
        while (end := self.data.find(b"\n", self._read)) >= 0:
            self._take(end)
            if self._is_last(self.lines):
                return self._read
        if len(self.data) - self._read > self._longest:
            raise Garbled("a line without an end")
        return len(self.data) + 1

    def _take(self, end: int) -> None:
        if len(self.lines) >= _MOST_LINES or end - self._read > self._longest:
            raise Garbled("more than an answer holds")
        line = bytes(self.data[self._read : end]).rstrip(b"\r").decode("latin-1")
        self._read = end + 1
        if not self.lines and not self._first.match(line):
            raise Garbled("another protocol")
        self.lines.append(line)
