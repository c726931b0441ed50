"""ClickHouse's native protocol: a hello as the user `default` without a password, and fixed queries of the catalogue.

`default` without a password is what the product grants to everybody who does not say a name (the HTTP interface
takes it for anybody who says none), so saying it guesses nothing; a server that wants a password says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from leakguard.probes.wire.gate import ByteGate

REVISION = 54032
"""An old form on purpose: behind it no time zone is sent, and every release since 2016 still speaks it."""
QUERIES: Mapping[str, str] = MappingProxyType(
    {
        "tables": "SELECT concat(toString(count()), ' ', toString(ifNull(sum(total_rows), 0)), ' ',"
        " toString(ifNull(sum(total_bytes), 0))) FROM system.tables"
        " WHERE database NOT IN ('system', 'information_schema', 'INFORMATION_SCHEMA')",
        "parts": "SELECT concat(toString(count()), ' ', toString(sum(rows)), ' ', toString(sum(bytes)))"
        " FROM system.parts WHERE active AND database != 'system'",
        "count": "SELECT toString(count()) FROM system.tables WHERE database != 'system'",
        "server": "SELECT concat(hostName(), ' ', version()) FROM system.tables LIMIT 1",
    }
)
"""The only SQL that is ever said: counts and sizes from the catalogue, no row of any table of the host's own.

`parts` and `count` are for servers before 20.1, whose catalogue has no sums by table.
"""
_HELLO, _QUERY, _DATA = 0, 1, 2
_COMPLETE_STAGE = 2
_NOT_OVERFLOWN, _NO_BUCKET = b"\x01\x00", b"\x02\xff\xff\xff\xff"


def _groups(value: int) -> bytes:
    """A number in groups of seven bits, the lowest first."""
    groups = bytearray()
    while value > 0x7F:  # noqa: PLR2004  (the high bit says that more follow)
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*groups, value))


def _text(words: str) -> bytes:
    return _groups(len(words.encode())) + words.encode()


_WHO = _text("leakguard") + _groups(1) + _groups(0) + _groups(REVISION)
HELLO = _groups(_HELLO) + _WHO + _text("") + _text("default") + _text("")
"""No database, the user `default`, an empty password."""


def _query(words: str) -> bytes:
    """A first query over TCP by nobody in particular, without settings or compression, with an empty block of data."""
    client = b"\x01" + _text("") + _text("") + _text("0.0.0.0:0") + b"\x01" + _text("") + _text("") + _WHO
    asked = _groups(_QUERY) + _text("") + client + _text("") + _groups(_COMPLETE_STAGE) + _groups(0) + _text(words)
    return asked + _groups(_DATA) + _text("") + _NOT_OVERFLOWN + _NO_BUCKET + _groups(0) + _groups(0) + _groups(0)


COMMANDS: Mapping[str, bytes] = MappingProxyType(
    {"hello": HELLO, **{verb: _query(words) for verb, words in QUERIES.items()}}
)


def _carries(verb: str, data: bytes) -> bool:
    return data == COMMANDS[verb]


def _greets(data: bytes) -> bool:
    """To an HTTP request it answers that this port is for its own client."""
    return b" is for clickhouse-client program" in data


def _begins(data: bytes) -> bool:
    """A hello with its name, or an exception of its code."""
    is_exception = data[:1] == b"\x02" and data[5:].startswith(b"\x0dDB::Exception")
    return data.startswith(b"\x00\x0aClickHouse") or is_exception or _greets(data)


GATE = ByteGate(
    verbs=frozenset(COMMANDS),
    carries=_carries,
    begins=_begins,
    greets=_greets,
    tls_ports=frozenset({9440}),
)
