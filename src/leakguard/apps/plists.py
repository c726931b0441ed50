"""Property lists, in XML or binary, by Python's own reader, once their size and what they would become are bounded.

A binary list of a megabyte can name the same bytes again and again, and unpack to billions of values: what all its
objects hold is added up before the reader sees it.
"""

from __future__ import annotations

import plistlib
import struct
from collections.abc import Mapping
from typing import Any
from xml.parsers.expat import ExpatError

from leakguard.apps.unread import CannotRead, need

MOST_BYTES = 1 << 20
MOST_OBJECTS = 100_000
MOST_HELD = 4 << 20
"""What all objects of a binary list hold in all: letters, bytes and entries."""
_MAGIC = b"bplist00"
_TRAILER = struct.Struct(">6xBBQQQ")
_WIDTHS = (1, 2, 3, 4, 5, 6, 7, 8)
_CONTAINERS = {0x4: 1, 0x5: 1, 0x6: 1, 0xA: 1, 0xC: 1, 0xD: 2}
"""Data, texts, lists and mappings by the first half of their first byte, and what an entry counts."""
_LONG = 0xF
_FAILURES = (
    plistlib.InvalidFileException, ExpatError, ValueError, OverflowError, RecursionError, LookupError, TypeError,
    AttributeError, struct.error,
)  # fmt: skip


def read_plist(data: bytes) -> Mapping[str, Any]:
    """The mapping at the root; raises `CannotRead` for anything else."""
    need(len(data) <= MOST_BYTES, f"it is longer than {MOST_BYTES:,} bytes")
    if data.startswith(b"bplist"):
        _weigh(data)
    try:
        value = plistlib.loads(data)
    except _FAILURES:
        raise CannotRead("it is no property list") from None
    if not isinstance(value, dict):
        raise CannotRead("it is a property list of another kind")
    return {key: entry for key, entry in value.items() if isinstance(key, str)}


def _weigh(data: bytes) -> None:
    """Raise `CannotRead` for a binary list whose objects hold more than one of its kind ever does."""
    need(data.startswith(_MAGIC) and len(data) >= len(_MAGIC) + _TRAILER.size, "it is no property list")
    width, refs, count, _, table = _TRAILER.unpack_from(data, len(data) - _TRAILER.size)
    need(width in _WIDTHS and refs in _WIDTHS, "it is no property list")
    need(count <= MOST_OBJECTS, f"it states more than {MOST_OBJECTS:,} objects")
    need(table + width * count <= len(data), "it is cut short")
    held = 0
    for number in range(count):
        at = table + width * number
        held += _held_at(data, int.from_bytes(data[at : at + width], "big"))
        need(held <= MOST_HELD, "its objects hold more than their file")


def _held_at(data: bytes, at: int) -> int:
    """How much one object says that it holds."""
    need(at < len(data), "an object is beyond its end")
    kind, size = data[at] >> 4, data[at] & _LONG
    if kind not in _CONTAINERS:
        return 1
    if size == _LONG:
        need(at + 1 < len(data), "an object is beyond its end")
        width = 1 << (data[at + 1] & 0x3)
        size = int.from_bytes(data[at + 2 : at + 2 + width], "big")
    return 1 + size * _CONTAINERS[kind]
