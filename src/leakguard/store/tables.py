"""The tables. The ledger and the findings are the truth; `glances` and `seen` are views that can be made again."""

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

RUN_STATES = Table(
    "run_states",
    METADATA,
    Column("run", Text, primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("next_position", _WHOLE, nullable=False),
    Column("pending", Text, nullable=False),
    Column("counts", Text, nullable=False),
)
"""One row a part of a run, changed in the transaction that keeps what it counts; see `models.runs.RunState`."""

GLANCES = Table(
    "glances",
    METADATA,
    Column("run", Text, primary_key=True),
    Column("sequence", _WHOLE, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("check_id", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("datastore", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("records", Text),
    Column("bytes", Text),
    Column("is_exact", Integer, nullable=False),
    Column("cluster_id", Text),
    Column("version", Text),
)
"""A view of the findings: one row each, see `models.glances.Glance`. Counts are text, for they may exceed 64 bits."""

SEEN = Table(
    "seen",
    METADATA,
    Column("check_id", Text, primary_key=True),
    Column("endpoint", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("first_open_at", _WHOLE),
    Column("most_records", _WHOLE),
)
"""A view of the findings of all runs: one row a check and endpoint that was ever open or stated a size.

The time is in microseconds since 1970; more records than fit 64 bits are as good as the largest number that does.
"""
