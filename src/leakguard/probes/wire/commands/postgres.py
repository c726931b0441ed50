"""PostgreSQL: a start-up, the request for TLS, one query of the catalogue, goodbye; never a password message."""

from __future__ import annotations

import struct

from leakguard.probes.wire.commands.protocol import Protocol

TERMINATE = b"X\x00\x00\x00\x04"
SSL_REQUEST = struct.pack(">ii", 8, 80877103)
"""PostgreSQL's request for TLS: 80877103 is 1234 and 5679 in the high and low half (protocol chapter 55.7)."""

CATALOGUE_SELECT = (
    "SELECT count(*), coalesce(sum(pg_catalog.pg_database_size(oid)), 0),"
    " (SELECT count(*) FROM pg_catalog.pg_stat_user_tables),"
    " (SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint FROM pg_catalog.pg_class c"
    " JOIN pg_catalog.pg_stat_user_tables t ON t.relid = c.oid),"
    " pg_catalog.current_setting('server_version')"
    " FROM pg_catalog.pg_database WHERE NOT datistemplate"
)
"""The only SQL of this protocol: counts and sizes from the catalogue, no row of any table of the host's own."""

_STARTUP_USERS = (b"leakguard-no-such-user", b"postgres")


def _carries(verb: str, data: bytes) -> bool:
    """Never a password message: its type byte `p` fits none of these."""
    if verb == "startup":
        users = [b"user\x00" + user + b"\x00" for user in _STARTUP_USERS]
        return data[4:8] == struct.pack(">i", 196608) and any(data[8:].startswith(user) for user in users)
    query = CATALOGUE_SELECT.encode() + b"\x00"
    fixed = {
        "ssl_request": SSL_REQUEST,
        "terminate": TERMINATE,
        "query": b"Q" + struct.pack(">i", 4 + len(query)) + query,
    }
    return data == fixed[verb]


PROTOCOL = Protocol(
    verbs=frozenset({"ssl_request", "startup", "terminate", "query"}),
    carries=_carries,
)
