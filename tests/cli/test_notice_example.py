"""`leakguard notice example`: who installed LeakGuard has no checkout to take the first file of facts from."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from leakguard.cli.main import run

pytestmark = pytest.mark.untraced

SKELETON = "first-notice"
NAMES = ["authorities-in-every-language", "people-in-every-language", "university-2019", "university-replay"]


@pytest.mark.parametrize("name", NAMES)
def test_an_example_that_ships_is_a_file_of_facts(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["notice", "example", name]) == 0
    printed = capsys.readouterr().out
    assert printed == BundledFiles().text("templates", f"examples/{name}.yaml")
    Path("facts.yaml").write_text(printed, encoding="utf-8")

    assert run(["notice", "assess", "facts.yaml", "--now", "2026-11-28T12:00+08:00"]) == 0


def test_the_first_one_needs_no_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["notice", "example"]) == 0
    assert "university in 2019" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["nonsense", "letters/clinic", "../letters"])
def test_an_example_that_nobody_ships_is_refused_with_those_that_are_there(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["notice", "example", name]) == 2
    assert ", ".join(sorted([SKELETON, *NAMES])) in capsys.readouterr().err


def test_the_lines_of_a_first_notice_are_refused_until_each_is_filled_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody sends a letter in which a placeholder stands."""
    monkeypatch.chdir(tmp_path)
    assert run(["notice", "example", SKELETON, "--incident", "IR-2026-0007"]) == 0
    text = capsys.readouterr().out
    Path("facts.yaml").write_text(text, encoding="utf-8")

    assert 'incident: "IR-2026-0007"' in text
    assert run(["notice", "next-fact", "facts.yaml"]) == 2
    err = capsys.readouterr().err
    named = ("organisation.name", "organisation.country", "organisation.contact", "not_known_yet", "breach_description")
    assert [name for name in named if name not in err] == []
