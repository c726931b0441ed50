"""LDAP: an anonymous bind, the root DSE, one search that returns no attribute, goodbye; never a name or a password.

The search asks the whole tree under one naming context for at most one entry and for no attribute ("1.1", RFC 4511,
4.5.1.8), so that what comes back is whether there are entries, never what stands in them.
Every length takes four bytes, as Active Directory writes it, so that each command has one form only.
"""

from __future__ import annotations

import re
import struct

from leakguard.probes.wire.gate import ByteGate

_ANSWER = re.compile(
    rb"0(?:[\x00-\x7f]|\x81[\x00-\xff]|\x82[\x00-\xff]{2}|\x83[\x00-\xff]{3}|\x84[\x00-\xff]{4})\x02\x01[\x00-\x7f][adesxy]"
)

_SUBTREE = 2


def _tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return bytes((tag, 0x84)) + struct.pack(">I", len(content)) + content


def _search(number: int, base: bytes, scope: int, *attributes: bytes) -> bytes:
    """At most one entry, five seconds of the server's time, values too, the filter `(objectClass=*)`."""
    limits = b"\x0a\x01" + bytes((scope,)) + b"\x0a\x01\x00\x02\x01\x01\x02\x01\x05\x01\x01\x00"
    asked = _tlv(0x30, *(_tlv(0x04, name) for name in attributes))
    operation = _tlv(0x63, _tlv(0x04, base), limits, b"\x87\x0bobjectClass", asked)
    return _tlv(0x30, b"\x02\x01" + bytes((number,)), operation)


BIND = _tlv(0x30, b"\x02\x01\x01", _tlv(0x60, b"\x02\x01\x03", _tlv(0x04), _tlv(0x80)))
"""Version 3 with neither name nor password: the anonymous bind of RFC 4513, 5.1.1."""
UNBIND = _tlv(0x30, b"\x02\x01\x04", b"\x42\x00")
ROOT = _search(
    2,
    b"",
    0,
    b"namingContexts",
    b"defaultNamingContext",
    b"supportedLDAPVersion",
    b"objectClass",
    b"vendorName",
    b"vendorVersion",
    b"forestFunctionality",
)
_BASE_AT = len(_tlv(0x30)) + 3 + len(_tlv(0x63))
"""Where a search names its base: behind the heads of the message and the operation, and the message's number."""


def search_message(base: bytes) -> bytes:
    """The search for one entry without attributes under the naming context `base`."""
    return _search(3, base, _SUBTREE, b"1.1")


def _carries(verb: str, data: bytes) -> bool:
    """The search is made again from the base that it names, and must be the same to the byte."""
    if verb == "search":
        length = int.from_bytes(data[_BASE_AT + 2 : _BASE_AT + 6], "big")
        return data == search_message(data[_BASE_AT + 6 : _BASE_AT + 6 + length])
    return data == {"bind": BIND, "root": ROOT, "unbind": UNBIND}[verb]


def _begins(data: bytes) -> bool:
    """A message with a number and an operation of a server (RFC 4511, 4.1.1)."""
    return _ANSWER.match(data) is not None


GATE = ByteGate(
    verbs=frozenset({"bind", "root", "search", "unbind"}),
    carries=_carries,
    begins=_begins,
    tls_ports=frozenset({636, 3269}),
    tls_schemes=frozenset({"ldaps"}),
)
