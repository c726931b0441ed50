"""Runs commands in a drill's folder at a simulated time, as a user types them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from leakguard.cli.main import run
from leakguard.cli.options import DRILL_NOTE

USER = "tester"
"""What every test takes the operating system to call its user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:  # noqa: ANN401  (JSON holds anything)
        """The one JSON document on stdout."""
        return json.loads(self.out)


@dataclass(slots=True, kw_only=True)
class CommandLine:
    """`leakguard` in a folder of its own."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    now: str = "2026-05-24T09:00+08:00"

    def __call__(self, *words: str) -> Ran:
        """Run one command; returns its exit code and what it printed, but for what every command of a drill says."""
        code = run(["--no-color", "--now", self.now, *words])
        said = self.capsys.readouterr()
        return Ran(code=code, out=said.out, err=said.err.replace(f"{DRILL_NOTE}\n", ""))


def command_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, zone: str = "Asia/Shanghai"
) -> CommandLine:
    """Make `folder` the folder of a drill and go there."""
    (folder / "leakguard.toml").write_text(f'drill = true\nzone = "{zone}"\n', encoding="utf-8")
    monkeypatch.chdir(folder)
    return CommandLine(folder=folder, capsys=capsys)
