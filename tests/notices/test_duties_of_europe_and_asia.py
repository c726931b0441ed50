"""The duties of Europe, Greater China, Japan, Korea, Singapore, Oceania and India: both sides of every line."""

from __future__ import annotations

import functools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from leakguard.files.yaml_text import read_yaml
from leakguard.frozen import replace
from leakguard.notices.assess import Assessment
from leakguard.notices.book import DutyBook, assess_facts
from leakguard.notices.completeness import check
from leakguard.notices.fact_values import Contact, LocalisedText, Span
from leakguard.notices.facts import Fact, Facts, FactState, Organisation
from leakguard.notices.judging import Answer
from support.each import for_each
from support.notices import book, facts_of

pytestmark = pytest.mark.long

TABLE: dict[str, Any] = read_yaml(
    Path(__file__).with_name("boundaries_europe_asia.yaml").read_text(encoding="utf-8"), name="boundaries"
).value
NOW = datetime(2026, 10, 1, 4, tzinfo=UTC)
EXPOSURE, ACCESS, OTHER = TABLE["exposure_alone"], TABLE["access_is_needed"], TABLE["another_fact_decides"]
DORMANT = TABLE["dormant"]
IN_FORCE = [*EXPOSURE, *ACCESS, *OTHER]
MINE = [*IN_FORCE, *DORMANT]
_STATES = ("value", "estimate", "unknown", "not_applicable")
_TRUE = (
    *("exposure", "access", "exfiltration", "malicious", "significant_incident", "service_recipients_affected"),
    *("major_ict_incident", "clients_interests_affected", "exploited_vulnerability", "severe_product_incident"),
    *("cyberattack", "critical_function_endangered", "protection_needed", "interests_harmed", "product_vulnerability"),
    *("public_interest_vulnerability", "computer_security_incident", "core_function_disrupted", "law_violated"),
    *("many_people_endangered", "listed_digital_business", "subjects_hard_to_identify", "trust_services_affected"),
    "essential_service_disrupted",
)
_PLACES = ("DE", "GB", "CH", "CN", "HK", "TW", "JP", "KR", "SG", "AU", "NZ", "IN")
_FALSE = ("harm_avoided", "internal_only", "notice_prohibited")


def base() -> dict[str, Any]:
    """A case in which each of these duties arises, for an organisation that sits in none of these countries."""
    facts: dict[str, Any] = {
        **dict.fromkeys(_TRUE, True),
        **dict.fromkeys(_FALSE, False),
        "risk": "high_risk",
        "serious_harm": "likely",
        "subject_count": 2_000_000,
        "record_count": 2_000_000,
        "data_categories": ["basic.name", "health", "payment"],
        "direct_loss": {"value": {"amount": 0, "currency": "CNY"}},
        "encryption": {"value": {"encrypted": False, "key_safe": None}},
        "operates_in": ["DE", "CH", "CN", "GB", "HK", "MO", "TW"],
        "subjects_by_jurisdiction": {"value": dict.fromkeys(_PLACES, 1000)},
    }
    return {
        "incident": "IR-1",
        "organisation": {"name": "Example", "country": "GL"},
        "obligated_as": sorted({word for duty in mine().duties for word in duty.obligated}),
        "facts": {name: stated(value) for name, value in facts.items()},
    }


def stated(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) and set(value) & set(_STATES) else {"value": value}


@functools.cache
def mine() -> DutyBook:
    return only(*MINE)


def only(*names: str) -> DutyBook:
    return replace(book(), duties=tuple(book().duty(name) for name in names))


def changed(row: dict[str, Any]) -> dict[str, Any]:
    """The base case with the changes of one row."""
    values = base()
    for name, value in row.get("set", {}).items():
        values["facts"].pop(name, None)
        if value is not None:
            values["facts"][name] = stated(value)
    if "residents" in row:
        values["facts"]["subjects_by_jurisdiction"] = {"value": row["residents"]}
    values["organisation"]["country"] = row.get("country", "GL")
    values["events"] = [event(number, row["duty"], one) for number, one in enumerate(row.get("events", ()))]
    return values


def event(number: int, duty: str, one: dict[str, str]) -> dict[str, str]:
    filing = {"obligation": duty, "stage": one["stage"]} if "stage" in one else {}
    return {"id": f"e{number}", "kind": one["kind"], "occurred_at": one["at"], "recorded_at": one["at"], **filing}


def assessed(row: dict[str, Any], *, now: datetime = NOW, duties: DutyBook | None = None) -> dict[str, Assessment]:
    found = assess_facts(duties or mine(), facts_of(changed(row), now=now), now)
    return {one.duty.id: one for one in found}


