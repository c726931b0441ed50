"""What `--help` prints for each command, at a stated width."""

from __future__ import annotations

import re
from collections.abc import Iterator

from click.testing import CliRunner

from leakguard.cli.app import app
from support.command_lines import all_commands, all_groups

_PROGRAMS = "cd|leakguard|masscan|cat|curl|formail|gpg|python3|tar"
_COPIED = re.compile(rf" *(?:(?:\* ){{5}}|\d+ \d+ \* \* \* |[A-Z_]+=\S+ )?(?:{_PROGRAMS}) ")


def every_help(width: int) -> Iterator[tuple[str, str]]:
    """Each command and group of LeakGuard with its help, in a terminal of `width` columns."""
    for path, _ in (*all_groups(app), *all_commands(app)):
        shown = CliRunner().invoke(app, [*path, "--help"], terminal_width=width)
        assert shown.exit_code == 0, path
        yield " ".join(("leakguard", *path)), shown.output


def too_long(shown: str, width: int) -> Iterator[str]:
    """The lines of a help that are longer than `width` and are no command that must be copied whole."""
    is_continued = False
    for line in shown.splitlines():
        is_copied = is_continued or _COPIED.match(line) is not None
        if len(line) > width and not is_copied:
            yield line
        is_continued = is_copied and line.endswith("\\")
