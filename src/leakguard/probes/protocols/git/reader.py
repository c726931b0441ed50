"""What git's daemon says: lines behind their length in four hexadecimal digits."""

from __future__ import annotations

import re
from typing import Any

from leakguard.probes.formats.reading import Buffered, Garbled

_LENGTH = 4
_LONGEST_LINE = 8 * 1024
_MOST_LINES = 64
_HEX = re.compile(rb"[0-9a-f]{4}")
_VERSION_2 = b"version 2\n"
_VERSION_1 = b"version 1\n"
_ERROR = b"ERR "
_OBJECT = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})? ")
_AGENT = re.compile(rb"(?:^|[ \x00])agent=git/(\d{1,4}(?:\.\d{1,4}){1,3})")


class LinesOfGit(Buffered):
    """In version 2 all that the server can do, up to its end; in the older ones the first line, which tells enough."""

    def __init__(self) -> None:
        super().__init__()
        self.first = b""
        self._at = self._lines = 0
        self._agent: str | None = None
        self._is_whole = False

    def measure(self) -> int:
        """Walks over the lines that are whole; raises `Garbled`."""
        while not self._is_whole:
            head = bytes(self.data[self._at : self._at + _LENGTH])
            if self.wants_tls or not _HEX.match(head + b"0" * (_LENGTH - len(head))):
                raise Garbled("not git")
            if len(head) < _LENGTH:
                return self._at + _LENGTH
            end = self._at + max(int(head, 16), _LENGTH)
            if end - self._at > _LONGEST_LINE or self._lines >= _MOST_LINES:
                raise Garbled("more than an answer holds")
            if end > len(self.data):
                return end
            self._take(bytes(self.data[self._at + _LENGTH : end]))
            self._at = end
        return self._at

    def _take(self, line: bytes) -> None:
        self._lines += 1
        if self._lines == 1:
            self.first = line[: len(_VERSION_2)]
            if line and line not in {_VERSION_1, _VERSION_2} and not _OBJECT.match(line) and line[:4] != _ERROR:
                raise Garbled("not what git says first")
        found = _AGENT.search(line) if not line.startswith(_ERROR) else None
        self._agent = found[1].decode("ascii") if found else self._agent
        self._is_whole = not line or self.first != _VERSION_2

    def document(self) -> dict[str, Any]:
        """`{"served", "version"}`: whether the repository is handed out, and the server's version or `None`."""
        return {"served": not self.first.startswith(_ERROR), "version": self._agent}
