"""Who records: the name that was typed, or the user of the operating system, and never a role."""

from __future__ import annotations

import json
import os
import pwd
from pathlib import Path
from typing import Any

import pytest

from leakguard.models.event_records import event_of, record_of_event
from leakguard.models.people import BySource
from leakguard.models.records import KeptRecord
from leakguard.wiring.machine import os_user
from support.commands import USER, CommandLine, command_line
from support.ledgers import START, exactly

ID = "IR-2026-0001"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    run = command_line(tmp_path, monkeypatch, capsys)
    (tmp_path / "es.yml").write_text("network.host: 0.0.0.0\n", encoding="utf-8")
    assert run("incident", "open", "--title", "Mail log open", "--by", "Anna Berg").code == 0
    return run


def lines(run: CommandLine) -> list[Any]:
    found: list[Any] = run("incident", "timeline", ID, "--format", "json").document["lines"]
    return found


def test_an_event_carries_the_name_that_was_typed(run: CommandLine) -> None:
    assert run("incident", "event", ID, "awareness", "--by", "  Zhang   Min ").code == 0
    told = lines(run)[-1]

    assert (told["kind"], told["by"], told["by_source"]) == ("awareness", "Zhang Min", "typed")
    assert "recorded by Zhang Min\n" in run("incident", "timeline", ID).out


def test_an_event_without_a_name_is_by_the_user_of_the_operating_system_and_says_so(run: CommandLine) -> None:
    run("incident", "event", ID, "awareness")
    told = lines(run)[-1]
    shown = run("incident", "timeline", ID)

    assert (told["by"], told["by_source"]) == (USER, "os")
    assert f"recorded by {USER} (user of the operating system)" in shown.out
    assert "nobody is authenticated" in shown.err
    assert "nobody is authenticated" in run("incident", "timeline", ID, "--format", "json").document["names"]


def test_the_report_names_whoever_recorded_a_decision_and_where_the_name_comes_from(run: CommandLine) -> None:
    """It said `no name recorded` of everything that was recorded by `incident event`."""
    run("incident", "event", ID, "awareness", "--source", "DPO")
    run("incident", "report", ID, "-o", "report.html")
    run("incident", "report", ID, "-o", "report.json")
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    (decision,) = json.loads((run.folder / "report.json").read_text(encoding="utf-8"))["decisions"]

    assert "no name recorded" not in page
    assert f"{USER} (user of the operating system)" in page
    assert "nobody is authenticated" in page
    assert (decision["decided_by"], decision["by_source"]) == (USER, "os")


def test_a_step_without_a_name_is_by_the_user_and_not_by_the_role_that_owns_it(run: CommandLine) -> None:
    run("playbook", "start", ID)
    assert run("playbook", "done", ID, "take_command", "--evidence", "role_list=@es.yml").code == 0
    steps = {step["id"]: step for step in run("playbook", "next", ID, "--format", "json").document["steps"]}

    assert steps["take_command"]["by"] == USER
    assert {one["by"] for one in lines(run)} == {"Anna Berg", USER}


@pytest.mark.parametrize("name", [" ", "\u200b", "...", "\u3164", "x" * 201])
def test_what_is_no_name_is_refused_before_anything_is_recorded(run: CommandLine, name: str) -> None:
    before = len(lines(run))
    refused = run("incident", "event", ID, "awareness", "--by", name)

    assert refused.code == 2
    assert "name" in refused.err
    assert len(lines(run)) == before


def test_the_watchman_records_as_a_program_unless_somebody_says_who_runs_it(run: CommandLine) -> None:
    with (run.folder / "leakguard.toml").open("a", encoding="utf-8") as file:
        file.write('[[channel]]\nname = "room"\nkind = "file"\npath = "a.txt"\n')
        file.write('[escalation]\nlevels = [{role = "commander"}]\nroles = {commander = ["room"]}\n')
    run("incident", "event", ID, "notice_received")
    run.now = "2026-05-25T09:00+08:00"
    run("watchman", "once")
    own = [one for one in lines(run) if one["kind"].startswith("alarm_")]

    assert {(one["by"], one["by_source"]) for one in own} == {("leakguard watchman", "program")}


def test_a_record_of_an_earlier_release_has_no_name_and_is_read() -> None:
    made = record_of_event(kind="awareness", occurred_at=exactly(START))
    kept = KeptRecord(
        sequence=1, subject=ID, kind=made.kind, occurred_at=made.occurred_at, recorded_at=START, content=made.content,
        hash="",
    )  # fmt: skip

    assert (event_of(kept).by, event_of(kept).by_source) == ("", "")


def test_the_user_is_asked_of_the_operating_system_and_not_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER", "LOGNAME", "LNAME", "USERNAME", "SUDO_USER"):
        monkeypatch.setenv(name, "somebody else")

    assert (os_user().name, os_user().source) == (pwd.getpwuid(os.getuid()).pw_name, BySource.OS)


def test_a_user_without_an_entry_has_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs as a number alone."""
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)

    assert os_user().name == "user 4000000000"
