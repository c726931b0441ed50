"""`leakguard clock list` and `why` after a reopening: a deadline that was missed before it stays named."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakguard.errors import ExitCode
from support.commands import command_line

ID = "IR-2026-0001"
EVERY = [word for area in ("playbook", "clocks", "duties", "review") for word in ("--despite", area)]


def test_a_clock_names_the_deadline_that_it_missed_before_the_reopening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEAKGUARD_COUNTRY", "DE")
    leakguard = command_line(tmp_path, monkeypatch, capsys)
    leakguard("incident", "open", "--title", "Told late")
    awareness = ("incident", "event", ID, "awareness", "--at", "2026-01-05T08:00Z", "--reason", "written down late")
    assert leakguard(*awareness).code == 0
    leakguard("notice", "file", ID, "--duty", "eu-gdpr-33-authority", "--stage", "initial")
    leakguard("incident", "close", ID, *EVERY, "--reason", "small")
    assert leakguard("incident", "reopen", ID, "--reason", "a second copy").code == 0

    listed = leakguard("clock", "list", "--incident", ID)
    why = leakguard("clock", "why", "--incident", ID, "eu-gdpr-33-authority.initial")

    assert (listed.code, why.code) == (ExitCode.DEADLINE_MISSED, ExitCode.DEADLINE_MISSED)
    assert "before the incident was reopened: MET LATE, due 2026-01-08" in " ".join(listed.out.split())
