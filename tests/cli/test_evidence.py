"""`leakguard evidence`, as a user types it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.store.sql_store import SqlStore
from support.commands import CommandLine, command_line
from support.ledgers import FakeClock, Tokens, make_record

ID = "IR-2026-0001"
CANARY = "canary-7f3a9c"


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    line = command_line(tmp_path, monkeypatch, capsys)
    line("incident", "open", "--title", CANARY)
    line("incident", "event", ID, "awareness", "--source", CANARY)
    return line


def sql(leakguard: CommandLine, statement: str) -> None:
    with closing(sqlite3.connect(leakguard.folder / "leakguard.db")) as raw, raw:
        raw.execute(statement)


def test_an_untouched_store_verifies(leakguard: CommandLine) -> None:
    ran = leakguard("evidence", "verify")

    first, last = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "")
    assert first == (
        "The ledger verifies: 2 entries, 2 without any doubt. No head is signed: leakguard evidence key init"
    )
    assert last.startswith("head 2 ")


def test_a_change_is_named_with_exit_code_1(leakguard: CommandLine) -> None:
    sql(leakguard, "UPDATE ledger SET content = replace(content, 'canary', 'x') WHERE sequence = 1")

    ran = leakguard("evidence", "verify")

    assert ran.code == 1
    assert ran.out.startswith("THE LEDGER DOES NOT VERIFY: 2 entries, 1 without any doubt.")
    assert "mismatch        the content of entry 1 was changed" in ran.out


def test_what_cannot_be_verified_is_named_with_exit_code_0(leakguard: CommandLine) -> None:
    (leakguard.folder / "leakguard.db.head").unlink()

    ran = leakguard("evidence", "verify")

    assert ran.code == 0
    assert "not everything can be verified" in ran.out
    assert "not verifiable  no head was kept in a second place" in ran.out


def test_the_verification_as_json_is_one_document(leakguard: CommandLine) -> None:
    sql(leakguard, "DELETE FROM ledger WHERE sequence = 2")

    ran = leakguard("evidence", "verify", "--format", "json")

    assert ran.code == 1
    assert ran.document["answer"] == "mismatch"
    assert [doubt["kind"] for doubt in ran.document["doubts"]] == ["tail_cut"]


def forged(leakguard: CommandLine, count: int = 2) -> None:
    """What somebody who has the files and not the key writes, with this very program."""
    with closing(SqlStore.open(str(leakguard.folder / "leakguard.db"), now=FakeClock(), token=Tokens())) as store:
        for _ in range(count):
            store.append(ID, [make_record("incident_note", {"text": "forged"})])


def test_what_was_written_without_the_key_is_signed_by_a_person_alone(leakguard: CommandLine) -> None:
    leakguard("evidence", "key", "init")
    forged(leakguard)

    ran = leakguard("--quiet", "incident", "event", ID, "awareness", "--source", "x", "--by", "A. Responder")
    assert ran.code == 0
    assert "WARNING: entries 4 to 5 are covered by no signed head: look at them, then: " in ran.err
    assert "leakguard evidence head --keep --anew" in ran.err
    for words in (["head"], ["head", "--keep"], ["export", "x.zip"], ["stamp", "request", "-o", "x.tsq"]):
        refused = leakguard("evidence", *words)
        assert refused.code != 0
        assert "covered by no signed head: look at them" in refused.err
    ran = leakguard("evidence", "verify")
    assert ran.code == 3
    assert "entries 4 to 6 are covered by no signed head: look at them" in ran.out

    assert leakguard("evidence", "head", "--keep", "--anew", "--by", "A. Person").code == 0
    ran = leakguard("evidence", "verify")
    assert (ran.code, ran.err) == (0, "")


def test_a_signed_head_that_is_gone_is_found_without_any_key(leakguard: CommandLine) -> None:
    leakguard("evidence", "key", "init")
    for name in ("leakguard.db.head", "leakguard.key", "leakguard.key.pub"):
        (leakguard.folder / name).unlink()

    ran = leakguard("evidence", "verify")

    assert ran.code == 3
    assert "entry 3 says that heads are signed, and no signed head was found" in ran.out


def test_a_new_key_takes_the_place_of_another_only_when_a_person_says_so(leakguard: CommandLine) -> None:
    old = leakguard("evidence", "key", "init").out.strip()
    for name in ("leakguard.key", "leakguard.key.pub"):
        (leakguard.folder / name).unlink()
    head = (leakguard.folder / "leakguard.db.head").read_bytes()

    ran = leakguard("evidence", "key", "init")
    new = ran.out.strip()
    assert f"its head is signed with another key, leakguard {old.split('+')[1]}" in ran.err
    assert "leakguard evidence head --keep --anew" in ran.err
    assert (leakguard.folder / "leakguard.db.head").read_bytes() == head
    assert leakguard("evidence", "verify").code == 1

    assert leakguard("evidence", "head", "--keep", "--anew", "--by", "A. Person").code == 0
    ran = leakguard("evidence", "verify")
    assert ran.code == 0
    earlier = f"the key leakguard {old.split('+')[1]} as a signer of earlier heads"
    assert f"{earlier}, but the current key is leakguard {new.split('+')[1]}" in ran.out
    assert "which has the same name" in ran.out
    leakguard("evidence", "head", "--keep")
    assert leakguard("evidence", "verify").out.count("which has the same name") == 1


def test_a_new_key_does_not_sign_a_ledger_whose_signed_head_is_gone(leakguard: CommandLine) -> None:
    leakguard("evidence", "key", "init")
    for name in ("leakguard.db.head", "leakguard.key", "leakguard.key.pub"):
        (leakguard.folder / name).unlink()

    ran = leakguard("evidence", "key", "init")

    assert "not signed yet: entry 3 says that heads are signed, and no signed head was found" in ran.err
    assert not (leakguard.folder / "leakguard.db.head").exists()


def test_a_head_that_is_signed_anew_is_signed_also_behind_a_kept_head(leakguard: CommandLine) -> None:
    leakguard("evidence", "head", "--keep")
    leakguard("evidence", "key", "init", "other.key")
    (leakguard.folder / "other.key").rename(leakguard.folder / "leakguard.key")
    assert leakguard("evidence", "head", "--keep").code != 0

    assert leakguard("evidence", "head", "--keep", "--anew", "--by", "A. Person").code == 0

    ran = leakguard("evidence", "verify")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("The ledger verifies")
    assert "signature" in (leakguard.folder / "leakguard.db.head").read_text(encoding="ascii")


def test_one_entry_is_one_entry(tmp_path: Path, leakguard: CommandLine) -> None:
    leakguard("--store", str(tmp_path / "other.db"), "incident", "open", "--title", "x")

    ran = leakguard("evidence", "verify", "--store", str(tmp_path / "other.db"))

    assert ran.out.startswith("The ledger verifies: 1 entry, 1 without any doubt.")


def test_an_emptied_ledger_has_no_head(leakguard: CommandLine) -> None:
    sql(leakguard, "DELETE FROM ledger")

    ran = leakguard("evidence", "verify")

    assert ran.code == 1
    assert "a kept head shows that entry 2 existed, but the ledger is empty" in ran.out
    assert not any(line.startswith("head ") for line in ran.out.splitlines())


def test_very_many_doubts_are_cut_for_a_person(leakguard: CommandLine) -> None:
    for _ in range(3):
        sql(leakguard, "INSERT INTO ledger SELECT sequence + (SELECT max(sequence) FROM ledger) * 8, subject, kind, "
            "occurred_earliest, occurred_latest, recorded_at, flags, content_sha256, previous, hash, salt, content "
            "FROM ledger")  # fmt: skip
    sql(leakguard, "WITH RECURSIVE n(i) AS (SELECT 10000 UNION ALL SELECT i + 2 FROM n WHERE i < 10600) "
        "INSERT INTO ledger SELECT i, subject, kind, occurred_earliest, occurred_latest, recorded_at, flags, "
        "content_sha256, previous, hash, salt, content FROM ledger, n WHERE sequence = 1")  # fmt: skip

    lines = leakguard("evidence", "verify").out.splitlines()

    assert len(lines) == 203
    assert "more; --format json prints all" in lines[-2]


def test_a_store_that_does_not_exist_is_not_called_sound(leakguard: CommandLine) -> None:
    ran = leakguard("evidence", "verify", "--store", "typo.db")

    assert (ran.code, ran.out) == (3, "")
    assert "typo.db does not exist" in ran.err
    assert not (leakguard.folder / "typo.db").exists()


def test_the_list_has_one_line_an_entry(leakguard: CommandLine) -> None:
    ran = leakguard("evidence", "list")

    assert [line.split()[:4] for line in ran.out.splitlines()] == [
        ["1", "2026-05-24T01:00:00Z", ID, "incident_opened"],
        ["2", "2026-05-24T01:00:00Z", ID, "awareness"],
    ]


@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_an_id_that_nothing_is_about_is_no_empty_list(leakguard: CommandLine, form: str) -> None:
    """Whoever mistypes an incident must not read that nothing was recorded of it."""
    leakguard("incident", "open", "--title", "one")
    ran = leakguard("evidence", "list", "--subject", "IR-2026-0091", "--format", form)

    assert (ran.code, ran.out) == (2, "")
    assert "no entry is about `IR-2026-0091`" in ran.err


def test_the_list_can_be_narrowed_to_one_subject(leakguard: CommandLine) -> None:
    leakguard("incident", "open", "--title", "another")

    assert len(leakguard("evidence", "list").out.splitlines()) == 3
    assert len(leakguard("evidence", "list", "--subject", "IR-2026-0002").out.splitlines()) == 1


def test_the_list_as_json_holds_the_chain_and_no_content(leakguard: CommandLine) -> None:
    as_json = leakguard("evidence", "list", "--format", "json")
    as_lines = leakguard("evidence", "list", "--format", "jsonl")

    first, second = as_json.document["entries"]
    assert second["previous"] == first["hash"]
    assert [json.loads(line) for line in as_lines.out.splitlines()] == [first, second]
    assert CANARY not in as_json.out + as_lines.out


@pytest.mark.parametrize("command", ["verify", "list"])
def test_every_command_shows_examples(leakguard: CommandLine, command: str) -> None:
    assert "Examples:\n    leakguard evidence" in leakguard("evidence", command, "--help").out
