"""The published cases of EDPB Guidelines 01/2021: the factors give the guideline's own answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from support.severity import decided, known

pytestmark = pytest.mark.untraced

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "edpb_cases.yaml").read_text(encoding="utf-8"))
METHOD = "edpb-01-2021"


def facts_of_case(case: dict[str, Any]) -> dict[str, Any]:
    return {**CASES["common"], **case["facts"]}


def test_all_eighteen_cases_are_here_and_marked_as_own_knowledge() -> None:
    assert [case["case"] for case in CASES["cases"]] == list(range(1, 19))
    assert CASES["confidence"] == "own-knowledge"
    assert CASES["source"].startswith("EDPB, Guidelines 01/2021")


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: f"case {case['case']}: {case['told']}")
def test_a_published_case_gets_the_published_answer(case: dict[str, Any]) -> None:
    found = decided(METHOD, known(**facts_of_case(case)))

    assert found.outcome == case["outcome"], found.because
    assert found.missing == ()


@pytest.mark.parametrize(
    ("number", "change", "outcome"),
    [
        (1, {"backup": "none"}, "notify_authority"),
        (2, {"backup": "in_time"}, "record"),
        (3, {"backup": "in_time"}, "record"),
        (6, {"encryption": {"encrypted": True, "key_safe": False}}, "tell_people"),
        (8, {"confidentiality_loss": "unknown_recipients"}, "tell_people"),
        (9, {"recipient_trusted": False}, "notify_authority"),
        (10, {"encryption": {"encrypted": False, "key_safe": None}}, "notify_authority"),
        (11, {"subject_count": 100}, "notify_authority"),
        (11, {"subject_count": 101}, "tell_people"),
        (13, {"data_sensitivity": "normal"}, "notify_authority"),
        (14, {"recipient_trusted": True}, "record"),
        (14, {"subject_count": 100}, "notify_authority"),
        (15, {"data_sensitivity": "normal"}, "notify_authority"),
        (15, {"subject_count": 101}, "tell_people"),
        (16, {"data_sensitivity": "low"}, "record"),
    ],
)
def test_each_factor_can_turn_the_answer(number: int, change: dict[str, Any], outcome: str) -> None:
    case = CASES["cases"][number - 1]

    assert decided(METHOD, known(**{**facts_of_case(case), **change})).outcome == outcome


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: f"case {case['case']}")
def test_an_unstated_factor_never_hides_the_published_answer(case: dict[str, Any]) -> None:
    """Leaving any one fact out keeps the true outcome possible, and names the fact where it matters."""
    facts = facts_of_case(case)
    for left_out in facts:
        found = decided(METHOD, known(**{name: value for name, value in facts.items() if name != left_out}))

        assert case["outcome"] in found.possible
        assert (found.outcome is None) == bool(found.missing)
        assert {name.split(".", maxsplit=1)[0] for name in found.missing} <= {left_out}
