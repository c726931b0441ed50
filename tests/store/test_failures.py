"""Whatever is wrong with the place of the store: one clear refusal with a next step, never a library's own error."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from leakguard.errors import ExitCode, LeakGuardError, LedgerBroken, NotAllowed, NotFound, StoreUnusable
from leakguard.ledger.verification_result import DiscrepancyKind
from leakguard.models.runs import RunState
from leakguard.store.drivers import file_without_journal
from leakguard.store.failures import translated
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.proofs.evidence import verify_store
from support.findings import make_finding
from support.ledgers import FakeClock, Tokens, make_record


def open_store(place: str | Path, *, create: bool = True) -> SqlStore:
    return SqlStore.open(str(place), now=FakeClock(), token=Tokens(), create=create, busy_seconds=0.05)


def refusal(place: str | Path, *, create: bool = True) -> StoreUnusable:
    with pytest.raises(StoreUnusable) as refused:
        open_store(place, create=create)
    assert refused.value.next_step
    assert refused.value.exit_code is ExitCode.UNFINISHED
    return refused.value


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_text("dear diary " * 100, encoding="utf-8")

    assert "is not a LeakGuard store" in refusal(path).message
    assert path.read_text(encoding="utf-8").startswith("dear diary")


def test_the_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("CREATE TABLE bookmarks (url)")

    assert "is a database of another program" in refusal(path).message
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]


@pytest.mark.parametrize("text", ["dear diary " * 100, ""])
def test_a_file_that_is_refused_is_let_go_of(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    if not text:
        with closing(sqlite3.connect(path)) as raw, raw:
            raw.execute("CREATE TABLE bookmarks (url)")

    refused = refusal(path)

    assert refused.__traceback__ is not None  # which holds whatever was left behind
    assert path not in open_files()


def open_files() -> set[Path]:
    return {each.resolve() for each in Path("/proc/self/fd").iterdir() if each.exists()}


def test_a_store_of_a_newer_release_is_refused(path: Path, store: SqlStore) -> None:
    store.close()
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE leakguard_schema SET version_num = '9999'")

    refused = refusal(path)

    assert "written by a newer LeakGuard (schema 9999" in refused.message
    assert "Upgrade" in refused.next_step


@pytest.mark.parametrize("place", ["", "/", "."])
def test_a_folder_is_no_store(place: str, tmp_path: Path) -> None:
    refused = refusal(place or tmp_path)

    assert refused.message.endswith("is a folder")
    assert refused.next_step == "Name a file in it with --store."


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    assert "No such file or directory" in refusal(tmp_path / "nowhere" / "leakguard.db").message


def test_a_store_that_does_not_exist_is_not_made_to_be_read(path: Path) -> None:
    assert "does not exist" in refusal(path, create=False).message
    assert not path.exists()


def test_an_empty_file_is_not_made_a_store_to_be_read(path: Path) -> None:
    path.touch()

    assert refusal(path, create=False).message.endswith("is empty and no store")
    assert path.stat().st_size == 0


def test_a_store_that_may_not_be_written_says_so(path: Path, store: SqlStore) -> None:
    store.append("S", [make_record()])
    with closing(open_store(f"sqlite:///file:{path}?mode=ro&uri=true")) as readonly:
        assert len(list(readonly.read())) == 1
        with pytest.raises(StoreUnusable, match="may not be written"):
            readonly.append("S", [make_record()])


def test_a_store_that_another_process_holds_says_so(path: Path, store: SqlStore) -> None:
    store.append("S", [make_record()])
    with closing(open_store(path)) as waiting, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnusable, match="in use by another process"):
            waiting.append("S", [make_record()])
        assert len(list(waiting.read())) == 1


def test_a_disk_that_takes_no_more_says_so_and_loses_nothing(path: Path, store: SqlStore) -> None:
    """A limit on the size of files stands in for a full disk."""
    store.append("S", [make_record()])
    store.close()
    program = f"""
        import resource, signal, sys
        sys.path[:0] = {sys.path!r}
        from support.ledgers import FakeClock, Tokens, make_record
        from leakguard.errors import StoreUnusable
        from leakguard.store.sql_store import SqlStore
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        store = SqlStore.open({str(path)!r}, now=FakeClock(), token=Tokens())
        try:
            while True:
                print(store.append("S", [make_record(content={{"text": "x" * 20_000}})])[0].sequence, flush=True)
        except StoreUnusable as error:
            print("refused", error.message)
    """
    told = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True, timeout=60
    ).stdout.splitlines()

    assert told[-1].startswith("refused the store")
    with closing(open_store(path)) as again:
        assert [record.sequence for record in again.read()] == [1, *(int(line) for line in told[:-1])]
        assert verify_store(again).discrepancies == ()


def test_a_full_disk_can_be_read_and_written_again_once_there_is_room(path: Path, store: SqlStore) -> None:
    """SQLite cannot make the file there that its processes share; at that hour the limits have to be read."""
    store.append("S", [make_record()])
    store.close()
    program = f"""
        import resource, signal, sys
        sys.path[:0] = {sys.path!r}
        from support.ledgers import FakeClock, Tokens, make_record
        from leakguard.errors import StoreUnusable
        from leakguard.store.sql_store import SqlStore
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, resource.RLIM_INFINITY))
        store = SqlStore.open({str(path)!r}, create=False, now=FakeClock(), token=Tokens())
        print(*(record.sequence for record in store.read()))
        try:
            store.append("S", [make_record()])
        except StoreUnusable as error:
            print(error.message)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        store.append("S", [make_record()])
        print(*(record.sequence for record in store.read()))
    """
    told = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True, timeout=60
    ).stdout.splitlines()
    assert told == ["1", f"the store {path} has no room: the disk is full", "1 2"]


def test_a_full_disk_is_not_read_while_its_journal_holds_more(path: Path, store: SqlStore) -> None:
    store.append("S", [make_record()])
    assert file_without_journal(str(path)) is None
    store.close()
    assert file_without_journal(str(path)) is not None


def test_a_damaged_file_is_named_as_far_as_it_can_be_read(path: Path, store: SqlStore) -> None:
    store.append("S", [make_record(content={"text": "x" * 300}) for _ in range(300)])
    store.save_findings("R-1", [make_finding()], {})
    store.close()
    sound = path.read_bytes()
    size = int.from_bytes(sound[16:18], "big")
    middle = len(sound) // size // 2 * size
    path.write_bytes(sound[:middle] + b"\xff" * size + sound[middle + size :])

    with closing(open_store(path)) as damaged:
        kinds = {doubt.kind for doubt in verify_store(damaged).discrepancies}

        assert DiscrepancyKind.DAMAGED_FILE in kinds
        with pytest.raises(LedgerBroken, match="is damaged"):
            list(damaged.read())


def test_a_file_that_even_the_databases_own_check_cannot_read_is_damaged(store: SqlStore) -> None:
    class Unreadable(SqlStore):
        def damage(self) -> tuple[str, ...]:
            raise LedgerBroken("the file is damaged")

    broken = Unreadable(store._database, now=FakeClock(), token=Tokens())  # noqa: SLF001  (the same file)

    assert [doubt.kind for doubt in verify_store(broken).discrepancies] == [DiscrepancyKind.DAMAGED_FILE]


@pytest.mark.parametrize("url", ["nosuchdatabase://host/name", "mysql+mysqldb://user:canary@host/name"])
def test_a_missing_driver_is_named_and_the_password_is_not(url: str) -> None:
    refused = refusal(url)

    assert "needs a database driver that is not installed" in refused.message
    assert "canary" not in refused.message
    assert "pipx inject leakguard 'psycopg[binary]'" in refused.next_step


def test_a_url_that_cannot_be_read_is_refused() -> None:
    assert "URL that cannot be read" in refusal("://canary").message


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("database or disk is full", "the disk is full"),
        ("disk I/O error", "the disk is full, or reports an error"),
        ("attempt to write a readonly database", "may not be written"),
        ("database is locked", "in use by another process"),
        ("unable to open database file", "cannot be opened"),
        ("could not connect to server", "does not answer"),
        ('could not extend file "base/5/16384": No space left on device', "the disk is full"),
        ("cannot execute INSERT in a read-only transaction", "the server only lets it be read"),
        ("permission denied for table ledger", "does not let this user of the database in"),
        ("canceling statement due to statement timeout", "in the time that the server allows"),
        ("something nobody has seen: canary", "cannot be used as a store"),
    ],
)
def test_what_the_database_says_becomes_our_words(said: str, told: str) -> None:
    with pytest.raises(StoreUnusable, match=told) as refused, translated("leakguard.db"):
        raise OperationalError("INSERT ...", {}, sqlite3.OperationalError(said))

    assert "canary" not in refused.value.message


def test_a_lost_race_for_a_place_is_not_allowed() -> None:
    with pytest.raises(NotAllowed, match="wrote at the same moment"), translated("leakguard.db"):
        raise IntegrityError("INSERT ...", {}, sqlite3.IntegrityError("UNIQUE constraint failed"))


def test_our_own_refusals_pass_through() -> None:
    with pytest.raises(NotFound, match="no such thing"), translated("leakguard.db"):
        raise NotFound("no such thing")


def test_the_drivers_own_error_is_translated_too() -> None:
    """Before SQLAlchemy has a statement it does not wrap what the driver raises."""
    with pytest.raises(LeakGuardError), translated("leakguard.db"):
        raise sqlite3.OperationalError("database is locked")


def test_a_head_that_cannot_be_written_loses_no_entry(path: Path, store: SqlStore) -> None:
    path.with_name("leakguard.db.head").mkdir()

    store.append("S", [make_record()])

    assert len(list(store.read())) == 1
    assert [doubt.kind for doubt in verify_store(store).discrepancies] == [DiscrepancyKind.NO_HEAD]
    assert list(path.parent.glob("*.head.*")) == []


def save_until_full(store: SqlStore) -> Iterator[int]:
    """Save batches for ever, and count them."""
    for number in count(1):
        findings = [make_finding(f"F-{number}-{each}") for each in range(20)]
        store.save_findings("R-1", findings, {}, {0: RunState(next_position=number)})
        yield number


def limit_pages(store: SqlStore, pages: int) -> None:
    """As a full disk, but for this connection alone."""
    with store._database.reading() as connection:  # noqa: SLF001  (the disk is none of the store's face)
        connection.rows(f"PRAGMA max_page_count = {pages}")


def test_a_disk_that_is_full_in_the_middle_of_a_scan_keeps_whole_batches(store: SqlStore) -> None:
    """A batch is findings, their entry and the state that counts them: all of it, or nothing."""
    limit_pages(store, 200)
    batches: list[int] = []

    with pytest.raises(StoreUnusable, match="the disk is full") as refused:
        batches.extend(save_until_full(store))

    kept = len(batches)
    assert kept > 3
    assert "Free some space" in refused.value.next_step
    assert len(list(store.findings("R-1"))) == sum(store.outcomes("R-1").values()) == kept * 20
    assert store.run_states("R-1")[0].next_position == kept
    assert verify_store(store).discrepancies == ()
    limit_pages(store, 100_000)
    store.save_findings("R-1", [make_finding("F-last")], {}, {0: RunState(next_position=kept + 1)})
    assert verify_store(store).discrepancies == ()


def test_a_run_on_a_store_that_may_not_be_written_says_so_and_is_read(path: Path, store: SqlStore) -> None:
    store.save_findings("R-1", [make_finding()], {}, {0: RunState(next_position=1)})
    with closing(open_store(f"sqlite:///file:{path}?mode=ro&uri=true")) as readonly:
        with pytest.raises(StoreUnusable, match="may not be written"):
            readonly.take_run("R-1")
        with pytest.raises(StoreUnusable, match="may not be written"):
            readonly.save_findings("R-1", [make_finding("F-2")], {})

        assert [one.id for one in readonly.glances("R-1")] == ["F-1"]
