"""MQTT 3.1.1: a connection without a name or a password, the broker's own counters, goodbye; nothing is published.

Topics below `$SYS/broker/` are what a broker says of itself; `#`, and with it anybody's message, is never subscribed.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from types import MappingProxyType

from leakguard.probes.wire.gate import ByteGate

_ANSWER = re.compile(rb"\x20[\x02-\x7f][\x00\x01]")

TOPICS: Mapping[str, str] = MappingProxyType(
    {
        "version": "$SYS/broker/version",
        "retained": "$SYS/broker/retained messages/count",
        "bytes": "$SYS/broker/store/messages/bytes",
    }
)
_CLIENT = b"leakguardprobe"
OWN_LETTERS = 9
"""A broker hangs up on a client when another one comes by the same name, so each session has a name of its own.

Of 23 letters and digits, which every broker takes (MQTT 3.1.1, 3.1.3.1). The session is clean: it ends with the
connection.
"""
_CLEAN_SESSION = 0x02
_KEEP_ALIVE = 60


def _text(words: bytes) -> bytes:
    return struct.pack(">H", len(words)) + words


def _packet(kind: int, payload: bytes) -> bytes:
    """All that we say is shorter than 128 bytes, so its length takes one byte."""
    return bytes((kind, len(payload))) + payload


_SUBSCRIBE = struct.pack(">H", 1) + b"".join(_text(topic.encode()) + b"\x00" for topic in TOPICS.values())
_PING = _packet(0xC0, b"")


def connect(own: bytes) -> bytes:
    """The connection, under a name that ends with `own`: `OWN_LETTERS` random digits in lower-case hex."""
    settings = struct.pack(">BBH", 4, _CLEAN_SESSION, _KEEP_ALIVE)
    return _packet(0x10, _text(b"MQTT") + settings + _text(_CLIENT + own))


_OWN = re.compile(rb"[0-9a-f]{%d}" % OWN_LETTERS)
COMMANDS: Mapping[str, bytes] = MappingProxyType(
    {
        "counters": _packet(0x82, _SUBSCRIBE) + _PING,
        "disconnect": _packet(0xE0, b""),
    }
)
"""The answer to the ping comes behind all that the broker has to say about the topics."""


def _carries(verb: str, data: bytes) -> bool:
    if verb != "connect":
        return data == COMMANDS[verb]
    own = data[-OWN_LETTERS:]
    return _OWN.fullmatch(own) is not None and data == connect(own)


def _begins(data: bytes) -> bool:
    """A CONNACK of version 3.1.1, or one of version 5 with few properties."""
    return _ANSWER.match(data) is not None


GATE = ByteGate(
    verbs=frozenset({"connect", *COMMANDS}),
    carries=_carries,
    begins=_begins,
    tls_ports=frozenset({8883}),
    tls_schemes=frozenset({"mqtts"}),
)
