"""CQL (Cassandra, Scylla): options, a start-up, four fixed queries of the system tables; never a login.

After the native protocol, versions 3 and 4 (https://cassandra.apache.org/doc/latest/cassandra/reference/native-protocol.html).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from types import MappingProxyType

from leakguard.probes.wire.gate import ByteGate

_ANSWER = re.compile(rb"[\x83-\x86][\x00-\x1f][\x00-\xff]{2}[\x00\x02\x03\x06\x08][\x00-\x0f][\x00-\xff]{3}")
"""The first nine bytes of a frame: at most 256 MiB long."""

VERSIONS = (4, 3)
"""Version 4 is spoken by Cassandra since 2.2 and by Scylla, 3 by Cassandra 2.1 to 5."""
QUERIES: Mapping[str, str] = MappingProxyType(
    {
        "version": "SELECT release_version FROM system.local",
        "tables": "SELECT keyspace_name FROM system_schema.tables",
        "columns": "SELECT keyspace_name, table_name, column_name FROM system_schema.columns",
        "estimates": "SELECT keyspace_name, partitions_count, mean_partition_size FROM system.size_estimates",
    }
)
"""The only CQL that is ever said: versions, names and estimates, no row of any table of the host's own."""
PAGE = 10_000
"""Rows of the first page; further pages are not asked for."""
_OPTIONS, _STARTUP, _QUERY = 5, 1, 7
_CONSISTENCY_ONE = 1
_SKIP_METADATA, _PAGE_SIZE = 2, 4


def _frame(version: int, opcode: int, body: bytes) -> bytes:
    return struct.pack(">BBhBI", version, 0, 1, opcode, len(body)) + body


def _query(version: int, words: str) -> bytes:
    text = words.encode()
    flags = struct.pack(">HBi", _CONSISTENCY_ONE, _SKIP_METADATA | _PAGE_SIZE, PAGE)
    return _frame(version, _QUERY, struct.pack(">i", len(text)) + text + flags)


def command(verb: str, version: int) -> bytes:
    """The bytes of a command in one version of the protocol."""
    if verb == "options":
        return _frame(version, _OPTIONS, b"")
    if verb == "startup":
        return _frame(version, _STARTUP, b"\x00\x01\x00\x0bCQL_VERSION\x00\x053.0.0")
    return _query(version, QUERIES[verb])


def _carries(verb: str, data: bytes) -> bool:
    return any(data == command(verb, version) for version in VERSIONS)


def _greets(data: bytes) -> bool:
    """To an HTTP request it answers with an error frame about the protocol's version (code 10)."""
    return data[:1] in (b"\x83", b"\x84", b"\x85") and data[4:5] == b"\x00" and data[9:13] == b"\x00\x00\x00\x0a"


def _begins(data: bytes) -> bool:
    """A frame of a response, of a kind that exists, and of a length that may be."""
    return _ANSWER.match(data) is not None


GATE = ByteGate(
    verbs=frozenset({"options", "startup", *QUERIES}),
    carries=_carries,
    begins=_begins,
    greets=_greets,
    tls_ports=frozenset({9142}),
)
