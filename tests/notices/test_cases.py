"""Each duty is held to cases of its own file: that it arises, both sides of its lines, its contents and its limits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from leakguard.notices.judging import Answer
from support.each import for_each
from support.law_cases import assessed, case_files, listed, rows
from support.notices import book

pytestmark = pytest.mark.long

HELD = sorted(listed())
NOT_IN_BASE = {name for file in case_files().values() for name in file.get("not_in_base", ())}
ANSWERS = [row for row in rows() if "says" in row]
LIMITS = [row for row in rows() if "due" in row]


def base_of(duty: str) -> dict[str, Any]:
    return {"duty": duty, "base": case_files()[listed()[duty]]["base"]}


def test_each_file_of_cases_speaks_of_duties_that_ship_and_each_duty_once() -> None:
    ships = {duty.id for duty in book().duties}
    everywhere = [duty for file in case_files().values() for duty in file["items"]]

    assert {row["duty"] for row in rows()} | set(everywhere) <= ships
    assert len(everywhere) == len(set(everywhere))


@for_each("duty", HELD)
def test_each_arises_in_its_base_case(duty: str) -> None:
    found = assessed(base_of(duty))

    assert (found.applies is Answer.YES) is (duty not in NOT_IN_BASE), found.because


@for_each("duty", HELD)
def test_each_has_a_case_on_both_sides(duty: str) -> None:
    says = {row["says"] for row in ANSWERS if row["duty"] == duty}

    assert says & {"no", "no_rule_known"}
    assert "yes" in says or duty in NOT_IN_BASE


@for_each("row", ANSWERS, ids=lambda row: f"{row['duty']}-{row['says']}")
def test_a_line_is_right_on_both_sides(row: dict[str, Any]) -> None:
    found = assessed(row)

    assert found.applies == row["says"], found.because
    assert list(found.missing_facts) == row.get("missing", list(found.missing_facts))
    assert found.because


@for_each("row", LIMITS, ids=lambda row: f"{row['duty']}-{'-'.join(row['due'])}")
def test_a_limit_ends_when_the_law_says(row: dict[str, Any]) -> None:
    phases = dict(assessed(row).phases)

    for stage, due in row["due"].items():
        assert phases[stage].work_by == datetime.fromisoformat(due), stage


@for_each("duty", HELD)
def test_no_item_of_a_notice_is_lost_or_added_unseen(duty: str) -> None:
    stated = case_files()[listed()[duty]]["items"][duty]

    assert {one.item for one in book().duty(duty).content} == set(stated)


@for_each("duty", HELD)
def test_whoever_is_not_addressed_is_not_bound(duty: str) -> None:
    other = next(role for role in book().vocabulary.obligated if role not in book().duty(duty).obligated)
    found = assessed({**base_of(duty), "roles": [other]})

    assert found.applies is Answer.NO
    assert "obligated_as" in found.because
