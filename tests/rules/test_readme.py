"""The README says what is there: its generated parts are current, and its commands exist."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from leakguard.cli.app import app
from rules.readme_parts import README, with_parts

TEXT = README.read_text(encoding="utf-8")
COMMANDS = [line[2:] for line in TEXT.splitlines() if line.startswith("$ leakguard ")]


def test_the_generated_parts_are_current() -> None:
    """`make readme` writes them."""
    assert with_parts(TEXT) == TEXT


def test_the_readme_shows_commands_at_all() -> None:
    assert len(COMMANDS) > 12


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_readme_parses(line: str) -> None:
    """Walks down the groups and lets the command parse its arguments, without running it."""
    words = shlex.split(line, comments=True)[1:]
    command: click.Command = app
    context = click.Context(app, info_name="leakguard")
    while isinstance(command, click.Group):
        with command.make_context(context.info_name or "", list(words), parent=context.parent) as context:
            name, found, words = command.resolve_command(context, [*context._protected_args, *context.args])  # noqa: SLF001  (click has no public name)
        assert found is not None
        command = found
        context = click.Context(command, info_name=name, parent=context)

    parsed = command.make_context(command.name or "", list(words), parent=context.parent)

    assert parsed.params is not None


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (README.parent / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:`|\$ )make ([a-z-]+)", TEXT):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
