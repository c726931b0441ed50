"""Which duties apply."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from leakguard.clocks.verdicts import State
from leakguard.frozen import replace
from leakguard.notices.assess import OLDER, Assessment, law_of, to_json_object
from leakguard.notices.book import DutyBook, assess_facts
from leakguard.notices.duties import Duty
from leakguard.notices.judging import Answer
from support.notices import CAC, DUTIES, GDPR_33, GDPR_34, NOW, PIPL_AUTHORITY, PIPL_PEOPLE, book, complete, facts_of

YES, NO, NEEDS = Answer.YES, Answer.NO, Answer.NEEDS_FACT
UNKNOWN = Answer.NO_RULE_KNOWN


def assessed(values: dict[str, Any] | None = None, *, now: datetime = NOW) -> dict[str, Assessment]:
    five = replace(book(), duties=tuple(book().duty(name) for name in DUTIES))
    return {one.duty.id: one for one in assess_facts(five, facts_of(values, now=now), now)}


def answers(values: dict[str, Any] | None = None) -> dict[str, Answer]:
    return {name: one.applies for name, one in assessed(values).items()}


def test_all_five_apply_to_the_complete_case() -> None:
    assert answers() == dict.fromkeys(DUTIES, YES)


@pytest.mark.parametrize("fact", [None, {"unknown": "not decided yet"}])
def test_a_missing_risk_decision_is_never_filled_in(fact: object) -> None:
    found = assessed(complete(risk=fact))

    assert found[GDPR_33].applies is NEEDS
    assert found[GDPR_33].missing_facts == ("risk",)
    assert found[GDPR_34].applies is NEEDS
    assert found[PIPL_AUTHORITY].applies is YES


@pytest.mark.parametrize(
    ("risk", "gdpr_33", "gdpr_34"), [("unlikely", NO, NO), ("risk", YES, NO), ("high_risk", YES, YES)]
)
def test_the_risk_decides_whom_the_gdpr_wants_told(risk: str, gdpr_33: Answer, gdpr_34: Answer) -> None:
    found = answers(complete(risk={"value": risk}))

    assert (found[GDPR_33], found[GDPR_34]) == (gdpr_33, gdpr_34)


@pytest.mark.parametrize("duty", [GDPR_33, GDPR_34])
def test_unknown_residents_leave_the_gdpr_open(duty: str) -> None:
    found = assessed(complete(subjects_by_jurisdiction={"unknown": "not counted"}))[duty]

    assert found.applies is NEEDS
    assert found.missing_facts == ("subjects_by_jurisdiction",)


@pytest.mark.parametrize("code", ["PR", "US-PR", "US"])
def test_people_of_a_place_count_by_whichever_of_its_codes_they_are_stated(code: str) -> None:
    stated = complete(subjects_by_jurisdiction={"value": {code: 10}})
    stated["facts"]["data_categories"] = {"value": ["identification_number.us_ssn"]}

    found = {one.duty.id: one for one in assess_facts(book(), facts_of(stated), NOW)}

    assert found["us-pr-111-daco"].applies is (Answer.NEEDS_FACT if code == "US" else Answer.YES)


@pytest.mark.parametrize("duty", [GDPR_33, "uk-gdpr-33-ico"])
def test_whoever_decided_that_there_is_a_risk_is_not_asked_again_whether_there_is_none(duty: str) -> None:
    people, offers = {"DE": 5, "GB": 5}, ["GB"]
    stated = facts_of(complete(subjects_by_jurisdiction={"value": people}, operates_in={"value": offers}))
    found = {one.duty.id: one for one in assess_facts(book(), stated, NOW)}[duty]

    assert found.applies is Answer.YES
    assert not [text for text in found.consider if "unlikely to result in a risk" in text]


@pytest.mark.parametrize(("country", "is_asked"), [("CN", True), ("DE", False), ("DE-BE", False)])
def test_who_is_bound_from_abroad_confirms_that_the_law_reaches_so_far(country: str, *, is_asked: bool) -> None:
    """Art. 3(2) GDPR asks whom a service is offered to; residents alone do not tell."""
    values = complete()
    values["organisation"]["country"] = country
    found = assessed(values)[GDPR_33]

    assert found.applies is YES
    assert any("a person confirms that the law reaches it" in text for text in found.consider) is is_asked


def test_an_organisation_in_the_union_is_bound_whoever_is_affected() -> None:
    values = complete(subjects_by_jurisdiction={"value": {"CN": 3}})
    assert answers(values)[GDPR_33] is NO
    values["organisation"]["country"] = "DE"

    assert answers(values)[GDPR_33] is YES
    assert answers(values)[PIPL_AUTHORITY] is YES


def test_exposure_alone_may_be_a_leak_and_three_denials_are_none() -> None:
    only_exposed = complete(exposure={"value": True}, access={"unknown": "x"}, exfiltration={"unknown": "x"})
    nothing = complete(exposure={"value": False}, access={"value": False}, exfiltration={"value": False})
    open_question = complete(exposure={"value": False}, access={"unknown": "x"}, exfiltration={"value": False})

    assert set(answers(only_exposed).values()) == {YES}
    assert set(answers(nothing).values()) == {NO}
    assert assessed(open_question)[PIPL_AUTHORITY].missing_facts == ("access",)


@pytest.mark.parametrize(
    ("count", "answer"),
    [
        ({"value": 999_999}, NO), ({"value": 1_000_000}, YES), ({"value": 1_000_001}, YES),
        ({"estimate": {"low": 999_999, "high": 1_000_000}}, NEEDS), ({"unknown": "not counted"}, NEEDS), (None, NEEDS),
    ],
)  # fmt: skip
def test_a_million_people_is_the_line_and_counts_itself(count: object, answer: Answer) -> None:
    assert answers(complete(subject_count=count))[CAC] is answer


@pytest.mark.parametrize(("loss", "answer"), [(4_999_999, NO), (5_000_000, YES)])
def test_a_loss_of_five_million_is_a_line_as_well(loss: int, answer: Answer) -> None:
    values = complete(subject_count={"value": 1}, direct_loss={"value": {"amount": loss, "currency": "CNY"}})

    assert answers(values)[CAC] is answer


def test_the_judgement_of_the_grading_guidelines_is_named_while_nobody_makes_it() -> None:
    found = assessed(complete(subject_count={"value": 1}))[CAC]
    stated = complete(subject_count={"value": 1}, serious_threat={"value": True})

    assert "serious_threat" in found.consider[0]
    assert answers(stated)[CAC] is YES


def test_a_foreign_operator_of_chinese_networks_must_say_where_it_operates() -> None:
    values = complete()
    values["organisation"]["country"] = "DE"
    assert assessed(values)[CAC].missing_facts == ("operates_in",)

    values["facts"]["operates_in"] = {"value": ["CN"]}
    assert answers(values)[CAC] is YES


def test_a_duty_for_others_does_not_apply_and_says_so() -> None:
    values = complete()
    values["obligated_as"] = ["controller"]
    found = assessed(values)[CAC]

    assert found.applies is NO
    assert "network operator" in found.because
    assert not found.is_dormant


def test_safe_encryption_lifts_the_letter_to_people_and_unsaid_encryption_is_named() -> None:
    safe = complete(encryption={"value": {"encrypted": True, "key_safe": True}})
    silent = complete(encryption=None)

    assert assessed(safe)[GDPR_34].applies is NO
    assert "exempt" in assessed(safe)[GDPR_34].because
    assert assessed(silent)[GDPR_34].applies is YES
    assert any("`encryption`" in text for text in assessed(silent)[GDPR_34].consider)
    assert any("disproportionate" in text for text in assessed(silent)[GDPR_34].consider)


def test_harm_avoided_lifts_the_letter_to_people_but_not_the_report() -> None:
    found = answers(complete(harm_avoided={"value": True}))

    assert (found[PIPL_PEOPLE], found[PIPL_AUTHORITY]) == (NO, YES)


def on_day(day: str) -> dict[str, Any]:
    values = complete(discovery_date={"value": day})
    del values["events"]
    return values


@pytest.mark.parametrize(
    ("day", "duty", "is_law"),
    [
        ("2018-05-24", GDPR_33, False), ("2018-05-25", GDPR_33, True), ("2021-10-31", PIPL_AUTHORITY, False),
        ("2021-11-01", PIPL_PEOPLE, True), ("2025-10-31", CAC, False), ("2025-11-01", CAC, True),
    ],
)  # fmt: skip
def test_the_law_of_the_day_decides(day: str, duty: str, *, is_law: bool) -> None:
    found = assessed(on_day(day))[duty]

    assert found.applies is (YES if is_law else NO) or (found.applies is UNKNOWN and not is_law)
    assert (found.applies is UNKNOWN) is (found.consider == (OLDER,))


def test_a_day_on_both_sides_of_the_law_needs_the_day() -> None:
    values = on_day("2021-11-01")
    values["facts"]["discovery_date"] = {"estimate": {"earliest": "2021-10-30", "latest": "2021-11-02"}}
    found = assessed(values)[PIPL_AUTHORITY]

    assert found.applies is NEEDS
    assert found.missing_facts == ("discovery_date",)


@pytest.mark.parametrize(
    ("duty", "moment", "is_law"),
    [
        ("kr-pipa-34-2-possible", "2026-09-10T14:59Z", False),
        ("kr-pipa-34-2-possible", "2026-09-10T15:00Z", True),
        ("us-sd-22-40-20-individuals", "2018-07-01T04:59Z", False),
        ("us-sd-22-40-20-individuals", "2018-07-01T05:00Z", True),
    ],
)  # fmt: skip
def test_an_exact_moment_has_its_day_where_the_law_is(duty: str, moment: str, *, is_law: bool) -> None:
    """A law of Korea begins nine hours before the same day begins in London."""
    later = datetime(2026, 11, 1, tzinfo=UTC)
    values = on_day("2026-01-01")
    del values["facts"]["discovery_date"]
    values["zone"] = "UTC"
    values["facts"]["subjects_by_jurisdiction"] = {"value": {"KR": 5, "US-SD": 5}}
    values["events"] = [{"id": "a", "kind": "awareness", "occurred_at": moment, "recorded_at": moment}]
    one = DutyBook(vocabulary=book().vocabulary, duties=(book().duty(duty),))
    (found,) = assess_facts(one, facts_of(values, now=later), later)

    assert (str(book().duty(duty).in_force_from) in found.because) is not is_law


def test_which_law_was_taken_is_told_and_today_is_never_taken_in_silence() -> None:
    known, nothing = complete(), complete(discovery_date=None, breach_date=None)
    del nothing["events"]

    assert law_of(facts_of(known), NOW) == {"first": "2026-06-10", "last": "2026-06-10", "by": "the event `d`"}
    assert law_of(facts_of(nothing), NOW) == {"first": "2026-06-12", "last": "2026-06-12", "by": "today"}


def changed(**fields: object) -> Assessment:
    duty: Duty = book().duty(GDPR_33).model_copy(update=fields)
    one = DutyBook(vocabulary=book().vocabulary, duties=(duty,))
    return assess_facts(one, facts_of(), NOW)[0]


@pytest.mark.parametrize(
    ("fields", "answer", "says"),
    [
        ({"status": "proposed"}, NO, "only proposed"),
        ({"status": "not_in_force"}, YES, ""),
        ({"status": "not_in_force", "in_force_from": None}, NO, "not in force when it was checked on 2026-11-24"),
        ({"status": "not_in_force", "in_force_from": date(2026, 6, 11)}, NO, "in force from 2026-06-11"),
        ({"status": "not_in_force", "in_force_from": date(2026, 6, 10)}, YES, ""),
        ({"status": "proposed", "in_force_from": date(2026, 6, 11)}, NO, "it was expected from 2026-06-11"),
        ({"status": "proposed", "in_force_from": date(2026, 6, 10)}, NO, "which has come: have it read again"),
        ({"in_force_to": date(2026, 6, 9)}, NO, "only until 2026-06-09"),
        ({"in_force_to": date(2026, 6, 10)}, YES, ""),
        ({"in_force_from": None}, YES, ""),
    ],
)
def test_a_duty_that_is_not_law_is_dormant(fields: dict[str, object], answer: Answer, says: str) -> None:
    found = changed(**fields)

    assert found.applies is answer
    assert says in found.because


def test_the_day_may_also_straddle_the_end_of_a_law() -> None:
    values = complete(discovery_date={"estimate": {"earliest": "2026-06-09", "latest": "2026-06-11"}})
    del values["events"]
    duty = book().duty(GDPR_33).model_copy(update={"in_force_to": date(2026, 6, 10)})
    found = assess_facts(DutyBook(vocabulary=book().vocabulary, duties=(duty,)), facts_of(values), NOW)[0]

    assert found.applies is NEEDS


def test_the_clocks_stand_beside_the_answer() -> None:
    found = assessed()
    states = {name: dict(one.phases)[one.duty.phases[0].name].state for name, one in found.items()}

    assert states[GDPR_33] is State.AT_RISK
    assert states[CAC] is State.OVERDUE
    assert states[PIPL_AUTHORITY] is State.RUNNING
    assert [name for name, _ in found[CAC].phases] == ["initial", "supplement", "final"]
    assert assessed(complete(risk={"value": "unlikely"}))[GDPR_33].phases == ()


def test_the_json_has_the_fields_of_the_contract() -> None:
    found = assessed()[GDPR_33]
    shown = json.loads(json.dumps(to_json_object(found, now=NOW)))

    assert shown["applies"] == "yes"
    assert shown["phases"][0]["name"] == "initial"
    assert shown["phases"][0]["work_by"] == "2026-06-13T15:00:00Z"
    assert shown["recipient"]["name"] == "Competent supervisory authority"
    assert shown["verified_on"] == "2026-11-24"
    assert shown["confidence"] == "sourced"
    assert {"duty", "because", "missing_facts", "law"} <= shown.keys()


def test_time_is_an_argument() -> None:
    late = datetime(2026, 6, 13, 15, 0, 0, 1, tzinfo=UTC)

    assert dict(assessed(now=late)[GDPR_33].phases)["initial"].state is State.OVERDUE
