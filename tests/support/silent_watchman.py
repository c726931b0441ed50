"""A drill's folder whose watchman has somebody to notify, or nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.commands import CommandLine, command_line

INCIDENT = "IR-2026-0001"
CHANNEL = '[[channel]]\nname = "log"\nkind = "file"\npath = "sent.txt"\n'
CHAIN = '[escalation]\nlevels = [{role = "commander"}]\nroles = {commander = ["log"]}\n'
DRILL = 'drill = true\nzone = "Asia/Shanghai"\n'
LATER = "2026-05-24T21:00+08:00"


def half_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """An incident that was told to us at nine; half of its time is over."""
    command = command_line(tmp_path, monkeypatch, capsys)
    command("incident", "open", "--title", "an open cluster", "--zone", "Asia/Shanghai")
    command("incident", "event", INCIDENT, "notice_received")
    command.now = LATER
    return command


def settings(leakguard: CommandLine, text: str) -> None:
    """Write the settings of the drill."""
    (leakguard.folder / "leakguard.toml").write_text(DRILL + text, encoding="utf-8")
