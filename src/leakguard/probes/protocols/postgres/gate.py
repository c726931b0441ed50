"""PostgreSQL: a start-up, the request for TLS, two queries of the catalogue, goodbye; never a password message.

A start-up names a user that cannot exist, or `postgres`: where nobody is asked for a password, or once by the owner's
leave (`default_accounts` of the scope).
"""

from __future__ import annotations

import re
import struct

from leakguard.probes.wire.gate import ByteGate

_ANSWER = re.compile(
    rb"[NS]?(?:R\x00\x00[\x00-\xff]{2}\x00\x00\x00|E\x00\x00[\x00-\xff]{2}[A-Za-z][ -~\x80-\xff]"
    rb"|N\x00\x00[\x00-\xff]{2}[SVCM][A-Z0-9]|v\x00\x00\x00[\x00-\xff]\x00|E(?:FATAL|could not ))"
)

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
"""Counts and sizes from the catalogue, no row of any table of the host's own."""

COLUMNS_SELECT = (
    "SELECT (SELECT coalesce(json_agg(json_build_array(s.t, s.a, s.n)), '[]')::text FROM"
    " (SELECT n.nspname || '.' || c.relname AS t, a.attname AS a, CASE WHEN p.n_distinct < 0"
    " THEN (-p.n_distinct * greatest(c.reltuples, 0))::bigint ELSE p.n_distinct::bigint END AS n"
    " FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_stats p"
    " ON p.schemaname = n.nspname AND p.tablename = c.relname AND p.attname = a.attname"
    " WHERE c.relkind IN ('r', 'p', 'f', 'm') AND a.attnum > 0 AND NOT a.attisdropped"
    " AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY c.reltuples DESC, 1, a.attnum LIMIT 3000) s),"
    " (SELECT coalesce(json_agg(d.datname), '[]')::text FROM"
    " (SELECT datname FROM pg_catalog.pg_database WHERE NOT datistemplate AND datallowconn ORDER BY 1 LIMIT 100) d)"
)
"""Names of tables and columns with the planner's own estimate of different values (`n_distinct`), and of databases.

Of `pg_stats`, which also holds samples of values, no other column is asked for.
"""

_STARTUP_USERS = (b"leakguard-no-such-user", b"postgres")


def _carries(verb: str, data: bytes) -> bool:
    """Never a password message: its type byte `p` fits none of these."""
    if verb == "startup":
        users = [b"user\x00" + user + b"\x00" for user in _STARTUP_USERS]
        return data[4:8] == struct.pack(">i", 196608) and any(data[8:].startswith(user) for user in users)
    fixed = {
        "ssl_request": SSL_REQUEST,
        "terminate": TERMINATE,
        "query": _query(CATALOGUE_SELECT),
        "columns": _query(COLUMNS_SELECT),
    }
    return data == fixed[verb]


def _query(sql: str) -> bytes:
    text = sql.encode() + b"\x00"
    return b"Q" + struct.pack(">i", 4 + len(text)) + text


def _begins(data: bytes) -> bool:
    """A word on TLS, if that was asked for, and then what authentication is wanted, or an error."""
    return _ANSWER.match(data) is not None


GATE = ByteGate(
    verbs=frozenset({"ssl_request", "startup", "terminate", "query", "columns"}),
    carries=_carries,
    begins=_begins,
)
