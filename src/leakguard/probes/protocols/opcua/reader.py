"""OPC UA's answers (OPC 10000-6, 6.7 and 7.1): an acknowledgement, a channel, the list of endpoints, or an error."""

from __future__ import annotations

import struct
from typing import Any

from leakguard.probes.formats.cursor import Cursor
from leakguard.probes.formats.reading import Buffered, Garbled
from leakguard.probes.protocols.opcua.gate import LARGEST, LARGEST_CHUNK, MOST_CHUNKS

ACKNOWLEDGED, OPENED, ANSWERED, FAILED = b"ACK", b"OPN", b"MSG", b"ERR"
_HEAD = 8
_SHORTEST = {ACKNOWLEDGED: 28, OPENED: 12, ANSWERED: 24, FAILED: 16}
_FINAL, _FURTHER = b"F", b"C"
_IN_CHANNEL = 16
"""Bytes behind a piece's head in front of its part of the answer: the channel's two numbers and the piece's two."""
_FAULT, _CHANNEL, _ENDPOINTS = 397, 449, 431
"""The identifiers of the answers in their binary encoding (OPC 10000-6, A.3)."""
_MOST_LISTED, _MOST_TEXTS = 500, 1000
_NO_SECURITY, _ANONYMOUS = 1, 0
_LOCALE, _TEXT = 1, 2
_DEEPEST = 4
"""Diagnostics may hold others; we ask for none."""


class OpcUaReader(Buffered):
    """One answer of the kind that is `wanted`, in one piece or several; an error may come in its stead."""

    def __init__(self, wanted: bytes) -> None:
        super().__init__()
        self._wanted = wanted

    @property
    def is_error(self) -> bool:
        """Whether the server said in its transport that it will not."""
        return bytes(self.data[:3]) == FAILED

    def measure(self) -> int:
        """Each piece states its length; the last of them says so."""
        kind = bytes(self.data[:3])
        if not any(each.startswith(kind) for each in (self._wanted, FAILED)):
            raise Garbled("not OPC UA")
        at, pieces = 0, 0
        while True:
            if len(self.data) < at + _HEAD:
                return at + _HEAD
            mark = bytes(self.data[at + 3 : at + 4])
            length = int(struct.unpack_from("<I", self.data, at + 4)[0])
            may_follow = kind == ANSWERED and mark == _FURTHER
            fits = _SHORTEST[kind] <= length <= LARGEST_CHUNK and at + length <= LARGEST
            if self.data[at : at + 3] != kind or not (mark == _FINAL or may_follow) or not fits:
                raise Garbled("an impossible piece")
            at, pieces = at + length, pieces + 1
            if not may_follow:
                return at
            if pieces >= MOST_CHUNKS:
                raise Garbled("more pieces than were agreed on")

    def error(self) -> int:
        """The number of the error that came in the answer's stead."""
        return int(struct.unpack_from("<I", self.data, _HEAD)[0])

    def channel(self) -> dict[str, Any]:
        """The status of a channel, and its two numbers where it was opened; raises `Garbled`."""
        cursor = Cursor(self.data, _HEAD + 4, order="little")
        for _ in range(3):  # the policy, a certificate and a fingerprint
            _skip_text(cursor)
        cursor.skip(8)
        kind, status = _answer(cursor)
        if kind == _FAULT or status:
            return {"status": status}
        if kind != _CHANNEL:
            raise Garbled("the answer to another question")
        cursor.skip(4)
        return {"status": status, "channel": cursor.unsigned(4), "token": cursor.unsigned(4)}

    def endpoints(self) -> dict[str, Any]:
        """How many endpoints there are and whom they take; raises `Garbled`."""
        cursor = Cursor(self._joined(), order="little")
        kind, status = _answer(cursor)
        counts = {"status": status, "endpoints": 0, "unsecured": 0, "anonymous": 0, "open": 0}
        if kind == _FAULT or status:
            return counts
        if kind != _ENDPOINTS:
            raise Garbled("the answer to another question")
        for _ in range(cursor.count(4, most=_MOST_LISTED)):
            is_unsecured, takes_anybody = _endpoint(cursor)
            counts["endpoints"] += 1
            counts["unsecured"] += is_unsecured
            counts["anonymous"] += takes_anybody
            counts["open"] += is_unsecured and takes_anybody
        return counts

    def _joined(self) -> bytes:
        """The answer without the heads of its pieces."""
        parts, at = [], 0
        while at < len(self.data):
            length = int(struct.unpack_from("<I", self.data, at + 4)[0])
            parts.append(bytes(self.data[at + _HEAD + _IN_CHANNEL : at + length]))
            at += length
        return b"".join(parts)


def _answer(cursor: Cursor) -> tuple[int, int]:
    """The kind of an answer and its status, behind which its own fields come (OPC 10000-4, 7.33)."""
    if cursor.take(2) != b"\x01\x00":
        raise Garbled("an answer of no known kind")
    kind = cursor.unsigned(2)
    cursor.skip(12)
    status = cursor.unsigned(4)
    _skip_diagnostics(cursor, _DEEPEST)
    for _ in range(cursor.count(4, most=_MOST_TEXTS)):
        _skip_text(cursor)
    if cursor.take(3) != b"\0\0\0":
        raise Garbled("a header with more to it than was asked for")
    return kind, status


def _endpoint(cursor: Cursor) -> tuple[bool, bool]:
    """Whether an endpoint neither signs nor encrypts, and whether it takes nameless callers (OPC 10000-4, 7.14)."""
    for _ in range(3):  # its address, and the server's names in the network
        _skip_text(cursor)
    _skip_localised(cursor)
    cursor.skip(4)
    for _ in range(2):  # a gateway, and a profile
        _skip_text(cursor)
    for _ in range(cursor.count(4, most=_MOST_TEXTS)):
        _skip_text(cursor)
    _skip_text(cursor)
    mode = cursor.unsigned(4)
    _skip_text(cursor)
    tokens = [_token(cursor) for _ in range(cursor.count(4, most=_MOST_TEXTS))]
    _skip_text(cursor)
    cursor.skip(1)
    return mode == _NO_SECURITY, _ANONYMOUS in tokens


def _token(cursor: Cursor) -> int:
    """What a way to log in asks for: nothing, a password, a certificate or a ticket (OPC 10000-4, 7.42)."""
    _skip_text(cursor)
    kind = cursor.unsigned(4)
    for _ in range(3):
        _skip_text(cursor)
    return kind


def _skip_text(cursor: Cursor) -> None:
    cursor.skip(cursor.count(4, most=LARGEST))


def _skip_localised(cursor: Cursor) -> None:
    parts = cursor.unsigned(1)
    for part in (_LOCALE, _TEXT):
        if parts & part:
            _skip_text(cursor)


def _skip_diagnostics(cursor: Cursor, depth: int) -> None:
    """A server may tell them unasked (OPC 10000-6, 5.2.2.12)."""
    parts = cursor.unsigned(1)
    cursor.skip(4 * (parts & 0x0F).bit_count())
    if parts & 0x10:
        _skip_text(cursor)
    if parts & 0x20:
        cursor.skip(4)
    if parts & 0x40:
        if depth == 0:
            raise Garbled("diagnostics without an end")
        _skip_diagnostics(cursor, depth - 1)
