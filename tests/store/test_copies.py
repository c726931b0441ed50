"""A store is backed up, restored and moved between SQLite and PostgreSQL: the same ledger, and nothing is lost."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from leakguard.errors import BadFile, LedgerBroken, NotAllowed, StoreUnusable
from leakguard.ledger.heads import Head
from leakguard.ledger.keys import since_line
from leakguard.ledger.signed_heads import Trust
from leakguard.ledger.verification_result import Answer, DiscrepancyKind
from leakguard.models.backups import EVIDENCE, NAME, STORE
from leakguard.models.file_modes import OWNER_ALONE
from leakguard.store.backups import back_up, read_backup
from leakguard.store.connection import AT_ONCE
from leakguard.store.copying import OF_LOGINS, OF_PROCESSES
from leakguard.store.figures import store_figures
from leakguard.store.kept_files import KeptFiles
from leakguard.store.key_file import read_signer
from leakguard.store.letters_key import copy_keys, letters_key_file, marks_key_file
from leakguard.store.restoring import move, restore
from leakguard.store.schema import REVISION
from leakguard.store.sql_store import SqlStore
from leakguard.store.tables import TABLES, statements
from leakguard.use_cases.proofs.evidence import verify_store
from support.bundles import KEY
from support.filled_store import fill
from support.ledgers import START, FakeClock, Tokens, make_record
from support.postgres_server import PostgresServer

pytestmark = pytest.mark.untraced
MADE_BY = "leakguard test"
SUBJECT = "IR-2026-0001"


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place for a second store, in each of the two databases."""
    if request.param == "sqlite":
        return str(tmp_path / "other.db")
    running: PostgresServer = request.getfixturevalue("server")
    return running.new_database()


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where kept evidence of a database on a server lies."""
    monkeypatch.chdir(tmp_path)


def opened(place: str, *, create: bool = False, busy_seconds: float = 30.0) -> SqlStore:
    return SqlStore.open(place, now=FakeClock(), token=Tokens(), create=create, busy_seconds=busy_seconds)


def filled(place: str) -> Head:
    """Make a store that has rows in every table and a kept copy of evidence; where its ledger stands."""
    with closing(opened(place, create=True)) as store:
        fill(store)
        head = store.head()
    evidence = Path("access.log")
    evidence.write_text("evidence", encoding="utf-8")
    KeptFiles.beside(place).take(str(evidence), keep=True)
    assert head is not None
    return head


def rows(place: str, table: str) -> list[tuple[object, ...]]:
    with closing(opened(place)) as store, store._database.reading() as connection:  # noqa: SLF001  (every table)
        return sorted(connection.rows(f"SELECT {', '.join(TABLES[table])} FROM {table}"), key=repr)  # noqa: S608  (our own)


def backed_up(place: str, folder: Path, **options: object) -> None:
    back_up(place, folder, now=START, made_by=MADE_BY, **options)  # type: ignore[arg-type]


def test_the_register_of_tables_names_every_table_and_column() -> None:
    made = " ".join(statements(is_sqlite=True))
    assert {line.split("CREATE TABLE ")[1].split(" ")[0] for line in made.split("(") if "CREATE TABLE " in line} == {
        *TABLES
    }


def test_a_backup_of_either_database_is_restored_into_either(place: str, other: str, tmp_path: Path) -> None:
    head, folder = filled(place), tmp_path / "backup"
    tell: list[str] = []
    backed_up(place, folder, tell=lambda table, _: tell.append(table))
    restore(folder, other)

    assert {"ledger", "people", "evidence"} <= set(tell)
    for table in TABLES:
        left_out = table in OF_LOGINS | OF_PROCESSES
        assert rows(other, table) == ([] if left_out else rows(place, table)), table
        assert rows(place, table), table
    with closing(opened(other)) as store:
        found = verify_store(store, copies=KeptFiles.beside(other))
        assert found.head == head
        assert {doubt.kind for doubt in found.discrepancies} <= {
            DiscrepancyKind.STRAY_EVIDENCE,
            DiscrepancyKind.NO_HEAD,
        }
        assert store.append(SUBJECT, [make_record()])[0].sequence == head.sequence + 1
    assert KeptFiles.beside(other).names() == KeptFiles.beside(place).names() != ()


def test_a_backup_is_for_its_owner_alone_and_names_what_it_holds(place: str, tmp_path: Path) -> None:
    head, folder = filled(place), tmp_path / "backup"
    Path("leakguard.db.marks.key").write_text("secret", encoding="ascii")
    backed_up(place, folder)
    manifest = read_backup(folder)

    assert (manifest.entries, manifest.head, manifest.made_by) == (head.sequence, head.hash, MADE_BY)
    assert set(manifest.rows) == set(TABLES) - OF_LOGINS - OF_PROCESSES
    made = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.relative_to(folder).as_posix() for path in made} == {*manifest.files, NAME}
    assert {path.stat().st_mode & 0o777 for path in made} == {OWNER_ALONE}
    assert manifest.not_included == (() if "://" in place else ("leakguard.db.marks.key",))
    assert all(b"secret" not in path.read_bytes() for path in made)
    assert not list(tmp_path.glob(".*.part"))


def test_a_backup_sees_one_moment_while_others_write(place: str, tmp_path: Path) -> None:
    with closing(opened(place, create=True)) as store:
        store.append(SUBJECT, [make_record("note", {"n": number}) for number in range(3 * AT_ONCE)])
    began, written = Event(), Event()

    def write() -> None:
        began.wait(60)
        with closing(opened(place)) as store:
            store.append(SUBJECT, [make_record("late")])
        written.set()

    def tell(table: str, _: int) -> None:
        if table == "ledger" and not began.is_set():
            began.set()
            assert written.wait(60)  # the other entry is in the store before the second batch is read

    writer = Thread(target=write)
    writer.start()
    backed_up(place, tmp_path / "backup", tell=tell)
    writer.join()

    manifest = read_backup(tmp_path / "backup")
    with closing(opened(place)) as store, closing(opened(str(tmp_path / "backup" / STORE))) as copy:
        live, kept = store.head(), copy.head()
        assert live is not None
        assert kept is not None
        assert (kept.sequence, kept.hash) == (manifest.entries, manifest.head)
        assert live.sequence == kept.sequence + 1
        assert verify_store(copy).answer is not Answer.MISMATCH


def test_a_folder_that_exists_or_that_another_process_makes_is_refused(path: Path, tmp_path: Path) -> None:
    filled(str(path))
    backed_up(str(path), tmp_path / "backup")
    with pytest.raises(NotAllowed, match="backup exists"):
        backed_up(str(path), tmp_path / "backup")
    part = tmp_path / ".second.part"
    part.mkdir()
    held = os.open(part, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(NotAllowed, match="another process is writing"):
        backed_up(str(path), tmp_path / "second")
    os.close(held)
    (part / "left").mkdir()
    (part / "left" / "half.db").write_bytes(b"half of a killed backup")
    backed_up(str(path), tmp_path / "second")

    assert {each.name for each in (tmp_path / "second").iterdir()} == {STORE, f"{STORE}.head", EVIDENCE, NAME}


@contextmanager
def small_files(most: int) -> Iterator[None]:
    """No file of this process may be larger, as on a disk that is full."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("most", [4096, 120_000, 400_000])
