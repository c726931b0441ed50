"""A small client for MongoDB's wire protocol (OP_MSG). Independent of LeakGuard's own."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any

from lab.clients.lines import connect

OP_MSG = 2013


def command(port: int, document: Mapping[str, Any]) -> dict[str, Any]:
    """Send one command and return the server's document; raises `OSError`."""
    body = struct.pack("<iB", 0, 0) + encode(document)
    with connect(port) as link, link.makefile("rb") as answers:
        link.sendall(struct.pack("<iiii", len(body) + 16, 1, 0, OP_MSG) + body)
        head = answers.read(16)
        if len(head) < 16:
            raise ConnectionError("closed without an answer")
        rest = answers.read(struct.unpack_from("<i", head)[0] - 16)
        return decode(rest, 5)[0]


def encode(document: Mapping[str, Any]) -> bytes:
    """BSON of a document."""
    parts = b"".join(_element(name, value) for name, value in document.items())
    return struct.pack("<i", len(parts) + 5) + parts + b"\0"


def _element(name: str, value: object) -> bytes:
    key = name.encode() + b"\0"
    if isinstance(value, bool):
        return b"\x08" + key + bytes([value])
    if isinstance(value, int):
        return b"\x10" + key + struct.pack("<i", value)
    if isinstance(value, str):
        text = value.encode() + b"\0"
        return b"\x02" + key + struct.pack("<i", len(text)) + text
    if isinstance(value, Mapping):
        return b"\x03" + key + encode(value)
    if isinstance(value, list):
        return b"\x04" + key + encode({str(place): item for place, item in enumerate(value)})
    raise TypeError(type(value).__name__)


_FIXED: dict[int, tuple[str, Callable[[Any], Any]]] = {
    0x01: ("<d", float),
    0x08: ("<B", bool),
    0x09: ("<q", int),
    0x10: ("<i", int),
    0x12: ("<q", int),
}


def decode(data: bytes, start: int = 0) -> tuple[dict[str, Any], int]:
    """A document, and the place behind it."""
    end = start + struct.unpack_from("<i", data, start)[0]
    document: dict[str, Any] = {}
    place = start + 4
    while data[place]:
        kind, stop = data[place], data.index(b"\0", place + 1)
        name = data[place + 1 : stop].decode()
        document[name], place = _value(data, kind, stop + 1)
    return document, end


def _value(data: bytes, kind: int, place: int) -> tuple[Any, int]:
    if kind in _FIXED:
        form, convert = _FIXED[kind]
        return convert(struct.unpack_from(form, data, place)[0]), place + struct.calcsize(form)
    if kind == 0x02:
        stop = place + 4 + struct.unpack_from("<i", data, place)[0]
        return data[place + 4 : stop - 1].decode(), stop
    if kind in {0x03, 0x04}:
        return decode(data, place)
    if kind == 0x07:
        return data[place : place + 12].hex(), place + 12
    raise ValueError(f"unknown kind {kind:#x} of value")
