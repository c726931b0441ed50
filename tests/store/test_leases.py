"""Leases and things that happen once: one of several processes works, and what two do at once is kept once."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from leakguard.alerts.records import KeyedAlertRecord
from leakguard.errors import StoreUnusable
from leakguard.ledger.verification_result import DiscrepancyKind
from leakguard.store.heartbeat_file import HeartbeatFile
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.proofs.evidence import verify_store
from support.ledgers import START, make_record

MINUTE = timedelta(minutes=1)


def keyed(*keys: str) -> KeyedAlertRecord:
    return KeyedAlertRecord(keys=keys, record=make_record("note", {"keys": list(keys)}))


def test_what_has_a_known_key_is_not_kept_again(store: SqlStore) -> None:
    first = store.append_once("S", [keyed("a"), keyed("b", "b2"), keyed("a")])
    second = store.append_once("S", [keyed("b2"), keyed("c", "b"), keyed("d")])

    assert [one.content["keys"] for one in (*first, *second)] == [["a"], ["b", "b2"], ["d"]]
    assert list(store.read("S")) == [*first, *second]
    assert store.append_once("S", []) == ()
    assert store.append_once("S", [keyed("a")]) == ()
    assert {doubt.kind for doubt in verify_store(store).discrepancies} == {DiscrepancyKind.UNKNOWN_IDEMPOTENCY_KEY}, (
        "nobody but this test has such"
    )


def test_a_lease_is_held_by_one_until_it_runs_out(store: SqlStore) -> None:
    assert store.take_lease("w", "one", now=START, until=START + MINUTE)
    assert not store.take_lease("w", "two", now=START + MINUTE / 2, until=START + 1.5 * MINUTE)
    assert store.take_lease("w", "one", now=START + MINUTE / 2, until=START + 1.5 * MINUTE)
    assert not store.take_lease("w", "two", now=START + MINUTE, until=START + 2 * MINUTE)

    assert store.take_lease("w", "two", now=START + 1.5 * MINUTE, until=START + 3 * MINUTE)
    assert not store.take_lease("w", "one", now=START + 2 * MINUTE, until=START + 3 * MINUTE)


def test_a_lease_that_was_let_go_is_free(store: SqlStore) -> None:
    store.take_lease("w", "one", now=START, until=START + MINUTE)
    store.release_lease("w", "two")
    assert not store.take_lease("w", "two", now=START, until=START + MINUTE)

    store.release_lease("w", "one")

    assert store.take_lease("w", "two", now=START, until=START + MINUTE)


def test_the_last_beat_outlives_the_lease(store: SqlStore) -> None:
    assert store.last_beat("w") is None
    store.take_lease("w", "one", now=START, until=START + MINUTE)
    assert store.last_beat("w") is None
    store.beat("w", "two", now=START)
    assert store.last_beat("w") is None
    store.beat("w", "one", now=START + MINUTE / 2)

    store.release_lease("w", "one")

    assert store.last_beat("w") == START + MINUTE / 2
    assert store.take_lease("w", "two", now=START + MINUTE / 2, until=START + MINUTE)


def test_a_lease_from_a_clock_that_was_set_back_binds_nobody(store: SqlStore) -> None:
    """Otherwise nobody would watch until the wall clock is there again."""
    store.take_lease("w", "one", now=START + 300 * MINUTE, until=START + 301 * MINUTE)

    assert store.take_lease("w", "two", now=START, until=START + MINUTE)


def test_a_lease_that_somebody_spoiled_binds_nobody(path: Path, store: SqlStore) -> None:
    store.take_lease("w", "one", now=START, until=START + MINUTE)
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE leases SET until = 'soon', beat_at = 'now'")

    assert store.last_beat("w") is None
    assert store.take_lease("w", "two", now=START, until=START + MINUTE)


def test_a_heartbeat_stands_beside_the_store(tmp_path: Path) -> None:
    beside = HeartbeatFile.beside(str(tmp_path / "leakguard.db"))
    assert beside.read() is None

    beside.write("one\n")
    beside.write("two\n")

    assert beside.path == tmp_path / "leakguard.db.heartbeat"
    assert beside.read() == "two\n"
    assert list(tmp_path.iterdir()) == [beside.path]
    assert HeartbeatFile.beside("postgresql+psycopg://x@/y").path == Path("leakguard.heartbeat")
    assert HeartbeatFile.beside("leakguard.db", "/run/beat").path == Path("/run/beat")


def test_a_heartbeat_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """A watchman that nobody can watch must not look alive."""
    with pytest.raises(StoreUnusable, match="cannot be written") as refused:
        HeartbeatFile(tmp_path / "nowhere" / "beat").write("x")

    assert "[watchman]" in refused.value.next_step


def test_a_heartbeat_replaces_nothing_else_at_the_place_that_the_settings_name(tmp_path: Path) -> None:
    """Whoever wanted none and named a device lost the device."""
    notes, pipe, beat = tmp_path / "notes.txt", tmp_path / "pipe", '{"schema": "leakguard.heartbeat/1"}\n'
    notes.write_text("mine\n", encoding="utf-8")
    os.mkfifo(pipe)
    for foreign in (notes, pipe):
        with pytest.raises(StoreUnusable, match="cannot be replaced") as refused:
            HeartbeatFile.beside("leakguard.db", str(foreign)).write(beat)
        assert "[watchman]" in refused.value.next_step
    named = HeartbeatFile.beside("leakguard.db", str(tmp_path / "beat"))
    named.write(beat)
    named.write(beat)

    assert notes.read_text("utf-8") == "mine\n"
    assert pipe.is_fifo()
    assert named.read() == beat