def test_a_full_disk_leaves_no_half_of_a_backup_and_no_half_of_a_store(path: Path, tmp_path: Path, most: int) -> None:
    filled(str(path))
    with closing(opened(str(path))) as store:
        store.append(SUBJECT, [make_record("note", {"text": "x" * 1000, "n": number}) for number in range(600)])
    backed_up(str(path), tmp_path / "whole")
    for act in (
        lambda: backed_up(str(path), tmp_path / "backup"),
        lambda: restore(tmp_path / "whole", str(tmp_path / "new.db")),
        lambda: move(str(path), str(tmp_path / "new.db")),
    ):
        with small_files(most), pytest.raises(StoreUnusable):
            act()
        assert not (tmp_path / "backup").exists()
        assert not (tmp_path / "new.db").exists()
        assert not list(tmp_path.glob(".*.part"))
    with closing(opened(str(path))) as store:
        assert store.append(SUBJECT, [make_record()])


def test_a_changed_file_of_a_backup_is_named_and_nothing_is_restored(path: Path, tmp_path: Path) -> None:
    filled(str(path))
    backed_up(str(path), tmp_path / "backup")
    copy = next((tmp_path / "backup" / EVIDENCE).iterdir())
    changes: dict[str, Callable[[], object]] = {
        copy.name[:20]: lambda: copy.write_bytes(b"changed"),
        STORE: lambda: (tmp_path / "backup" / STORE).write_bytes(b"SQLite format 3\0"),
    }
    for name, change in changes.items():
        change()
        with pytest.raises(BadFile, match=f"{name}.*was changed or cut off"):
            restore(tmp_path / "backup", str(tmp_path / "new.db"))
    copy.unlink()
    with pytest.raises(BadFile, match="cannot be read"):
        restore(tmp_path / "backup", str(tmp_path / "new.db"))

    assert not (tmp_path / "new.db").exists()


