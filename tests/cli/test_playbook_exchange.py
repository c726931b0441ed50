"""`leakguard playbook export`, `import` and `draw` as a user types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from leakguard.cli.main import run
from leakguard.errors import ExitCode
from leakguard.playbooks.cacao.names import EXTENSION
from leakguard.playbooks.definitions import parse_playbook
from support.foreign_cacao import ISOLATE, foreign, text_of
from support.responses import SMALL, small

INCIDENT = "IR-2026-0001"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command at a time of a drill; gives the exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leakguard.toml").write_text('zone = "Asia/Shanghai"\ndrill = true\n', encoding="utf-8")
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "theirs.json").write_text(text_of(foreign()), encoding="utf-8")

    def command(*words: str, at: str = "2026-05-24T09:20+08:00") -> tuple[int, str, str]:
        code = run(["--no-color", "--now", at, *words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def test_a_playbook_goes_out_and_comes_back_equal(leakguard: Command) -> None:
    assert leakguard("playbook", "export", "small.yaml", "--cacao", "-o", "small.json")[0] == ExitCode.CLEAN
    code, text, notes = leakguard("playbook", "import", "--cacao", "small.json")

    assert code == ExitCode.CLEAN
    assert parse_playbook(text, name="back") == small()
    assert notes == ""


def test_one_that_ships_goes_out_with_the_schema_of_our_extension(leakguard: Command) -> None:
    code, text, _ = leakguard("playbook", "export", "exposed-datastore-24h", "--cacao")
    definition = json.loads(text)["extension_definitions"][EXTENSION]

    assert code == ExitCode.CLEAN
    assert json.loads(definition["schema"])["title"].startswith("LeakGuard playbook, extension of CACAO 2.0")


def test_a_playbook_of_another_tool_is_written_as_a_file_with_notes_beside_it(leakguard: Command) -> None:
    code, text, notes = leakguard("playbook", "import", "--cacao", "theirs.json", "-o", "theirs.yaml")

    assert (code, text) == (ExitCode.CLEAN, "")
    assert "every step is for a person" in " ".join(notes.split())
    assert leakguard("playbook", "validate", "theirs.yaml")[0] == ExitCode.CLEAN


def test_a_foreign_command_is_refused_by_the_id_of_its_step(leakguard: Command) -> None:
    document = foreign()
    document["workflow"][ISOLATE]["commands"] = [{"type": "ssh", "command": "reboot"}]
    Path("bad.json").write_text(text_of(document), encoding="utf-8")
    code, text, error = leakguard("playbook", "import", "--cacao", "bad.json", "-o", "bad.yaml")

    assert (code, text) == (ExitCode.USAGE, "")
    assert f"{ISOLATE}: a command of the type ssh: a stranger's commands are never run" in error
    assert not Path("bad.yaml").exists()


def test_a_file_that_is_not_there_is_told_as_one(leakguard: Command) -> None:
    code, _, error = leakguard("playbook", "draw", "gone.yaml")

    assert code == ExitCode.USAGE
    assert "gone.yaml: 1 problem\n  No such file or directory" in error


def test_the_format_must_be_said(leakguard: Command) -> None:
    assert leakguard("playbook", "export", "small.yaml")[0] == ExitCode.USAGE


def test_a_file_and_a_playbook_that_ships_can_be_drawn(leakguard: Command) -> None:
    code, mermaid, _ = leakguard("playbook", "draw", "small.yaml", "--as", "mermaid")
    _, svg, _ = leakguard("playbook", "draw", "exposed-datastore-24h")

    assert code == ExitCode.CLEAN
    assert mermaid.startswith("flowchart TD\n")
    assert svg.startswith("<svg ")


def test_a_running_response_is_drawn_with_what_is_done_and_what_is_due(leakguard: Command) -> None:
    for words in (
        ("incident", "open", "--title", "Mail log open", "--zone", "Asia/Shanghai"),
        ("incident", "event", INCIDENT, "notice_received", "--at", "2026-05-24T08:20", "--reason", "read late"),
        ("playbook", "start", INCIDENT, "--playbook", "small.yaml"),
    ):
        assert leakguard(*words)[0] == ExitCode.CLEAN
    open_text = leakguard("playbook", "draw", INCIDENT, "--as", "mermaid")[1]
    late_text = leakguard("playbook", "draw", INCIDENT, "--as", "mermaid", at="2026-05-24T15:00+08:00")[1]
    leakguard("playbook", "done", INCIDENT, "contain", "--by", "Ann", "--evidence", "config before=@small.yaml")
    done_text = leakguard("playbook", "draw", INCIDENT, "--as", "mermaid")[1]

    assert "ready: due 2026-05-24 06:20:00Z (14:20:00 Asia/Shanghai)" in open_text
    assert "ready: LATE, was due 2026-05-24 06:20:00Z" in late_text
    assert "done: Ann 2026-05-24 01:20:00Z" in done_text
    assert "class s_note,s_decide current" in done_text


def test_drawing_an_unknown_incident_is_refused(leakguard: Command) -> None:
    leakguard("incident", "open", "--title", "x")

    assert leakguard("playbook", "draw", "IR-2026-0099")[0] == ExitCode.USAGE
