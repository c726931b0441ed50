"""The same store on a real PostgreSQL server, of which each test run starts its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.errors import NotAllowed, StoreUnusable
from leakguard.frozen import replace
from leakguard.ledger.entries import Entry
from leakguard.ledger.verification_result import DiscrepancyKind
from leakguard.models.findings import Size
from leakguard.models.runs import RunState
from leakguard.store import view_rows
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.proofs.evidence import verify_store
from support.findings import SEEN, make_finding
from support.ledgers import FakeClock, Tokens, make_record
from support.memory_store import MemoryStore
from support.programs import with_our_path
from support.saving import assert_whole, killed_runs

pytestmark = pytest.mark.long

APPENDER = Path(__file__).with_name("appender.py")
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a server that listens on a socket file alone, without a port."""
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    if not PROGRAMS:
        pytest.skip("no PostgreSQL server on this machine: apt install postgresql")
    programs, user = PROGRAMS[-1].parent, "nobody" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="lg-pg-") as folder:
        room = Path(folder)
        room.chmod(0o777)
        data, options = f"{folder}/data", f"-k {folder} -c listen_addresses="

        def run(program: str, *words: str) -> None:
            command = [str(programs / program), "-D", data, *words]
            subprocess.run(command, check=True, user=user, stdout=subprocess.DEVNULL, cwd=folder, timeout=60)

        run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
        run("pg_ctl", "-o", options, "-l", f"{folder}/log", "-w", "start")
        try:
            yield f"postgresql+psycopg://postgres:canary@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-m", "immediate", "-w", "stop")


def open_store(url: str, *, busy_seconds: float = 30.0) -> SqlStore:
    return SqlStore.open(url, now=FakeClock(), token=Tokens(), busy_seconds=busy_seconds)


def test_four_processes_write_at_once_and_everything_is_kept(server: str) -> None:
    """The first to come makes the schema."""
    processes = [
        subprocess.Popen([sys.executable, str(APPENDER), server, f"IR-2026-000{number}", "20"], env=with_our_path(),
                         stdout=subprocess.PIPE, text=True)
        for number in range(4)
    ]  # fmt: skip
    said = [line.split() for process in processes for line in process.communicate(timeout=60)[0].splitlines()]
    kept = {(str(entry.sequence), entry.hash) for entry in _entries(server)}

    assert [process.returncode for process in processes] == [0] * 4
    assert {(line[0], line[1]) for line in said if len(line) == 2} <= kept
    assert len(kept) == 4 * 20 * 3


def _entries(server: str) -> list[Entry]:
    with closing(open_store(server)) as store:
        return list(store.entries())


def test_a_store_on_a_server_keeps_and_tells_the_same(server: str) -> None:
    with closing(open_store(server)) as store:
        kept = store.append("S", [make_record(content={"n": 2**70})])
        store.save_findings("R-pg", [make_finding()], {"a": "exposed"})

        assert list(store.read("S")) == list(kept)
        assert list(store.findings("R-pg")) == [make_finding()]
        assert store.subjects("R-p") == ("R-pg",)
        doubts = {doubt.kind for doubt in verify_store(store).discrepancies}
        assert doubts - {DiscrepancyKind.WRONG_SYSTEM_TIME} == {
            DiscrepancyKind.NO_HEAD
        }  # the tests before had clocks of their own
        assert "canary" not in store.name


def test_runs_on_a_server_whose_processes_are_killed_go_on_where_they_were(server: str) -> None:
    said = killed_runs(server, ["R-k1", "R-k2"], lives=6)

    with closing(open_store(server)) as store:
        for run, told in said.items():
            assert_whole(store, run, told)


def test_of_two_that_go_on_with_one_run_on_a_server_the_second_is_refused(server: str) -> None:
    with closing(open_store(server)) as store, closing(open_store(server)) as other:
        store.take_run("R-held")
        with pytest.raises(NotAllowed, match="in the hands of another process"):
            other.take_run("R-held")
        store.release_run("R-held")

        other.take_run("R-held")


def test_a_server_answers_an_overview_as_memory_does(server: str) -> None:
    """Also of numbers beyond 64 bits, and of names that the database must not take for words of its own."""
    memory = MemoryStore(lambda: SEEN)
    huge = replace(make_finding().verdict, size=Size(records=2**80, bytes=2**90))
    found = [make_finding(f"F-v{number}", run="R-view", datastore=f"kind{number}") for number in range(3)]
    found.append(make_finding("F-v9", run="R-view", address="192.0.2.9", verdict=huge))
    with closing(open_store(server)) as store:
        for each in (store, memory):
            each.save_findings("R-view", found, {}, {0: RunState(next_position=2**40, pending=(2**39,))})

        assert sorted(store.glances("R-view")) == sorted(memory.glances("R-view"))
        assert list(store.texts("R-view")) == list(memory.texts("R-view"))
        assert store.outcomes("R-view") == memory.outcomes("R-view")
        for crowd in (1, view_rows.SOUGHT * view_rows.PLACES_AT_ONCE + 1):  # sought by the database, and here
            places = {(found[0].check_id, found[0].place), *(("none", f"127.0.0.1:{port}") for port in range(crowd))}
            assert store.ids_at("R-view", places) == memory.ids_at("R-view", places) != frozenset()
        assert store.run_states("R-view") == memory.run_states("R-view")
        assert store.crowds("R-view", beyond=2, apart_from=()) == {"127.0.0.1": 3}
        assert set(memory.seen()) - set(store.seen()) <= {one for one in memory.seen() if one.most_records == 2**80}
        store.rebuild_views()
        assert sorted(store.glances("R-view")) == sorted(memory.glances("R-view"))


def test_a_snapshot_on_a_server_does_not_see_what_is_written_meanwhile(server: str) -> None:
    with closing(open_store(server)) as store:
        store.append("S", [make_record()])
        with store.snapshot() as frozen:
            before = len(list(frozen.entries()))
            store.append("S", [make_record()])

            assert len(list(frozen.entries())) == before


def test_a_writer_that_does_not_let_go_is_named(server: str) -> None:
    with closing(open_store(server, busy_seconds=0.05)) as store, closing(open_store(server)) as other:
        refused = pytest.raises(StoreUnusable, match="in use by another process")
        with other._database.writing(), refused:  # noqa: SLF001  (another process in the middle of its transaction)
            store.append("S", [make_record()])

        assert store.append("S", [make_record()])


def test_a_table_that_somebody_has_locked_holds_no_reader_up_for_ever(server: str) -> None:
    """As a maintenance command does that stands still: every look at a deadline waited behind it, without a word."""
    with closing(open_store(server, busy_seconds=0.05)) as store, closing(open_store(server)) as other:
        store.append("S", [make_record()])
        with other._database.writing() as connection:  # noqa: SLF001  (another program in the middle of its transaction)
            connection.run("LOCK TABLE ledger IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(StoreUnusable, match="in use by another process"):
                list(store.read("S"))

        assert list(store.read("S"))


def test_a_server_that_does_not_answer_is_named() -> None:
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    with tempfile.TemporaryDirectory() as folder, pytest.raises(StoreUnusable, match="does not answer") as refused:
        open_store(f"postgresql+psycopg://postgres:canary@/postgres?host={folder}")

    assert "canary" not in refused.value.message
