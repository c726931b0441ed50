"""The cache of compiled checks, as a user of a checkout meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from support.commands import command_line

pytestmark = pytest.mark.untraced


def test_a_command_reads_its_checks_and_kinds_from_the_cache_the_second_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    leakguard = command_line(tmp_path, monkeypatch, capsys)

    first = leakguard("checks", "list").out
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache" / "leakguard").iterdir()}
    second = leakguard("checks", "list").out

    assert first == second
    assert [path.name.partition("-")[0] for path in kept] == ["checks"]
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_a_cache_that_cannot_be_written_changes_nothing_but_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    leakguard = command_line(tmp_path, monkeypatch, capsys)
    expected = leakguard("checks", "list").out
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))

    assert leakguard("checks", "list").out == expected


@pytest.mark.parametrize("folder", ["checks", "sensitivity"])
def test_a_checkout_holds_no_compiled_form(folder: str) -> None:
    """It would be a third of a change's lines, and stale in every merge."""
    assert BundledFiles().names(folder, suffix="compiled.json") == ()
