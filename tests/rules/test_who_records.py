"""Every command that records in the ledger takes `--by`, and no other one; which those are is found by the tests.

`tests/conftest.py` fails each test in which a command without the mark writes to the ledger.
"""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from leakguard.cli.app import app
from leakguard.cli.recording import ByOption
from support.command_lines import all_commands

pytestmark = pytest.mark.untraced

COMMANDS = {" ".join(path): command for path, command in all_commands(app)}
MARKED = {
    name: option
    for name, command in COMMANDS.items()
    for option in command.params
    if isinstance(option, ByOption)
}  # fmt: skip
CLI = Path(__file__).parents[2] / "src" / "leakguard" / "cli"
SRC = CLI.parent


def test_the_tree_has_commands_of_both_kinds() -> None:
    assert len(MARKED) > 25
    assert {"incident event", "playbook done", "clock ack", "notice approve", "scan run", "watch"} <= MARKED.keys()
    assert not {"incident show", "clock list", "evidence verify", "playbook next"} & MARKED.keys()


@pytest.mark.parametrize("name", sorted(MARKED))
def test_a_recording_command_needs_no_name_and_says_what_stands_in_its_place(name: str) -> None:
    option = MARKED[name]

    assert not option.required
    assert "(default: " in (option.help or "")


def test_no_command_has_a_by_of_its_own_but_the_one_that_reads_somebodys_tasks() -> None:
    own = [
        name
        for name, command in COMMANDS.items()
        for option in command.params
        if "--by" in option.opts and not isinstance(option, ByOption)
    ]

    assert own == ["tasks"]


def test_a_second_person_has_no_default() -> None:
    """The user of the operating system must never stand for both."""
    seconds = {name: one for name, command in COMMANDS.items() for one in command.params if "--second" in one.opts}

    assert seconds.keys() == {"evidence clock", "playbook done", "playbook skip"}
    for name, option in seconds.items():
        assert not isinstance(option, ByOption)
        assert option.process_value(click.Context(COMMANDS[name]), None) == ""


def test_wiring_alone_asks_the_operating_system_who_runs_it() -> None:
    asking = re.compile(r"\bgetpass\b|import pwd|getlogin|LOGNAME|environ\S*USER")
    found = {str(path.relative_to(SRC)) for path in SRC.rglob("*.py") if asking.search(path.read_text("utf-8"))}

    assert found == {"wiring/machine.py"}
