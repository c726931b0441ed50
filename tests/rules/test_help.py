"""The help texts show commands that are there, with all that they need."""

from __future__ import annotations

import pytest

from leakguard.cli.app import app
from support.command_lines import all_commands, all_groups, examples_of, parse_line
from support.each import for_each

pytestmark = pytest.mark.untraced

SHOWN = [
    (" ".join(("leakguard", *path)), line)
    for path, command in (*all_commands(app), *all_groups(app))
    for line in examples_of(command)
]


def test_the_help_texts_show_commands_at_all() -> None:
    assert len(SHOWN) > 200


@for_each(("shown_by", "line"), SHOWN)
def test_every_example_of_every_help_parses(shown_by: str, line: str) -> None:
    """Whoever copies a line at 03:00 must not be told that an option is missing."""
    assert parse_line(line).params is not None, shown_by
