"""DICOM: an offer of an association and its release; never a C-FIND, a C-GET, a C-MOVE, a C-STORE or an echo.

After PS3.8, 9.3. The offer names the services that we ask for; the node accepts or rejects each. What would follow,
messages of these services in a P-DATA-TF, is never said. The called title is the one that stands for any node in the
usual tools, and no other is tried: a title is what a node knows a caller by.
"""

from __future__ import annotations

import struct

from leakguard.probes.wire.gate import ByteGate

_CALLED, _CALLING = b"ANY-SCP", b"LEAKGUARD"
_APPLICATION = b"1.2.840.10008.3.1.1.1"
_IMPLICIT = b"1.2.840.10008.1.2"
"""The transfer syntax that every node must know (PS3.5, 10.1)."""
VERIFICATION = b"1.2.840.10008.1.1"
QUERIES = (
    b"1.2.840.10008.5.1.4.1.2.1.1",
    b"1.2.840.10008.5.1.4.1.2.2.1",
    b"1.2.840.10008.5.1.4.31",
)
"""Queries for patients, for studies, and for the list of what is to be done (PS3.4)."""
NONSENSE = b"2.25.144063920157316405925271840618301772654"
"""A service that nobody has: a node that agrees to it agrees to anything."""
_OURS = b"2.25.311424857103946174263894310482190374"
"""Our own name, made of a UUID (PS3.5, B.2)."""
_LARGEST = 16384
ACCEPTED, REJECTED, ABORTED = 2, 3, 7


def _item(kind: int, body: bytes) -> bytes:
    return struct.pack(">BxH", kind, len(body)) + body


def _context(number: int, service: bytes) -> bytes:
    return _item(0x20, struct.pack(">B3x", number) + _item(0x30, service) + _item(0x40, _IMPLICIT))


def _offer() -> bytes:
    contexts = b"".join(_context(2 * at + 1, each) for at, each in enumerate((VERIFICATION, *QUERIES, NONSENSE)))
    user = _item(0x50, _item(0x51, struct.pack(">I", _LARGEST)) + _item(0x52, _OURS))
    body = struct.pack(">H2x16s16s32x", 1, _CALLED.ljust(16), _CALLING.ljust(16))
    body += _item(0x10, _APPLICATION) + contexts + user
    return struct.pack(">BxI", 1, len(body)) + body


OFFER = _offer()
RELEASE = b"\x05\x00\x00\x00\x00\x04\x00\x00\x00\x00"


def _carries(verb: str, data: bytes) -> bool:
    return data == {"associate": OFFER, "release": RELEASE}[verb]


def _begins(data: bytes) -> bool:
    """An acceptance with its version behind it, a rejection or an abort of their one length (PS3.8, 9.3)."""
    if data[:1] == b"\x02":
        return data[:4] == b"\x02\x00\x00\x00" and data[6:8] == b"\x00\x01"
    return data[:6] in {b"\x03\x00\x00\x00\x00\x04", b"\x07\x00\x00\x00\x00\x04"}


GATE = ByteGate(
    verbs=frozenset({"associate", "release"}), carries=_carries, begins=_begins, tls_ports=frozenset({2762})
)
