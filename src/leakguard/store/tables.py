"""The tables. The ledger and the findings are the truth; `glances` and `seen` are views that can be made again.

Written as the migrations leave them, so that a new store needs none of these; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Mapping

LEDGER = (
    "sequence", "subject", "kind", "occurred_earliest", "occurred_latest", "recorded_at", "flags", "content_sha256",
    "previous", "hash", "salt", "content",
)  # fmt: skip
"""One row an entry; see `ledger.entries.Entry`. The times are text as hashed, so that no database respells them."""

FINDINGS = ("id", "run", "sequence", "position", "text")
"""One row a finding: canonical JSON, whose SHA-256 the ledger entry `sequence` lists at `position`."""

ONCE = ("key", "sequence")
"""One row a thing that may happen only once, such as an alarm, and the ledger entry that tells of it."""

LEASES = ("name", "holder", "until", "beat_at")
"""Which process does a job that only one should do, until when, and when its last whole cycle ended."""

RUN_STATES = ("run", "part", "next_position", "pending", "counts")
"""One row a part of a run, changed in the transaction that keeps what it counts; see `models.runs.RunState`."""

GLANCES = (
    "run", "sequence", "position", "id", "check_id", "place", "target", "address", "datastore", "outcome", "severity",
    "records", "bytes", "is_exact", "cluster_id", "version",
)  # fmt: skip
"""A view of the findings: one row each, see `models.glances.Glance`. Counts are text, for they may exceed 64 bits."""

SEEN = ("check_id", "endpoint", "place", "first_open_at", "most_records")
"""A view of the findings of all runs: one row a check and endpoint that was ever open or stated a size.

