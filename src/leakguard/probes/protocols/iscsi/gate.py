"""iSCSI: a session of discovery, the list of targets, and a login to a target without a secret; never a SCSI command.

After RFC 7143. A login names our initiator and no secret, and skips the phase in which one could be shown. What would
follow it, commands that read or write blocks, is never said.
"""

from __future__ import annotations

import re
import struct

from leakguard.probes.wire.gate import ByteGate

_ANSWER = re.compile(rb"[\x23\x3f][\x00-\xff]\x00[\x00-\xff]\x00\x00[\x00-\xff]{42}")
"""The 48 bytes of a header with less than 64 KiB behind it."""

_HEADER = 48
_LOGIN, _TEXT = 0x43, 0x44
"""Login and Text request, both for immediate delivery."""
_STRAIGHT_IN = 0x87
"""From the phase in which parameters are agreed on to full work (11.12.3)."""
_FINAL = 0x80
_INITIATOR = "InitiatorName=iqn.2026-01.example.leakguard:reader"
_TARGET = re.compile(r"(?:iqn\.|eui\.|naa\.)[a-z0-9.:-]{1,219}")
"""A name of RFC 7143, 4.2.7: at most 223 characters."""
_NO_TAG = 0xFFFFFFFF


def _pdu(operation: int, flags: int, fields: bytes, *keys: str) -> bytes:
    data = b"".join(key.encode("ascii") + b"\0" for key in keys)
    return struct.pack(">BBHI", operation, flags, 0, len(data)) + fields + data + bytes(-len(data) % 4)


def _login(*keys: str) -> bytes:
    """`ISID` of the kind "random" and zero, a new session, the first command on the first connection."""
    return _pdu(_LOGIN, _STRAIGHT_IN, b"\x80" + bytes(7) + struct.pack(">IIII16x", 1, 0, 1, 0), _INITIATOR, *keys)


DISCOVERY = _login("SessionType=Discovery")


def can_be_named(target: str) -> bool:
    """Whether a target can have this name; a host may say anything."""
    return _TARGET.fullmatch(target) is not None


def list_message(expected: int) -> bytes:
    """`SendTargets=All`; `expected` is the number of the next answer, which the login told."""
    fields = bytes(8) + struct.pack(">IIII16x", 2, _NO_TAG, 1, expected)
    return _pdu(_TEXT, _FINAL, fields, "SendTargets=All")


def target_message(target: str) -> bytes:
    """A login to one target."""
    return _login("SessionType=Normal", f"TargetName={target}")


def _carries(verb: str, data: bytes) -> bool:
    if verb == "list":
        return data == list_message(int.from_bytes(data[28:32], "big"))
    if verb == "target":
        name = data[_HEADER:].decode("ascii", "replace").rpartition("TargetName=")[2].rstrip("\0")
        return can_be_named(name) and data == target_message(name)
    return data == DISCOVERY


def _begins(data: bytes) -> bool:
    """A login response of version 0 without additional headers, or a rejection of our login (RFC 7143, 11)."""
    return _ANSWER.match(data) is not None


GATE = ByteGate(verbs=frozenset({"discovery", "list", "target"}), carries=_carries, begins=_begins)
