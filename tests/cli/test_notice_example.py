"""`leakguard notice example`: who installed LeakGuard has no checkout to take the first file of facts from."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakguard.bundled import Bundled
from leakguard.cli.main import run

NAMES = ["people-in-every-language", "university-2019", "university-replay"]


@pytest.mark.parametrize("name", NAMES)
def test_an_example_that_ships_is_a_file_of_facts(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["notice", "example", name]) == 0
    printed = capsys.readouterr().out
    assert printed == Bundled().text("templates", f"examples/{name}.yaml")
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
    assert ", ".join(NAMES) in capsys.readouterr().err