def test_each_of_them_arises_in_the_base_case() -> None:
    found = assessed({})

    assert {name for name, one in found.items() if one.applies is Answer.YES} == set(IN_FORCE)
    assert {name for name, one in found.items() if one.is_dormant} == set(DORMANT)


def applying(**facts: bool) -> set[str]:
    row = {"set": {"exposure": False, "access": False, "exfiltration": False, **facts}}
    return {name for name, one in assessed(row).items() if one.applies is Answer.YES}


def test_exposure_and_access_are_two_facts() -> None:
    """A law that needs a look is not set off by an open door."""
    assert applying() == set(OTHER)
    assert applying(exposure=True) == {*EXPOSURE, *OTHER}
    assert applying(exposure=True, access=True) == set(IN_FORCE)


@for_each("row", TABLE["rows"], ids=lambda row: f"{row['duty']}-{row['says']}")
def test_a_line_is_right_on_both_sides(row: dict[str, Any]) -> None:
    found = assessed(row, duties=only(row["duty"]))[row["duty"]]

    assert found.applies == row["says"], found.because
    assert list(found.missing_facts) == row.get("missing", [])
    assert found.because


@for_each("name", MINE)
def test_whoever_is_not_addressed_is_not_bound(name: str) -> None:
    values = changed({})
    values["obligated_as"] = ["public_company"]
    found = assess_facts(only(name), facts_of(values, now=NOW), NOW)[0]

    assert found.applies is Answer.NO
    assert "obligated_as" in found.because


@for_each("name", MINE)
def test_nothing_is_answered_when_nothing_is_stated(name: str) -> None:
    values = changed({})
    values["facts"] = {"risk": {"unknown": "not decided"}}
    values["organisation"].pop("country")
    found = assess_facts(only(name), facts_of(values, now=NOW), NOW)[0]

    assert found.applies is (Answer.NO if name in DORMANT else Answer.NEEDS_FACT)
    assert found.missing_facts or found.is_dormant


@for_each("name", [name for name in IN_FORCE if book().duty(name).in_force_from])
def test_an_old_incident_is_judged_by_the_law_of_its_day(name: str) -> None:
    start = book().duty(name).in_force_from
    assert start is not None

    assert on_day(name, start).applies is Answer.YES
    before = on_day(name, start - timedelta(days=1))
    assert before.applies is not Answer.YES or before.duty != book().duty(name)
    assert before.applies is Answer.YES or str(start) in before.because


def on_day(name: str, day: date) -> Assessment:
    return assessed({"set": {"discovery_date": day.isoformat()}}, duties=only(name))[name]


@for_each("name", DORMANT)
def test_a_dormant_law_wakes_by_a_change_of_its_data(name: str) -> None:
    awake = book().duty(name).model_copy(update={"status": "in_force", "in_force_from": date(2026, 6, 1)})
    found = assess_facts(replace(book(), duties=(awake,)), facts_of(changed({}), now=NOW), NOW)[0]

    assert assessed({}, duties=only(name))[name].applies is Answer.NO
    assert found.applies is Answer.YES
    assert found.phases


@for_each(
    ("record_count", "system", "applies"),
    [(99, 9_999, Answer.NO), (100, 9_999, Answer.YES), (99, 10_000, Answer.YES)],
)
def test_the_draft_thresholds_of_taiwan_count_records(record_count: int, system: int, applies: Answer) -> None:
    name = "tw-pdpa-12-amended-authority"
    awake = book().duty(name).model_copy(update={"status": "in_force"})
    values = changed({"set": {"data_categories": ["contact.email"], "system_record_count": system}})
    values["facts"]["record_count"] = {"value": record_count}

    assert assess_facts(replace(book(), duties=(awake,)), facts_of(values, now=NOW), NOW)[0].applies is applies


@for_each("row", TABLE["limits"], ids=lambda row: f"{row['duty']}-{row['stage']}")
def test_a_limit_ends_when_the_law_says(row: dict[str, Any]) -> None:
    now = max(datetime.fromisoformat(one["at"]) for one in row["events"]) + timedelta(hours=1)
    found = assessed(row, now=now.astimezone(UTC), duties=only(row["duty"]))[row["duty"]]

    assert dict(found.phases)[row["stage"]].work_by == datetime.fromisoformat(row["due"])


@for_each("name", TABLE["no_fixed_limit"])
def test_a_law_without_hours_counts_up(name: str) -> None:
    for phase in book().duty(name).phases:
        assert all(limb.amount.none for limb in phase.clock.limbs)


