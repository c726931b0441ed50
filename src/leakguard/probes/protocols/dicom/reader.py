"""DICOM's answer to an offer of an association (PS3.8, 9.3): accepted with which services, rejected, or aborted."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from leakguard.probes.formats.cursor import Cursor
from leakguard.probes.formats.reading import Buffered, Garbled
from leakguard.probes.protocols.dicom.gate import ABORTED, ACCEPTED, REJECTED

_HEAD, _FIXED = 6, 68
"""Bytes in front of a body, and of a body in front of its items."""
_LARGEST = 64 * 1024
_SHORT = 4
"""Bytes of a rejection and of an abort."""
_MOST_ITEMS = 300
"""An offer has at most 128 contexts, and we make four."""
_APPLICATION, _CONTEXT, _USER, _RELEASE_NAME = 0x10, 0x21, 0x50, 0x55
_LONGEST_NAME = 16
VERIFICATION_ID, NONSENSE_ID = 1, 9
"""Of the offer's contexts, which have odd numbers (PS3.8, 9.3.2.2); between them are those of the queries."""


class AssociationReader(Buffered):
    """One PDU that answers ours."""

    def measure(self) -> int:
        """Its length is stated; a rejection and an abort have but one."""
        if self.data[0] not in (ACCEPTED, REJECTED, ABORTED) or self.wants_tls:
            raise Garbled("not DICOM")
        if len(self.data) < _HEAD:
            return _HEAD
        length = int(struct.unpack_from(">I", self.data, 2)[0])
        fits = _FIXED <= length <= _LARGEST if self.data[0] == ACCEPTED else length == _SHORT
        if self.data[1] or not fits:
            raise Garbled("an impossible length")
        return _HEAD + length

    def document(self) -> dict[str, Any]:
        """What it says, in plain values; raises `Garbled` for what makes no sense."""
        kind = self.data[0]
        if kind == ACCEPTED:
            return {"answer": "accepted", **_accepted(bytes(self.data[_HEAD:]))}
        result, source, reason = self.data[_HEAD + 1 : _HEAD + _SHORT]
        if kind == ABORTED:
            return {"answer": "aborted", "source": source, "reason": reason}
        return {"answer": "rejected", "is_transient": result == 2, "source": source, "reason": reason}  # noqa: PLR2004  (PS3.8, 9.3.4)


def _accepted(body: bytes) -> dict[str, Any]:
    results: dict[int, int] = {}
    name = None
    for kind, item in _items(body[_FIXED:]):
        if kind == _CONTEXT:
            cursor = Cursor(item)
            number, _, result = cursor.take(3)
            results[number] = result
        elif kind == _USER:
            name = next((_name(each) for of, each in _items(item) if of == _RELEASE_NAME), None)
        elif kind != _APPLICATION:
            raise Garbled("an item that no association has")
    if not {VERIFICATION_ID, NONSENSE_ID} <= results.keys():  # each service that was offered is answered (PS3.8, 9.3.3)
        raise Garbled("an acceptance that leaves services out")
    granted = {number for number, result in results.items() if result == 0}
    return {
        "echo": VERIFICATION_ID in granted,
        "queries": len(granted - {VERIFICATION_ID, NONSENSE_ID}),
        "nonsense": NONSENSE_ID in granted,
        "implementation": name,
    }


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    cursor, met = Cursor(data), 0
    while cursor.left:
        met += 1
        if met > _MOST_ITEMS:
            raise Garbled("more items than an association has")
        kind, _ = cursor.take(2)
        yield kind, cursor.take(cursor.unsigned(2))


def _name(item: bytes) -> str | None:
    """The release of the node's software, of at most sixteen plain letters (PS3.7, D.3.3.2)."""
    text = item.rstrip(b" \0")
    is_plain = 0 < len(text) <= _LONGEST_NAME and text.isascii() and text.decode("ascii").isprintable()
    return text.decode("ascii") if is_plain else None
