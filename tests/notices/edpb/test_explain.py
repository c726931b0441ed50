"""The EDPB's template in words: each field explained, answers in words, one verdict for check, export, explanation."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile, NotFound
from leakguard.notices.edpb.codes import code_of, coded
from leakguard.notices.edpb.conditions import Condition
from leakguard.notices.edpb.explaining import FieldView, answer_words, chosen_fields, condition_words, demanded_words
from leakguard.notices.edpb.mapping import NoticeStatus, NoticeType
from leakguard.outputs.edpb import explained_json, explained_lines
from leakguard.use_cases.letters.assess_notices import check_notice
from leakguard.use_cases.letters.export_edpb import FOR_DUTY, edpb_notice, explain_edpb, export_edpb, load_edpb
from leakguard.use_cases.letters.given_facts import NoticeInput
from support.each import for_each
from support.edpb import for_edpb
from support.examples import examples
from support.notices import NOW, book, facts_of

TEMPLATE = load_edpb(BundledFiles())
STATUSES: tuple[NoticeStatus, ...] = ("complete", "incomplete", "withdraw")
FEW: dict[str, Any] = {
    "incident": "IR-2026-0001", "zone": "Europe/Berlin",
    "organisation": {
        "name": "Example Clinic", "country": "DE", "contact": {"name": "Night desk", "phone": "+49 711 000"},
    },
    "obligated_as": ["controller"],
    "not_known_yet": "we found it an hour ago",
    "facts": {
        "breach_description": {"value": "a server answered without a login"},
        "reporter": {"value": "Ada Example"},
        "exposure": {"value": True},
    },
    "events": [{"id": "a", "kind": "awareness", "occurred_at": "2026-06-12T01:00", "recorded_at": "2026-06-12T01:00"}],
    "edpb": {"field_23": "Legal representative"},
}  # fmt: skip
"""What is known in the first hour, and who reports."""


def exported(
    values: dict[str, Any], *, kind: NoticeType = "new", status: NoticeStatus = "incomplete"
) -> dict[str, Any]:
    facts = facts_of(values)
    return dict(export_edpb(facts, TEMPLATE, book().vocabulary, name="f.yaml", now=NOW, kind=kind, status=status))


def explained(values: dict[str, Any], *, status: NoticeStatus = "incomplete") -> dict[str, FieldView]:
    notice = edpb_notice(facts_of(values), TEMPLATE, book().vocabulary, now=NOW, status=status)
    found = explain_edpb(TEMPLATE, "", notice, kind="new", status=status)
    return {view.field.key: view for view in found.views}


def test_few_facts_and_who_reports_are_an_incomplete_notice() -> None:
    found = exported(FEW)

    assert (found["field_23"], found["field_60"], found["field_61"], found["field_89"]) == ("b", ["x"], "e", "d")
    assert found["field_63"] == "To be determined: we found it an hour ago"
    assert found["field_113"] == "c"
    assert {"field_38", "field_50", "field_75", "field_94"}.isdisjoint(found)


def test_without_a_reason_the_text_says_no_more_than_that_it_is_open() -> None:
    values = {name: value for name, value in FEW.items() if name != "not_known_yet"}

    assert exported(values)["field_63"] == "To be determined"


ELSEWHERE = {3, 4, 5, 6, 12, 24, 49}
"""The options answer two, other kinds of notices have four, and a file without a name is refused before."""


@for_each("field", [field.number for field in TEMPLATE.fields if field.first and field.number not in ELSEWHERE])
def test_what_names_who_what_and_since_when_is_never_left_open(field: int) -> None:
    values = copy.deepcopy(FEW)
    taken = {
        13: ("organisation", "contact"), 21: ("facts", "reporter"),
        22: ("organisation", "contact"), 23: ("edpb", "field_23"), 62: ("facts", "breach_description"),
    }  # fmt: skip
    if field == 48:
        values["events"] = []
    else:
        part, name = taken[field]
        del values[part][name]

    with pytest.raises(BadFile) as caught:
        exported(values)
    assert f"field_{field}" in {problem.where for problem in caught.value.problems}


WORDS = [
    ("field_60", ["Misconfiguration", "n"], ["m", "n"]),
    ("field_60", ["  misCONFIGURATION ", "Incorrect access permissions"], ["m", "n"]),
    ("field_61", "Internal non malicious", "a"),
    ("field_38", True, "a"),
    ("field_38", "no", "b"),
    ("field_29", "Yes", True),
    ("field_29", True, True),
    ("field_68", 5, 5),
    ("field_60", "Misconfiguration", "Misconfiguration"),
    ("field_61", ["a"], ["a"]),
    ("field_61", 7, 7),
    ("field_61", "no such words", "no such words"),
]


@pytest.mark.parametrize(("key", "answer", "meant"), WORDS)
def test_an_answer_in_words_is_its_code_and_anything_else_stays(key: str, answer: object, meant: object) -> None:
    assert coded(TEMPLATE.by_key[key], answer) == meant


@for_each("field", [field.key for field in TEMPLATE.fields if field.codes])
def test_the_words_of_every_code_mean_that_code_alone(field: str) -> None:
    one = TEMPLATE.by_key[field]

    assert {code: code_of(one, words) for code, words in one.codes.items()} == {code: code for code in one.codes}


def test_a_fact_in_the_words_of_the_template_answers_it() -> None:
    values = for_edpb(
        breach_type={"value": ["Misconfiguration", "Technical malfunction"]}, cause={"value": "Internal non malicious"},
        subject_categories={"value": ["Students", "Employees"]},
        answers={"field_60": None, "field_61": None, "field_65": None},
    )  # fmt: skip
    found = exported(values, status="complete")

    assert (found["field_60"], found["field_61"], found["field_65"]) == (["m", "t"], "a", ["f", "b"])
    some = for_edpb(breach_type={"value": ["Misconfiguration", "and more"]}, answers={"field_60": None})
    assert explained(some, status="complete")["field_60"].state == "lacking"
    two = for_edpb(cause={"value": ["Internal malicious", "External malicious"]}, answers={"field_61": None})
    assert explained(two, status="complete")["field_61"].state == "lacking"


def test_wrong_words_are_named_with_where_the_right_ones_stand() -> None:
    views = explained(for_edpb(answers={"field_60": ["Misconfig"], "field_61": "z"}), status="complete")

    assert "--explain 60" in views["field_60"].problem
    assert "a (Internal non malicious)" in views["field_61"].problem
    assert views["field_61"].state == "wrong"


STATES = {
    "field_3": "answered", "field_12": "answered", "field_60": "open", "field_75": "left_out", "field_80": "not_asked",
    "field_23": "answered",
}  # fmt: skip


@pytest.mark.parametrize(("key", "state"), STATES.items())
def test_each_field_says_how_our_facts_stand_to_it(key: str, state: str) -> None:
    assert explained(FEW)[key].state == state


def test_every_field_is_explained_in_words_with_all_its_codes() -> None:
    for status in STATUSES:
        notice = edpb_notice(facts_of(FEW), TEMPLATE, book().vocabulary, now=NOW, status=status)
        found = explain_edpb(TEMPLATE, "", notice, kind="new", status=status)
        text = "\n".join(explained_lines(found))

        for field in TEMPLATE.fields:
            assert f"{field.key}  {field.title}" in text
            assert [words for words in field.codes.values() if words not in text] == []
        assert [one["field"] for one in explained_json(found)["fields"]] == [field.key for field in TEMPLATE.fields]


def test_without_facts_a_field_says_what_would_answer_it() -> None:
    found = explain_edpb(TEMPLATE, "60", None, kind="new", status="complete")

    assert [view.state for view in found.views] == ["not_known"]
    assert "answered by: `breach_type`" in "\n".join(explained_lines(found))
    assert explained_json(found)["ready"] is None


def test_a_field_that_is_not_there_is_refused_with_the_nearest() -> None:
    with pytest.raises(NotFound, match="no field `field_999`"):
        chosen_fields(TEMPLATE, "field_999")
    with pytest.raises(NotFound, match="no field `nonsense`"):
        chosen_fields(TEMPLATE, "nonsense")
    assert chosen_fields(TEMPLATE, "field_60") == chosen_fields(TEMPLATE, "60")


DEMANDED = {
    12: "in every notice", 60: "in every notice; an incomplete one may say that it is open",
    75: "in every notice; an incomplete one may stay without an answer",
    49: "in every notice where field 3 is a (New Notification) and it comes more than 72 hours after awareness",
    30: "in every notice where field 23 is answered, and not a (DPO) and field 29 is yes"
    "; an incomplete one may say that it is open",
    18: "in every notice where the controller is not established in the EEA; an incomplete one may say that it is open",
    10: "if it applies", 7: "never; may be answered", 105: "never; may be answered where field 97 is a (Yes)",
}  # fmt: skip


@pytest.mark.parametrize(("number", "words"), DEMANDED.items())
def test_when_a_field_is_demanded_stands_there_in_words(number: int, words: str) -> None:
    assert demanded_words(TEMPLATE.by_key[f"field_{number}"], TEMPLATE) == words


def test_alternatives_of_a_condition_are_joined_by_or() -> None:
    either = Condition.model_validate({"any": [{"field": 29, "in": [False]}, {"in_eea": True}]})

    assert condition_words(either, TEMPLATE) == "field 29 is no or the controller is established in the EEA"


ANSWERS = [
    ("field_29", False, "no"), ("field_117", {"DE": 120, "FR": 7}, "DE 120, FR 7"),
    ("field_60", ["m", "zz"], "m (Misconfiguration); zz"), ("field_68", 12, "12"), ("field_63", "a server", "a server"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "answer", "words"), ANSWERS)
def test_an_answer_is_read_in_words(key: str, answer: object, words: str) -> None:
    assert answer_words(TEMPLATE.by_key[key], answer) == words


# One verdict.
_PARTS: dict[str, Any] = for_edpb()
_FACTS = st.sets(st.sampled_from(sorted(_PARTS["facts"])))
_OWN = st.sets(st.sampled_from(sorted(_PARTS["edpb"])))


@st.composite
def facts_files(draw: st.DrawFn) -> dict[str, Any]:
    """Any part of a whole file: facts taken out or unknown, answers taken out or wrong, a reason for all or none."""
    values = copy.deepcopy(_PARTS)
    for name in draw(_FACTS):
        values["facts"][name] = draw(st.sampled_from([None, {"unknown": "being looked for"}]))
    for key in draw(_OWN):
        values["edpb"][key] = draw(st.sampled_from([None, "x", ["Misconfiguration"], 7]))
    for part in ("facts", "edpb"):
        values[part] = {name: value for name, value in values[part].items() if value is not None}
    if draw(st.booleans()):
        values["not_known_yet"] = "we found it an hour ago"
    if draw(st.booleans()):
        values["events"] = []
    return values


@examples(60)
@given(facts_files(), st.sampled_from([(None, "complete"), ("initial", "incomplete")]))
def test_check_export_and_explanation_never_disagree(
    values: dict[str, Any], asked: tuple[str | None, NoticeStatus]
) -> None:
    stage, status = asked
    facts = facts_of(values)
    work = NoticeInput(book=book(), facts=facts, text="", now=NOW)
    form = check_notice(work, book().duty(FOR_DUTY), stage=stage, letter=None, folders=BundledFiles()).form
    notice = edpb_notice(facts, TEMPLATE, book().vocabulary, now=NOW, status=status)
    views = explain_edpb(TEMPLATE, "", notice, kind="new", status=status).views
    try:
        exported(values, status=status)
        refused: set[str] = set()
    except BadFile as error:
        refused = {problem.where for problem in error.problems}

    assert form is not None
    assert form.status == status
    assert {problem.where for problem in form.problems} == refused
    assert form.is_ready is (not refused)
    assert {view.field.key for view in views if view.state in {"lacking", "wrong"}} == refused & TEMPLATE.by_key.keys()
