"""RTSP's answer: a status, lines of its head, and for a stream its description (RFC 2326, 7; RFC 8866)."""

from __future__ import annotations

import re
from typing import Any

from leakguard.probes.formats.reading import Buffered, Garbled, may_begin, whole_number

_STATUS = re.compile(rb"RTSP/[12]\.0 (\d{3})[^\r\n]*\r?\n")
_OPENINGS = (b"RTSP/1.0 ", b"RTSP/2.0 ")
_LONGEST_HEAD = 16 * 1024
_LARGEST = 256 * 1024
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_MEDIA = re.compile(rb"^m=(\w{1,32}) ", re.MULTILINE)
_RELEASE = re.compile(rb"[A-Za-z][\w .()/-]{0,62}[\w)]")
_WORD = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,20}")


class DescriptionReader(Buffered):
    """One answer."""

    def measure(self) -> int:
        """The head, and as much behind it as it states."""
        if not may_begin(self.data, _OPENINGS) or self.wants_tls:
            raise Garbled("not RTSP")
        end = _END_OF_HEAD.search(self.data, 0, _LONGEST_HEAD)
        if end is None:
            if len(self.data) >= _LONGEST_HEAD:
                raise Garbled("a head without an end")
            return len(self.data) + 1
        if not _STATUS.match(self.data):
            raise Garbled("not a status of RTSP")
        stated = self._header(b"content-length", end.start())
        length = 0 if stated is None else whole_number(stated.decode("latin-1"))
        if length is None or length > _LARGEST:
            raise Garbled("an impossible length")
        return end.end() + length

    def _header(self, name: bytes, end: int) -> bytes | None:
        """The last line of the head that has this name."""
        found = None
        for line in bytes(self.data[:end]).split(b"\n")[1:]:
            key, _, value = line.partition(b":")
            found = value.strip() if key.strip().lower() == name else found
        return found

    def document(self) -> dict[str, Any]:
        """What it says, in plain values; raises `Garbled` for what makes no sense.

        Of the description only the kinds of its media are counted; its name and addresses are dropped.
        """
        head = _END_OF_HEAD.search(self.data)
        status = _STATUS.match(self.data)
        if head is None or status is None:
            raise Garbled("not a status of RTSP")
        media = _MEDIA.findall(self.data, head.end()) if self._is_sdp(head.end()) else []
        server, login = self._header(b"server", head.start()), self._header(b"www-authenticate", head.start())
        way = _WORD.match(login) if login else None
        return {
            "status": int(status[1]),
            "described": self._is_sdp(head.end()),
            "media": len(media),
            "video": media.count(b"video"),
            "audio": media.count(b"audio"),
            "login": way[0].decode("ascii").lower() if way else None,
            "server": server.decode("ascii") if server and _RELEASE.fullmatch(server) else None,
        }

    def _is_sdp(self, at: int) -> bool:
        """A description begins with its version (RFC 8866, 5.1)."""
        return bytes(self.data[at : at + 3]) == b"v=0"
