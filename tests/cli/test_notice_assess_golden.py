"""One incident under the laws of seven places, exactly as a person reads it and as a script gets it.

A duty that is new is not among those that were approved, and changes nothing here. After a change that is meant, write
the files anew, with every duty of the places: LEAKGUARD_GOLDEN=write pytest tests/cli/test_notice_assess_golden.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from leakguard.frozen import replace
from leakguard.notices.book import DutyBook, load_duties
from leakguard.notices.place_book import PlaceBook
from leakguard.outputs.assessment import WIDTH
from leakguard.ports import DataFolders
from notices.test_one_incident_many_laws import APPLY, incident
from support.commands import CommandLine, command_line
from support.notices import to_text

PLACES = ("cn-", "eu-", "us-ca-", "us-ma-", "sg-", "kr-", "br-", "jp-")
"""How the ids of the seven places begin, and those of one where nobody lives."""
GOLDEN = Path(__file__).parent / "golden"
IS_WRITING = os.environ.get("LEAKGUARD_GOLDEN") == "write"
CONTRACT = (
    "duty",
    "applies",
    "because",
    "missing_facts",
    "recipient",
    "law",
    "verified_on",
    "confidence",
    "source_kind",
)
STANDING = ("name", "state", "anchor_event", "anchor_at", "work_by", "work_by_local", "statutory_limit")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    monkeypatch.setattr("leakguard.notices.book.load_duties", approved_duties)
    made = command_line(tmp_path, monkeypatch, capsys)
    made.now = "2026-09-20T20:00+08:00"
    Path("facts.yaml").write_text(to_text(incident()), encoding="utf-8")
    return made


def approved_duties(folders: DataFolders) -> DutyBook:
    """The book without the duties that came after a person read the files, and without what is known of places."""
    found = load_duties(folders)
    if IS_WRITING:
        own = tuple(duty for duty in found.duties if duty.id.startswith(PLACES))
        return replace(found, duties=own, places=PlaceBook())
    approved = {one["duty"] for one in json.loads((GOLDEN / "assess-seven-places.json").read_text(encoding="utf-8"))}
    return replace(found, duties=tuple(duty for duty in found.duties if duty.id in approved), places=PlaceBook())


def golden(name: str, text: str) -> str:
    """What the file holds; with LEAKGUARD_GOLDEN=write it is written first."""
    path = GOLDEN / name
    if IS_WRITING:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")


def shown(one: dict[str, Any]) -> dict[str, Any]:
    """The fields that the contract promises, and of each stage how it stands."""
    phases = [{name: phase[name] for name in STANDING} for phase in one["phases"]]
    return {
        **{name: one[name] for name in CONTRACT},
        "source_url": one["source_url"],
        "source_kind": one["source_kind"],
        "phases": phases,
    }


def test_the_table_is_the_one_that_a_person_approved(run: CommandLine) -> None:
    ran = run("notice", "assess", "facts.yaml", "--all")

    assert ran.code == 0
    assert ran.out == golden("assess-seven-places.txt", ran.out)
    assert max(len(line) for line in ran.out.splitlines() if "://" not in line) <= WIDTH


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_screen_is_the_one_that_a_person_approved(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    ran = run("notice", "assess", "facts.yaml", "--lang", lang)

    assert ran.out == golden(f"assess-screen-{lang}.txt", ran.out)


def test_the_json_has_every_duty_with_every_field_of_the_contract(run: CommandLine) -> None:
    found = [shown(one) for one in run("notice", "assess", "facts.yaml", "--format", "json").document["assessments"]]
    text = "[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in found) + "\n]\n"

    assert text == golden("assess-seven-places.json", text)


def test_every_duty_that_applies_stands_in_the_table_with_each_stage_and_its_source(run: CommandLine) -> None:
    document = run("notice", "assess", "facts.yaml", "--format", "json").document
    out = run("notice", "assess", "facts.yaml", "--all").out
    table = [line.split() for line in out.split("\n\n")[1].splitlines()[1:]]

    for one in document["assessments"]:
        if one["duty"] in APPLY:
            assert one["source_url"] in out
            assert {row[2] for row in table if row[1] == one["duty"]} == {phase["name"] for phase in one["phases"]}
