"""`leakguard evidence add`, `list`, `seal`, `hand-over`, `hold` and `release`, as a user types them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from support.commands import CommandLine, command_line

ID = "IR-2026-0001"
DIGEST = hashlib.sha256(b"GET /\n").hexdigest()


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    line = command_line(tmp_path, monkeypatch, capsys)
    line("incident", "open", "--title", "open index")
    (tmp_path / "access.log").write_bytes(b"GET /\n")
    return line


def add(leakguard: CommandLine, *words: str) -> None:
    assert leakguard("evidence", "add", "access.log", "--incident", ID, "--by", "scribe", *words).code == 0


def test_a_file_is_taken_in_with_its_hash_and_its_custody(leakguard: CommandLine) -> None:
    ran = leakguard("evidence", "add", "access.log", "--incident", ID, "--by", "scribe", "--from", "server 3",
                    "--at", "2026-05-24T08:30", "--format", "json")  # fmt: skip

    (item,) = ran.document["items"]
    assert (ran.code, item["id"], item["sha256"], item["size"]) == (0, "EV-2", DIGEST, 6)
    assert (item["collected_at"], item["recorded_at"]) == ("2026-05-24T00:30:00Z", "2026-05-24T01:00:00Z")
    assert item["custody"] == [
        {
            "kind": "evidence_added",
            "at": "2026-05-24T00:30:00Z",
            "by": "scribe",
            "by_source": "typed",
            "by_id": "os:1000",
            "text": "server 3",
            "is_gap": False,
        }
    ]
    assert not (leakguard.folder / "leakguard.db.evidence").exists()


def test_a_copy_is_kept_when_somebody_asks_for_it(leakguard: CommandLine) -> None:
    add(leakguard, "--keep")

    assert (leakguard.folder / "leakguard.db.evidence" / DIGEST).read_bytes() == b"GET /\n"
    assert leakguard("evidence", "verify").code == 0


def test_custody_is_told_line_by_line(leakguard: CommandLine) -> None:
    add(leakguard, "--keep")
    leakguard("evidence", "seal", "EV-2", "--by", "scribe", "--seal", "S-17")
    leakguard("evidence", "hand-over", "EV-2", "--by", "scribe", "--to", "laboratory")
    leakguard("evidence", "hold", ID, "--by", "counsel", "--reason", "litigation")

    ran = leakguard("evidence", "list", "--items")

    first, *custody = ran.out.splitlines()
    assert first == f"EV-2  {ID}  access.log  6 bytes  sha256 {DIGEST}  sealed (S-17)  under legal hold  copy kept"
    assert [line.split("Z  ")[1] for line in custody] == [
        "taken in by scribe", "sealed by scribe: S-17", "handed over by scribe to laboratory",
        "put under legal hold by counsel: litigation",
    ]  # fmt: skip
    told = leakguard("evidence", "list", "--incident", ID, "--format", "json").document
    assert (told["held"], told["items"][0]["hold"], told["items"][0]["seal"]) == ([ID], "litigation", "S-17")
    assert leakguard("evidence", "list", "--items", "--format", "jsonl").document["id"] == "EV-2"


def test_a_gap_in_custody_is_remarked_and_shown(leakguard: CommandLine) -> None:
    add(leakguard)
    ran = leakguard("evidence", "hand-over", "EV-2", "--by", "A. Nother", "--to", "laboratory")

    assert (ran.code, ran.out) == (0, "EV-2: handed over\n")
    assert "EV-2: a gap: until then it was with scribe. Record how it came to A. Nother as well" in ran.err
    shown = leakguard("evidence", "list", "--items").out
    assert "handed over by A. Nother to laboratory  (a gap: until then it was with scribe)" in shown
    assert leakguard("evidence", "hand-over", "EV-2", "--by", "Laboratory", "--to", "police").err == ""


def test_two_names_that_were_taken_for_one_person_are_shown(leakguard: CommandLine) -> None:
    add(leakguard)
    for by, to in (("scribe", "Nguyễn Văn Ân"), ("Nguyễn Văn An", "Bo  Ek"), ("bo ek", "laboratory")):
        leakguard("evidence", "hand-over", "EV-2", "--by", by, "--to", to)
    handed = leakguard("evidence", "list", "--items").out.splitlines()[-3:]

    assert ["taken for one person: `Nguyễn Văn Ân` and `Nguyễn Văn An`" in line for line in handed] == [
        False, True, False,
    ]  # fmt: skip
    assert "taken for one person" not in handed[0] + handed[2]
    assert "a gap" not in "".join(handed)


def test_an_erased_item_claims_no_copy_and_no_size(leakguard: CommandLine) -> None:
    add(leakguard, "--keep")
    leakguard("evidence", "redact", "EV-2", "--by", "dpo", "--reason", "request")
    first = leakguard("evidence", "list", "--items").out.splitlines()[0]

    assert first == f"EV-2  {ID}  (erased)  size and hash erased"


def test_a_seal_can_be_broken_and_put_on_again(leakguard: CommandLine) -> None:
    add(leakguard)
    seal = ("evidence", "seal", "EV-2", "--by", "scribe")

    assert leakguard(*seal, "--seal", "S-1").out == "EV-2: sealed\n"
    assert "sealed already, with S-1" in leakguard(*seal, "--seal", "S-2").err
    assert leakguard(*seal, "--broken", "--reason", "laboratory").out == "EV-2: open\n"
    assert "is not sealed" in leakguard(*seal, "--broken", "--reason", "again").err
    assert leakguard(*seal, "--seal", "S-2").code == 0


@pytest.mark.parametrize("words", [(), ("--seal", "S", "--broken", "--reason", "x"), ("--broken",), ("--reason", "x")])
def test_a_seal_is_put_on_or_broken_and_never_both(leakguard: CommandLine, words: tuple[str, ...]) -> None:
    add(leakguard)

    assert leakguard("evidence", "seal", "EV-2", "--by", "scribe", *words).code == 2


def test_a_hold_is_set_once_and_released_once(leakguard: CommandLine) -> None:
    add(leakguard)
    words = ("--by", "counsel", "--reason", "litigation")

    assert leakguard("evidence", "hold", "EV-2", ID, *words).out == f"EV-2: under legal hold\n{ID}: under legal hold\n"
    assert "under legal hold already" in leakguard("evidence", "hold", "EV-2", *words).err
    assert leakguard("evidence", "release", "EV-2", ID, *words).code == 0
    assert "no legal hold of its own" in leakguard("evidence", "release", "EV-2", *words).err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "nothing.log", "--incident", ID, "--by", "x"), "nothing.log cannot be read"),
        (("add", "access.log", "--incident", "IR-9", "--by", "x"), "no incident `IR-9`"),
        (("add", "access.log", "--incident", ID, "--by", " "), "--by needs a person's name"),
        (("add", "access.log", "--incident", ID, "--by", "x" * 201), "200 characters"),
        (("add", "access.log", "--incident", ID, "--by", "x", "--at", "2026-06-01T00:00"), "in the future"),
        (("seal", "EV-9", "--by", "x", "--seal", "S"), "no evidence `EV-9`"),
        (("seal", ID, "--by", "x", "--seal", "S"), "no item of evidence"),
        (("hold", "IR-9", "--by", "x", "--reason", "y"), "has no `IR-9`"),
        (("list", "--incident", "IR-9"), "no incident `IR-9`"),
    ],
)
def test_what_makes_no_sense_is_refused_with_exit_code_2(
    leakguard: CommandLine, words: tuple[str, ...], said: str
) -> None:
    ran = leakguard("evidence", *words)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_kept_copy_that_was_changed_or_is_gone_is_told_apart(leakguard: CommandLine) -> None:
    add(leakguard, "--keep")
    copy = leakguard.folder / "leakguard.db.evidence" / DIGEST
    copy.write_bytes(b"GET /\r")

    ran = leakguard("evidence", "verify")
    copy.unlink()
    gone = leakguard("evidence", "verify")
    copy.mkdir()
    unreadable = leakguard("evidence", "verify")
    (copy.parent / "stray").write_bytes(b"")
    stray = leakguard("evidence", "verify")

    assert (ran.code, gone.code) == (1, 0)
    assert "mismatch        the kept copy of EV-2 was changed" in ran.out
    assert "not verifiable  the kept copy of EV-2 is gone" in gone.out
    assert "not verifiable  the kept copy of EV-2 is gone" in unreadable.out
    assert "not verifiable  the copy stray belongs to no item of evidence" in stray.out
    (copy.parent / ".part-4711").write_bytes(b"GE")
    half = leakguard("evidence", "verify")
    assert "not verifiable  .part-4711 is half a copy, left by an `evidence add` that was broken off" in half.out