def test_a_forged_backup_with_a_fitting_manifest_is_found_by_its_ledger(path: Path, tmp_path: Path) -> None:
    filled(str(path))
    backed_up(str(path), tmp_path / "backup")
    with closing(opened(str(tmp_path / "backup" / STORE))) as store, store._database.writing() as connection:  # noqa: SLF001  (a forger)
        connection.run("UPDATE ledger SET kind = 'forged' WHERE sequence = 2")
    backed_up(str(tmp_path / "backup" / STORE), tmp_path / "forged")
    restore(tmp_path / "forged", str(tmp_path / "new.db"))

    with closing(opened(str(tmp_path / "new.db"))) as store:
        assert DiscrepancyKind.CHANGED_MANIFEST in {doubt.kind for doubt in verify_store(store).discrepancies}


def test_no_store_is_overwritten(place: str, other: str, tmp_path: Path) -> None:
    head = filled(place)
    with closing(opened(other, create=True)) as store:
        store.append("IR-2026-0009", [make_record()])
    backed_up(place, tmp_path / "backup")
    with pytest.raises(NotAllowed, match=r"exists|in use"):
        restore(tmp_path / "backup", other)
    with pytest.raises(NotAllowed, match=r"exists|in use"):
        move(place, other)

    with closing(opened(other)) as store, closing(opened(place)) as old:
        assert store.subjects() == ("IR-2026-0009",)
        assert old.head() == head
        assert old.append(SUBJECT, [make_record()])


def test_a_later_head_tells_how_much_is_lost_and_the_restored_store_goes_on(path: Path, tmp_path: Path) -> None:
    filled(str(path))
    backed_up(str(path), tmp_path / "backup")
    elsewhere = tmp_path / "elsewhere.head"
    with closing(SqlStore.open(str(path), now=FakeClock(), token=Tokens(), create=False, heads=[elsewhere])) as store:
        late = store.append(SUBJECT, [make_record(), make_record()])[-1].sequence
    path.unlink()
    done = restore(tmp_path / "backup", str(path), heads=[elsewhere])

    assert {(one.place, one.entries) for one in done.later} == {(f"{path.name}.head", late), (str(elsewhere), late)}
    assert done.manifest.entries == late - 2
    with closing(SqlStore.open(str(path), now=FakeClock(), token=Tokens(), heads=[elsewhere])) as store:
        assert store.append(SUBJECT, [make_record()])[0].sequence == late - 1
        assert verify_store(store).answer is not Answer.MISMATCH
    assert list(tmp_path.glob("*.old-1"))


