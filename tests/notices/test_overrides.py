"""What a person decides about a duty goes before the rule, and both are told."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from leakguard.frozen import replace
from leakguard.notices.assess import Assessment, to_json_object
from leakguard.notices.book import assess_facts
from leakguard.notices.judging import Answer
from leakguard.notices.overrides import settled_of
from support.notices import GDPR_33, NOW, book, complete, facts_of

DORMANT = "eu-omnibus-33-proposal"


def decision(kind: str, duty: str = GDPR_33, **more: Any) -> dict[str, Any]:  # noqa: ANN401  (a facts file holds anything)
    at = "2026-06-11T09:00"
    given = {"id": "o1", "kind": kind, "occurred_at": at, "recorded_at": at, "obligation": duty}
    return {**given, "reason": "the key is safe", "decider": "A. Counsel", **more}


def assessed(*decisions: dict[str, Any], duty: str = GDPR_33) -> Assessment:
    values = complete()
    values["events"] += decisions
    one = replace(book(), duties=(book().duty(duty),))
    return assess_facts(one, facts_of(values), NOW)[0]


def test_a_decision_goes_before_the_rule_and_the_rule_is_still_told() -> None:
    found = assessed(decision("not_applicable"))

    assert found.applies is Answer.NO
    assert found.because.startswith("decided by A. Counsel: the key is safe; the rule alone says yes: ")
    assert found.phases == ()
    assert found.override is not None
    shown = json.loads(json.dumps(to_json_object(found, now=NOW)))["override"]
    assert shown == {
        "applies": "no", "by": "A. Counsel", "event": "o1", "organisation": None, "reason": "the key is safe",
        "recorded_at": "2026-06-11T01:00:00Z",
    }  # fmt: skip


def test_without_a_decision_there_is_none_to_tell() -> None:
    found = assessed()

    assert found.override is None
    assert to_json_object(found, now=NOW)["override"] is None


def test_the_later_decision_counts() -> None:
    later = "2026-06-11T10:00"
    back = decision("applicable", id="o2", occurred_at=later, recorded_at=later, reason="the key was found in the dump")

    assert assessed(decision("not_applicable"), back).applies is Answer.YES


def test_a_decision_about_one_stage_rules_out_no_duty() -> None:
    """That a supplement is not needed says nothing of the first notice."""
    found = assessed(decision("not_applicable", stage="supplement"))

    assert (found.applies, found.override) == (Answer.YES, None)
    assert found.phases


def test_of_two_decisions_recorded_together_the_later_number_counts() -> None:
    """Entries of one import share the moment in which they were recorded: E-9 comes before E-10."""
    first = decision("not_applicable", id="E-9")
    back = decision("applicable", id="E-10", reason="the key was found in the dump")
    found = assessed(first, back)

    assert found.applies is Answer.YES
    assert found.override is not None
    assert found.override.event == "E-10"


def test_of_two_words_about_a_place_recorded_together_the_later_number_counts() -> None:
    at = "2026-06-11T09:00"
    values = complete()
    values["events"] += [
        {"id": name, "kind": "place_settled", "occurred_at": at, "recorded_at": at, "place": "XX", "role": "controller",
         "reason": name, "decider": "A. Counsel"}
        for name in ("E-9", "E-10")
    ]  # fmt: skip
    found = settled_of(facts_of(values), "XX", "controller")

    assert found is not None
    assert (found.event, found.reason) == ("E-10", "E-10")


def test_a_superseded_decision_counts_no_more() -> None:
    gone = {"id": "r", "kind": "retracted", "corrects": "o1", "reason": "the wrong incident"}
    times = {"occurred_at": "2026-06-11T10:00", "recorded_at": "2026-06-11T10:00"}

    assert assessed(decision("not_applicable"), {**gone, **times}).override is None


def test_a_decision_about_another_duty_changes_nothing() -> None:
    assert assessed(decision("not_applicable", "cn-pipl-57-authority")).override is None


def test_a_dormant_duty_that_a_person_wants_has_its_clocks() -> None:
    found = assessed(decision("applicable", DORMANT), duty=DORMANT)

    assert found.applies is Answer.YES
    assert not found.is_dormant
    assert [name for name, _ in found.phases] == ["initial"]


def test_a_decision_without_a_name_or_a_reason_says_so() -> None:
    values = decision("not_applicable")
    del values["decider"], values["reason"]

    assert "decided by somebody who is not named: no reason was recorded" in assessed(values).because


def affiliates(*decisions: dict[str, Any]) -> Assessment:
    """Two controllers of one incident, both bound by the duty."""
    values = complete()
    first = {**values.pop("organisation"), "obligated_as": values.pop("obligated_as")}
    values["organisations"] = [first, {**deepcopy(first), "name": "Example Affiliate"}]
    values["events"] += decisions
    one = replace(book(), duties=(book().duty(GDPR_33),))
    return assess_facts(one, facts_of(values), NOW)[0]


def test_a_decision_about_one_organisation_leaves_the_duty_to_the_others() -> None:
    both = affiliates()
    found = affiliates(decision("not_applicable", organisation="example  affiliate"))

    assert len(both.parties) == 2
    assert (found.applies, found.parties) == (Answer.YES, both.parties[:1])
    assert found.phases[0][1].state.value != "not_applicable"


def test_a_decision_that_names_nobody_is_about_every_organisation() -> None:
    assert affiliates(decision("not_applicable")).applies is Answer.NO


def test_the_answer_names_the_organisation_of_the_decision() -> None:
    found = affiliates(
        decision("not_applicable", organisation=affiliates().parties[0]),
        decision("not_applicable", id="o2", organisation="Example Affiliate"),
    )

    assert found.applies is Answer.NO
    assert f"decided by A. Counsel for {affiliates().parties[0]}: the key is safe" in found.because
    assert to_json_object(found, now=NOW)["override"]["organisation"] == affiliates().parties[0]
