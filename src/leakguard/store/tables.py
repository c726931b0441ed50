"""The tables. Everything else that the store tells is a view of the ledger."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

METADATA = MetaData()

_WHOLE = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite makes only an `INTEGER` primary key the row's own number."""

LEDGER = Table(
    "ledger",
    METADATA,
    Column("sequence", _WHOLE, primary_key=True, autoincrement=False),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("occurred_earliest", Text, nullable=False),
    Column("occurred_latest", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("flags", Text, nullable=False),
    Column("content_sha256", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("salt", Text),
    Column("content", Text),
    Index("ledger_by_subject", "subject", "sequence"),
)
"""One row an entry; see `ledger.entries.Entry`. The times are text as hashed, so that no database respells them."""

FINDINGS = Table(
    "findings",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("run", Text, nullable=False),
    Column("sequence", _WHOLE, nullable=False),
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Index("findings_by_run", "run", "sequence", "position"),
)
"""One row a finding: canonical JSON, whose SHA-256 the ledger entry `sequence` lists at `position`."""

ONCE = Table(
    "once",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("sequence", _WHOLE, nullable=False),
)
"""One row a thing that may happen only once, such as an alarm, and the ledger entry that tells of it."""

LEASES = Table(
    "leases",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Text, nullable=False),
    Column("beat_at", Text),
)
"""Which process does a job that only one should do, until when, and when its last whole cycle ended."""
