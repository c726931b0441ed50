"""Forms: answers of people, read strictly."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from leakguard.errors import BadFile
from leakguard.playbooks.answers import FormField
from leakguard.playbooks.forms import (
    MOST_CHARACTERS,
    MOST_ITEMS,
    form_schema,
    form_template,
    parse_answers,
    unanswered,
)

FORM = {
    "basis": FormField(type="text", label="Why"),
    "people": FormField(type="number", label="How many", required=False),
    "certain": FormField(type="yes_no", label="Certain", required=False),
    "since": FormField(type="time", label="Since", required=False),
    "risk": FormField(type="choice", label="Risk", options=("low", "high"), required=False),
    "laws": FormField(type="list", label="Laws", required=False),
}


def read(text: str) -> dict[str, Any]:
    return parse_answers(text, FORM, name="form.yaml", zone="Asia/Shanghai")


def problems(text: str) -> list[str]:
    with pytest.raises(BadFile) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def test_every_type_of_answer_is_read() -> None:
    answers = read("basis: ' logs '\npeople: 41000\ncertain: yes\nsince: 2026-05-24T09:00\nrisk: high\nlaws: [a, b]\n")

    assert answers == {
        "basis": "logs", "people": 41000, "certain": True, "since": "2026-05-24T01:00:00Z", "risk": "high",
        "laws": ["a", "b"],
    }  # fmt: skip


def test_a_day_is_an_interval_and_one_line_is_a_list() -> None:
    answers = read("basis: x\nsince: 2026-05-24\nlaws: one\ncertain: false")

    assert answers["since"] == "2026-05-23T16:00:00Z/2026-05-24T15:59:59.999999Z"
    assert answers["laws"] == ["one"]
    assert answers["certain"] is False


def test_all_problems_of_a_form_are_named_with_their_lines() -> None:
    found = problems("bases: x\npeople: -1\ncertain: maybe\nsince: later\nrisk: middle\nlaws: [3]\n")

    assert found.pop(3).startswith("line 4: since: ")
    assert found == [
        "line 1: bases: this form has no such question (did you mean `basis`?)",
        "line 2: people: must be a whole number from 0",
        "line 3: certain: must be yes or no",
        "line 5: risk: must be one of: low, high",
        "line 6: laws: must be text",
        "basis: this answer is missing: Why",
    ]


@pytest.mark.parametrize("value", ["true", "1.5", "[1]", str(10**18 + 1)])
def test_a_number_is_whole_and_bounded(value: str) -> None:
    assert problems(f"basis: x\npeople: {value}") == ["line 2: people: must be a whole number from 0"]


@pytest.mark.parametrize(("low", "high", "is_right"), [(10, 5, False), (5, 5, True), (5, 10, True)])
def test_the_low_end_of_an_estimate_is_not_above_the_high_one(low: int, high: int, is_right: bool) -> None:  # noqa: FBT001  (a case)
    form = {f"people_{end}": FormField(type="number", label=end) for end in ("low", "high")}
    text = f"people_low: {low}\npeople_high: {high}\n"

    if is_right:
        assert parse_answers(text, form, name="form.yaml", zone="UTC") == {"people_low": low, "people_high": high}
    else:
        with pytest.raises(BadFile, match="people_low: is above `people_high`"):
            parse_answers(text, form, name="form.yaml", zone="UTC")


def test_an_answer_that_is_a_document_is_refused() -> None:
    assert "keep the document elsewhere" in problems(f"basis: {'a' * (MOST_CHARACTERS + 1)}")[0]
    assert read(f"basis: {'a' * MOST_CHARACTERS}")["basis"]


def test_a_list_has_a_cap() -> None:
    lines = "\n".join(f"  - law {number}" for number in range(MOST_ITEMS + 1))

    assert problems(f"basis: x\nlaws:\n{lines}") == [f"line 2: laws: may have {MOST_ITEMS} lines"]


def test_control_characters_are_refused_and_line_breaks_are_not() -> None:
    assert problems('basis: "a\\eb"') == ["line 1: holds the control character U+001B; take it out"]
    assert problems('basis: "a\\u202eb"') == ["line 1: basis: must not hold control characters"]
    assert read('basis: "a\\nb"')["basis"] == "a\nb"


@pytest.mark.parametrize("value", ["''", "' '", "5"])
def test_text_must_say_something(value: str) -> None:
    assert "basis: must be text" in problems(f"basis: {value}")[0]


def test_yes_no_takes_no_other_type() -> None:
    assert problems("basis: x\ncertain: 3") == ["line 2: certain: must be yes or no"]


def test_a_form_is_a_mapping() -> None:
    assert problems("- a\n- b") == ["line 1: the form must be a mapping of answers"]


def test_only_required_questions_count_as_unanswered() -> None:
    assert unanswered(FORM, {}) == ("basis",)
    assert unanswered(FORM, {"basis": "x"}) == ()


@given(
    st.text(max_size=80)
    | st.sampled_from(list(FORM)).flatmap(lambda key: st.text(max_size=40).map(f"{key}: {{}}".format))
)
def test_any_text_is_a_form_or_refused(text: str) -> None:
    try:
        answers = read(text)
    except BadFile:
        return

    assert set(answers) <= set(FORM)


@pytest.mark.parametrize(("value", "is_right"), [(2, False), (3, True), (5, True), (6, False)])
def test_a_number_keeps_within_its_bounds(value: int, is_right: bool) -> None:  # noqa: FBT001  (a case)
    form = {"people": FormField(type="number", label="How many", at_least=3, at_most=5)}
    if is_right:
        assert parse_answers(f"people: {value}", form, name="f", zone="UTC") == {"people": value}
        return

    with pytest.raises(BadFile, match="a whole number from 3 to 5"):
        parse_answers(f"people: {value}", form, name="f", zone="UTC")


def test_the_template_asks_every_question_and_is_refused_until_it_is_filled_in() -> None:
    text = form_template(FORM)

    assert "# Why (text)\nbasis:\n" in text
    assert "# Risk (low | high, may be left out)" in text
    assert "# How many (a number from 0, may be left out)" in text
    assert any("basis" in one for one in problems(text))
    assert read(text.replace("basis:", "basis: logs").replace("risk:", "risk: low")) == {"basis": "logs", "risk": "low"}


def test_the_schema_says_the_same_as_the_reader() -> None:
    schema = form_schema({**FORM, "few": FormField(type="number", label="Few", required=False, at_most=9)})
    validator = Draft202012Validator(schema)

    Draft202012Validator.check_schema(schema)
    assert validator.is_valid({"basis": "logs", "people": 3, "certain": "yes", "risk": "low", "laws": ["a"], "few": 9})
    for wrong in ({}, {"basis": ""}, {"basis": "x", "few": 10}, {"basis": "x", "risk": "?"}, {"basis": "x", "new": 1}):
        assert not validator.is_valid(wrong), wrong
