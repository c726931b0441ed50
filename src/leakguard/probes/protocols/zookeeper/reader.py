"""What ZooKeeper says: the text behind a word of four letters, and the frames of a session."""

from __future__ import annotations

import re
import struct
from typing import Any

from leakguard.probes.formats.reading import Buffered, Garbled, is_tls_alert, may_begin, whole_number

_STARTS = (
    b"Zookeeper version: ", b"zk_", b"srvr is not exec", b"mntr is not exec", b"This ZooKeeper i",
    b"ClickHouse Keeper version: ", b"This instance is not",
)  # fmt: skip
_KEEPER = re.compile(r"ClickHouse Keeper version: |zk_version\tv|This instance is not")
"""How ClickHouse Keeper begins each word; the digits of its version stand behind a `v`."""
_IDLE = ("This ZooKeeper instance is not", "This instance is not")
_VERSION = re.compile(r"(?:(?:Zookeeper|ClickHouse Keeper) version: |zk_version\t)v?(\d{1,4}(?:\.\d{1,4}){1,3})")
_LARGEST_FRAME = 8 * 1024 * 1024
_CONNECTED = (36, 37)
"""The sizes of the answer to a new session, before 3.4 and since."""
_REPLY_HEAD = 16
_OUR_QUESTION = 1
_LENGTH = 4
_MOST_NODES = 100_000
"""What fits the largest answer of a server (`jute.maxbuffer`, a mebibyte) with names of six letters."""


class WordReader:
    """A text that ends when the server closes, as it does behind each word."""

    reusable = False

    def __init__(self) -> None:
        self.data = bytearray()

    @property
    def wants_tls(self) -> bool:
        """A TLS alert in answer to plain text."""
        return is_tls_alert(self.data)

    def feed(self, data: bytes) -> bool:
        """Collect; raises `Garbled` for a text that starts like none of ZooKeeper's."""
        self.data += data
        if not may_begin(self.data, _STARTS) or self.wants_tls:
            raise Garbled("not ZooKeeper")
        return False

    def at_end(self) -> bool:
        """Whole, if there was a whole line; ClickHouse Keeper says that it serves nobody without an end of it."""
        return self.data.endswith((b"\n", b"serving requests"))

    def document(self) -> dict[str, Any]:
        """`{"version", "nodes", "bytes", "refused", "idle", "keeper"}`.

        A text or `None`; numbers or `None`; whether the word is not on the server's list; whether it serves nobody now;
        whether it is ClickHouse Keeper.
        """
        text = self.data.decode("utf-8", "replace")
        found = _VERSION.search(text)
        return {
            "version": found[1] if found else None,
            "nodes": _count(text, r"Node count: |zk_znode_count\t"),
            "bytes": _count(text, r"zk_approximate_data_size\t"),
            "refused": "is not executed because" in text,
            "idle": text.startswith(_IDLE),
            "keeper": _KEEPER.match(text) is not None,
        }


class FrameReader(Buffered):
    """One frame: its length and its payload."""

    def measure(self) -> int:
        """To the end of the frame."""
        if self.wants_tls:
            raise Garbled("not ZooKeeper")
        if len(self.data) < _LENGTH:
            return _LENGTH
        length = int.from_bytes(self.data[:_LENGTH], "big", signed=True)
        if not 0 < length <= _LARGEST_FRAME:
            raise Garbled("an impossible length")
        return _LENGTH + length

    @property
    def payload(self) -> bytes:
        """What is in the frame, as far as it has come."""
        return bytes(self.data[_LENGTH:])


def is_session(payload: bytes) -> bool:
    """Whether a frame tells of a new session: version zero, a time to live, a number that is not zero."""
    if len(payload) not in _CONNECTED:
        return False
    version, timeout, number = struct.unpack_from(">iiq", payload)
    return bool(version == 0 and timeout > 0 and number != 0)


def children_of(payload: bytes) -> dict[str, Any]:
    """`{"code", "children"}`: ZooKeeper's number of an error, or 0 and how many nodes stand there; raises `Garbled`."""
    if len(payload) < _REPLY_HEAD or struct.unpack_from(">i", payload)[0] != _OUR_QUESTION:
        raise Garbled("not the answer to our question")
    code = struct.unpack_from(">i", payload, 12)[0]
    return {"code": code, "children": None if code else _strings(payload, _REPLY_HEAD)}


def _strings(payload: bytes, at: int) -> int:
    """How many texts a list holds; each is stepped over, so that a count is never just believed."""
    if len(payload) < at + _LENGTH:
        raise Garbled("a cut list")
    count = int.from_bytes(payload[at : at + _LENGTH], "big", signed=True)
    at += _LENGTH
    if count > _MOST_NODES:
        raise Garbled("too many nodes")
    for _ in range(count):
        if len(payload) < at + _LENGTH:
            raise Garbled("a list with fewer texts than it says")
        length = int.from_bytes(payload[at : at + _LENGTH], "big", signed=True)
        at += _LENGTH + max(length, 0)
    if at != len(payload):
        raise Garbled("a list that ends elsewhere")
    return max(count, 0)


def _count(text: str, label: str) -> int | None:
    found = re.search(rf"^(?:{label})(\d+)$", text, re.MULTILINE)
    return whole_number(found[1]) if found else None
