"""A pause of a statutory clock in an incident: named by everything that shows the clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.commands import CommandLine, command_line

INCIDENT = "IR-2026-0001"
CLOCK = "cn-cac-incident-general.initial"
EVENTS = f"""
events:
  - {{id: a, kind: discovery, occurred_at: "2026-05-24T08:00+08:00"}}
  - {{id: b, kind: paused, clock: {CLOCK}, occurred_at: "2026-05-24T08:10+08:00", basis: a contract}}
"""


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """An incident that was written down elsewhere, where somebody paused a clock of a law."""
    command = command_line(tmp_path, monkeypatch, capsys)
    (tmp_path / "events.yaml").write_text(EVENTS, encoding="utf-8")
    command("incident", "open", "--from", "events.yaml")
    return command


@pytest.mark.parametrize(
    "words",
    [
        ("clock", "list", "--incident", INCIDENT),
        ("clock", "list", "--incident", INCIDENT, "--format", "json"),
        ("clock", "why", "--incident", INCIDENT, CLOCK),
        ("clock", "why", "--incident", INCIDENT, CLOCK, "--format", "json"),
        ("clock", "ics", "--incident", INCIDENT),
        ("clock", "watch", "--incident", INCIDENT, "--once"),
        ("incident", "report", INCIDENT, "--as", "html"),
        ("incident", "report", INCIDENT, "--as", "json"),
    ],
)
def test_every_form_of_output_names_the_pause_that_is_ignored(leakguard: CommandLine, words: tuple[str, ...]) -> None:
    out = leakguard(*words).out.replace("\r\n ", "")

    assert "E-3" in out
    assert any(text in out for text in ("E-3 is ignored", '"event": "E-3", "because": "this clock is never paused"'))


def test_a_person_who_pauses_such_a_clock_is_refused(leakguard: CommandLine) -> None:
    ran = leakguard("incident", "event", INCIDENT, "paused", "--field", f"clock={CLOCK}", "--field", "basis=x")

    assert "this clock is never paused" in ran.err
