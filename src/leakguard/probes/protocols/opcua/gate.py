"""OPC UA: a greeting, a channel without a session, the list of endpoints, and the channel's end.

After OPC 10000-6 (7.1, the connection; 6.7, the channel; 5.2, the encoding) and OPC 10000-4 (5.5.4, GetEndpoints, which
needs no session and is free for every caller by 5.5.1). Never CreateSession, and so never Read, Browse, Write or Call.
All bytes are constant but two numbers that the server itself gave: that of its channel and that of its token.
"""

from __future__ import annotations

import struct

from leakguard.probes.wire.gate import ByteGate

_URL = b"opc.tcp://localhost:4840"
"""Every server reports its endpoints for whatever name it is called by."""
_POLICY = b"http://opcfoundation.org/UA/SecurityPolicy#None"
_NOTHING = struct.pack("<i", -1)
LARGEST_CHUNK, LARGEST, MOST_CHUNKS = 65536, 1 << 20, 16
"""Bytes of a piece and of an answer, and pieces of one: what we say that we take, and take no more of."""
_CHANNEL_SECONDS, _ANSWER_SECONDS = 10, 4
_OPEN, _ENDPOINTS, _CLOSE = 446, 428, 452
"""The identifiers of the requests in their binary encoding (OPC 10000-6, A.3)."""
_NUMBERS = 8
"""Where the two numbers of the channel stand behind a message's head, and how many bytes they take."""


def _text(value: bytes) -> bytes:
    return struct.pack("<i", len(value)) + value


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body) + 8) + body


def _request(identifier: int, number: int) -> bytes:
    """The request's kind and its header: no token of a session, no time, no diagnostics."""
    named = b"\x01\x00" + struct.pack("<H", identifier)
    return (
        named
        + b"\0\0"
        + struct.pack("<qII", 0, number, 0)
        + _NOTHING
        + struct.pack("<I", _ANSWER_SECONDS * 1000)
        + b"\0\0\0"
    )


HELLO = _message(b"HELF", struct.pack("<5I", 0, LARGEST_CHUNK, LARGEST_CHUNK, LARGEST, MOST_CHUNKS) + _text(_URL))
OPEN = _message(
    b"OPNF",
    struct.pack("<I", 0) + _text(_POLICY) + _NOTHING + _NOTHING + struct.pack("<II", 1, 1)
    + _request(_OPEN, 1) + struct.pack("<III", 0, 0, 1) + _NOTHING + struct.pack("<I", _CHANNEL_SECONDS * 1000),
)  # fmt: skip


def endpoints(channel: int, token: int) -> bytes:
    """Ask for the list, in a channel that the server gave."""
    asked = _request(_ENDPOINTS, 2) + _text(_URL) + _NOTHING + _NOTHING
    return _message(b"MSGF", struct.pack("<4I", channel, token, 2, 2) + asked)


def close(channel: int, token: int) -> bytes:
    """End the channel; the server answers with nothing."""
    return _message(b"CLOF", struct.pack("<4I", channel, token, 3, 3) + _request(_CLOSE, 3))


_IN_CHANNEL = {"endpoints": endpoints, "close": close}


def _carries(verb: str, data: bytes) -> bool:
    if verb in _IN_CHANNEL:
        numbers = data[_NUMBERS : _NUMBERS + 8]
        return len(numbers) == 8 and data == _IN_CHANNEL[verb](*struct.unpack("<II", numbers))  # noqa: PLR2004  (two numbers)
    return data == {"hello": HELLO, "open": OPEN}[verb]


def _begins(data: bytes) -> bool:
    """An acknowledgement of its one length, or an error."""
    return data[:8] == b"ACKF\x1c\0\0\0" or (data[:4] == b"ERRF" and data[6:8] == b"\0\0")


GATE = ByteGate(
    verbs=frozenset({"hello", "open", *_IN_CHANNEL}), carries=_carries, begins=_begins, tls_ports=frozenset({4843})
)
