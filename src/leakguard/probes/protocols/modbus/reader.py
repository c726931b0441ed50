"""Modbus's answer to who made a device: its objects, or the number of an exception."""

from __future__ import annotations

import struct
from typing import Any

from leakguard.probes.formats.cursor import Cursor
from leakguard.probes.formats.reading import Buffered, Garbled
from leakguard.probes.protocols.modbus.gate import FAILED, FUNCTION, TRANSACTION, TYPE

_HEAD = 6
_SHORTEST, _LONGEST = 3, 254
"""Bytes behind the head: the unit and at most 253 of an answer."""
_NAMES = {0: "vendor", 1: "product", 2: "release"}
_LONGEST_NAME = 100


class IdentityReader(Buffered):
    """One answer."""

    def measure(self) -> int:
        """The head states its length."""
        if not (TRANSACTION + b"\0\0").startswith(bytes(self.data[:4])):
            raise Garbled("not Modbus")
        if len(self.data) < _HEAD:
            return _HEAD
        length = int(struct.unpack_from(">H", self.data, 4)[0])
        if not _SHORTEST <= length <= _LONGEST:
            raise Garbled("an impossible length")
        return _HEAD + length

    def document(self) -> dict[str, Any]:
        """What it says, in plain values; raises `Garbled` for what makes no sense."""
        document: dict[str, Any] = {"exception": None, "objects": 0, **dict.fromkeys(_NAMES.values())}
        cursor = Cursor(bytes(self.data[_HEAD + 1 :]))
        function = cursor.unsigned(1)
        if function == FUNCTION | FAILED:
            return {**document, "exception": cursor.unsigned(1)}
        if function != FUNCTION or cursor.unsigned(1) != TYPE:
            raise Garbled("the answer to another question")
        cursor.skip(4)
        document["objects"] = cursor.unsigned(1)
        for _ in range(document["objects"]):
            number = cursor.unsigned(1)
            value = cursor.take(cursor.unsigned(1))
            if number in _NAMES:
                document[_NAMES[number]] = _name(value)
        return document


def _name(value: bytes) -> str | None:
    """Plain letters alone."""
    text = value.strip(b" \0")
    is_plain = 0 < len(text) <= _LONGEST_NAME and text.isascii() and text.decode("ascii").isprintable()
    return text.decode("ascii") if is_plain else None
