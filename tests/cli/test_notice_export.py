"""`leakguard notice export` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from leakguard.cli.main import run
from support.edpb import for_edpb
from support.notices import to_text

NOW = ["--now", "2026-06-12T12:00+08:00"]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def export(*words: str, values: dict[str, Any] | None = None) -> int:
    Path("facts.yaml").write_text(to_text(values or for_edpb()), encoding="utf-8")
    return run(["--no-color", "notice", "export", "--edpb", *words])


def test_a_notice_is_written_and_read_back_equal(capsys: pytest.CaptureFixture[str]) -> None:
    assert export("facts.yaml", *NOW, "-o", "notice.json") == 0
    assert "written to notice.json" in capsys.readouterr().err
    assert export("--check", "notice.json") == 0
    assert capsys.readouterr().out == Path("notice.json").read_text(encoding="utf-8")


def test_a_notice_goes_to_stdout_as_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert export("facts.yaml", *NOW, "--status", "incomplete") == 0
    assert json.loads(capsys.readouterr().out)["field_4"] == "b"


def test_every_missing_field_is_named_and_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    values = for_edpb(systems=None, answers={"field_60": None})

    assert export("facts.yaml", *NOW, "-o", "notice.json", values=values) == 2
    err = capsys.readouterr().err
    assert "field_60" in err
    assert "field_63" in err
    assert not Path("notice.json").exists()


def test_a_notice_that_was_spoilt_ends_with_one(capsys: pytest.CaptureFixture[str]) -> None:
    Path("notice.json").write_text('{"field_3": "a"}', encoding="utf-8")

    assert export("--check", "notice.json") == 1
    assert "field_12: mandatory and not answered" in capsys.readouterr().out


def test_a_country_beside_its_parts_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    people: dict[str, Any] = {
        "subjects_by_jurisdiction": {"value": {"DE": 500, "DE-BY": 200}},
        "subject_count": {"value": 500},
    }

    assert export("facts.yaml", *NOW, "--status", "incomplete", values=for_edpb(**people)) == 0
    assert "Look at subjects_by_jurisdiction: DE stands beside DE-BY" in " ".join(capsys.readouterr().err.split())
