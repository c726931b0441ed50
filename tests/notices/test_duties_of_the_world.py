"""The duties of further Asia, the Middle East, Africa and the Americas: both sides of every line, and their limits."""

from __future__ import annotations

import functools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from leakguard.clocks.verdicts import State
from leakguard.files.yaml_text import read_yaml
from leakguard.frozen import replace
from leakguard.notices.assess import Assessment
from leakguard.notices.book import DutyBook, assess_facts
from leakguard.notices.duties import Duty
from leakguard.notices.judging import Answer
from support.each import for_each
from support.notices import book, facts_of

pytestmark = pytest.mark.long

TABLE: dict[str, Any] = read_yaml(
    Path(__file__).with_name("boundaries_world.yaml").read_text(encoding="utf-8"), name="boundaries"
).value
NOW = datetime(2026, 12, 12, 4, tzinfo=UTC)
EXPOSURE, ACCESS = TABLE["exposure_alone"], TABLE["access_is_needed"]
ACQUISITION = TABLE["acquisition_is_needed"]
DORMANT = TABLE["dormant"]
IN_FORCE = [*EXPOSURE, *ACCESS, *ACQUISITION]
MINE = [*IN_FORCE, *DORMANT]
CALIFORNIA = "us-ca-1798-82-individuals"
PLACES = "TH PH ID MY VN AE SA IL TR ZA NG KE BR MX AR CL CA-QC US-CA"
_STATES = ("value", "estimate", "unknown", "not_applicable")


def base() -> dict[str, Any]:
    """A case in which each of these duties arises, for an organisation that sits in none of these countries."""
    facts: dict[str, Any] = {
        **dict.fromkeys(("exposure", "access", "exfiltration", "acquisition", "vulnerable_people"), True),
        **dict.fromkeys(("public_services_disturbed", "difc_body", "adgm_body"), True),
        "risk": "high_risk",
        "serious_harm": "likely",
        "database_security_level": "high",
        "subject_count": 600_000,
        "data_categories": ["identification_number.us_ssn", "health", "payment", "credentials", "location"],
        "encryption": {"value": {"encrypted": False, "key_safe": None}},
        "operates_in": ["US", "MY"],
        "subjects_by_jurisdiction": {"value": dict.fromkeys(PLACES.split(), 1000)},
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
    return replace(book(), duties=tuple(duty for duty in book().duties if duty.id in MINE))


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
    values["events"] = [
        {"id": f"e{number}", "kind": kind, "occurred_at": moment, "recorded_at": moment, **filing(row)}
        for number, (kind, moment) in enumerate(row.get("events", {}).items())
    ]
    return values


def filing(row: dict[str, Any]) -> dict[str, str]:
    obligation, _, stage = row.get("filed", "").partition("/")
    return {"obligation": obligation, "stage": stage} if obligation else {}


def assessed(row: dict[str, Any], *, now: datetime = NOW, duties: DutyBook | None = None) -> dict[str, Assessment]:
    facts = facts_of(changed(row), now=now)
    return {one.duty.id: one for one in assess_facts(duties or mine(), facts, now)}


def only(name: str) -> DutyBook:
    return replace(book(), duties=(book().duty(name),))


def test_each_of_them_arises_in_the_base_case() -> None:
    found = assessed({})

    assert {name for name, one in found.items() if one.applies is Answer.YES} == set(IN_FORCE)
    assert {name for name, one in found.items() if one.is_dormant} == set(DORMANT)


def without_a_copy(**facts: bool) -> dict[str, Any]:
    return {"set": {"exposure": False, "access": False, "exfiltration": False, "acquisition": False, **facts}}


def applying(row: dict[str, Any]) -> set[str]:
    return {name for name, one in assessed(row).items() if one.applies is Answer.YES}


def test_exposure_access_and_acquisition_are_three_facts() -> None:
    """A law that counts a copy is not set off by a look, and a law that counts a look not by an open door."""
    assert applying(without_a_copy()) == set()
    assert applying(without_a_copy(exposure=True)) == set(EXPOSURE)
    assert applying(without_a_copy(exposure=True, access=True)) == {*EXPOSURE, *ACCESS}
    assert applying(without_a_copy(exfiltration=True, acquisition=True)) == set(IN_FORCE)


@for_each("row", TABLE["rows"], ids=lambda row: f"{row['duty']}-{row['says']}")
def test_a_line_is_right_on_both_sides(row: dict[str, Any]) -> None:
    found = assessed(row, duties=only(row["duty"]))[row["duty"]]

    assert found.applies == row["says"], found.because
    assert list(found.missing_facts) == row.get("missing", [])
    assert found.because


@for_each("name", MINE)
def test_whoever_is_not_addressed_is_not_bound(name: str) -> None:
    values = changed({})
    values["obligated_as"] = ["manufacturer"]
    found = assess_facts(only(name), facts_of(values, now=NOW), NOW)[0]

    assert found.applies is Answer.NO
    assert "obligated_as" in found.because


@for_each("name", MINE)
def test_nothing_is_answered_when_nothing_is_stated(name: str) -> None:
    """Every trigger asks; none takes silence for a yes or for a no."""
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
    row = {"set": {"discovery_date": day.isoformat()}}
    return assessed(row, duties=only(name))[name]


@for_each("name", DORMANT)
def test_a_dormant_law_wakes_by_a_change_of_its_data(name: str) -> None:
    awake: Duty = book().duty(name).model_copy(update={"status": "in_force", "in_force_from": date(2026, 6, 1)})
    found = assess_facts(replace(book(), duties=(awake,)), facts_of(changed({}), now=NOW), NOW)[0]

    assert assessed({}, duties=only(name))[name].applies is Answer.NO
    assert found.applies is Answer.YES
    assert found.phases


@for_each("row", TABLE["limits"], ids=lambda row: f"{row['duty']}-{row['stage']}")
def test_a_limit_ends_when_the_law_says(row: dict[str, Any]) -> None:
    now = datetime.fromisoformat(max(row["events"].values())) + timedelta(hours=1)
    found = assessed({**row, "set": {**row.get("set", {})}}, now=now, duties=only(row["duty"]))[row["duty"]]
    status = dict(found.phases)[row["stage"]]

    assert status.work_by == datetime.fromisoformat(row["due"])


@for_each("name", TABLE["no_fixed_limit"])
def test_a_law_without_hours_counts_up(name: str) -> None:
    for phase in book().duty(name).phases:
        assert all(limb.amount.none for limb in phase.clock.limbs)


def test_a_chained_stage_sleeps_until_the_filing_before_it() -> None:
    found = assessed({}, duties=only("my-pdpa-12b-individuals"))["my-pdpa-12b-individuals"]

    assert dict(found.phases)["initial"].state is State.LATENT


def test_whole_days_have_a_later_reading_to_the_end_of_the_day() -> None:
    row = {"events": {"discovery": "2026-01-31T09:00-08:00"}}
    status = dict(assessed(row, duties=only(CALIFORNIA))[CALIFORNIA].phases)["initial"]

    assert status.verdict.statutory_limit == datetime(2026, 3, 3, 7, 59, 59, 999_999, tzinfo=UTC)


def test_what_nobody_read_stays_marked() -> None:
    unread = {name for name in MINE if book().duty(name).source_kind == "unread"}

    assert unread == {name for name in MINE if book().duty(name).confidence == "own-knowledge"}
    assert unread == {"vn-pdpl-23-authority", "vn-pdpl-individuals-special", "ae-difc-42-individuals"}
    assert all({"trigger", "deadline", "content"} <= set(book().duty(name).verify_fields) for name in unread)
