"""The README says what is there: its generated parts are current, and its commands exist."""

from __future__ import annotations

import re

import pytest

from rules.readme_parts import README, with_parts
from support.command_lines import parse_line
from support.each import for_each

pytestmark = pytest.mark.untraced

TEXT = README.read_text(encoding="utf-8")
COMMANDS = [line[2:] for line in TEXT.splitlines() if line.startswith("$ leakguard ")]


def test_the_generated_parts_are_current() -> None:
    """`make readme` writes them."""
    assert with_parts(TEXT) == TEXT


def test_the_readme_shows_commands_at_all() -> None:
    assert len(COMMANDS) > 12


@for_each("line", COMMANDS)
def test_every_command_of_the_readme_parses(line: str) -> None:
    assert parse_line(line).params is not None


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (README.parent / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:`|\$ )make ([a-z-]+)", TEXT):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
