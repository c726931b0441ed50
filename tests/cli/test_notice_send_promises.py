"""What a letter that went out calls unknown is promised by its filing, until a later one tells it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from leakguard.notices.filings import SUPPLEMENT
from support.commands import CommandLine, Ran
from support.notices import GDPR_33, settled, to_text
from support.offices import ID, drilling_office

INCIDENT = ("--incident", ID)
OPEN = ("subject_count", "exfiltration", "subjects_by_jurisdiction")
"""An item of the law, an effect on the data and the places of the people: a letter to an authority states all three."""


@pytest.fixture
def drill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    made = drilling_office(tmp_path, monkeypatch, capsys)
    made("incident", "event", ID, "awareness")
    return made


def unknown(*names: str) -> dict[str, dict[str, str]]:
    return {name: {"unknown": "the logs are being read"} for name in names}


def send(drill: CommandLine, stage: str, *more: str, **facts: Any) -> Ran:  # noqa: ANN401  (any fact)
    known = {"exfiltration": {"value": False}, **facts}
    stated = {**settled(**known), "addressees": {GDPR_33: "Data protection authority"}}
    Path("facts.yaml").write_text(to_text(stated), encoding="utf-8")
    words = ("facts.yaml", "--duty", GDPR_33, "--stage", stage, *INCIDENT)
    for by in ("A", "B"):
        assert drill("notice", "approve", *words, "--by", by).code == 0
    where = ("--to", "office@authority.example", "--although", "it takes mail")
    return drill("notice", "send", *words, *where, "--by", "A", *more)


def left(drill: CommandLine) -> set[str]:
    items = drill("notice", "open-items", ID, "--format", "json").document["open_items"]
    return {one["item"] for one in items if one["duty"] == GDPR_33}


def supplement(drill: CommandLine) -> str:
    clocks = drill("clock", "list", *INCIDENT, "--laws", "eu", "--format", "json").document["clocks"]
    (state,) = [one["state"] for one in clocks if one["id"] == f"{GDPR_33}.{SUPPLEMENT}"]
    return str(state)


def test_a_first_notice_promises_what_it_calls_unknown_until_a_supplement_tells_it(drill: CommandLine) -> None:
    """Art. 33(4) GDPR: the rest follows in phases, without undue further delay."""
    first = send(drill, "initial", **unknown(*OPEN))
    told, after_first, state = first.out, left(drill), supplement(drill)
    drill.now = "2026-06-12T13:00+08:00"
    send(drill, SUPPLEMENT, **unknown("subject_count"))
    after_second = left(drill)
    drill.now = "2026-06-12T14:00+08:00"
    send(drill, SUPPLEMENT, "--again")

    assert first.code == 0
    assert "Promised for later: " in told
    assert all(item in told for item in OPEN)
    assert (set(OPEN) <= after_first, state) == (True, "running")
    assert after_second == {"subject_count"}
    assert left(drill) == set()


def test_a_first_notice_that_states_everything_promises_nothing(drill: CommandLine) -> None:
    ran = send(drill, "initial")

    assert (ran.code, left(drill), supplement(drill)) == (0, set(), "latent")
    assert "Promised" not in ran.out


def test_what_a_letter_to_an_authority_states_can_be_promised_by_hand(drill: CommandLine) -> None:
    items = ",".join(OPEN)
    ran = drill("notice", "file", ID, "--duty", GDPR_33, "--stage", "initial", "--tbd", items, "--by", "A")
    other = drill("notice", "file", ID, "--duty", "eu-gdpr-34-individuals", "--stage", "initial", "--tbd", "access")

    assert (ran.code, left(drill)) == (0, set(OPEN))
    assert other.code == 2
    assert "does not ask for `access`" in other.err
