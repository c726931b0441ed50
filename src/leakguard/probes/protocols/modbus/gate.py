"""Modbus/TCP: the one question who made a device; never a function that reads or writes a register or a coil.

After the Modbus Application Protocol 1.1b3, 6.21: function 0x2B, type 0x0E, the basic objects from the first on.
Unit 255 means the device that is connected itself (Messaging on TCP/IP 1.0b, 4.4.2.4).
"""

from __future__ import annotations

from leakguard.probes.wire.gate import ByteGate

TRANSACTION = b"LG"
FUNCTION, TYPE, FAILED = 0x2B, 0x0E, 0x80
_UNIT, _BASIC, _FIRST = 0xFF, 1, 0
IDENTIFY = TRANSACTION + b"\0\0\0\5" + bytes((_UNIT, FUNCTION, TYPE, _BASIC, _FIRST))


def _carries(verb: str, data: bytes) -> bool:
    return verb == "identify" and data == IDENTIFY


def _begins(data: bytes) -> bool:
    """Our own number of the question, and the protocol's."""
    return data[:4] == TRANSACTION + b"\0\0"


GATE = ByteGate(verbs=frozenset({"identify"}), carries=_carries, begins=_begins)
