"""Manual pages and completions, as a package installs them: one page for each command, read by another program."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from lab.fetch import Shelf, cache_folder
from lab.model import NotHad
from leakguard.cli.app import app
from leakguard.cli.manual import SHELLS, completions, manual_pages, write
from support.command_lines import all_commands, all_groups

PATHS = {("leakguard", *path) for path, _ in (*all_commands(app), *all_groups(app))}
PAGES = manual_pages(day="2026-05-24")


def test_every_command_and_group_has_a_page_and_no_other_has() -> None:
    assert set(PAGES) == {f"{'-'.join(path)}.1" for path in PATHS}


def test_a_page_holds_every_option_and_example_of_its_command() -> None:
    for path, command in all_commands(app):
        page = PAGES[f"{'-'.join(('leakguard', *path))}.1"].replace("\\-", "-").replace("\\e", "\\").replace("\\&", "")
        words = words_of(page)
        context = click.Context(command)
        for option in command.get_params(context):
            record = option.get_help_record(context)
            assert record is None or not record[1] or record[0] in page, (path, record)
        for line in (command.epilog or "").replace("\b\n", "").splitlines():
            title, _, rest = line.strip().partition(":")
            is_there = all(words_of(part) in words for part in line.split("  # "))
            assert is_there or (title.upper() in page and words_of(rest) in words) or title == "Exit codes", (
                path,
                line,
            )
        assert ".SH EXIT STATUS" in page, path


def words_of(text: str) -> str:
    """The words, wherever the lines break and whichever of them are comments."""
    return " ".join(text.replace("#", " ").split())


def test_the_day_stands_in_the_footer_and_the_same_tree_gives_the_same_pages() -> None:
    assert '"2026-05-24"' in PAGES["leakguard.1"]
    assert manual_pages(day="2026-05-24") == PAGES


def test_what_roff_takes_for_an_order_stays_text() -> None:
    @click.command(help=".br is text\n\n'and so is this, as \\fB is, and a-b")
    def odd() -> None:
        pass

    page = manual_pages(odd, day="2026-05-24")["leakguard.1"]

    assert "\\&.br is text" in page
    assert "\\&'and so is this, as \\efB is, and a\\-b" in page


def test_each_shell_gets_a_completion_that_asks_leakguard_itself() -> None:
    made = completions()

    assert set(made) == set(SHELLS.values())
    assert all("_LEAKGUARD_COMPLETE" in text for text in made.values())


def test_the_files_lie_where_a_package_puts_them(tmp_path: Path) -> None:
    count = write(tmp_path, "2026-05-24")
    found = [path for path in tmp_path.rglob("*") if path.is_file()]

    assert len(found) == count == len(PAGES) + len(SHELLS)
    assert (tmp_path / "share/man/man1/leakguard-scan-run.1").read_text(encoding="utf-8") == PAGES[
        "leakguard-scan-run.1"
    ]
    shell = shutil.which("bash")
    assert shell is not None
    subprocess.run([shell, "-n", tmp_path / "share" / SHELLS["bash"]], check=True)


def judge() -> str:
    """The program; skips the test where it cannot be had, and fails it in CI."""
    try:
        if shutil.which("mandoc") is None:
            asyncio.run(Shelf(cache_folder()).debian("mandoc"))
    except NotHad as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    return str(shutil.which("mandoc"))


def test_mandoc_has_nothing_to_say_of_any_page(tmp_path: Path) -> None:
    mandoc = judge()
    write(tmp_path, "2026-05-24")
    pages = sorted(map(str, (tmp_path / "share/man/man1").iterdir()))
    lint = [mandoc, "-T", "lint", "-W", "warning", *pages]
    said = subprocess.run(lint, capture_output=True, text=True, check=False)

    assert (said.returncode, said.stdout) == (0, "")
