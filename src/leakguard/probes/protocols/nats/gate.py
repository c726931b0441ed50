"""NATS: a connection without a name or a password, and a ping; nothing is ever subscribed or published."""

from __future__ import annotations

from leakguard.probes.wire.gate import ByteGate

CONNECT = b'CONNECT {"verbose":false,"pedantic":false,"lang":"python","version":"0","protocol":0}\r\nPING\r\n'
"""The two required settings, and the client's name and version that servers before 2.0 insist on."""


def _carries(_verb: str, data: bytes) -> bool:
    return data == CONNECT


def _greets(data: bytes) -> bool:
    """The server speaks first, in JSON; asked in HTTP it complains in quotes."""
    return data.startswith((b'INFO {"', b"-ERR '"))


GATE = ByteGate(verbs=frozenset({"connect"}), carries=_carries, begins=_greets, greets=_greets)
