"""One open search server, people in seven places: every duty with its answer, and every stage with its standing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from leakguard.notices.assess import Assessment, to_json_object
from leakguard.notices.book import assess_facts
from leakguard.notices.judging import Answer
from support.notices import book, complete, facts_of

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
PEOPLE = {"CN": 40_000, "DE": 120, "US-CA": 501, "US-MA": 3, "SG": 500, "KR": 900, "BR": 20}
AWARE = "2026-09-20T08:00+08:00"

APPLY = {
    *("eu-gdpr-33-authority", "eu-gdpr-33-5-register"),
    *("cn-pipl-57-authority", "cn-pipl-57-individuals", "cn-csl-44-users", "cn-csl-44-authority"),
    *("cn-dsl-29-users", "cn-dsl-29-authority"),
    *("cn-ndsmr-11-authority", "cn-gbt35273-10-report", "cn-gbt35273-10-individuals"),
    *("sg-pdpa-26d-pdpc", "kr-pipa-34-individuals", "kr-pipa-34-pipc"),
    *("us-ca-1798-82-individuals", "us-ca-1798-82-ag", "us-ma-93h-3-ag", "us-ma-93h-3-individuals"),
    *("br-lgpd-48-anpd", "br-lgpd-48-individuals"),
}


def incident() -> dict[str, Any]:
    """The copy was taken; credentials and US Social Security numbers were among the data."""
    values = complete(
        subjects_by_jurisdiction={"value": PEOPLE},
        subject_count={"value": sum(PEOPLE.values())},
        data_categories={"value": ["basic.name", "contact.email", "credentials", "identification_number.us_ssn"]},
        exfiltration={"value": True},
        acquisition={"value": True},
        malicious={"value": False},
        vulnerable_people={"value": False},
        risk={"value": "risk"},
        serious_harm={"value": "likely"},
        operates_in={"value": ["CN"]},
        discovery_date=None,
        breach_date=None,
    )
    values["events"] = [
        {"id": kind, "kind": kind, "occurred_at": AWARE, "recorded_at": AWARE}
        for kind in ("awareness", "discovery", "determination", "discovery_or_notification", "confirmation")
    ]
    return values


def assessed() -> dict[str, Assessment]:
    return {one.duty.id: one for one in assess_facts(book(), facts_of(incident(), now=NOW), NOW)}


def test_every_duty_of_the_seven_places_is_answered() -> None:
    found = assessed()

    assert set(found) == {duty.id for duty in book().duties}
    assert APPLY - {name for name, one in found.items() if one.applies is Answer.YES} == set()
    assert found["eu-gdpr-34-individuals"].applies is Answer.NO
    assert found["cn-cac-incident-general"].applies is Answer.NO
    assert found["cn-ndsmr-11-interested"].missing_facts == ("interests_harmed",)
    assert found["jp-appi-26-ppc"].applies is Answer.NO
    assert all(one.because for one in found.values())


def test_every_stage_stands_on_one_timeline() -> None:
    found = assessed()
    due = {
        f"{name}.{stage}": status.work_by.isoformat()
        for name in APPLY
        for stage, status in found[name].phases
        if status.work_by is not None
    }

    assert due["eu-gdpr-33-authority.initial"] == "2026-09-23T00:00:00+00:00"
    assert due["kr-pipa-34-individuals.initial"] == "2026-09-23T00:00:00+00:00"
    assert due["sg-pdpa-26d-pdpc.notice"] == "2026-09-23T15:59:59.999999+00:00"
    assert due["us-ca-1798-82-individuals.initial"] == "2026-10-20T00:00:00+00:00"
    assert due["br-lgpd-48-anpd.initial"].startswith("2026-09-2")


def test_every_answer_carries_its_marks() -> None:
    for one in assessed().values():
        shown = to_json_object(one, now=NOW)
        assert shown["source_url"].startswith("http")
        assert shown["source_kind"]
        assert shown["verified_on"] >= "2026-10-09"
        assert shown["confidence"] in {"sourced", "own-knowledge"}
        assert shown["rule"]
