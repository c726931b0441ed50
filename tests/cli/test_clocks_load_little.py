"""Clocks, assessments and looks of the watchman are asked for every minute: none loads what it does not need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

HEAVY = (
    "pydantic", "rich.console", "holidays", "requests", "jinja2", "babel", "sqlalchemy", "cryptography", "html.parser",
    "leakguard.notices.letters.template",
)  # fmt: skip
PROGRAM = f"""
import sys
from leakguard.cli.main import run
code = run(sys.argv[1:])
print(code, [name for name in {(*HEAVY, "yaml")!r} if name in sys.modules])
"""
SETTINGS = """
country = "DE"
zone = "Europe/Berlin"
[[channel]]
name = "log"
kind = "file"
path = "alerts.jsonl"
[escalation]
levels = [{role = "commander"}]
roles = {commander = ["log"]}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with settings, facts and an incident whose legal clocks run, in China too; its forms are made once."""
    tmp_path = tmp_path_factory.mktemp("watched")
    (tmp_path / "leakguard.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "facts.yaml").write_text(told(tmp_path, "notice", "example"), encoding="utf-8")
    told(tmp_path, "incident", "open", "--title", "A researcher wrote")
    for kind, place in (("awareness", "CN"), ("discovery", "BR")):
        told(
            tmp_path, "incident", "event", "IR-2026-0001", kind, "--at", "2026-11-02T10:00", "--reason", "test",
            "--field", f"jurisdiction={place}",
        )  # fmt: skip
    return tmp_path


def told(folder: Path, *command: str, program: tuple[str, ...] = ("-m", "leakguard")) -> str:
    """What a command of its own process prints; compiled forms are kept in the folder."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    done = subprocess.run(
        [sys.executable, *program, *command], cwd=folder, capture_output=True, text=True, check=False, timeout=120,
        env={name: value for name, value in environment.items() if name not in {"COLUMNS", "FORCE_COLOR"}},
    )  # fmt: skip
    assert done.returncode in {0, 3, 4}, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "command",
    [
        ("clock", "list", "--incident", "IR-2026-0001"),
        ("clock", "list", "--incident", "IR-2026-0001", "--laws", "all", "--format", "json"),
        ("notice", "assess", "facts.yaml"),
        ("watchman", "once"),
    ],
    ids=" ".join,
)
def test_what_is_asked_often_loads_neither_shapes_nor_tables_nor_calendars(
    folder: Path, command: tuple[str, ...]
) -> None:
    told(folder, *command)

    loaded = told(folder, *command, program=("-c", PROGRAM)).splitlines()[-1]

    assert loaded.split(" ", 1)[1] == ("['yaml']" if "assess" in command else "[]")


def test_without_a_roster_the_watchman_loads_nothing_of_rosters(folder: Path) -> None:
    program = """
import sys
from leakguard.cli.main import run
code = run(sys.argv[1:])
words = {"on_call", "rosters", "roster_calendar", "icalendar", "argon2"}
print(code, [name for name in sys.modules if name.rpartition(".")[2] in words])
"""
    loaded = told(folder, "watchman", "once", program=("-c", program)).splitlines()[-1]

    assert loaded.split(" ", 1)[1] == "['leakguard.wiring.rosters']"
