"""Erasure on real files and on a real server: nothing is left, and the ledger still verifies."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.errors import LedgerBroken, NotAllowed, StoreUnusable
from leakguard.ledger.custody import PUT_ON_HOLD, custody_record
from leakguard.ledger.erasure import Erasure, erasing_record, erasure_of
from leakguard.ledger.verification_result import Answer
from leakguard.models.records import Record
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.proofs.evidence import verify_store
from support.findings import make_finding
from support.ledgers import START, FakeClock, Tokens, exactly, make_record
from support.postgres_server import PostgresServer

CANARY = "canary-7f3a9c"


@pytest.fixture
def both(place: str) -> Iterator[SqlStore]:
    opened = SqlStore.open(place, now=FakeClock(), token=Tokens())
    yield opened
    opened.close()


def fill(store: SqlStore) -> None:
    store.append("IR-1", [make_record("note", {"text": CANARY * 400}), make_record("note", {"text": "other"})])
    finding = make_finding("F-1", target=CANARY, host=CANARY)
    store.save_findings("R-1", [finding, make_finding("F-2")], {CANARY: "exposed"})


def erase(store: SqlStore, *numbers: int, findings: tuple[str, ...] = (), seen: int = 99) -> None:
    chosen = [erasure_of(entry) for entry in store.entries() if entry.sequence in numbers]
    store.erase(chosen, findings, {"IR-1": said(chosen, findings)}, seen=seen)


def said(chosen: list[Erasure], findings: tuple[str, ...] = ()) -> Record:
    return erasing_record(chosen, findings=findings, by="dpo", reason="asked for", at=exactly(START))


def test_contents_findings_and_views_are_erased_and_the_ledger_verifies(both: SqlStore) -> None:
    fill(both)

    erase(both, 1, 3)

    assert both.scrub()
    assert CANARY not in repr([*both.entries(), *both.findings(), *both.glances("R-1"), *both.seen()])
    assert verify_store(both).answer in {Answer.MATCH, Answer.NOT_VERIFIABLE}
    assert [doubt.answer for doubt in verify_store(both).discrepancies if doubt.sequence] == [Answer.MATCH] * 2
    assert [record.content.get("text") for record in both.read("IR-1")][:2] == ["(erased)", "other"]


def test_what_was_reckoned_from_the_contents_goes_with_them(both: SqlStore) -> None:
    fill(both)
    both.keep_bookmark("the first", "WATCH", make_record("bookmarked"), since=0)
    both.keep_bookmark(CANARY, "WATCH", make_record("bookmarked"), since=0)
    kept = both.bookmark()
    assert kept is not None
    assert (kept.text, [one.kind for one in both.read_after(kept.sequence - 1)]) == (CANARY, ["bookmarked"])

    erase(both, 1)

    with pytest.raises(NotAllowed):
        both.keep_bookmark(CANARY, "WATCH", make_record("bookmarked"), since=kept.sequence)
    assert both.bookmark() is None
    assert both.scrub()
    assert verify_store(both).answer in {Answer.MATCH, Answer.NOT_VERIFIABLE}


def test_one_finding_goes_and_the_others_of_its_entry_stay(both: SqlStore) -> None:
    fill(both)

    erase(both, findings=("F-1",))

    assert [finding.id for finding in both.findings()] == ["F-2"]
    assert [glance.id for glance in both.glances("R-1")] == ["F-2"]
    assert any("finding F-1 was erased on purpose" in doubt.text for doubt in verify_store(both).discrepancies)
    assert verify_store(both).answer is not Answer.MISMATCH


def test_what_is_erased_already_and_what_was_held_meanwhile_is_refused_as_a_whole(both: SqlStore) -> None:
    fill(both)
    first = [erasure_of(entry) for entry in both.entries()][:1]
    erase(both, 1)

    with pytest.raises(NotAllowed, match="entry 1 was erased at this very moment"):
        both.erase(first, ("F-1",), {"IR-1": said(first)}, seen=99)
    both.append("IR-1", [custody_record(PUT_ON_HOLD, items=(), by="counsel", text="", now=START)])
    with pytest.raises(NotAllowed, match="a legal hold was set"):
        erase(both, 2, seen=4)
    assert len(list(both.findings())) == 2


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if CANARY.encode() in path.read_bytes()]


def test_not_a_byte_is_left_in_any_file(store: SqlStore, path: Path) -> None:
    fill(store)
    assert leftovers(path.parent)

    erase(store, 1, 3)

    assert store.scrub()
    assert leftovers(path.parent) == []


def test_while_somebody_reads_the_files_are_not_clean_and_that_is_said(store: SqlStore, path: Path) -> None:
    fill(store)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM ledger").fetchone()
        erase(store, 1, 3)

        assert not store.scrub(patience=0)

    assert store.scrub()
    assert leftovers(path.parent) == []


def test_while_somebody_writes_the_files_cannot_be_written_anew(store: SqlStore, path: Path) -> None:
    fill(store)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")

        assert not store.scrub(patience=0)


def test_while_somebody_reads_a_server_waits_no_longer_than_it_is_told(server: PostgresServer) -> None:
    place = server.new_database()
    with closing(SqlStore.open(place, now=FakeClock(), token=Tokens())) as opened:
        fill(opened)
        with opened.snapshot() as frozen:
            next(frozen.entries())

            assert not opened.scrub(patience=0.01)
        assert opened.scrub()


def test_a_damaged_file_is_not_called_busy(store: SqlStore, path: Path) -> None:
    fill(store)
    assert store.scrub()
    body = bytearray(path.read_bytes())
    body[4096:] = b"\xff" * (len(body) - 4096)
    path.write_bytes(body)

    with pytest.raises(LedgerBroken, match="damaged"):
        store.scrub()


def test_an_erasure_that_breaks_off_has_erased_nothing(both: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Contents, findings, views and the entry that says so go together or not at all."""
    fill(both)

    def break_off(length: int) -> str:
        raise OSError(length)

    monkeypatch.setattr(both, "_token", break_off)
    with pytest.raises(StoreUnusable):
        erase(both, 1, 3)

    assert [entry.salt is not None for entry in both.entries()] == [True] * 3
    assert len(list(both.findings())) == len(list(both.glances("R-1"))) == 2
