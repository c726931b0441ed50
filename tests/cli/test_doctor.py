"""`leakguard doctor`, as a user types it on this machine: it names what is wrong and changes nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from leakguard.cli.main import run
from leakguard.errors import ExitCode
from leakguard.models.file_modes import OWNER_ALONE
from leakguard.store import schema
from leakguard.use_cases.doctor.checkup import SCHEMA
from leakguard.use_cases.doctor.installation import Installation
from leakguard.wiring.doctor import ThisInstallation, ThisMachine
from support.commands import Ran
from support.old_stores import make_old_store
from support.scan_commands import ScanCommands, scan_commands

PARTS = [
    "python", "libraries", "open_files", "fonts", "clock", "settings", "store", "ledger_clock", "scope", "channels",
    "watchman", "permissions",
]  # fmt: skip


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    """On a machine with all fonts, whose clock is set and which may open many files."""
    monkeypatch.setattr(ThisMachine, "is_clock_set", lambda _: True)
    monkeypatch.setattr(ThisMachine, "file_limit", lambda _: 65_536)
    monkeypatch.setattr(ThisMachine, "cjk_font", lambda _, region: f"Noto Sans CJK {region}")
    return scan_commands(tmp_path, monkeypatch, capsys)


def found(ran: Ran, part: str) -> list[tuple[str, str, str | None]]:
    return [(one["answer"], one["found"], one["next_step"]) for one in ran.document["checks"] if one["part"] == part]


def checked(leakguard: ScanCommands) -> Ran:
    return leakguard("doctor", "--format", "json")


def test_a_new_folder_is_well_and_stays_as_it_is(leakguard: ScanCommands) -> None:
    before = sorted(path.name for path in leakguard.folder.iterdir())
    ran = checked(leakguard)

    assert (ran.code, ran.document["schema"], ran.document["exit_code"]) == (ExitCode.CLEAN, SCHEMA, 0)
    assert list(dict.fromkeys(one["part"] for one in ran.document["checks"])) == PARTS
    assert {one["answer"] for one in ran.document["checks"]} == {"ok"}
    assert sorted(path.name for path in leakguard.folder.iterdir()) == before


def test_a_store_that_works_is_well_and_grows_by_nothing(leakguard: ScanCommands) -> None:
    leakguard("scan", "127.0.0.1:9200")
    ran, again = checked(leakguard), leakguard("evidence", "verify", "--format", "json")
    before = again.document["entries"]

    assert ran.code == ExitCode.CLEAN
    assert f"leakguard.db: schema {schema.REVISION}, whole, can be written" in found(ran, "store")[0][1]
    assert leakguard("evidence", "verify", "--format", "json").document["entries"] == before


def test_lines_say_what_was_found_and_what_to_do(leakguard: ScanCommands) -> None:
    leakguard("incident", "open", "--title", "CANARY")
    ran = leakguard("doctor")
    lines = ran.out.splitlines()

    assert ran.code == ExitCode.EXPOSED
    place = next(number for number, line in enumerate(lines) if line.startswith("PROBLEM      watchman: "))
    assert lines[place + 1].split() == ["Next:", "leakguard", "watchman", "run"]
    assert lines[-1] == "10 ok, 2 problems, 0 not checked."
    assert "CANARY" not in ran.out


def test_the_commands_that_it_names_work_on_the_same_store(leakguard: ScanCommands) -> None:
    leakguard("incident", "open", "--title", "x", "--store", "other.db")
    assert "Next: leakguard watchman run --store other.db" in leakguard("doctor", "--store", "other.db").out


def test_a_store_of_an_earlier_release_is_named_and_not_lifted(leakguard: ScanCommands) -> None:
    make_old_store(leakguard.folder / "leakguard.db", "0003")
    before = (leakguard.folder / "leakguard.db").read_bytes()
    (answer, text, _), ended = found(ran := checked(leakguard), "store")[0], ran.code

    assert (answer, ended) == ("problem", ExitCode.EXPOSED)
    assert "schema 0003" in text
    assert (leakguard.folder / "leakguard.db").read_bytes() == before


@pytest.mark.parametrize("document", [b"", b"no database of ours"])
def test_what_is_no_store_is_named(leakguard: ScanCommands, document: bytes) -> None:
    (leakguard.folder / "leakguard.db").write_bytes(document)
    ran = checked(leakguard)

    assert found(ran, "store")[0][0] == "problem"
    assert found(ran, "watchman")[0][0] == "not_checked"
    assert (leakguard.folder / "leakguard.db").read_bytes() == document


def test_a_damaged_store_is_a_problem(leakguard: ScanCommands) -> None:
    leakguard("scan", "127.0.0.1:9200")
    place = leakguard.folder / "leakguard.db"
    leakguard("evidence", "verify")
    document = bytearray(place.read_bytes())
    document[4096:8192] = b"\xff" * 4096
    place.write_bytes(bytes(document))

    assert found(checked(leakguard), "store")[0][0] == "problem"


def test_files_that_others_may_use_are_named_with_what_mends_them(leakguard: ScanCommands) -> None:
    leakguard("incident", "open", "--title", "x")
    (leakguard.folder / "leakguard.db").chmod(0o644)
    (answer, _, step), *_ = found(checked(leakguard), "permissions")
    (leakguard.folder / "leakguard.db").chmod(OWNER_ALONE)

    assert (answer, step) == ("problem", "chmod 600 leakguard.db")
    assert found(checked(leakguard), "permissions")[0][0] == "ok"


def test_an_expired_scope_is_a_problem(leakguard: ScanCommands) -> None:
    leakguard.world.now += timedelta(days=400)
    answer, text, _ = found(checked(leakguard), "scope")[0]

    assert answer == "problem"
    assert "expired" in text


@pytest.mark.parametrize("setting", ["scope", "duties", "templates", "key", "mutes"])
def test_a_file_that_the_settings_name_and_that_is_not_there_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], setting: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leakguard.toml").write_text(f'{setting} = "nowhere"\n', "utf-8")
    code = run(["doctor"])

    assert code == ExitCode.EXPOSED
    assert f"leakguard.toml names `nowhere` as `{setting}`, and it does not exist" in capsys.readouterr().out


def test_settings_that_cannot_be_read_are_named_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leakguard.toml").write_text('zone = "Mars"\nstoer = "x"\n', "utf-8")
    code = run(["doctor", "--format", "json"])
    checks = json.loads(capsys.readouterr().out)["checks"]
    told = [one["found"] for one in checks if one["part"] == "settings"]

    assert code == ExitCode.EXPOSED
    assert "leakguard.toml: line 1: zone: unknown time zone `Mars`" in told
    assert "leakguard.toml: line 2: stoer: unknown setting (did you mean `store`?)" in told
    assert {one["answer"] for one in checks if one["part"] in PARTS[PARTS.index("store") :]} == {"not_checked"}


@pytest.mark.parametrize("setting", ["laws", "obligated_as"])
def test_a_law_or_an_addressee_that_no_duty_knows_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], setting: str
) -> None:
    """Every command about clocks refuses it, and the watchman does not watch."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leakguard.toml").write_text(f'{setting} = "contoller"\n', "utf-8")
    code = run(["doctor"])

    assert code == ExitCode.EXPOSED
    assert f"leakguard.toml: {setting}: no duty knows `contoller`" in " ".join(capsys.readouterr().out.split())


def test_a_store_that_is_a_folder_is_a_problem_and_no_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code = run(["doctor", "--store", "."])

    assert code == ExitCode.EXPOSED
    assert "PROBLEM      store: " in capsys.readouterr().out


def test_this_machine_answers_every_question() -> None:
    machine = ThisMachine()
    known = machine.libraries()

    assert machine.python()[1]
    assert known is not None
    assert [one.name for one in known if one.is_needed and not one.is_fit] == []
    assert {"click", "structlog", "celery"} <= {one.name for one in known} | {"structlog"}
    assert machine.has_typst()
    assert machine.is_clock_set() in (True, False, None)


def test_an_installation_is_what_the_checks_ask() -> None:
    asked = {name for name in vars(Installation) if not name.startswith("_")}
    assert [name for name in asked if not hasattr(ThisInstallation, name)] == []
