"""Whether a notice says everything it must."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from leakguard.errors import UsageProblem
from leakguard.notices.completeness import Completeness, check, to_json_object
from leakguard.outputs.notice import completeness_lines
from leakguard.use_cases.letters.draft_notices import check_drafted_notice
from support.notices import CAC, DUTIES, GDPR_33, GDPR_34, NOW, PIPL_PEOPLE, book, both, complete, facts_of

pytestmark = pytest.mark.untraced

REQUIRED = [
    (duty, item.item)
    for duty in DUTIES
    for item in book().duty(duty).content
    if item.required == "yes" and not item.or_
]
OF_ORGANISATION = {"org_contact": "contact", "dpo_contact": "dpo"}


def checked(duty: str, values: dict[str, Any] | None = None, *, stage: str | None = None) -> Completeness:
    return check_drafted_notice(book(), facts_of(values), book().duty(duty), now=NOW, stage=stage)


def without(item: str) -> dict[str, Any]:
    values = complete(**{item: None})
    if item in OF_ORGANISATION:
        del values["organisation"][OF_ORGANISATION[item]]
    return values


@pytest.mark.parametrize("duty", [duty for duty in DUTIES if duty != CAC])
def test_the_complete_case_is_complete(duty: str) -> None:
    found = checked(duty)

    assert found.is_complete
    assert found.missing == ()


def test_the_complete_case_is_complete_for_the_report_in_china() -> None:
    found = checked(CAC)

    assert found.is_complete
    assert found.said_as_unknown == ("threat_actor", "exfiltration")


@pytest.mark.parametrize(("duty", "item"), [pair for pair in REQUIRED if pair[1] != "org_identity"])
def test_each_required_item_is_missed_when_it_is_deleted(duty: str, item: str) -> None:
    assert checked(duty, without(item)).missing == (item,)


@pytest.mark.parametrize(
    ("duty", "item"), [pair for pair in REQUIRED if pair[1] not in {"org_identity", *OF_ORGANISATION}]
)
def test_a_required_item_that_is_unknown_is_still_missing(duty: str, item: str) -> None:
    assert item in checked(duty, complete(**{item: {"unknown": "not found out yet"}})).missing


EITHER = [(duty, item.item, item.or_) for duty in DUTIES for item in book().duty(duty).content if item.or_]


@pytest.mark.parametrize(("duty", "item", "other"), EITHER)
def test_of_two_items_that_the_law_takes_alike_one_is_enough(duty: str, item: str, other: str) -> None:
    values = without(item)
    unknown = complete(**{item: {"unknown": "not found out yet"}})
    if item in OF_ORGANISATION:
        unknown["organisation"].pop(OF_ORGANISATION[item])

    assert item not in checked(duty, values).missing
    assert item in checked(duty, unknown).said_as_unknown
    values["facts"].pop(other, None)
    values["organisation"].pop(OF_ORGANISATION.get(other, ""), None)
    assert item in checked(duty, values).missing


OF_THE_OFFICER = ["uk-gdpr-33-ico", "uk-gdpr-34-individuals", "br-lgpd-48-individuals", "ca-pipeda-10-1-opc"]


@pytest.mark.parametrize("duty", [GDPR_33, GDPR_34, *OF_THE_OFFICER])
def test_an_organisation_without_a_data_protection_officer_names_its_contact_point(duty: str) -> None:
    """Art. 33(3)(b) asks for the officer "or other contact point", and Art. 34(2) refers to it."""
    values = without("dpo_contact")
    values["organisation"].pop("dpo", None)
    values["facts"]["org_contact"] = {"value": {"name": "Customer desk", "email": "help@shop.example"}}

    assert "dpo_contact" not in checked(duty, values).missing


CONDITIONAL = [
    (duty, item.item)
    for duty in DUTIES
    for item in book().duty(duty).content
    if item.required in {"if_known", "if_known_in_time"}
]


@pytest.mark.parametrize(("duty", "item"), CONDITIONAL)
def test_an_item_that_may_be_unknown_needs_the_reason(duty: str, item: str) -> None:
    said = checked(duty, complete(**{item: {"unknown": "the logs are being read"}}))

    assert item in said.said_as_unknown
    assert said.is_complete
    assert checked(duty, complete(**{item: None})).missing == (item,)


def test_what_does_not_apply_is_no_item_that_is_not_known_yet() -> None:
    """A firm that nobody owns has no parent to be found out."""
    ruled_out = {"not_applicable": both("nobody owns us", "无母公司")["value"]}
    needs = {
        name: both("free for 24 months", "免费24个月")
        for name in ("police_report_right", "credit_freeze", "credit_monitoring")
    }
    found = checked("us-ma-93h-3-individuals", complete(parent_company=ruled_out, **needs))

    assert found.is_complete
    assert (found.not_applicable, found.said_as_unknown) == (("parent_company",), ())
    assert to_json_object(found)["not_applicable"] == ["parent_company"]
    assert "  does not apply:" in list(completeness_lines(found, book().vocabulary))
    assert "threat_actor" in checked(CAC, complete(threat_actor=ruled_out), stage="initial").not_applicable


LATER = [
    (duty.id, phase.name, item.item)
    for duty in book().duties
    for phase in duty.phases[1:]
    for item in duty.items_of(phase.name)
    if phase.content and book().vocabulary.conditions[item.required].tells_unknown
]


def test_what_may_wait_in_a_first_notice_does_not_wait_in_the_next() -> None:
    """The condition of the whole notice would reach every stage that does not state its own."""
    assert LATER == []


def test_the_reason_for_a_delay_is_needed_only_when_late() -> None:
    duty, facts, words = book().duty(GDPR_33), facts_of(), book().vocabulary

    assert check(duty, facts, None, words, is_late=True).missing == ("delay_reason",)
    assert check(duty, facts, None, words, is_late=False).missing == ()
    assert check(duty, facts, None, words, is_late=None).undecided == ("delay_reason",)
    told = facts_of(complete(delay_reason=both("x", "x")))
    assert check(duty, told, None, words, is_late=True).is_complete


def test_at_hour_80_the_notice_of_a_british_provider_asks_for_the_reasons_for_the_delay() -> None:
    """Regulation 5A(3A) of PECR since 2025-08-20; what is not available yet may follow, and then it must be there."""
    duty, nobody = book().duty("uk-pecr-5a-ico"), {"not_applicable": both("nobody else", "无")["value"]}
    told = {name: both("x", "x") for name in ("cause", "cross_border", "individuals_status", "measures_before")}
    facts = facts_of(complete(other_parties=nobody, **told))
    aware = datetime.fromisoformat("2026-06-10T23:00+08:00")

    def missing(hours: int) -> tuple[str, ...]:
        now = aware + timedelta(hours=hours)
        return check_drafted_notice(book(), facts, duty, now=now, stage="initial").missing

    assert (missing(71), missing(80)) == ((), ("delay_reason",))
    unknown = complete(consequences={"unknown": "still examined"})
    assert "consequences" not in checked(duty.id, unknown, stage="initial").missing
    assert "consequences" in checked(duty.id, unknown, stage="supplement").missing


def test_a_ransom_is_needed_only_in_a_ransom_attack() -> None:
    assert checked(CAC, complete(ransom=None)).is_complete
    assert checked(CAC, complete(ransom=None, ransomware={"value": True})).missing == ("ransom",)
    assert checked(CAC, complete(ransom=None, ransomware=None)).undecided == ("ransom",)
    assert checked(CAC, complete(ransomware=None)).undecided == ()


def test_a_recommended_item_is_named_and_not_missed() -> None:
    found = checked(GDPR_34, complete(individual_steps=None))

    assert found.is_complete
    assert found.recommended == ("individual_steps",)


def test_each_stage_has_its_own_items() -> None:
    assert checked(CAC, complete(root_cause=None), stage="final").missing == ("root_cause",)
    assert checked(CAC, complete(root_cause=None), stage="initial").is_complete
    with pytest.raises(UsageProblem, match="has no stage `last`"):
        checked(CAC, stage="last")


def variant(duty: str, **fields: object) -> Completeness:
    return check(book().duty(duty).model_copy(update=fields), facts_of(), None, book().vocabulary)


def test_what_the_law_forbids_is_found_as_an_item_and_inside_other_texts() -> None:
    assert variant(GDPR_34, must_not_contain=("consequences",)).forbidden_present == ("consequences",)
    assert variant(PIPL_PEOPLE, must_not_contain=("subject_count",)).forbidden_present == ()
    quoting = facts_of(complete(consequences=both("It was cold. the server asked for no login", "x")))
    duty = book().duty(GDPR_34).model_copy(update={"must_not_contain": ("cause",)})

    assert check(duty, quoting, None, book().vocabulary).forbidden_present == ("cause",)


def test_later_stages_and_optional_items_have_their_own_conditions() -> None:
    duty = book().duty(GDPR_34)
    content = (
        duty.content[0].model_copy(update={"item": "minors_count", "required": "second_notification"}),
        duty.content[0].model_copy(update={"item": "wisp", "required": "optional"}),
    )
    changed = duty.model_copy(update={"content": content})

    assert check(changed, facts_of(), None, book().vocabulary).missing == ()
    assert check(changed, facts_of(), "second", book().vocabulary).missing == ("minors_count",)
    assert check(changed, facts_of(), None, book().vocabulary).recommended == ()


@pytest.mark.parametrize(
    ("contact", "is_fine"),
    [
        ("the front desk", False),
        ("desk@university.example", True),
        ("https://university.example", True),
        ("+86 21", True),
    ],
)
def test_a_contact_must_lead_somewhere(contact: str, *, is_fine: bool) -> None:
    values = complete()
    values["organisation"]["contact"] = contact

    assert checked(PIPL_PEOPLE, values).is_complete is is_fine


def test_the_json_has_the_fields_of_the_contract() -> None:
    shown = to_json_object(checked(GDPR_33, complete(consequences=None)))

    assert shown["complete"] is False
    assert shown["missing"] == ["consequences"]
    assert {"duty", "complete", "missing", "forbidden_present", "format_problems"} <= shown.keys()
