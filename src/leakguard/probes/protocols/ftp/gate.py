"""FTP: the anonymous login, the list of the root folder, goodbye; never another folder, never a file.

An anonymous login is no guess of a credential: RFC 1635 names it, and asks for an address of e-mail as its password.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from leakguard.probes.wire.gate import ByteGate

COMMANDS: Mapping[str, bytes] = MappingProxyType(
    {
        "auth_tls": b"AUTH TLS\r\n",
        "user": b"USER anonymous\r\n",
        "pass": b"PASS leakguard@example.org\r\n",
        "epsv": b"EPSV\r\n",
        "pasv": b"PASV\r\n",
        "list": b"LIST\r\n",
        "quit": b"QUIT\r\n",
    }
)
_GREETING = re.compile(rb"220[ -](?![^\n]*SMTP)", re.IGNORECASE)


def _carries(verb: str, data: bytes) -> bool:
    return data == COMMANDS[verb]


def _greets(data: bytes) -> bool:
    """Ready for a new user, as a mail server is too; that one says so."""
    return _GREETING.match(data) is not None


GATE = ByteGate(
    verbs=frozenset(COMMANDS),
    carries=_carries,
    begins=_greets,
    greets=_greets,
    tls_ports=frozenset({990}),
    tls_schemes=frozenset({"ftps"}),
)