def test_a_store_moves_between_both_databases_with_all_that_it_holds(place: str, other: str) -> None:
    head = filled(place)
    before = {table: rows(place, table) for table in TABLES}
    assert move(place, other) == head

    for table in TABLES:
        assert rows(other, table) == ([] if table in OF_PROCESSES else before[table]), table
    with closing(opened(other)) as store:
        assert verify_store(store, copies=KeptFiles.beside(other)).head == head
        assert store.append(SUBJECT, [make_record()])[0].sequence == head.sequence + 1
    with pytest.raises(StoreUnusable, match="was moved"):
        opened(place)


def test_the_keys_beside_a_store_move_along_for_their_owner_alone_and_never_over_another_one(
    place: str, other: str
) -> None:
    """Without them a mail merge on its way is dead, and no page is known again."""
    filled(place)
    pairs = [(letters_key_file(place, None), letters_key_file(other, None))]
    if (old := marks_key_file(place)) is not None and (new := marks_key_file(other)) is not None:
        pairs.append((old, new))
    for number, (source, _) in enumerate(pairs, 1):
        source.write_text(f"{number}" * 64, encoding="ascii")
        source.chmod(0o600)

    move(place, other)

    for number, (source, target) in enumerate(pairs, 1):
        assert target.read_text(encoding="ascii").strip() == f"{number}" * 64
        assert target.stat().st_mode & 0o777 == OWNER_ALONE
        target.write_text("f" * 64, encoding="ascii")
        copy_keys(place, other)
        assert source == target or target.read_text(encoding="ascii") == "f" * 64


def test_the_signed_head_of_a_store_that_moves_to_a_server_still_vouches_for_it(
    path: Path, server: PostgresServer, tmp_path: Path
) -> None:
    signer, new = read_signer(key_file(tmp_path), is_named=True), server.new_database()
    with closing(SqlStore.open(str(path), now=FakeClock(), token=Tokens(), signer=signer)) as store:
        head = head_of_record(store)

    move(str(path), new)

    with closing(SqlStore.open(new, now=FakeClock(), token=Tokens(), heads=[Path("leakguard.head")])) as store:
        found = verify_store(store, trust=Trust(key=KEY.public, is_named=True))
    assert (found.head, found.answer, found.signed_by) == (head, Answer.MATCH, f"{KEY.name} {KEY.public.id.hex()}")


def head_of_record(store: SqlStore) -> Head:
    """The head of a ledger with one entry."""
    store.append(SUBJECT, [make_record()])
    head = store.head()
    assert head is not None
    return head


def key_file(folder: Path) -> Path:
    """The key of the tests in a file, which says since when it has signed every head."""
    path = folder / "leakguard.key"
    path.write_text(KEY.text + since_line(START), encoding="ascii")
    path.chmod(0o600)
    return path


def test_a_process_that_has_the_old_store_open_can_record_nothing_in_it(place: str, other: str) -> None:
    with closing(opened(place, create=True)) as watchman:
        watchman.append(SUBJECT, [make_record()])
        move(place, other)
        with pytest.raises((StoreUnusable, LedgerBroken), match="somebody moved the store"):
            watchman.append(SUBJECT, [make_record()])


def test_a_move_waits_for_nobody_who_does_not_let_go_and_leaves_the_store_as_it_was(path: Path, tmp_path: Path) -> None:
    head = filled(str(path))
    another = opened(str(path))
    with closing(another), another._database.writing(), pytest.raises(StoreUnusable, match="does not let go"):  # noqa: SLF001  (another writer)
        move(str(path), str(tmp_path / "new.db"), busy_seconds=0.05)
    with closing(opened(str(path))) as store:
        assert store.head() == head
    assert not (tmp_path / "new.db").exists()


def test_the_figures_of_a_store_are_those_of_its_rows(place: str) -> None:
    filled(place)
    found = store_figures(place)

    assert {table: len(rows(place, table)) for table in TABLES} == found.rows
    assert (found.schema, found.database) == (REVISION, "postgresql" if "://" in place else "sqlite")
    assert (found.evidence_files, found.evidence_bytes) == (1, len("evidence"))
    assert found.bytes > 0
    assert found.free_bytes > 0
