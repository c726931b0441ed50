"""`leakguard help`: every page of the documentation by its name, without a network, and the help of a command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leakguard.outputs.topics import FOLDER, plain, topics
from support.commands import CommandLine, command_line

DOCS = Path(__file__).parents[2] / FOLDER
PAGES = {
    path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(DOCS.rglob("*.md"))
    if path.parent.name != "decisions" and path.name != "index.md"
}
"""What a reader of the documentation may look for; records of decisions are for who changes the code."""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return command_line(tmp_path, monkeypatch, capsys)


def test_every_page_is_a_topic_with_a_name_of_its_own_and_is_listed_by_its_title(run: CommandLine) -> None:
    listed = run("help").out
    known = topics(PAGES)

    assert len({one.name for one in known}) == len(PAGES)
    for one in known:
        assert re.search(rf"^  {re.escape(one.name)} +{re.escape(one.title)}$", listed, re.MULTILINE), one.name
        assert one.title, one.name


def test_every_topic_is_shown_and_leads_to_other_topics_by_their_names(run: CommandLine) -> None:
    known = topics(PAGES)
    for one in known:
        ran = run("help", one.name)
        assert (ran.code, ran.out.startswith(f"# {one.title}\n")) == (0, True), one.name
        assert "<!--" not in ran.out, one.name
        assert "](../" not in ran.out, one.name
        for named in re.findall(r"`leakguard help ([a-z-]+)`", ran.out):
            assert named in {other.name for other in known} | {"index", "README", "CONTRIBUTING"} or named.isdigit(), (
                named
            )


def test_a_page_in_chinese_has_a_name_of_its_own_and_leads_to_pages_in_chinese(run: CommandLine) -> None:
    page = run("help", "zh-first-incident").out

    assert page.startswith("# 第一起事件")
    assert "`leakguard help zh-first-scan`" in page
    assert "`leakguard help zh-write-a-letter`" in page


def test_a_topic_is_found_by_its_words_and_an_unknown_one_names_the_nearest(run: CommandLine) -> None:
    assert run("help", "set", "up", "alerts").out == run("help", "set-up-alerts").out
    ran = run("help", "set-up-alert")

    assert ran.code == 2
    assert "Did you mean `leakguard help set-up-alerts`?" in ran.err
    assert "leakguard help" in run("help", "xyzzy").err


def test_the_help_of_a_command_is_shown_by_its_words(run: CommandLine) -> None:
    assert run("help", "scan", "run").out == run("scan", "run", "--help").out
    assert "Commands:" in run("help", "scan").out
    assert run("help", "scan", "nothing").code == 2


def test_on_a_terminal_a_page_is_laid_out(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leakguard.cli.help.is_seen", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    out = run("help", "set-up-alerts").out

    assert "# Set up alerts" not in out
    assert "Set up alerts and test them" in out
    assert max(map(len, out.splitlines())) <= 80


def test_pictures_and_comments_have_no_place_in_a_terminal() -> None:
    links = "[web](https://example.edu/a.md), [P](../how-to/p-q.md#part) [f](f.py)"
    text = f"# T\n<!-- made\nby -->\n![a picture](x.png) {links}\n"

    assert plain(text, ["p-q"]) == "# T\n [web](https://example.edu/a.md), P (`leakguard help p-q`) f\n"
