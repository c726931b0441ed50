"""Whatever somebody plants, changes or removes in any table of the store, the verification finds it.

The walk follows the schema itself, so that a new table or column is found by nobody until it has its place in
`support.store_coverage`, and this test fails until then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from leakguard.errors import LedgerBroken
from leakguard.ledger.entries import Entry
from leakguard.ledger.heads import Head, HeadFileContent
from leakguard.ledger.signed_heads import ExternalHeads
from leakguard.ledger.verification_result import Answer, Verification
from leakguard.mailing.sealing import seal_fields
from leakguard.store.connection import Connection, Row
from leakguard.store.schema import VERSION_TABLE
from leakguard.store.snapshot import Snapshot
from leakguard.store.sql_store import SqlStore
from leakguard.store.view_checks import wrong_views
from leakguard.use_cases.proofs.evidence import verify_store
from support.filled_store import BATCH, INCIDENT, RUN, fill, name
from support.ledgers import FakeClock, Tokens, make_record
from support.postgres_server import PostgresServer
from support.store_coverage import FREE, HELD, LOSABLE, PLANTABLE


@dataclass
class Inside:
    """The store as one open transaction sees it, with what was changed there and is not committed."""

    store: SqlStore
    connection: Connection

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        yield Snapshot(self.connection, name="store")

    def entries(self, subject: str | None = None) -> Iterator[Entry]:
        return self.store.entries(subject)

    def witnessed_head(self) -> Head | None:
        return None

    def witnessed_heads(self) -> tuple[Head, ...]:
        return ()

    def kept_heads(self) -> tuple[ExternalHeads, ...]:
        return ()

    @property
    def keeps_heads(self) -> bool:
        return False

    def unreadable_heads(self) -> tuple[Path, ...]:
        return ()

    def set_aside_heads(self) -> dict[str, HeadFileContent | None]:
        return {}

    def damage(self) -> tuple[str, ...]:
        return tuple(wrong_views(self.connection))


class _TakenBack(Exception):
    """Ends a transaction without a commit."""


@pytest.fixture
def full(place: str) -> Iterator[SqlStore]:
    """A store with rows in every table."""
    with closing(SqlStore.open(place, now=FakeClock(), token=Tokens())) as store:
        fill(store)
        yield store


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lasting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """The same in each of the two databases, for tests that take back what they change; it verifies at their end."""
    if request.param == "sqlite":
        place = str(tmp_path_factory.mktemp("lasting") / "leakguard.db")
    else:
        running: PostgresServer = request.getfixturevalue("server")
        place = running.new_database()
    with closing(SqlStore.open(place, now=FakeClock(), token=Tokens())) as store:
        fill(store)
        yield store
        assert verified_after(store, "UPDATE ledger SET kind = kind").discrepancies == ()


def tables_of(store: SqlStore) -> list[str]:
    with store._database.reading() as connection:  # noqa: SLF001  (the schema itself)
        return sorted(connection.tables())


def columns_of(store: SqlStore, table: str) -> dict[str, bool]:
    """The columns in their order, and whether each holds numbers."""
    names = """SELECT column_name, data_type FROM information_schema.columns
        WHERE table_name = ? AND table_schema = current_schema() ORDER BY ordinal_position"""
    with store._database.reading() as connection:  # noqa: SLF001  (as above)
        if connection.is_sqlite:
            return {row[1]: row[2] == "INTEGER" for row in connection.rows(f"PRAGMA table_info({table})")}
        return {column: "int" in kind for column, kind in connection.rows(names, table)}


def rows_of(store: SqlStore, table: str, columns: Sequence[str]) -> list[Row]:
    with store._database.reading() as connection:  # noqa: SLF001  (as above)
        return connection.rows(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608  (of the schema)


def verified_after(store: SqlStore, statement: str, *values: object) -> Verification:
    """The verification right after one statement, which is taken back."""
    found: list[Verification] = []
    head = store.head()
    with suppress(_TakenBack), store._database.writing() as connection:  # noqa: SLF001  (as somebody with a shell)
        connection.run(statement, *values)
        found.append(verify_store(Inside(store, connection), printed=[head] if head else []))
        raise _TakenBack
    return found[0]


def other(value: object, is_number: bool) -> object:  # noqa: FBT001  (of the column)
    """Another value of the same kind, that no other row has."""
    if is_number:
        return (value if isinstance(value, int) else 0) + 1000
    return f"{value or ''}9"


def matches(columns: Sequence[str], row: Row) -> tuple[str, list[object]]:
    """What picks one row by all that it holds."""
    words = [f"{one} IS NULL" if value is None else f"{one} = ?" for one, value in zip(columns, row, strict=True)]
    return " AND ".join(words), [value for value in row if value is not None]


def test_every_table_of_the_schema_has_its_place(full: SqlStore) -> None:
    assert set(tables_of(full)) == set(HELD)
    for table, reasons in FREE.items():
        assert set(reasons) <= set(columns_of(full, table))
        assert all(reasons.values())
    assert {*LOSABLE, *PLANTABLE, *FREE} <= set(HELD)
    assert all(rows_of(full, table, [*columns_of(full, table)]) for table in HELD)


def test_an_untouched_store_verifies(full: SqlStore) -> None:
    assert verified_after(full, "UPDATE ledger SET kind = kind").discrepancies == ()


@pytest.mark.parametrize("table", sorted(set(HELD) - {VERSION_TABLE}))
def test_every_changed_column_of_every_row_is_found(lasting: SqlStore, table: str) -> None:
    unseen = []
    columns = columns_of(lasting, table)
    for row in rows_of(lasting, table, [*columns]):
        where, values = matches([*columns], row)
        for column, value in zip(columns, row, strict=True):
            statement = f"UPDATE {table} SET {column} = ? WHERE {where}"  # noqa: S608  (of the schema)
            answer = verified_after(lasting, statement, other(value, columns[column]), *values).answer
            if (answer is not Answer.MISMATCH) != (column in FREE.get(table, {})):
                unseen.append((column, row, answer))

    assert unseen == []


@pytest.mark.parametrize("table", sorted(set(HELD) - {VERSION_TABLE}))
def test_every_removed_row_is_found(lasting: SqlStore, table: str) -> None:
    columns = [*columns_of(lasting, table)]
    for row in rows_of(lasting, table, columns):
        where, values = matches(columns, row)
        statement = f"DELETE FROM {table} WHERE {where}"  # noqa: S608  (of the schema)
        answer = verified_after(lasting, statement, *values).answer

        assert (answer is Answer.MISMATCH) == (table not in LOSABLE), row


@pytest.mark.parametrize("table", sorted(set(HELD) - {VERSION_TABLE}))
def test_every_planted_row_is_found(lasting: SqlStore, table: str) -> None:
    """A copy of each row under another key, as somebody makes it who knows what a good one looks like."""
    columns = [*columns_of(lasting, table)]
    marks = ", ".join("?" * len(columns))
    for row in rows_of(lasting, table, columns):
        planted = planted_row(table, columns, row)
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  (of the schema)
        answer = verified_after(lasting, statement, *planted).answer

        assert (answer is Answer.MISMATCH) == (table not in PLANTABLE), planted


KEYS = {
    "ledger": "sequence", "findings": "id", "once": "key", "leases": "name", "run_states": "part",
    "glances": "position", "seen": "endpoint", "deliveries": "key", "bookmarks": "name",
    "people": "actor", "sessions": "hash", "tokens": "id", "passkeys": "id", "attempts": "key", "idempotency": "key",
    "first_links": "hash",
}  # fmt: skip


def planted_row(table: str, columns: Sequence[str], row: Row) -> Row:
    key = columns.index(KEYS[table])
    fresh = row[key] + 1000 if isinstance(row[key], int) else f"{row[key]}-planted"
    return (*row[:key], fresh, *row[key + 1 :])


def test_a_planted_letter_that_no_entry_vouches_for_yet_is_found_and_stops_the_sending(full: SqlStore) -> None:
    """It would pass for sent, so the person would never get theirs, and the next entry would vouch for it."""
    with full._database.writing() as connection:  # noqa: SLF001  (as somebody with a shell)
        columns = [*columns_of(full, "deliveries")]
        row = dict(zip(columns, rows_of(full, "deliveries", columns)[0], strict=True))
        row |= {"key": "key9", "state": "sent", "sealed": None, "message_id": name(9)}
        connection.insert("deliveries", columns, [tuple(row.values())])

    assert verify_store(full).answer is Answer.MISMATCH
    with pytest.raises(LedgerBroken, match=r"the row about the delivery of a letter .*key9.* is listed by no entry"):
        full.take_sending(INCIDENT)
    with pytest.raises(LedgerBroken, match=r"the row about the delivery of a letter .*key9.* is listed by no entry"):
        full.seal(INCIDENT, BATCH, lambda some: make_record("letters_sent", seal_fields(some)))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE run_states SET pending = '' WHERE part = 0", "is not as the ledger lists it"),
        ("UPDATE run_states SET next_position = 4000 WHERE part = 0", "is not as the ledger lists it"),
        ("UPDATE run_states SET counts = '{\"closed\": 4000}' WHERE part = 1", "is not as the ledger lists it"),
        ("DELETE FROM run_states WHERE part = 1", "is gone, and an entry lists it"),
        ("INSERT INTO run_states SELECT run, 9, next_position, pending, counts FROM run_states WHERE part = 0",
         "is listed by no entry"),
    ],
)  # fmt: skip
def test_a_run_whose_state_was_edited_does_not_go_on(full: SqlStore, change: str, says: str) -> None:
    """It would leave endpoints unprobed, and count more of them than there are."""
    with full._database.writing() as connection:  # noqa: SLF001  (as somebody with a shell)
        connection.run(change)

    with pytest.raises(
        LedgerBroken, match=f"progress of run {RUN} cannot be trusted: the row about the progress of a scan .*{says}"
    ) as refused:
        full.run_states(RUN)

    assert "evidence verify" in refused.value.next_step


def test_an_entry_that_was_edited_to_fit_its_row_does_not_help(full: SqlStore) -> None:
    with full._database.writing() as connection:  # noqa: SLF001  (as somebody with a shell)
        connection.run("UPDATE run_states SET pending = '' WHERE part = 0")
        connection.run(
            "UPDATE ledger SET content = replace(content, '\"0\"', '\"9\"') WHERE kind = 'findings_recorded'"
        )

    with pytest.raises(LedgerBroken, match="entry 3 of the ledger was changed"):
        full.run_states(RUN)


def test_a_store_that_passes_for_one_of_an_earlier_release_is_found(full: SqlStore, place: str) -> None:
    """An upgrade lists what it finds; whoever makes a store look old would have their rows listed."""
    with full._database.writing() as connection:  # noqa: SLF001  (as somebody with a shell)
        connection.run(f"UPDATE {VERSION_TABLE} SET version_num = '0006'")  # noqa: S608  (our own name)
        connection.run("UPDATE deliveries SET state = 'sent' WHERE state = 'refused'")
    with closing(SqlStore.open(place, now=FakeClock(), token=Tokens())) as lifted:
        texts = [doubt.text for doubt in verify_store(lifted).discrepancies if doubt.answer is Answer.MISMATCH]

    assert any("begins to list rows that were listed before" in text for text in texts)
