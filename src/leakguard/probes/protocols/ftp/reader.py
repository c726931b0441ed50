"""What FTP servers say: replies of three digits (RFC 959, 4.2), where data waits, and the list of a folder."""

from __future__ import annotations

import re
from typing import Any

from leakguard.probes.formats.lines import LinesReader
from leakguard.probes.formats.reading import Garbled, whole_number

_REPLY = re.compile(r"[1-5]\d\d(?:[ -]|$)(?!.*\bE?SMTP\b)", re.IGNORECASE)
"""A mail server greets with the same digits, and with the name of its own protocol behind them."""
_BUSY = re.compile(r"\b(?:max|maximum|too many|limits?|busy|later)\b", re.IGNORECASE)
"""What servers say where all lines are taken: ProFTPD, Pure-FTPd and wu-ftpd do so by the code of a refused login."""
_LOWEST_REFUSAL = 400
_DIGITS = (b"1", b"2", b"3", b"4", b"5")
_EXTENDED = re.compile(r"\(\|\|\|(\d{1,5})\|\)")
_PASSIVE = re.compile(r"(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})")
_BYTE = 255
_LOWEST_PORT = 1024
"""Below it stand other services: no server of ours waits there with a list."""
_HIGHEST_PORT = 65535
_UNIX = re.compile(rb"(?:d|[-lbcps](?=(?:\S+\s+){2,5}(?P<size>\d{1,18})\s+[A-Za-z]{3}\s))[-a-zA-Z]{9}[.+@]?\s+\d+\s")
"""As `ls -l` writes it: kind, rights, links, owner, group, size, and then a month; a folder's size is its own."""
_DOS = re.compile(rb"\d\d-\d\d-\d{2,4}\s+\d\d:\d\d(?:[AP]M)?\s+(?:<DIR>|(?P<size>\d{1,18}))\s", re.IGNORECASE)
_LONGEST_ENTRY = 4096


def reply_reader() -> LinesReader:
    """One reply, of one line or of several."""
    return LinesReader(openings=_DIGITS, first=_REPLY, is_last=_is_whole)


def code_of(lines: list[str]) -> int | None:
    """The reply's three digits."""
    return int(lines[0][:3]) if lines else None


def is_busy(lines: list[str]) -> bool:
    """Whether a login was refused for want of room, and not of an account."""
    code = code_of(lines)
    return code is not None and code >= _LOWEST_REFUSAL and any(map(_BUSY.search, lines))


def waiting_port(lines: list[str], address: str) -> int | None:
    """The port where the server waits on `address`; `None` for any other address, and for ports of other services.

    A server that names another host, by mistake or to have us connect there, is not followed.
    """
    last = lines[-1] if lines else ""
    found = _EXTENDED.search(last) if last.startswith("229") else None
    if found is not None:
        return _port(int(found[1]))
    found = _PASSIVE.search(last) if last.startswith("227") else None
    numbers = [int(digits) for digits in found.groups()] if found is not None else []
    if not numbers or max(numbers) > _BYTE or ".".join(map(str, numbers[:4])) != address:
        return None
    return _port(256 * numbers[4] + numbers[5])


class FolderReader:
    """Counts the entries of a list and forgets them; a list ends when the server closes."""

    reusable = False
    wants_tls = False

    def __init__(self) -> None:
        self.entries = 0
        self.bytes = 0
        self._rest = b""

    def feed(self, data: bytes) -> bool:
        """Count the whole lines; raises `Garbled` for one that has no end."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._count(line)
        if len(self._rest) > _LONGEST_ENTRY:
            raise Garbled("an entry without an end")
        return False

    def at_end(self) -> bool:
        """A closed list is whole, if it ends with a whole line."""
        return not self._rest

    def document(self) -> dict[str, Any]:
        """`{"entries", "bytes"}`: files, folders and links, and the bytes of those that are no folders."""
        return {"entries": self.entries, "bytes": self.bytes}

    def _count(self, line: bytes) -> None:
        found = _UNIX.match(line) or _DOS.match(line)
        if found is not None:
            self.entries += 1
            self.bytes += whole_number((found["size"] or b"").decode("ascii")) or 0


def _is_whole(lines: list[str]) -> bool:
    """The digits of the first line again, with a space, or nothing, behind them."""
    code = lines[0][:3]
    return lines[-1][:4] in (f"{code} ", code)


def _port(number: int) -> int | None:
    return number if _LOWEST_PORT <= number <= _HIGHEST_PORT else None
