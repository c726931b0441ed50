"""Settings with which nobody would be notified, in every command that watches."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from leakguard.errors import ExitCode
from support.commands import CommandLine
from support.silent_watchman import CHAIN, CHANNEL, INCIDENT, LATER, half_over, settings

pytestmark = pytest.mark.long

WORKS = ("watchman once", "watchman check", "watchman run")


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return half_over(tmp_path, monkeypatch, capsys)


def typed(words: str) -> tuple[int, str]:
    """A command in a process of its own, since a watchman that starts does not end."""
    done = subprocess.run(
        [sys.executable, "-m", "leakguard", "--now", LATER, *words.split()],
        capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("words", WORKS)
@pytest.mark.parametrize(
    ("text", "told"),
    [
        (CHANNEL + CHAIN.replace('["log"]', '["lgo"]'), "no channel is called `lgo` (did you mean `log`?)"),
        ("[[channel", "not TOML"),
        ('laws = "xx"\n' + CHANNEL + CHAIN, "no duty knows `xx`"),
    ],
)
def test_settings_that_cannot_be_used_notify_nobody(leakguard: CommandLine, words: str, text: str, told: str) -> None:
    settings(leakguard, text)
    code, said = typed(words)

    assert code == ExitCode.UNFINISHED
    assert told in said
    assert "Until then nobody is notified." in said


@pytest.mark.parametrize("words", WORKS)
def test_a_role_that_is_gone_leaves_a_level_that_reaches_nobody(leakguard: CommandLine, words: str) -> None:
    settings(leakguard, CHANNEL + CHAIN)
    leakguard("watchman", "once")
    settings(leakguard, CHANNEL + CHAIN.replace("commander", "chief"))
    code, said = typed(words)

    assert code == ExitCode.UNFINISHED
    assert f"{INCIDENT}: level 1 (commander) reaches nobody" in said
    assert f"leakguard watchman chain {INCIDENT} --adopt" in said


@pytest.mark.parametrize("words", WORKS)
@pytest.mark.parametrize(
    ("levels", "told"),
    [
        ('{role = "commander", least = "overdue"}', "alerts below overdue reach nobody: no level has a lower `least`"),
        (
            '{role = "commander", least = "overdue"}, {role = "commander", after = "PT9999H"}',
            "alerts below overdue reach nobody: no level that comes within PT24H has a lower `least`",
        ),
    ],
)
def test_a_chain_that_reaches_nobody_for_most_alerts_is_not_healthy(
    leakguard: CommandLine, words: str, levels: str, told: str
) -> None:
    settings(leakguard, CHANNEL + CHAIN.replace('{role = "commander"}', levels))
    code, said = typed(words)

    assert code == ExitCode.UNFINISHED
    assert told in said
    assert "Leave `least` out of one level of [escalation]" in said
