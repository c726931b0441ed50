"""OpenWire, the protocol of ActiveMQ: a connection without a name and a password, and goodbye; never a subscription.

In the form of version 1, loosely encoded, which brokers of 4.x to 6.x settle on with a client that offers no more
(https://activemq.apache.org/components/classic/documentation/openwire-version-2-specification).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from types import MappingProxyType

from leakguard.probes.wire.gate import ByteGate

MAGIC = b"\x01ActiveMQ"
_CONNECTION_INFO, _CONNECTION_ID, _SHUTDOWN_INFO = 0x03, 0x78, 0x0B
_CLIENT = b"\x01\x00\x09leakguard"
"""A text: that there is one, its length, its letters. A connection must have a name of its own, which is no user's."""
_NONE = b"\x00"


def _frame(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def _command(kind: int, number: int, body: bytes = b"", *, wants_answer: bool) -> bytes:
    return _frame(struct.pack(">BIB", kind, number, wants_answer) + body)


_WIRE_FORMAT = _frame(MAGIC + struct.pack(">IBII", 1, 1, 4, 0))
"""Version 1 and an empty map of options: neither tight encoding nor a cache."""
_WHO = b"\x01" + bytes((_CONNECTION_ID,)) + _CLIENT + _CLIENT + _NONE * 2
"""The connection, the client, and that there is no password and no user."""
COMMANDS: Mapping[str, bytes] = MappingProxyType(
    {
        "connect": _WIRE_FORMAT + _command(_CONNECTION_INFO, 1, _WHO + _NONE * 3, wants_answer=True),
        "shutdown": _command(_SHUTDOWN_INFO, 2, wants_answer=False),
    }
)


def _carries(verb: str, data: bytes) -> bool:
    return data == COMMANDS[verb]


def _greets(data: bytes) -> bool:
    """The broker speaks first and names itself."""
    return data[4:].startswith(MAGIC)


GATE = ByteGate(
    verbs=frozenset(COMMANDS), carries=_carries, begins=_greets, greets=_greets, tls_ports=frozenset({61617})
)
