"""Whatever stands in a column that somebody changed, a verification answers, and names it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from leakguard.errors import LeakGuardError, LedgerBroken
from leakguard.ledger.custody import items_of
from leakguard.ledger.verification_result import Answer
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.proofs.evidence import verify_store
from leakguard.use_cases.proofs.evidence_heads import make_head
from support.each import for_each
from support.filled_store import INCIDENT, fill
from support.ledgers import START, FakeClock, Tokens

pytestmark = pytest.mark.untraced

LAST = "9999-12-31T23:59:59.999999Z"
FIRST = "0001-01-01T00:00:00Z"
VALUES: tuple[object, ...] = (b"\xff\xfe", LAST, FIRST, "x", "[", -1, 10**17)
STEPS = tuple(f"clock_stepped_back clock={at}" for at in (LAST, FIRST, "x"))
COLUMNS = {
    "ledger": (
        "subject", "kind", "occurred_earliest", "occurred_latest", "recorded_at", "flags", "content_sha256", "previous",
        "hash", "salt", "content",
    ),
    "findings": ("text",),
    "bookmarks": ("text",),
    "deliveries": ("batch", "key", "message_id", "digest", "code", "queue_id", "reason"),
}  # fmt: skip
CHANGES = [
    *((table, column, value) for table, columns in COLUMNS.items() for column in columns for value in VALUES),
    *(("ledger", "flags", flags) for flags in STEPS),
    ("ledger", "kind", "clock_mended"),
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a store in which every table has rows."""
    path = tmp_path_factory.mktemp("whole") / "leakguard.db"
    with closing(SqlStore.open(str(path), now=FakeClock(), token=Tokens())) as store:
        fill(store)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


@pytest.fixture
def place(whole: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "leakguard.db"
    path.write_bytes(whole)
    return path


def opened(place: Path, table: str, column: str, value: object) -> Iterator[SqlStore]:
    """The store after one value in each row of a table was replaced; in the ledger in one row, once for each of two."""
    whole = place.read_bytes()
    for where in ("WHERE sequence = 2", "WHERE sequence = 5") if table == "ledger" else ("",):
        for path in place.parent.glob(f"{place.name}*"):
            path.unlink()
        place.write_bytes(whole)
        with closing(sqlite3.connect(place)) as raw, raw:
            raw.execute(f"UPDATE OR IGNORE {table} SET {column} = ? {where}", (value,))  # noqa: S608  (our own names)
        with closing(SqlStore.open(str(place), now=FakeClock(), token=Tokens())) as store:
            yield store
    for path in place.parent.glob(f"{place.name}*"):
        path.unlink()
    place.write_bytes(whole)


@for_each(("table", "column", "value"), CHANGES)
def test_a_verification_names_a_column_that_was_changed_and_raises_nothing(
    place: Path, table: str, column: str, value: object
) -> None:
    for store in opened(place, table, column, value):
        found = verify_store(store, now=START + timedelta(days=1))
        assert found.answer is Answer.MISMATCH, [doubt.text for doubt in found.discrepancies]


@for_each(("column", "value"), [(column, value) for table, column, value in CHANGES if table == "ledger"])
def test_a_command_that_reads_a_changed_entry_ends_in_an_error_that_names_the_entry(
    place: Path, column: str, value: object
) -> None:
    for store in opened(place, "ledger", column, value):
        assert all(isinstance(error, LedgerBroken) and "entry " in error.message for error in errors_of(store))


def errors_of(store: SqlStore) -> Iterator[LeakGuardError]:
    """What two readers of the ledger raise."""
    try:
        list(store.read(INCIDENT))
    except LeakGuardError as error:
        yield error
    try:
        make_head(store, None)
    except LeakGuardError as error:
        yield error


def test_the_size_of_an_item_of_evidence_that_is_no_number_counts_as_none(place: Path) -> None:
    content = '{"by":"root","name":"a.txt","sha256":"","size":"many"}'
    with closing(sqlite3.connect(place)) as raw, raw:
        raw.execute("UPDATE ledger SET kind = 'evidence_added', content = ? WHERE sequence = 1", (content,))
    with closing(SqlStore.open(str(place), now=FakeClock(), token=Tokens())) as store:
        assert [item.size for item in items_of(store.of_kinds({"evidence_added"}))] == [0]
