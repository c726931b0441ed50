"""The screen of an assessment fits terminals of every size, and in Chinese it is Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from leakguard.notices.assess import Assessment
from notices.test_one_incident_many_laws import incident
from support.commands import CommandLine, command_line
from support.notices import book, complete, to_text

pytestmark = pytest.mark.long

NOW = "2026-09-20T20:00+08:00"
LATER = "2026-09-29T20:00+08:00"
"""When several limits of the incident are over."""
UNKNOWN = {"subjects_by_jurisdiction": {"unknown": "nobody counted them"}, "risk": None, "serious_harm": None}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    made = command_line(tmp_path, monkeypatch, capsys)
    made.now = NOW
    Path("facts.yaml").write_text(to_text(incident()), encoding="utf-8")
    Path("unknown.yaml").write_text(to_text(complete(**UNKNOWN)), encoding="utf-8")
    return made


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("file", ["facts.yaml", "unknown.yaml"])
@pytest.mark.parametrize(("width", "height"), [(80, 24), (100, 30), (120, 50), (200, 24)])
def test_it_fits_the_terminal_and_leaves_a_line_for_the_prompt(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch, lang: str, file: str, width: int, height: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("LINES", str(height))
    lines = run("notice", "assess", file, "--lang", lang).out.rstrip("\n").split("\n")

    assert len(lines) < height
    assert [line for line in lines if cell_len(line) > width and "leakguard notice" not in line] == []


def assessed() -> list[Assessment]:
    from notices.test_one_incident_many_laws import assessed as found  # noqa: PLC0415  (named as the helper here)

    return list(found().values())


@pytest.mark.parametrize("words", [(), ("--all",)])
def test_chinese_has_no_english_but_names_that_files_and_commands_use(run: CommandLine, words: tuple[str, ...]) -> None:
    run.now = LATER
    out = run("notice", "assess", "unknown.yaml", "--lang", "zh", *words).out
    whole = re.sub(r"（原文）：(?:.*\n)(?: {14}.*\n)*", "", out)  # reasons stand in the words of the rule
    head = whole.split("\n\n适用 ")[0] if words else whole
    names = (*ids(), "leakguard", "notice", "next-fact", "draft", "--duty", "--stage", "unknown.yaml", "events", "all")
    for name in sorted(names, key=len, reverse=True):
        head = head.replace(name, "")

    left = set(re.findall(r"[a-z]{3,}", head)) - {stage for one in assessed() for stage in re.split("_", stages(one))}
    assert left == set()


def ids() -> set[str]:
    """What a person types as it is: duties, facts, kinds of events, stages."""
    from leakguard.clocks.event_kinds import KINDS  # noqa: PLC0415  (for this list alone)

    names = {duty.id for duty in book().duties} | set(book().vocabulary.facts) | set(KINDS)
    return names | {phase.name for duty in book().duties for phase in duty.phases} | {"organisation.country"}


def stages(one: Assessment) -> str:
    return "_".join(name for name, _ in one.phases)