def test_a_stage_that_the_facts_rule_out_is_left_away() -> None:
    def stages(name: str, **facts: object) -> list[str]:
        return [stage for stage, _ in assessed({"set": facts}, duties=only(name))[name].phases]

    assert stages("jp-appi-26-ppc") == ["preliminary", "final_improper_purpose"]
    assert stages("jp-appi-26-ppc", malicious=False) == ["preliminary", "final"]
    assert stages("jp-appi-26-ppc", malicious=None) == ["preliminary", "final", "final_improper_purpose"]
    assert stages("hk-pcicso-28") == ["core_function_disrupted", "report"]
    assert stages("hk-pcicso-28", core_function_disrupted=False) == ["other", "report"]
    assert stages("hk-pcicso-28", core_function_disrupted=None) == ["core_function_disrupted", "other", "report"]


def test_a_trust_service_provider_has_the_shorter_limit_in_the_place_of_the_longer_one() -> None:
    """NIS2, Article 23(4), last subparagraph; who states nothing about trust services provides none."""
    names = ("eu-nis2-23-csirt", "eu-nis2-23-trust-services")

    def stages(*, affected: bool | None) -> list[tuple[str, str]]:
        found = assessed({"set": {"trust_services_affected": affected}}, duties=only(*names))
        return [(name, stage) for name in names for stage, _ in found[name].phases if stage != "early_warning"]

    assert stages(affected=True) == [(names[0], "intermediate"), (names[0], "final"), (names[1], "initial")]
    assert stages(affected=False) == [(names[0], stage) for stage in ("incident_notification", "intermediate", "final")]
    assert (names[0], "incident_notification") in stages(affected=None)


def test_the_filing_of_a_trust_service_provider_starts_the_month_of_the_final_report() -> None:
    at = "2026-01-31T09:00Z"
    row = {"duty": "eu-nis2-23-trust-services", "events": [{"kind": "filed", "stage": "initial", "at": at}]}
    found = assessed(row, duties=only("eu-nis2-23-csirt"))["eu-nis2-23-csirt"]

    assert dict(found.phases)["final"].work_by == datetime(2026, 2, 28, 9, tzinfo=UTC)


def test_the_noon_of_the_next_working_day_is_the_later_reading_and_never_the_first() -> None:
    """Saturday is no working day; not every class of financial entity may wait until Monday."""
    name = "eu-dora-19-authority"
    row = {"duty": name, "events": [{"kind": "awareness", "at": "2026-06-12T08:00Z"}]}
    now = datetime(2026, 6, 12, 9, tzinfo=UTC)
    status = dict(assessed(row, now=now, duties=only(name))[name].phases)["initial"]

    assert status.work_by == datetime(2026, 6, 13, 8, tzinfo=UTC)
    assert status.verdict.statutory_limit == datetime(2026, 6, 15, 12, tzinfo=UTC)


def test_japan_counts_the_day_of_awareness_and_may_end_a_period_on_the_next_working_day() -> None:
    """Guideline 3-5-3-4 of the PPC; 8 August 2026 is a Saturday, and the Monday after it is no holiday yet."""
    name = "jp-appi-26-ppc"
    found = assessed(
        {"duty": name, "events": [{"kind": "awareness", "at": "2026-06-10T23:30+09:00"}]}, duties=only(name)
    )
    status = dict(found[name].phases)["final_improper_purpose"]

    assert status.work_by == datetime.fromisoformat("2026-08-08T23:59:59.999999+09:00")
    assert status.verdict.statutory_limit == datetime.fromisoformat("2026-08-10T23:59:59.999999+09:00")


