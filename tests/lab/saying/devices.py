"""Devices that steer machines or treat patients: their greetings alone, and nothing that follows one."""

from __future__ import annotations

import struct

from lab.saying.bits import Bits

ASSOCIATE, RELEASE, ABORT = 1, 5, 7
USER_IDENTITY = 0x58
"""Where a name and a password would be shown (PS3.7, D.3.3.7)."""


def dicom_read(said: bytes) -> bool:
    """An offer without anybody's name and password, and its end; a message of a service is PDU 4."""
    bits = Bits(said)
    while bits.more:
        kind, _ = bits.unpack(">BB")
        body = Bits(bits.counted(">I"))
        if kind not in {ASSOCIATE, RELEASE, ABORT} or (kind == ASSOCIATE and not _is_nameless(body)):
            return False
    return True


def _is_nameless(offer: Bits) -> bool:
    offer.take(68)
    while offer.more:
        kind, _ = offer.unpack(">BB")
        item = Bits(offer.counted(">H"))
        while kind == 0x50 and item.more:
            inner, _ = item.unpack(">BB")
            item.counted(">H")
            if inner == USER_IDENTITY:
                return False
    return True


def opcua_read(said: bytes) -> bool:
    """A greeting, a channel without security, the list of endpoints, and the channel's end."""
    bits = Bits(said)
    wanted = {b"HEL": None, b"OPN": 446, b"MSG": 428, b"CLO": 452}
    while bits.more:
        kind = bits.take(3)
        bits.take(1)
        (length,) = bits.unpack("<I")
        body = bits.take(length - 8)
        # Behind the numbers of a message; those of a channel's beginning stand behind its policy and two empty fields.
        at = 24 + int.from_bytes(body[4:8], "little") if kind == b"OPN" else 16
        if kind not in wanted or (kind != b"HEL" and body[at : at + 4] != b"\1\0" + struct.pack("<H", wanted[kind])):
            return False
    return True


def modbus_read(said: bytes) -> bool:
    """Who made the device; every other function reads or changes what it does."""
    bits = Bits(said)
    while bits.more:
        _, protocol = bits.unpack(">HH")
        body = Bits(bits.counted(">H"))
        _, function, kind = body.unpack(">BBB")
        if (protocol, function, kind) != (0, 0x2B, 0x0E):
            return False
    return True
