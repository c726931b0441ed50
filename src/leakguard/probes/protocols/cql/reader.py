"""CQL's frames, versions 3 and 4: what Cassandra and Scylla say about themselves, in numbers and versions."""

from __future__ import annotations

import struct
from typing import Any

from leakguard.probes.formats.cursor import Cursor
from leakguard.probes.formats.reading import Buffered, Garbled

ERROR, READY, AUTHENTICATE, SUPPORTED, RESULT = 0x00, 0x02, 0x03, 0x06, 0x08
_KNOWN = frozenset({ERROR, READY, AUTHENTICATE, SUPPORTED, RESULT})
_VERSIONS = frozenset({0x83, 0x84, 0x85, 0x86})
_HEAD = 9
_LARGEST = 256 * 1024 * 1024
"""The protocol's own limit for one frame."""
_TRACING, _WARNING = 0x02, 0x08
_ROWS = 2
_MORE_PAGES, _NO_METADATA = 0x02, 0x04
_MOST_NAMES = 1000
_MOST_ROWS = 10_000
"""As many as a page may hold that we ask for."""
_MOST_COLUMNS = 4
"""One more than we ever ask for."""
_VERSION_CODE = 0x0A
_OWN_KEYSPACES = frozenset(
    {
        "system",
        "system_auth",
        "system_auth_v2",
        "system_distributed",
        "system_distributed_everywhere",
        "system_replicated_keys",
        "system_schema",
        "system_traces",
        "system_views",
        "system_virtual_schema",
        "system_cluster_metadata",
        "system_audit",
    }
)
"""Keyspaces that every cluster has, of Cassandra 2.1 to 5 and of Scylla."""


class CqlReader(Buffered):
    """One frame."""

    def measure(self) -> int:
        """The stated length; an HTTP or a TLS answer is seen by its first byte."""
        if self.data[0] not in _VERSIONS:
            raise Garbled("not CQL")
        if len(self.data) < _HEAD:
            return _HEAD
        opcode, length = struct.unpack_from(">BI", self.data, 4)
        if opcode not in _KNOWN or length > _LARGEST:
            raise Garbled("not an answer of CQL")
        return _HEAD + int(length)

    @property
    def opcode(self) -> int:
        """What kind of answer it is."""
        return self.data[4]

    def cursor(self) -> Cursor:
        """At the answer itself, behind what may stand before it; raises `Garbled`."""
        cursor, flags = Cursor(self.data, _HEAD, most=_MOST_ROWS), self.data[1]
        if flags & _TRACING:
            cursor.take(16)
        if flags & _WARNING:
            for _ in range(cursor.count(2, most=_MOST_NAMES)):
                cursor.text(2)
        return cursor


def read_supported(reader: CqlReader) -> dict[str, Any]:
    """`{"supported", "cql", "scylla"}`: the newest version of the language, and whether Scylla says its own options."""
    if reader.opcode != SUPPORTED:
        return {"supported": False, "cql": None, "scylla": False}
    cursor = reader.cursor()
    options: dict[str, list[str]] = {}
    for _ in range(cursor.count(2, most=_MOST_NAMES)):
        name = cursor.text(2)
        options[name] = [cursor.text(2) for _ in cursor.entries(2)]
    versions = options.get("CQL_VERSION", [])
    return {
        "supported": True,
        "cql": versions[-1][:32] if versions else None,
        "scylla": any(name.startswith("SCYLLA_") for name in options),
    }


def read_start(reader: CqlReader) -> dict[str, Any]:
    """`{"ready", "login", "error"}`: let in, asked to log in, or the number of an error."""
    error = reader.cursor().signed(4) if reader.opcode == ERROR else None
    return {"ready": reader.opcode == READY, "login": reader.opcode == AUTHENTICATE, "error": error}


def wants_older(reader: CqlReader) -> bool:
    """Whether the server does not speak this version of the protocol."""
    return reader.opcode == ERROR and reader.cursor().signed(4) == _VERSION_CODE


def read_rows(reader: CqlReader) -> tuple[list[list[bytes]], bool]:
    """The rows of a result without metadata, and whether there are more; raises `Garbled`, also for an error."""
    cursor = reader.cursor()
    if reader.opcode != RESULT or cursor.signed(4) != _ROWS:
        raise Garbled("not rows")
    flags, columns = cursor.unsigned(4), cursor.count(4, most=_MOST_COLUMNS)
    if flags & _MORE_PAGES:
        cursor.take(cursor.count(4, most=_LARGEST))
    if not flags & _NO_METADATA:
        raise Garbled("metadata that nobody asked for")
    rows = [[cursor.take(cursor.count(4, most=_LARGEST)) for _ in range(columns)] for _ in cursor.entries(4)]
    return rows, cursor.is_cut or bool(flags & _MORE_PAGES)


def own_rows(rows: list[list[bytes]], columns: int) -> list[list[bytes]]:
    """The rows of keyspaces that are not the server's own; the keyspace stands first. Raises `Garbled`."""
    if any(len(row) != columns for row in rows):
        raise Garbled("other columns than were asked for")
    return [row for row in rows if row[0].decode("utf-8", "replace") not in _OWN_KEYSPACES]


def read_number(value: bytes) -> int:
    """A `bigint`; a missing one counts as zero."""
    return max(int.from_bytes(value[:8], "big", signed=True), 0)
