"""One incident from the notice to its closure on the console, at simulated time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leakguard.cli.main import run
from leakguard.models.moments import to_z
from support.walk import Turn, Walk

pytestmark = [pytest.mark.enable_socket, pytest.mark.untraced]
BEGIN = datetime(2026, 5, 24, 0, 0, tzinfo=UTC)


def test_an_incident_is_walked_from_notice_to_closure(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Every command ends as expected; at the end nothing is open and the ledger verifies."""
    said: dict[str, str] = {}

    def typed(turn: Turn, words: list[str]) -> int:
        now = to_z(BEGIN + timedelta(minutes=turn.minute))
        code = run(["--no-color", "--now", now, *words])
        said[" ".join(words[:2])] = capfd.readouterr().out
        return code

    Walk(folder=tmp_path, type=typed, is_drill=True).go()

    story = said["incident timeline"]
    order = ("incident_opened", "notice_received", "awareness", "contained", "remediation_verified", "filed", "closed")
    assert [kind for kind in order if kind not in story] == []
    clocks = {line.split()[0]: rest for line, rest in _paragraphs(said["clock list"])}
    assert "met on time" in clocks["remediate"]
    assert "met on time" in clocks["review"]
    assert "met on time" in clocks["cn-cac-incident-general.initial"]
    assert said["evidence verify"].startswith("The ledger verifies")


def _paragraphs(text: str) -> list[tuple[str, str]]:
    """Each clock's first line, and the line below it."""
    lines = text.splitlines()
    return [(line, lines[at + 1]) for at, line in enumerate(lines[:-1]) if line and not line.startswith(" ")]
