"""ZooKeeper: two words that are answered with counters, and a short session that asks what stands at the root.

ClickHouse Keeper speaks the same protocol, and names itself in its words.

The session is begun with four seconds to live and closed again; it makes no node, sets no watch and names no login.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from types import MappingProxyType

from leakguard.probes.wire.gate import ByteGate

_WORDS = (
    b"Zookeeper version: ",
    b"zk_version\t",
    b"This ZooKeeper i",
    b"srvr is not executed",
    b"mntr is not executed",
    b"ClickHouse Keeper",
    b"This instance is",
)

_TIMEOUT = 4000
"""Milliseconds: twice the usual tick, and so the shortest that a server grants."""
_GET_CHILDREN = 8
_CLOSE = -11


def _frame(payload: bytes) -> bytes:
    return struct.pack(">i", len(payload)) + payload


COMMANDS: Mapping[str, bytes] = MappingProxyType(
    {
        "srvr": b"srvr",
        "mntr": b"mntr",
        "connect": _frame(struct.pack(">iqiqi16sb", 0, 0, _TIMEOUT, 0, 16, b"", 0)),
        "children": _frame(struct.pack(">iii1sb", 1, _GET_CHILDREN, 1, b"/", 0)),
        "close": _frame(struct.pack(">ii", 2, _CLOSE)),
    }
)


def _carries(verb: str, data: bytes) -> bool:
    return data == COMMANDS[verb]


def _greets(data: bytes) -> bool:
    """Its answer to `srvr`, which no other server gives."""
    return data.startswith((b"Zookeeper version: ", b"ClickHouse Keeper version: "))


def _begins(data: bytes) -> bool:
    """Its version, a figure of its own, or a word on why it gives none."""
    return data.startswith(_WORDS)


GATE = ByteGate(
    verbs=frozenset(COMMANDS),
    carries=_carries,
    begins=_begins,
    greets=_greets,
    tls_ports=frozenset({2281, 9281}),
)
