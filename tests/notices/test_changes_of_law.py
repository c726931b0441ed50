"""Both sides of every change of law outside the United States: the day before, and the day itself."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.files.yaml_text import read_yaml
from leakguard.frozen import replace
from leakguard.models.letters import Letter
from leakguard.notices.assess import Assessment
from leakguard.notices.book import assess_facts
from leakguard.notices.duties import Duty
from leakguard.notices.facts import Facts
from leakguard.notices.judging import Answer
from leakguard.notices.law_of_day import text_of_the_day
from leakguard.notices.letters.text import text_of
from leakguard.use_cases.letters.draft_notices import draft_letter
from support.each import for_each
from support.every_fact import every_fact
from support.notices import book, facts_of

pytestmark = pytest.mark.long

TABLE = Path(__file__).with_name("changes_of_law.yaml")
CHANGES: list[dict[str, Any]] = read_yaml(TABLE.read_text(encoding="utf-8"), name=TABLE.name).value["changes"]
NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
CASES = Path(__file__).with_name("cases")
_LEFT_OUT = frozenset(
    {"internal_only", "harm_avoided", "notice_prohibited", "data_recovered", "recipient_trusted", "phi_nature_harmless",
     "low_probability_of_compromise", "no_financial_harm_documented", "subjects_not_identifiable"}
)  # fmt: skip
"""Facts that lift a duty."""


@functools.cache
def everything(day: date) -> Facts:
    """An incident in which every duty arises that was law on the day."""
    decisions = book().vocabulary.decisions
    flags = {name: {"value": True} for name, kind in decisions.items() if kind.kind == "flag" and name not in _LEFT_OUT}
    places = {"KR", "JP", "CN", "HK", "MO", "TW", "SG", "MY", "TH", "VN", "ID", "PH", "IN", "AU", "NZ", "AE", "SA"}
    places |= {"IL", "TR", "ZA", "KE", "NG", "BR", "AR", "CL", "MX", "CA-QC", "CH", "GB", "DE", "NL", "AT", "FR"}
    values = every_fact(**flags)
    values["organisation"]["country"] = "GL"
    values["obligated_as"] = sorted(book().vocabulary.obligated)
    del values["events"]
    values["facts"] |= {
        "discovery_date": {"value": f"{day}"},
        "breach_date": {"value": f"{day - timedelta(days=1)}"},
        "subjects_by_jurisdiction": {"value": dict.fromkeys(sorted(places), 20_000)},
        "operates_in": {"value": ["AT", "CH", "CN", "DE", "GB", "HK", "JP", "KR", "MO", "MY", "NG", "NL", "TW"]},
        "serious_harm": {"value": "likely"},
        "subject_count": {"value": 3_000_000},
        "integrity_loss": {"value": "unrecoverable"},
        "availability_loss": {"value": "full"},
        "misuse_probability": {"value": "high"},
        "database_security_level": {"value": "high"},
        "data_categories": {
            "value": ["health", "payment", "credentials", "identification_number", "biometric", "location"]
        },
    }
    return facts_of(values, now=NOW)


def on(duty: str, day: date) -> Assessment:
    only = replace(book(), duties=(book().duty(duty),))
    (found,) = assess_facts(only, everything(day), NOW)
    return found


def sides() -> Iterator[tuple[str, date, Any]]:
    for change in CHANGES:
        for duty in change["duties"]:
            day = date.fromisoformat(change["day"])
            yield duty, day - timedelta(days=1), change["before"]
            yield duty, day, change["after"]


@for_each("duty, day, says", sides())
def test_each_side_of_a_change_says_what_the_table_states(duty: str, day: date, says: str | dict[str, str]) -> None:
    found = on(duty, day)
    if isinstance(says, str):
        assert found.applies is (Answer.NO if says == "no" else Answer.NO_RULE_KNOWN), found.because
        assert "read on" in found.because or "only until" in found.because or says == "unknown"
        assert found.phases == ()
        return
    law = text_of_the_day(book().duty(duty), everything(day), NOW)
    assert isinstance(law, Duty)
    assert found.applies is Answer.YES, found.because
    assert says["law"] in f"{law.law}, {law.article}"
    amount = law.phases[0].clock.limbs[0].amount
    working = f"{amount.business_days} business days" if amount.business_days else None
    assert (amount.elapsed or amount.calendar or working) == says.get("clock") or "clock" not in says


def boundaries(duty: Duty) -> set[date]:
    """The first day of each text of a duty, and the first day after its end."""
    starts = {version.from_ for version in duty.versions} | {duty.in_force_from}
    after = {version.until + timedelta(days=1) for version in duty.versions}
    ends = {duty.in_force_to + timedelta(days=1)} if duty.in_force_to else set()
    return {day for day in starts | after | ends if day is not None}


def days_in_cases() -> set[tuple[str, date]]:
    """The days that the rows of a file of cases state, by duty."""
    rows = (row for path in CASES.glob("*.yaml") for row in read_yaml(path.read_text(), name=path.name).value["rows"])
    days = ((row["duty"], row.get("set", {}).get("discovery_date")) for row in rows)
    return {(duty, date.fromisoformat(day)) for duty, day in days if isinstance(day, str)}


def test_no_change_of_law_is_left_out_of_the_table() -> None:
    """A duty without versions has one boundary, its beginning, which the test of every date holds.

    The cases of a file may hold both sides of a change in the place of this table.
    """
    written = {(duty, date.fromisoformat(change["day"])) for change in CHANGES for duty in change["duties"]}
    stated = days_in_cases()
    written |= {(duty, day) for duty, day in stated if (duty, day - timedelta(days=1)) in stated}
    abroad = [duty for duty in book().duties if duty.versions and not duty.id.startswith("us-")]
    wanted = {(duty.id, day) for duty in abroad for day in boundaries(duty)}

    assert sorted(wanted - written) == []


@pytest.mark.parametrize(
    ("day", "length"), [("2026-09-01", "PT72H"), ("2026-09-11", "PT72H"), ("2022-09-01", "P5D"), ("2016-09-01", "P5D")]
)
def test_korea_had_a_deadline_before_its_law_of_today(day: str, length: str) -> None:
    found = on("kr-pipa-34-pipc", date.fromisoformat(day))
    amount = dict(found.phases)["initial"].rule.limbs[0].amount

    assert found.applies is Answer.YES
    assert (amount.elapsed or amount.calendar) == length


def test_may_2019_has_an_answer_in_china_europe_and_the_united_kingdom() -> None:
    found = {one.duty.id: one for one in assess_facts(book(), everything(date(2019, 5, 24)), NOW)}

    assert {found[name].applies for name in ("cn-csl-44-users", "cn-csl-25-authority", "cn-miit-24-14")} == {Answer.YES}
    assert found["cn-csl-44-users"].duty.article == "Art. 42(2)"
    assert found["cn-pipl-57-authority"].applies is found["cn-cac-incident-general"].applies is Answer.NO
    assert found["eu-gdpr-33-authority"].applies is found["uk-gdpr-33-ico"].applies is Answer.YES
    assert found["uk-gdpr-33-ico"].duty.article == "Art. 33 GDPR"


def drafted(duty: str, day: date) -> Letter:
    return draft_letter(book(), BundledFiles(), everything(day), duty, lang="en", now=NOW)


@for_each("duty", [duty for duty in book().duties if len(duty.texts) > 1], ids=lambda duty: duty.id)
def test_a_letter_of_an_old_incident_names_the_law_of_that_day(duty: Duty) -> None:
    for version in duty.versions:
        if version.duty is None:
            continue
        letter = drafted(duty.id, version.until)
        told = text_of(letter).text + "\n".join(letter.footer)

        assert str(version.duty.law_words("en")) in told
        assert version.duty.source_url in told
