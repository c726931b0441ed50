"""The files that the documentation shows are ones that LeakGuard takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from leakguard.checks.library import parse_check
from leakguard.cli.main import run
from leakguard.errors import ExitCode
from leakguard.files.shapes import fit
from leakguard.files.yaml_text import read_yaml
from leakguard.notices.book import load_duties, load_vocabulary
from leakguard.notices.facts_file import parse_facts
from leakguard.notices.reviews import parse_reviews
from leakguard.scanning.scope.file import parse_scope
from leakguard.settings import FILE, read_settings
from rules.docs_parts import DOCS, ROOT, pages
from support.documents_of_ours import Block, blocks_of
from support.replays import Replay, differences, replay

pytestmark = pytest.mark.untraced

NOW = datetime(2026, 12, 1, tzinfo=UTC)
"""Within the dates of the scope that the documentation shows."""
SCOPE_PAGE = DOCS / "reference" / "scope-file.md"
FACTS_PAGE = DOCS / "reference" / "facts-file.md"
CHECK_PAGE = DOCS / "how-to" / "write-a-check.md"
TOML = [block for page in pages() for block in blocks_of(page, "toml")]
YAML = [block for page in pages() for block in blocks_of(page, "yaml")]


def named(block: Block) -> str:
    return str(block.page.relative_to(ROOT))


def title_in(text: str) -> str:
    """What the first line of a block says it is, without what stands behind a comma."""
    return text.partition("\n")[0].removeprefix("# ").partition(",")[0]


def title_of(block: Block) -> str:
    """As `title_in`."""
    return title_in(block.body)


def of_the_page(page: Path, title: str) -> str:
    return next(block.body for block in blocks_of(page, "yaml") if title_of(block) == title)


def is_a_scope(text: str, _folder: Path) -> None:
    assert parse_scope(text, name="scope.yaml", now=NOW).include


def is_a_part_of_a_scope(text: str, folder: Path) -> None:
    """In the place of the same lines of the whole file."""
    names = tuple(f"{line.partition(':')[0]}:" for line in text.splitlines() if not line.startswith("#"))
    whole = of_the_page(SCOPE_PAGE, "scope.yaml").splitlines()
    is_a_scope("\n".join([*(line for line in whole if not line.startswith(names)), text]), folder)


def is_a_facts_file(text: str, _folder: Path) -> None:
    assert parse_facts(text, name="facts.yaml", vocabulary=load_vocabulary(BundledFiles()), now=NOW).parties()


def is_a_part_of_a_facts_file(text: str, folder: Path) -> None:
    """In the place of the same fields of the whole file."""
    part = read_yaml(text, name="shown.yaml").value
    whole = read_yaml(of_the_page(FACTS_PAGE, "facts.yaml"), name="shown.yaml").value
    gone = {"organisation", "obligated_as"} if "organisations" in part else set()
    kept = {name: value for name, value in whole.items() if name not in gone}
    is_a_facts_file(json.dumps({**kept, **part}), folder)


def is_taken_by(*words: str, code: int = 0) -> Callable[[str, Path], None]:
    def check(text: str, folder: Path) -> None:
        path = folder / Path(title_in(text)).name
        path.write_text(text, encoding="utf-8")
        assert run([*words, str(path)]) == code

    return check


def is_a_replay(text: str, _folder: Path) -> None:
    """Of the check on the same page, with the verdicts that it expects."""
    replays = fit(read_yaml(text, name="shown.yaml", is_recorded=True), Replay, name="shown.yaml")
    check = parse_check(of_the_page(CHECK_PAGE, f"checks/{replays.check}.yaml"), name="shown.yaml")
    for case in replays.cases:
        assert differences(case.expect, replay(check, case)) == {}


def is_a_file_of_reviews(text: str, _folder: Path) -> None:
    assert parse_reviews(text, name="reviews.yaml", duties=load_duties(BundledFiles()).duties)


KINDS: Mapping[str, Callable[[str, Path], None]] = {
    "scope.yaml": is_a_scope,
    "in scope.yaml": is_a_part_of_a_scope,
    "events.yaml": is_taken_by("clock", "evaluate", "--now", "2026-06-10T16:00Z"),
    "worked.yaml": is_taken_by("clock", "evaluate", "--now", "2026-10-24T00:00Z", code=ExitCode.DEADLINE_MISSED),
    "checks/notepad_open.yaml": is_taken_by("checks", "lint"),
    "tests/checks/replays/notepad_open.yaml": is_a_replay,
    "our-own.yaml": is_taken_by("playbook", "validate"),
    "duties/acme.yaml": is_taken_by("duties", "lint"),
    "duties/freedonia.yaml": is_taken_by("duties", "lint"),
    "duties/reviews.yaml": is_a_file_of_reviews,
    "facts.yaml": is_a_facts_file,
    "outbound.yaml": is_taken_by("outbound", "next-fact"),
    "in facts.yaml": is_a_part_of_a_facts_file,
}
"""By the first line of the block. One that is not here fails: nothing is shown that nobody tried."""


def test_the_documents_show_files_at_all() -> None:
    assert TOML
    assert {title_of(block) for block in YAML} == set(KINDS)


@pytest.mark.parametrize("block", TOML, ids=named)
def test_every_settings_file_of_the_documents_can_be_read(block: Block, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(block.body, encoding="utf-8")

    assert read_settings(folder=tmp_path).store


@pytest.mark.parametrize("block", YAML, ids=named)
def test_every_data_file_of_the_documents_is_taken(block: Block, tmp_path: Path) -> None:
    KINDS[title_of(block)](block.body, tmp_path)


WORKED = {
    "hours": "2026-10-26 14:20", "working-days": "2026-10-12", "month": "2026-02-28 10:00",
    "earlier-of-two": "2026-09-29 21:40",
}  # fmt: skip
"""The limits of the worked examples, counted by hand on a calendar of 2026 with China's holidays of that year."""


def test_the_worked_examples_of_clocks_end_as_the_page_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = DOCS / "explanation" / "how-clocks-are-computed.md"
    path = tmp_path / "worked.yaml"
    path.write_text(of_the_page(page, "worked.yaml"), encoding="utf-8")
    run(["clock", "evaluate", str(path), "--now", "2026-10-24T00:00Z", "--format", "json"])
    found = {one["id"]: one for one in json.loads(capsys.readouterr().out)["clocks"]}
    text = page.read_text(encoding="utf-8")

    assert {name: one["work_by_local"].replace("T", " ")[: len(WORKED[name])] for name, one in found.items()} == WORKED
    assert [name for name, limit in WORKED.items() if f"| `{name}` | {limit}" not in text] == []
    assert found["hours"]["statutory_limit_local"] == "2026-10-26T15:00:00+01:00"