The time is in microseconds since 1970; more records than fit 64 bits are as good as the largest number that does.
"""

BOOKMARKS = ("name", "sequence", "text")
"""One row a bookmark, which can be made again from the ledger; see `models.bookmarks.Bookmark`."""

DELIVERIES = (
    "incident", "batch", "key", "state", "at", "message_id", "digest", "attempts", "code", "queue_id", "reason",
    "sealed", "bounced", "bounced_at",
)  # fmt: skip
"""One row a letter that somebody began to send; see `models.deliveries.Delivery`."""

PEOPLE = (
    "actor", "place", "name", "mail", "password_hash", "totp", "totp_step", "external", "created_at", "erased_at",
    "language", "zone", "seen_at",
)  # fmt: skip
"""One row an account; see `models.accounts.Person`. All but the id and the times can be erased."""

SESSIONS = ("hash", "actor", "kind", "created_at", "seen_at", "expires_at", "revoked_at", "method")
"""One row a login; see `models.accounts.SessionRow`."""

TOKENS = ("id", "hash", "actor", "name", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")
"""One row an API token; see `models.accounts.TokenRow`."""

PASSKEYS = ("id", "actor", "public_key", "sign_count", "name", "created_at")
"""One row a passkey; see `models.accounts.Passkey`."""

ATTEMPTS = ("key", "at")
"""One row a login that failed, under the account's key and under the address's."""

IDEMPOTENCY = ("actor", "key", "digest", "status", "answer", "at")
"""One row a request with an idempotency key; see `models.accounts.AnsweredRequest`."""

FIRST_LINKS = ("hash", "made_at", "used_at")
"""One row a link that makes the first admin, by the hash of its secret."""

TABLES: Mapping[str, tuple[str, ...]] = {
    "ledger": LEDGER, "findings": FINDINGS, "once": ONCE, "leases": LEASES, "run_states": RUN_STATES,
    "glances": GLANCES, "seen": SEEN, "bookmarks": BOOKMARKS, "deliveries": DELIVERIES, "people": PEOPLE,
    "sessions": SESSIONS, "tokens": TOKENS, "passkeys": PASSKEYS, "attempts": ATTEMPTS, "idempotency": IDEMPOTENCY,
    "first_links": FIRST_LINKS,
}  # fmt: skip
"""Every table with its columns, for what copies a store as a whole; a test holds it against the statements."""

STATEMENTS = (
    """CREATE TABLE ledger (
        sequence {whole} NOT NULL, subject TEXT NOT NULL, kind TEXT NOT NULL, occurred_earliest TEXT NOT NULL,
        occurred_latest TEXT NOT NULL, recorded_at TEXT NOT NULL, flags TEXT NOT NULL, content_sha256 TEXT NOT NULL,
        previous TEXT NOT NULL, hash TEXT NOT NULL, salt TEXT, content TEXT, PRIMARY KEY (sequence))""",
    "CREATE INDEX ledger_by_subject ON ledger (subject, sequence)",
    "CREATE INDEX ledger_by_kind ON ledger (subject, kind, sequence)",
    "CREATE INDEX ledger_stepped_back ON ledger (sequence) WHERE replace(flags, 'clock_stepped_back', '') <> flags",
    """CREATE TABLE findings (
        id TEXT NOT NULL, run TEXT NOT NULL, sequence {whole} NOT NULL, position INTEGER NOT NULL, text TEXT NOT NULL,
        PRIMARY KEY (id))""",
    "CREATE INDEX findings_by_run ON findings (run, sequence, position)",
    "CREATE TABLE once (key TEXT NOT NULL, sequence {whole} NOT NULL, PRIMARY KEY (key))",
    """CREATE TABLE leases (
        name TEXT NOT NULL, holder TEXT NOT NULL, until TEXT NOT NULL, beat_at TEXT, PRIMARY KEY (name))""",
    """CREATE TABLE run_states (
        run TEXT NOT NULL, part INTEGER NOT NULL, next_position {whole} NOT NULL, pending TEXT NOT NULL,
        counts TEXT NOT NULL, PRIMARY KEY (run, part))""",
    """CREATE TABLE glances (
        run TEXT NOT NULL, sequence {whole} NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL,
        check_id TEXT NOT NULL, place TEXT NOT NULL, target TEXT NOT NULL, address TEXT NOT NULL,
        datastore TEXT NOT NULL, outcome TEXT NOT NULL, severity TEXT NOT NULL, records TEXT, bytes TEXT,
        is_exact INTEGER NOT NULL, cluster_id TEXT, version TEXT, PRIMARY KEY (run, sequence, position))""",
    """CREATE INDEX glances_measured ON glances (place, check_id, sequence, position)
        WHERE records IS NOT NULL OR bytes IS NOT NULL""",
    """CREATE TABLE seen (
        check_id TEXT NOT NULL, endpoint TEXT NOT NULL, place TEXT NOT NULL, first_open_at {whole},
        most_records {whole}, PRIMARY KEY (check_id, endpoint, place))""",
    """CREATE TABLE deliveries (
        incident TEXT NOT NULL, batch TEXT NOT NULL, key TEXT NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL,
        message_id TEXT NOT NULL, digest TEXT NOT NULL, attempts INTEGER NOT NULL, code INTEGER,
        queue_id TEXT NOT NULL, reason TEXT NOT NULL, sealed {whole}, bounced TEXT NOT NULL, bounced_at TEXT,
        PRIMARY KEY (incident, batch, key))""",
    "CREATE TABLE bookmarks (name TEXT NOT NULL, sequence {whole} NOT NULL, text TEXT NOT NULL, PRIMARY KEY (name))",
    "CREATE INDEX deliveries_by_message ON deliveries (message_id)",
    "CREATE INDEX deliveries_by_entry ON deliveries (sealed)",
    """CREATE TABLE people (
        actor TEXT NOT NULL, place {whole} NOT NULL, name TEXT NOT NULL, mail TEXT NOT NULL,
        password_hash TEXT NOT NULL, totp TEXT NOT NULL, totp_step {whole} NOT NULL, external TEXT NOT NULL,
        created_at TEXT NOT NULL, erased_at TEXT, language TEXT NOT NULL DEFAULT '', zone TEXT NOT NULL DEFAULT '',
        seen_at TEXT, PRIMARY KEY (actor))""",
    """CREATE TABLE sessions (
        hash TEXT NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL, created_at TEXT NOT NULL, seen_at TEXT NOT NULL,
        expires_at TEXT NOT NULL, revoked_at TEXT, method TEXT NOT NULL DEFAULT '', PRIMARY KEY (hash))""",
    """CREATE TABLE tokens (
        id TEXT NOT NULL, hash TEXT NOT NULL, actor TEXT NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL,
        created_at TEXT NOT NULL, expires_at TEXT NOT NULL, last_used_at TEXT, revoked_at TEXT, PRIMARY KEY (id))""",
    """CREATE TABLE passkeys (
        id TEXT NOT NULL, actor TEXT NOT NULL, public_key TEXT NOT NULL, sign_count {whole} NOT NULL,
        name TEXT NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (id))""",
    "CREATE TABLE attempts (key TEXT NOT NULL, at TEXT NOT NULL)",
    """CREATE TABLE idempotency (
        actor TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, status INTEGER NOT NULL, answer TEXT NOT NULL,
        at TEXT NOT NULL, PRIMARY KEY (actor, key))""",
    "CREATE TABLE first_links (hash TEXT NOT NULL, made_at TEXT NOT NULL, used_at TEXT, PRIMARY KEY (hash))",
    "CREATE INDEX sessions_by_actor ON sessions (actor)",
    "CREATE INDEX tokens_by_hash ON tokens (hash)",
    "CREATE INDEX attempts_by_key ON attempts (key, at)",
)


def statements(*, is_sqlite: bool) -> tuple[str, ...]:
    """What makes all of them. SQLite makes only an `INTEGER` primary key the row's own number."""
    whole = "INTEGER" if is_sqlite else "BIGINT"
    return tuple(statement.format(whole=whole) for statement in STATEMENTS)
