"""`leakguard store`: backup, restore, check and move, as a user types them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from leakguard.errors import ExitCode
from leakguard.models.backups import BackupManifest
from leakguard.store.backups import back_up
from leakguard.wiring import store_copies
from support.fake_prober import FakeProber, store_server
from support.scan_commands import ScanCommands, scan_commands


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    """A store with a scan in it."""
    commands = scan_commands(tmp_path, monkeypatch, capsys)
    commands.world.network = FakeProber(servers={"127.0.0.1:9200": store_server(records=9_500_000_000)})
    commands("scan", "127.0.0.1:9200")
    return commands


def _change_an_entry(store: Path) -> None:
    with closing(sqlite3.connect(store)) as raw, raw:
        raw.execute("UPDATE ledger SET kind = 'changed' WHERE sequence = 2")


def test_a_backup_says_what_is_in_it_what_is_not_and_that_it_verifies(leakguard: ScanCommands) -> None:
    ran, again = leakguard("store", "backup", "kept"), leakguard("store", "backup", "kept")
    entries = leakguard("evidence", "verify", "--format", "json").document["entries"]

    assert ran.code == ExitCode.CLEAN
    assert f"kept: {entries} entries, 1 finding" in ran.out
    assert "Not in it: sessions" in ran.out
    assert "not encrypted" in ran.out
    assert "The ledger verifies" in ran.out
    assert (again.code, "kept exists" in again.err) == (ExitCode.USAGE, True)


def test_a_backup_becomes_the_store_again_and_every_command_works_on_it(leakguard: ScanCommands) -> None:
    shown = leakguard("scan", "show", "--format", "json").document
    made = leakguard("store", "backup", "kept", "--format", "json").document
    refused = leakguard("store", "restore", "kept")
    for path in leakguard.folder.glob("leakguard.db*"):
        path.unlink()
    ran = leakguard("store", "restore", "kept", "--format", "json")

    assert (refused.code, "leakguard.db exists" in refused.err) == (ExitCode.USAGE, True)
    assert (ran.code, ran.document["lost"]) == (ExitCode.CLEAN, [])
    assert ran.document["backup"] == made["backup"]
    assert ran.document["verification"]["head"]["hash"] == made["backup"]["head"]
    assert leakguard("scan", "show", "--format", "json").document == shown
    assert leakguard("scan", "127.0.0.1:9200").code == ExitCode.EXPOSED


def test_a_restored_store_that_lacks_entries_ends_with_3_and_says_how_many(leakguard: ScanCommands) -> None:
    leakguard("store", "backup", "kept")
    before = leakguard("evidence", "verify", "--format", "json").document["entries"]
    leakguard("scan", "127.0.0.1:9200")
    after = leakguard("evidence", "verify", "--format", "json").document["entries"]
    (leakguard.folder / "leakguard.db").unlink()
    ran = leakguard("store", "restore", "kept")

    assert ran.code == ExitCode.UNFINISHED
    assert f"Lost: {after - before} entries behind entry {before}" in ran.out
    assert leakguard("scan", "127.0.0.1:9200").code == ExitCode.EXPOSED


def test_what_is_no_backup_is_refused_by_name(leakguard: ScanCommands) -> None:
    (leakguard.folder / "kept").mkdir()
    (leakguard.folder / "kept" / "manifest.json").write_text("{}", encoding="utf-8")
    for folder, says in {"kept": "is no manifest of a backup", "missing": "missing/manifest.json"}.items():
        ran = leakguard("--store", "new.db", "store", "restore", folder)
        assert ran.code == ExitCode.USAGE, folder
        assert says in ran.err, folder
        assert not (leakguard.folder / "new.db").exists(), folder


def test_a_check_measures_and_verifies(leakguard: ScanCommands) -> None:
    ran, found = leakguard("store", "check"), leakguard("store", "check", "--format", "json").document

    assert ran.code == ExitCode.CLEAN
    assert f"leakguard.db: SQLite, schema {found['schema']}" in ran.out
    assert found["rows"]["ledger"] == found["verification"]["entries"]
    assert found["rows"]["findings"] == 1


def test_a_store_that_was_changed_does_not_pass_its_check_nor_its_backup(leakguard: ScanCommands) -> None:
    _change_an_entry(leakguard.folder / "leakguard.db")
    for words in (("store", "check"), ("store", "backup", "kept")):
        ran = leakguard(*words)
        assert ran.code == ExitCode.EXPOSED, words
        assert "THE LEDGER DOES NOT VERIFY" in ran.out, words
        assert "COPY IS WRONG" not in ran.out, words


def test_a_copy_that_is_wrong_of_a_store_that_verifies_is_no_backup(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a bad disk: code 1 would tell that the store was changed, and somebody would look for who did it."""

    def onto_a_bad_disk(place: str, folder: Path, **options: Any) -> BackupManifest:  # noqa: ANN401  (the function's own)
        made = back_up(place, folder, **options)
        _change_an_entry(folder / "leakguard.db")
        return made

    monkeypatch.setattr(store_copies, "back_up", onto_a_bad_disk)
    ran, told = leakguard("store", "backup", "kept"), leakguard("store", "backup", "again", "--format", "json")

    assert (ran.code, told.code) == (ExitCode.UNFINISHED, ExitCode.UNFINISHED)
    assert "THIS COPY IS WRONG: the ledger of the store verifies" in ran.out
    assert told.document["is_copy_wrong"] is True
    assert leakguard("store", "check").code == ExitCode.CLEAN


def test_a_moved_store_is_used_in_its_new_place_and_nowhere_else(leakguard: ScanCommands) -> None:
    ran = leakguard("store", "move", "new.db", "--format", "json")
    old, new = leakguard("scan", "show"), leakguard("--store", "new.db", "scan", "show")

    assert (ran.code, ran.document["to"]) == (ExitCode.CLEAN, "new.db")
    assert ran.document["verification"]["answer"] == "match"
    assert "was moved" in old.err
    assert (old.code, new.code) == (ExitCode.UNFINISHED, ExitCode.CLEAN)
    assert leakguard("--store", "new.db", "store", "move", "third.db").out.startswith("Moved from new.db to third.db.")
