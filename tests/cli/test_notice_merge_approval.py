"""The letters of a merge are approved as they lie in their folder, whole and unchanged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from support.commands import Ran
from support.offices import PEOPLE, Office, office


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Office:
    return office(tmp_path, monkeypatch, capsys, port=1)


def approve(desk: Office, *more: str) -> Ran:
    return desk.notice("approve", "--manifest", "letters", "--by", "A", *more)


def test_what_is_approved_is_the_whole_manifest(desk: Office) -> None:
    desk.letters()
    shown = approve(desk, "--dry-run")
    first = approve(desk, "--format", "json").document

    assert first["digest"] in shown.err
    assert shown.out == ""
    assert (first["covers"], first["letters"], first["stage"], first["lang"]) == ("merge", 6, "initial", None)


def test_letters_that_are_not_finished_are_not_approved(desk: Office) -> None:
    ran = approve(desk)

    assert ran.code == 2
    assert "not finished, or not here" in ran.err


def test_a_sample_is_not_approved(desk: Office) -> None:
    desk.letters("--sample", "2")

    assert "is a sample to look at" in approve(desk).err


def test_letters_of_a_drill_are_not_approved_for_real_nor_the_other_way_round(desk: Office) -> None:
    desk.letters()
    settings = desk.folder / "leakguard.toml"
    settings.write_text(f"drill = true\n{settings.read_text(encoding='utf-8')}", encoding="utf-8")
    real = approve(desk)
    for path in (desk.folder / "letters").rglob("*"):
        path.unlink() if path.is_file() else None
    for path in (desk.folder / "letters").glob("[0-9]*"):
        path.rmdir()
    desk.letters()
    approved = approve(desk)
    settings.write_text(settings.read_text(encoding="utf-8").removeprefix("drill = true\n"), encoding="utf-8")

    assert "are real, and this is a drill" in real.err
    assert approved.code == 0
    assert "were made in a drill" in approve(desk).err


@pytest.mark.parametrize("how", ["changed", "gone", "cut", "garbled", "no manifest", "not ascii"])
def test_letters_that_are_not_as_the_manifest_says_are_not_approved(desk: Office, how: str) -> None:
    desk.letters()
    manifest = desk.folder / "letters" / "manifest.jsonl"
    lines = manifest.read_text(encoding="ascii").splitlines(keepends=True)
    letter = next((desk.folder / "letters").glob("0000/*.html"))
    changes: dict[str, Callable[[], object]] = {
        "changed": lambda: letter.write_bytes(letter.read_bytes() + b"!"),
        "gone": letter.unlink,
        "cut": lambda: manifest.write_text("".join(lines[:-1]), encoding="ascii"),
        "garbled": lambda: manifest.write_text("".join([*lines[:-1], "{}\n"]), encoding="ascii"),
        "no manifest": lambda: manifest.write_text("{}\n", encoding="ascii"),
        "not ascii": lambda: manifest.write_bytes(b"\xff\n"),
    }
    changes[how]()
    ran = approve(desk)

    assert ran.code == 2
    assert "Next: Write the letters" in ran.err
    assert "CANARY" not in ran.err


def test_before_anything_is_sent_it_can_be_counted(desk: Office) -> None:
    desk.people(PEOPLE.splitlines()[0] + "\n" + "".join(f"q{n},,,en,DE,contact.email,\n" for n in range(25)))
    desk.letters()
    desk.approve("--manifest", "letters")
    ran = desk.send("--dry-run")
    sent = desk.send()

    assert ran.out.splitlines() == ["25  the row has no e-mail address"]
    assert "Nothing was sent" in ran.err
    assert sent.code == 3
    assert "and 5 more (--format json names all)" in sent.out


@pytest.mark.enable_socket
def test_a_server_that_is_not_there_stops_the_run_and_says_what_is_left(desk: Office) -> None:
    desk.letters()
    desk.approve("--manifest", "letters")
    ran = desk.send("--passes", "2", "--format", "json")

    assert ran.code == 3
    assert "nobody listens on" in ran.document["stopped"]
    assert ran.document["counts"]["sent"] == 0
    assert "Waiting" in ran.err
    assert "Stopped early:" in desk.send("--passes", "1").out
