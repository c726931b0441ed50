"""MQTT 3.1.1: a connection without a name or a password, the broker's own counters, goodbye; nothing is published.

Topics below `$SYS/broker/` are what a broker says of itself; `#`, and with it anybody's message, is never subscribed.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from types import MappingProxyType

from leakguard.probes.wire.commands.protocol import Protocol

TOPICS: Mapping[str, str] = MappingProxyType(
    {
        "version": "$SYS/broker/version",
        "retained": "$SYS/broker/retained messages/count",
        "bytes": "$SYS/broker/store/messages/bytes",
    }
)
_CLIENT = b"leakguardprobe"
"""Of letters alone, so that every broker takes it; the session is clean and ends with the connection."""
_CLEAN_SESSION = 0x02
_KEEP_ALIVE = 60


def _text(words: bytes) -> bytes:
    return struct.pack(">H", len(words)) + words


def _packet(kind: int, payload: bytes) -> bytes:
    """All that we say is shorter than 128 bytes, so its length takes one byte."""
    return bytes((kind, len(payload))) + payload


_CONNECT = _text(b"MQTT") + struct.pack(">BBH", 4, _CLEAN_SESSION, _KEEP_ALIVE) + _text(_CLIENT)
_SUBSCRIBE = struct.pack(">H", 1) + b"".join(_text(topic.encode()) + b"\x00" for topic in TOPICS.values())
_PING = _packet(0xC0, b"")

COMMANDS: Mapping[str, bytes] = MappingProxyType(
    {
        "connect": _packet(0x10, _CONNECT),
        "counters": _packet(0x82, _SUBSCRIBE) + _PING,
        "disconnect": _packet(0xE0, b""),
    }
)
"""The answer to the ping comes behind all that the broker has to say about the topics."""


def _carries(verb: str, data: bytes) -> bool:
    return data == COMMANDS[verb]


PROTOCOL = Protocol(
    verbs=frozenset(COMMANDS), carries=_carries, tls_ports=frozenset({8883}), tls_schemes=frozenset({"mqtts"})
)
