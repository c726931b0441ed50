"""Memcached's text protocol: the answers to `version` and `stats`."""

from __future__ import annotations

import re
from typing import Any

from leakguard.probes.formats.reading import Buffered, Garbled, may_begin

_LONGEST_LINE = 2048
_MOST_LINES = 1000
_LAST_LINES = ("END", "VERSION ", "ERROR", "CLIENT_ERROR", "SERVER_ERROR")
_BLANK = re.compile(rb"[\r\n]{0,8}")
"""Some proxies end a line before their answer."""
_OPENINGS = (b"STAT ", b"END", b"VERSION ", b"ERROR", b"CLIENT_ERROR", b"SERVER_ERROR")


FULL = "ERROR Too many open connections"
"""What a server says unasked, before it hangs up, while it has as many connections as it may have."""


def blank_before(data: bytes | bytearray) -> int:
    """How many bytes of empty lines stand before an answer."""
    found = _BLANK.match(data)
    return found.end() if found else 0


class MemcachedReader(Buffered):
    """Lines up to one that ends the answer."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._read = 0

    def measure(self) -> int:
        """Reads the lines that are complete."""
        if not self.lines:
            self._read = blank_before(self.data)
            if not may_begin(self.data[self._read :], _OPENINGS) or self.wants_tls:
                raise Garbled("not memcached")
        if self.lines and self.lines[-1].startswith(_LAST_LINES):
            return self._read
        while (end := self.data.find(b"\n", self._read)) >= 0:
            self.lines.append(self._line(end))
            self._read = end + 1
            if self.lines[-1].startswith(_LAST_LINES):
                return self._read
        if len(self.data) - self._read > _LONGEST_LINE:
            raise Garbled("a line without an end")
        return len(self.data) + 1

    def document(self, verb: str) -> dict[str, Any]:
        """The answer to `verb` in plain values; raises `Garbled`."""
        last = self.lines[-1]
        word = last.split(" ", 1)[0]
        if word in ("ERROR", "CLIENT_ERROR", "SERVER_ERROR"):
            return {"error": word, "needs_login": "unauthenticated" in last, "is_full": last.startswith(FULL)}
        if verb == "version" and word == "VERSION":
            return {"version": last.partition(" ")[2][:64]}
        if verb == "stats" and word == "END":
            return {"stats": dict(self._stat(line) for line in self.lines[:-1])}
        raise Garbled("not the answer to this command")

    def _line(self, end: int) -> str:
        if len(self.lines) >= _MOST_LINES or end - self._read > _LONGEST_LINE:
            raise Garbled("more than an answer holds")
        return bytes(self.data[self._read : end]).rstrip(b"\r").decode("utf-8", "replace")

    def _stat(self, line: str) -> tuple[str, str]:
        word, _, rest = line.partition(" ")
        name, _, value = rest.partition(" ")
        if word != "STAT":
            raise Garbled("not a statistic")
        return name, value
