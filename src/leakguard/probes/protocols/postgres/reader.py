"""PostgreSQL's messages, version 3.0: what a server says before and after a start-up, and one row of an answer."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping

from leakguard.frozen import Frozen
from leakguard.probes.formats.reading import Garbled

_PROTOCOL_3 = 196608
_LARGEST_MESSAGE = 1024 * 1024
"""Far above anything that a server says before it is given a password, or about the catalogue."""
_MOST_MESSAGES = 1000
"""A start-up has some twenty, and each of our questions is answered by one row."""
_FIELDS_CAP = 64
_OLD_ERROR = 2_048
"""Bytes of the text of an error of protocol 2, which a server that can start no process for us still speaks."""
_LENGTH = 4
_HEAD = 1 + _LENGTH
_SQLSTATE = 5
_TEXT = re.compile(rb"[\n\r\t -~\x80-\xff]+")
_KNOWN = b"RSKZETDCNAv"
"""Authentication, ParameterStatus, BackendKeyData, ReadyForQuery, Error, RowDescription, DataRow, CommandComplete,
NoticeResponse, NotificationResponse, NegotiateProtocolVersion."""


class Message(Frozen, kw_only=False):
    """One message: its type letter and its payload."""

    kind: str
    payload: bytes


def startup_message(parameters: Mapping[str, str]) -> bytes:
    """The start of a session; `user` must come first."""
    pairs = b"".join(f"{name}\0{value}\0".encode("ascii") for name, value in parameters.items())
    body = struct.pack(">i", _PROTOCOL_3) + pairs + b"\x00"
    return struct.pack(">i", len(body) + 4) + body


def query_message(sql: str) -> bytes:
    """A simple query."""
    body = sql.encode("ascii") + b"\x00"
    return b"Q" + struct.pack(">i", len(body) + 4) + body


class MessagesReader:
    """Messages up to one that settles the question: a demand, an error, or readiness."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._data = bytearray()
        self._whole = False

    @property
    def reusable(self) -> bool:
        """Only a server that is ready takes a query."""
        return self._whole and self.messages[-1].kind == "Z" and not self._data

    @property
    def wants_tls(self) -> bool:
        """PostgreSQL's TLS is asked for inside its own protocol."""
        return False

    def feed(self, data: bytes) -> bool:
        """Take bytes; true once the question is settled."""
        self._data += data
        while not self._whole and (message := self._next()) is not None:
            if len(self.messages) >= _MOST_MESSAGES:
                raise Garbled("too many messages")
            self._whole = message.kind in "EZ" or _demands(message)
            self.messages.append(message)
        return self._whole

    def at_end(self) -> bool:
        """Whole if anything at all was said: a server may close right after its answer."""
        return bool(self.messages)

    def auth(self) -> int | None:
        """The code of the first authentication message: 0 is "you are in"."""
        codes = [_code(message) for message in self.messages if message.kind == "R"]
        return codes[0] if codes else None

    def sqlstate(self) -> str | None:
        """The five characters of the error, if there is one."""
        for message in self.messages:
            if message.kind == "E":
                return _field(message.payload, b"C")
        return None

    @property
    def is_refused(self) -> bool:
        """Whether the server answered with an error, of whatever code."""
        return any(message.kind == "E" for message in self.messages)

    def row(self) -> list[str | None] | None:
        """The values of the first row, if there is one; raises `Garbled`."""
        rows = [message.payload for message in self.messages if message.kind == "D"]
        return _values(rows[0]) if rows else None

    def _next(self) -> Message | None:
        if not self._data:
            return None
        if self._data[0] not in _KNOWN:
            raise Garbled("not PostgreSQL")
        if len(self._data) < _HEAD:
            return None
        if self._data[:1] == b"E" and self._data[1] != 0:
            return self._old_error()
        length = struct.unpack_from(">i", self._data, 1)[0]
        if not _LENGTH <= length <= _LARGEST_MESSAGE:
            raise Garbled("an impossible length")
        if len(self._data) < length + 1:
            return None
        message = Message(chr(self._data[0]), bytes(self._data[_HEAD : length + 1]))
        del self._data[: length + 1]
        return message

    def _old_error(self) -> Message | None:
        """An error of protocol 2 (`report_fork_failure_to_client`): text without a length, to its zero byte."""
        end = self._data.find(b"\x00", 1, _OLD_ERROR)
        if end < 0 and (len(self._data) >= _OLD_ERROR or not _TEXT.fullmatch(self._data)):
            raise Garbled("neither a length nor a text")
        if end < 0:
            return None
        text, self._data = bytes(self._data[1:end]), self._data[end + 1 :]
        if not _TEXT.fullmatch(text):
            raise Garbled("not a text")
        return Message("E", text)


def _demands(message: Message) -> bool:
    return message.kind == "R" and _code(message) != 0


def _code(message: Message) -> int:
    if len(message.payload) < _LENGTH:
        raise Garbled("a cut demand")
    return int(struct.unpack_from(">i", message.payload)[0])


def _field(payload: bytes, wanted: bytes) -> str | None:
    for field in payload.split(b"\x00"):
        if field[:1] == wanted and len(field) == 1 + _SQLSTATE and field.isalnum():
            return field[1:].decode("ascii", "replace")
    return None


def _values(payload: bytes) -> list[str | None]:
    """A DataRow: a count, then each value with its length, where -1 stands for NULL."""
    at, values = 2, list[str | None]()
    count = int.from_bytes(payload[:2], "big")
    if count > _FIELDS_CAP:
        raise Garbled("too many values")
    for _ in range(count):
        length = int.from_bytes(payload[at : at + 4], "big", signed=True)
        raw = payload[at + 4 : at + 4 + max(length, 0)]
        if len(payload) < at + 4 or len(raw) != max(length, 0):
            raise Garbled("a cut row")
        values.append(None if length < 0 else raw.decode("utf-8", "replace"))
        at += 4 + len(raw)
    return values
