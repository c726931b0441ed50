"""The schema: made once, looked at cheaply, the same however it came to be."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

from leakguard.store import schema, tables
from leakguard.store.drivers import Pool, SqliteDriver
from leakguard.store.sql_store import SqlStore
from support.ledgers import FakeClock, Tokens, make_record
from support.old_stores import make_old_store

pytestmark = pytest.mark.untraced


def test_the_newest_revision_is_the_one_that_the_store_asks_for() -> None:
    script = ScriptDirectory(str(schema.MIGRATIONS))

    assert script.get_current_head() == schema.REVISION
    assert {revision.revision for revision in script.walk_revisions()} == {schema.REVISION, *schema.EARLIER}


def shape(path: Path) -> object:
    """Everything about the tables but the spelling of the statements that made them."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    seen = inspect(engine)
    with engine.connect() as connection:
        version = connection.exec_driver_sql(f"SELECT version_num FROM {schema.VERSION_TABLE}").scalars().all()  # noqa: S608  (our own name)
    tables = [
        (name, repr(seen.get_columns(name)), seen.get_pk_constraint(name), [*map(_shown, seen.get_indexes(name))])
        for name in sorted(seen.get_table_names())
    ]
    return version, tables


def _shown(index: Any) -> dict[str, str]:  # noqa: ANN401  (as SQLAlchemy describes it)
    """What an index is; its condition is an object that equals no other."""
    said = {"columns": index["column_names"], "unique": index["unique"], **index.get("dialect_options", {})}
    return {name: str(value) for name, value in said.items()} | {"name": index["name"]}


def test_the_columns_are_written_down_in_the_order_of_the_tables(path: Path, store: SqlStore) -> None:
    """Rows are inserted by position."""
    store.append("S", [make_record()])
    with closing(sqlite3.connect(path)) as raw:
        for name in (
            "ledger",
            "findings",
            "once",
            "leases",
            "run_states",
            "glances",
            "seen",
            "deliveries",
            "bookmarks",
        ):
            columns = [row[1] for row in raw.execute(f"PRAGMA table_info({name})")]
            assert columns == list(getattr(tables, name.upper()))


@pytest.mark.parametrize("revision", sorted(schema.EARLIER))
def test_a_store_that_was_lifted_has_the_schema_of_a_new_one(path: Path, store: SqlStore, revision: str) -> None:
    old = path.with_name("old.db")
    make_old_store(old, revision)

    with closing(SqlStore.open(str(old), now=FakeClock(), token=Tokens())) as lifted:
        lifted.append("S", [make_record()])
        store.append("S", [make_record()])
    assert shape(old) == shape(path)
    with closing(SqlStore.open(str(old), now=FakeClock(), token=Tokens())) as lifted:
        assert lifted.damage() == ()


def test_a_new_store_is_made_without_either_too(path: Path) -> None:
    program = (
        f"import sys; sys.path[:0] = {sys.path!r}\n"
        "from support.ledgers import FakeClock, Tokens\n"
        "from leakguard.store.sql_store import SqlStore\n"
        f"SqlStore.open({str(path)!r}, now=FakeClock(), token=Tokens())\n"
        "print('alembic' in sys.modules or 'sqlalchemy' in sys.modules)\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert told.split() == ["False"]


def test_an_existing_store_opens_without_alembic_and_sqlalchemy(path: Path, store: SqlStore) -> None:
    store.append("S", [make_record()])
    store.close()
    program = (
        f"import sys; sys.path[:0] = {sys.path!r}\n"
        "from support.ledgers import FakeClock, Tokens\n"
        "from leakguard.store.sql_store import SqlStore\n"
        f"print(len(list(SqlStore.open({str(path)!r}, now=FakeClock(), token=Tokens()).read())))\n"
        "print('alembic' in sys.modules or 'sqlalchemy' in sys.modules)\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert told.split() == ["1", "False"]


def test_a_store_in_a_folder_with_strange_letters_opens(tmp_path: Path) -> None:
    folder = tmp_path / "50% ?x=1 #数据 & more"
    folder.mkdir()
    path = folder / "leak guard.db"
    with closing(SqlStore.open(str(path), now=FakeClock(), token=Tokens())) as store:
        store.append("S", [make_record()])

    assert path.exists()
    assert path.with_name("leak guard.db.head").exists()


def test_of_two_that_make_the_schema_the_second_finds_it_made(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have seen an empty database; the one that gets the lock last must look again."""
    with closing(SqlStore.open(str(path), now=FakeClock(), token=Tokens())):
        seen = iter([None, schema.REVISION, schema.REVISION])
        monkeypatch.setattr(schema, "version_in", lambda _: next(seen))

        with closing(SqlStore.open(str(path), now=FakeClock(), token=Tokens())) as second:
            second.append("S", [make_record()])

            assert len(list(second.read())) == 1


def test_of_two_that_lift_a_store_the_second_finds_it_lifted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have seen the old schema, as above."""
    with closing(SqlStore.open(str(path), now=FakeClock(), token=Tokens())):
        seen = iter(["0002", schema.REVISION])
        monkeypatch.setattr(schema, "version_in", lambda _: next(seen))

        with closing(SqlStore.open(str(path), now=FakeClock(), token=Tokens())) as second:
            second.append("S", [make_record()])

            assert len(list(second.read())) == 1


def test_a_store_that_lists_its_rows_goes_on_with_that_list_when_it_is_lifted(path: Path, store: SqlStore) -> None:
    store.append("R-1", [make_record()])
    store.close()
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(f"UPDATE {schema.VERSION_TABLE} SET version_num = '{max(schema.EARLIER)}'")  # noqa: S608  (our own name)

    clock = FakeClock()
    with closing(SqlStore.open(str(path), now=lambda: clock.at, token=Tokens())) as lifted:
        assert [entry.kind for entry in lifted.read()] == [make_record().kind]


def test_a_new_file_that_another_process_opens_at_the_same_moment_is_waited_for(path: Path) -> None:
    """SQLite refuses a change of the journal at once, without its usual patience."""
    pool = Pool(SqliteDriver(str(path), busy_seconds=0))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE t (a)")
        other.execute("BEGIN IMMEDIATE")
        pauses: list[float] = []

        def ended(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 3:
                other.execute("COMMIT")

        schema._write_ahead(pool, pause=ended)  # noqa: SLF001  (what another process does meanwhile)

    assert len(pauses) == 3
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_new_file_that_another_process_keeps_locked_is_refused_after_a_while(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "_PATIENCE", 0)
    pool = Pool(SqliteDriver(str(path), busy_seconds=0))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE t (a)")
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(sqlite3.OperationalError, match="locked"):
            schema._write_ahead(pool)  # noqa: SLF001  (as above)
