"""The help texts show commands that are there, with all that they need, in lines that a terminal can show."""

from __future__ import annotations

import re

import pytest

from leakguard.cli.app import app
from support.command_lines import all_commands, all_groups, examples_of, parse_line
from support.each import for_each
from support.helps import every_help, too_long

pytestmark = pytest.mark.untraced

SHOWN = [
    (" ".join(("leakguard", *path)), line)
    for path, command in (*all_commands(app), *all_groups(app))
    for line in examples_of(command)
]
QUOTED = re.compile(r'"[^"]*"')
WIDTH = 80
"""Columns of the narrowest terminal for which texts are written; click leaves two of them free."""


def test_the_help_texts_show_commands_at_all() -> None:
    assert len(SHOWN) > 200


@for_each(("shown_by", "line"), SHOWN)
def test_every_example_of_every_help_parses(shown_by: str, line: str) -> None:
    """Whoever copies a line at 03:00 must not be told that an option is missing."""
    assert parse_line(line).params is not None, shown_by


@for_each(("shown_by", "line"), SHOWN)
def test_what_is_said_about_an_example_is_a_comment(shown_by: str, line: str) -> None:
    """A shell would take its words for arguments: of more findings, or of more targets."""
    command = QUOTED.sub("x", re.sub(r" {2,}# .*", "", line))
    assert "  " not in command, shown_by
    assert "# " not in command, shown_by


@for_each(("shown_by", "text"), list(every_help(WIDTH - 2)))
def test_a_line_that_is_no_command_fits_a_terminal_of_eighty_columns(shown_by: str, text: str) -> None:
    """A terminal breaks a longer one inside a word."""
    assert list(too_long(text, WIDTH - 2)) == [], shown_by
