"""MySQL and MariaDB: a login without a password as a user that cannot exist, two queries of the catalogue, goodbye.

Every command is constant to the byte, so no other user, no password and no other SQL can ever be said. The one further
user is `root`, asked once with an empty password, and only by the owner's leave (`default_accounts` of the scope).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from types import MappingProxyType

from leakguard.probes.wire.gate import ByteGate

NOBODY = b"leakguard-no-such-user"
OWN = b"root"
"""The product's own administrative account."""
CATALOGUE_SELECT = (
    "SELECT COUNT(*), COALESCE(SUM(TABLE_ROWS), 0), COALESCE(SUM(DATA_LENGTH + INDEX_LENGTH), 0),"
    " COUNT(DISTINCT TABLE_SCHEMA), CURRENT_USER() IN ('@', 'skip-grants user@skip-grants host')"
    " FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' AND LOWER(TABLE_SCHEMA)"
    " NOT IN ('information_schema', 'metrics_schema', 'mysql', 'performance_schema', 'sys')"
)
"""Counts and sizes from the catalogue, no row of any table of the host's own.

A server started with `--skip-grant-tables` gives everybody every right and one of these two names: the first
MariaDB (seen on 10.11), the second MySQL.
"""

COLUMNS_SELECT = (
    "SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME), COLUMN_NAME FROM information_schema.COLUMNS"
    " WHERE LOWER(TABLE_SCHEMA) NOT IN ('information_schema', 'metrics_schema', 'mysql', 'performance_schema', 'sys')"
    " LIMIT 3000"
)
"""Names of tables and columns. This and the statement above are all the SQL of this protocol."""

_CAPABILITIES = 0x1 | 0x4 | 0x200 | 0x8000 | 0x80000
"""LONG_PASSWORD, LONG_FLAG, PROTOCOL_41, SECURE_CONNECTION, PLUGIN_AUTH; never LOCAL_FILES or MULTI_STATEMENTS."""
_CLIENT_SSL = 0x800
_LARGEST_PACKET = 0x100000
_UTF8 = 33
"""The number of the collation utf8_general_ci, known to every server since 4.1."""


def _packet(number: int, payload: bytes) -> bytes:
    return struct.pack("<I", len(payload))[:3] + bytes((number,)) + payload


def _head(capabilities: int) -> bytes:
    return struct.pack("<IIB23x", capabilities, _LARGEST_PACKET, _UTF8)


def _login(number: int, capabilities: int, user: bytes = NOBODY) -> bytes:
    """The zero behind the user is the length of what a password would be answered with: there is none."""
    return _packet(number, _head(capabilities) + user + b"\x00\x00mysql_native_password\x00")


COMMANDS: Mapping[str, bytes] = MappingProxyType(
    {
        "ssl_request": _packet(1, _head(_CAPABILITIES | _CLIENT_SSL)),
        "login": _login(1, _CAPABILITIES),
        "login_in_tls": _login(2, _CAPABILITIES | _CLIENT_SSL),
        "own_login": _login(1, _CAPABILITIES, OWN),
        "own_login_in_tls": _login(2, _CAPABILITIES | _CLIENT_SSL, OWN),
        "no_password": _packet(3, b""),
        "no_password_in_tls": _packet(4, b""),
        "query": _packet(0, b"\x03" + CATALOGUE_SELECT.encode()),
        "columns": _packet(0, b"\x03" + COLUMNS_SELECT.encode()),
        "quit": _packet(0, b"\x01"),
    }
)
"""`no_password` answers a server that asks for a proof in another way: an empty packet."""

_GREETING_CUT = re.compile(rb"[\x00-\xff]{3}\x00\x0a[0-9]{1,3}\.[0-9]", re.DOTALL)
_GREETING = re.compile(
    rb"[\x00-\xff][\x00\x01]\x00\x00[\x09\x0a][0-9A-Za-z][ -~]{2,100}\x00"
    rb"|[\x00-\xff]{2}\x00[\x00-\x02]\xff[\x00-\xff]{2}[^\x00]{4}",
    re.DOTALL,
)
"""A version is any text of the operator; a proxy may number the packet of its error as an answer's."""


def _carries(verb: str, data: bytes) -> bool:
    return data == COMMANDS[verb]


def _greets(data: bytes) -> bool:
    """Version 10 or 9 of its handshake and the server's version, or an error before any greeting."""
    return _GREETING.match(data) is not None


def _begins(data: bytes) -> bool:
    """The same, though the version may have been cut."""
    return _GREETING_CUT.match(data) is not None or _greets(data)


GATE = ByteGate(
    verbs=frozenset(COMMANDS),
    carries=_carries,
    begins=_begins,
    greets=_begins,
    counts_drops=True,
)
