"""What a step still needs, and the event that it leaves behind."""

from __future__ import annotations

import pytest

from leakguard.playbooks.gates import Claim, event_fields, evidence_name, missing_for
from support.responses import small

STEPS = small().steps


def test_a_step_with_nothing_asked_needs_nothing() -> None:
    assert missing_for(STEPS["note"], Claim(by="owner")) == ()


def test_everything_that_is_missing_is_named_at_once() -> None:
    missing = missing_for(STEPS["decide"], Claim(by="Ann"))

    assert missing == (
        "an answer to `risk`: --form FILE",
        "a second person (counsel): --second NAME",
    )


@pytest.mark.parametrize("second", ["Ann", " ann ", "ANN", "A nn", "\u0410nn", "Ann\u200b", "\uff21nn"])
def test_nobody_is_their_own_second_person(second: str) -> None:
    missing = missing_for(STEPS["decide"], Claim(by="Ann", second=second, answers={"risk": "low"}))

    assert len(missing) == 1
    assert missing[0].startswith("a second person (counsel): another one than --by, as `Ann`")


def test_a_complete_decision_passes() -> None:
    assert missing_for(STEPS["decide"], Claim(by="Ann", second="Bo", answers={"risk": "low"})) == ()


def test_evidence_must_be_named() -> None:
    named = Claim(by="x", evidence=("Config before: /evidence/es.yml",))

    assert missing_for(STEPS["contain"], Claim(by="x", evidence=("config_after: y",)))[0].startswith(
        "evidence `config_before`"
    )
    assert missing_for(STEPS["contain"], named) == ()


@pytest.mark.parametrize("text", ["config_before:", "config before = ", "config_before: \t"])
def test_a_name_with_nothing_behind_it_is_no_evidence(text: str) -> None:
    """A script whose variable is unset names a place that is not there."""
    assert missing_for(STEPS["contain"], Claim(by="x", evidence=(text,)))[0].startswith("evidence `config_before`")


@pytest.mark.parametrize("text", ["config_before", "Config before", "config-before: x", "CONFIG  BEFORE = y: z"])
def test_a_persons_spelling_of_an_evidence_name_is_understood(text: str) -> None:
    assert evidence_name(text) == "config_before"


def test_the_event_carries_who_decided_and_the_answers_that_its_kind_knows() -> None:
    claim = Claim(by="Ann", second="Bo", answers={"risk": "high", "basis": "names and addresses"}, evidence=("a", "b"))

    assert event_fields("decide", STEPS["decide"], claim) == {
        "step": "decide",
        "actor": "Ann",
        "decider": "Ann",
        "second_person": "Bo",
        "evidence": "a; b",
        "basis": "names and addresses",
    }


def test_no_event_is_recorded_by_another_answer_or_by_a_step_without_one() -> None:
    assert event_fields("decide", STEPS["decide"], Claim(by="Ann", answers={"risk": "low"})) is None
    assert event_fields("note", STEPS["note"], Claim(by="Ann")) is None


def test_an_event_has_no_empty_fields_and_no_lists() -> None:
    fields = event_fields("contain", STEPS["contain"], Claim(by="x", answers={"note": ["a"]}))

    assert fields == {"step": "contain", "actor": "x"}


def test_a_round_that_is_not_the_last_leaves_no_event_behind() -> None:
    loop = "    repeat: {until: {field: risk, is: high}, at_most: 3}\n"
    step = small(**{"    emits_when: {field: risk, is: high}\n": loop}).steps["decide"]

    assert event_fields("decide", step, Claim(by="Ann", answers={"risk": "low"})) is None
    assert event_fields("decide", step, Claim(by="Ann", answers={"risk": "high"})) is not None
