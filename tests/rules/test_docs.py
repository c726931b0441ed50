"""The documentation says what is there: generated parts are current, links lead somewhere, commands exist."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import click
import pytest

from leakguard.cli.app import app
from leakguard.cli.scan import ScanGroup
from leakguard.clocks.event_kinds import COMMON_FIELDS, CONTEXT_FIELDS
from rules.docs_parts import DOCS, README, ROOT, pages, written_pages
from support.command_lines import all_commands, all_groups, parse_line
from support.documents_of_ours import anchors_of, blocks_of, links_of, prose_of, typed_lines, words_as_code
from support.helps import every_help

pytestmark = pytest.mark.untraced

CHINESE = DOCS / "zh"
INDEX, GLOSSARY, DECISIONS = DOCS / "index.md", DOCS / "glossary.md", DOCS / "decisions"
MAX_README_LINES = 150
PAGES = {str(page.relative_to(ROOT)): page for page in pages()}
TYPED = [(name, line) for name, page in PAGES.items() for line in typed_lines(page) if line.startswith("leakguard ")]
NAMED = sorted({(name, code) for name, page in PAGES.items() for code in words_as_code(page)})
OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*)")
HELP = "--help"
"""Which every command has beside its parameters."""


def test_the_generated_parts_are_current() -> None:
    """`make docs` writes them; counts of duties may lag behind, so that a new duty touches its file alone."""
    stale = [
        str(page)
        for page, text in written_pages()
        if without_counts(page.read_text(encoding="utf-8")) != without_counts(text)
    ]

    assert stale == []


def without_counts(text: str) -> str:
    """A page without the figures of the part that counts duties."""
    begin, end = "<!-- duty-sources:begin", "<!-- duty-sources:end"
    before, found, rest = text.partition(begin)
    counted, _, after = rest.partition(end)
    return f"{before}{re.sub(r'[0-9,]+', '#', counted)}{after}" if found else text


def test_the_readme_is_read_in_one_go() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= MAX_README_LINES


def test_every_relative_link_leads_to_a_file_and_to_a_heading_of_it() -> None:
    links = [(name, page, urlsplit(link)) for name, page in PAGES.items() for link in links_of(page)]
    dead = [(name, link.geturl()) for name, page, link in links if not link.scheme and not leads_somewhere(page, link)]

    assert links
    assert dead == []


def leads_somewhere(page: Path, link: SplitResult) -> bool:
    """Whether the file is there, in this repository, and has the heading that the link names."""
    target = (page.parent / link.path).resolve() if link.path else page
    inside = target.is_file() and target.is_relative_to(ROOT)
    return inside and (not link.fragment or link.fragment in anchors_of(target))


def test_the_index_lists_every_page_once() -> None:
    """The decisions and the pages in Chinese have a list of their own, which the index names."""
    listed = pages_behind(INDEX)
    own = {page for page in DOCS.rglob("*.md") if page.parent != DECISIONS and CHINESE not in page.parents}
    own |= {DECISIONS / "index.md", CHINESE / "index.md"}
    chinese = [page for page in pages_behind(CHINESE / "index.md") if CHINESE in page.parents]

    assert own - {INDEX} == set(listed)
    assert set(CHINESE.rglob("*.md")) - {CHINESE / "index.md"} == set(chinese)
    assert [str(path) for path in set(listed) if listed.count(path) > 1 and path != GLOSSARY] == []


def test_every_page_is_reached_from_the_index() -> None:
    reached, waiting = {INDEX}, [INDEX]
    while waiting:
        new = set(pages_behind(waiting.pop())) - reached
        reached |= new
        waiting += new

    assert set(DOCS.rglob("*.md")) - reached == set()


def pages_behind(page: Path) -> list[Path]:
    """The pages of `docs/` that a page links to."""
    paths = [(page.parent / urlsplit(link).path).resolve() for link in links_of(page) if not urlsplit(link).scheme]
    return [path for path in paths if path.suffix == ".md" and path.is_relative_to(DOCS)]


def test_every_page_in_chinese_is_one_in_english_as_well() -> None:
    """So the site leads from each page to the same one in the other language."""
    assert [page.name for page in CHINESE.rglob("*.md") if not (DOCS / page.relative_to(CHINESE)).is_file()] == []


def test_the_index_says_one_line_about_each_page() -> None:
    lines = [line for line in INDEX.read_text(encoding="utf-8").splitlines() if line.startswith("- [")]

    assert [line for line in lines if not re.fullmatch(r"- \[[^\]]+\]\([^)]+\): \S.*", line)] == []


def test_the_readme_leads_to_the_index() -> None:
    assert "docs/index.md" in links_of(README)


def test_the_documents_show_commands_at_all() -> None:
    assert len({name for name, _ in TYPED}) > len(PAGES) // 3
    assert sum(name == "README.md" for name, _ in TYPED) > 12


def test_every_command_line_of_the_documents_parses() -> None:
    """Whoever copies a line at 03:00 must not be told that an option is missing."""
    wrong = [(name, line, said) for name, line in TYPED if (said := refusal_of(line))]

    assert wrong == []


def refusal_of(line: str) -> str:
    """What click says against the line; nothing where it would run."""
    if line.split()[1:] == ["--version"]:  # which prints and ends while it is read
        return ""
    try:
        parse_line(line)
    except click.ClickException as error:
        return error.format_message()
    return ""


def test_no_command_line_hides_in_a_block_that_is_not_for_commands() -> None:
    """In a console block the line would be tried; units of systemd and crontabs give whole lines of their own."""
    hidden = [
        (name, line)
        for name, page in PAGES.items()
        for block in blocks_of(page, "", "sh", "bash", "shell")
        for line in block.body.splitlines()
        if re.search(r"(^|\s)leakguard ", line)
    ]

    assert hidden == []


def test_every_command_that_a_sentence_names_exists_with_its_options() -> None:
    wrong = [(name, code) for name, code in NAMED if code.startswith("leakguard ") and not exists(code.split()[1:])]

    assert wrong == []


def exists(words: list[str]) -> bool:
    """Whether there is such a command, and it has these options."""
    command = command_at(words)
    if command is None:
        return False
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    known |= {option for parameter in app.params for option in parameter.opts} | {HELP}
    return set(OPTION.findall(" ".join(words))) <= known


def command_at(words: list[str]) -> click.Command | None:
    """The command that these words begin with; nothing where a group has no such command."""
    command: click.Command = app
    rest = iter(words)
    for word in rest:
        if not isinstance(command, click.Group) or word == "COMMAND":
            break
        if word.startswith("-"):
            option = next((each for each in command.params if word in each.opts), None)
            next(rest if option is not None and not getattr(option, "is_flag", False) else iter(()), None)
            continue
        found = command.get_command(click.Context(command), word) or default_of(command)
        if found is None:
            return None
        command = found
    return default_of(command) or command


def default_of(command: click.Command) -> click.Command | None:
    """What a group does that is called without one of its commands."""
    return command.get_command(click.Context(command), "run") if isinstance(command, ScanGroup) else None


def test_every_option_that_a_sentence_names_exists() -> None:
    commands = [command for _, command in (*all_commands(app), *all_groups(app))]
    known = {option for command in commands for parameter in command.params for option in parameter.opts} | {HELP}
    named = {(name, option) for name, code in NAMED if code.startswith("--") for option in OPTION.findall(code)}

    assert {(name, option) for name, option in named if option not in known} == set()


def test_every_example_of_an_earlier_event_gives_its_reason() -> None:
    """A record that comes more than 15 minutes after what happened is refused without one."""
    helps = [(name, shown.replace("\\\n", " ")) for name, shown in every_help(200)]
    examples = [(name, line) for name, shown in helps for line in shown.splitlines()] + [*TYPED, *NAMED]
    earlier = [(name, line) for name, line in examples if re.search(r"leakguard incident event \S+ \w+ .*--at ", line)]

    assert earlier
    assert [example for example in earlier if "--reason" not in example[1]] == []


def test_every_make_target_of_the_documents_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {found for name, code in NAMED for found in re.findall(r"^make ([a-z-]+)", code)}
    targets |= {line.split()[1] for page in PAGES.values() for line in typed_lines(page) if line.startswith("make ")}

    assert targets
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_the_page_of_event_kinds_names_the_fields_of_every_kind() -> None:
    text = (DOCS / "reference" / "event-kinds.md").read_text(encoding="utf-8")

    assert [field for field in CONTEXT_FIELDS if f"`{field}`" not in text] == []
    assert set(COMMON_FIELDS).isdisjoint(CONTEXT_FIELDS)


def test_every_page_begins_with_its_only_title() -> None:
    texts = {name: prose_of(page) for name, page in PAGES.items()}

    assert [name for name, text in texts.items() if not text.startswith("# ")] == []
    assert [name for name, text in texts.items() if len(re.findall(r"^# ", text, re.MULTILINE)) != 1] == []
