"""BSON, written: as far as commands need it."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from leakguard.probes.protocols.mongodb.bson_types import BsonType

_EMPTY_DOCUMENT = 5
"""Bytes around the elements: the length in front and the zero behind."""


def write_document(values: Mapping[str, Any]) -> bytes:
    """A command: text, whole numbers, numbers, booleans, `None`, and mappings and lists of those."""
    body = b"".join(_element(name, value) for name, value in values.items())
    return struct.pack("<i", len(body) + _EMPTY_DOCUMENT) + body + b"\x00"


def _element(name: str, value: Any) -> bytes:  # noqa: ANN401 (a JSON value)
    kind, raw = _written(value)
    key = name.encode()
    if b"\x00" in key:
        raise ValueError("a name may not hold a zero byte")
    return bytes((kind,)) + key + b"\x00" + raw


def _written(value: Any) -> tuple[int, bytes]:  # noqa: ANN401 (a JSON value)
    match value:
        case None:
            written = (BsonType.NULL, b"")
        case bool():
            written = (BsonType.BOOLEAN, bytes((value,)))
        case int():
            small = -(2**31) <= value < 2**31
            written = (
                (BsonType.INT32, struct.pack("<i", value)) if small else (BsonType.INT64, struct.pack("<q", value))
            )
        case float():
            written = (BsonType.DOUBLE, struct.pack("<d", value))
        case str():
            raw = value.encode()
            written = (BsonType.TEXT, struct.pack("<i", len(raw) + 1) + raw + b"\x00")
        case Mapping():
            written = (BsonType.DOCUMENT, write_document(value))
        case _:
            written = (BsonType.ARRAY, write_document({str(index): item for index, item in enumerate(value)}))
    return written