@for_each(
    ("duty", "stage", "event", "strict", "later"),
    [
        # Filed on a Friday: three days end on Monday, which is the first whole working day; there must be two.
        (
            "eu-eprivacy-611-authority", "second",
            {"kind": "filed", "stage": "initial", "at": "2026-06-12T08:00Z"},
            "2026-06-15T08:00Z", "2026-06-16T23:59:59.999999Z",
        ),
        (
            "eu-nis2-23-csirt", "final",
            {"kind": "filed", "stage": "incident_notification", "at": "2026-11-26T08:00Z"},
            "2026-12-26T08:00Z", "2026-12-28T23:59:59.999999Z",
        ),
        (
            "eu-cer-15-authority", "detailed",
            {"kind": "filed", "stage": "initial", "at": "2026-11-26T08:00Z"},
            "2026-12-26T08:00Z", "2026-12-28T23:59:59.999999Z",
        ),
        (
            "eu-cra-14-incident-csirt", "final",
            {"kind": "filed", "stage": "notification", "at": "2026-09-17T08:00Z"},
            "2026-10-17T08:00Z", "2026-10-19T23:59:59.999999Z",
        ),
        (
            "eu-cra-14-vulnerability-csirt", "final",
            {"kind": "corrective_measure_available", "at": "2026-10-03T08:00Z"},
            "2026-10-17T08:00Z", "2026-10-19T23:59:59.999999Z",
        ),
    ],
)  # fmt: skip
def test_days_and_months_of_the_union_end_on_a_working_day_in_the_later_reading(
    duty: str, stage: str, event: dict[str, str], strict: str, later: str
) -> None:
    """Regulation 1182/71, Article 3(4) and (5): periods that are told otherwise than in hours."""
    at = datetime.fromisoformat(event["at"])
    found = assessed({"duty": duty, "events": [event]}, now=at + timedelta(hours=1), duties=only(duty))
    status = dict(found[duty].phases)[stage]

    assert status.work_by == datetime.fromisoformat(strict)
    assert status.verdict.statutory_limit == datetime.fromisoformat(later)


def test_expectations_stand_apart_from_statute() -> None:
    soft = {phase.clock.id for duty in mine().duties for phase in duty.phases if phase.clock.soft}

    assert soft == {"jp-appi-26-ppc.preliminary", "sg-pdpa-26d-pdpc.assessment", "nz-privacy-117-opc.expected"}


def everything_said() -> Facts:
    """Each content item of the vocabulary, stated once, with a text of its own."""
    stated_once = {name: said(name, kind.kind) for name, kind in book().vocabulary.items.items()}
    effects: dict[str, Any] = {
        **dict.fromkeys(("exposure", "access", "exfiltration"), True), "integrity_loss": "none",
        "availability_loss": "none", "subjects_by_jurisdiction": {"DE": Span(low=5, high=5)},
    }  # fmt: skip
    known = {name: Fact(name=name, state=FactState.KNOWN, value=value) for name, value in effects.items()}
    stated = {**stated_once, **known}
    return Facts(incident="i", organisation=Organisation(name=text("Example")), obligated_as=(), stated=stated)


def text(words: str) -> LocalisedText:
    return LocalisedText(texts={"en": words, "zh": words})


def said(name: str, kind: str) -> Fact:
    values: dict[str, Any] = {"count": Span(low=5, high=5), "contact": Contact(ways=("a@b.example",))}
    return Fact(name=name, state=FactState.KNOWN, value=values.get(kind, (text(f"<{name}>"),)))


@for_each("duty", MINE)
def test_an_item_that_is_deleted_is_named(duty: str) -> None:
    whole = everything_said()
    attacked = {**whole.stated, "ransomware": Fact(name="ransomware", state=FactState.KNOWN, value=True)}
    for one in book().duty(duty).content:
        item, required = one.item, one.required
        less = replace(whole, stated={name: fact for name, fact in attacked.items() if name != item})
        stage = "supplement" if required == "second_notification" else None
        before = check(book().duty(duty), whole, stage, book().vocabulary, is_late=True)
        after = check(book().duty(duty), less, stage, book().vocabulary, is_late=True)
        own_entry = item == "org_identity"  # the organisation's own entry answers it when nothing is stated

        assert before.missing == before.undecided == before.forbidden_present == (), item
        may_be_left_out = book().vocabulary.conditions[required].optional or bool(one.or_)
        assert after.missing == (() if own_entry or may_be_left_out else (item,))
        assert after.recommended == ((item,) if required == "recommended" else ())


def test_new_zealand_forbids_the_particulars_of_others() -> None:
    letter = book().duty("nz-privacy-117-individuals")
    slip = Fact(
        name="breach_description",
        state=FactState.KNOWN,
        value=(text("Among others <other_people_details> were reached by <threat_actor>."),),
    )
    whole = everything_said()
    found = check(letter, replace(whole, stated={**whole.stated, "breach_description": slip}), None, book().vocabulary)

    assert found.forbidden_present == ("other_people_details", "threat_actor")


def test_what_nobody_read_stays_marked() -> None:
    unread = {name for name in MINE if book().duty(name).source_kind == "unread"}

    assert unread == {name for name in MINE if book().duty(name).confidence == "own-knowledge"}
    assert unread == {"uk-pecr-5a-subscribers"}
    assert all({"trigger", "deadline", "content"} <= set(book().duty(name).verify_fields) for name in unread)
