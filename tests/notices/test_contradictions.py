"""Facts that cannot all be true are told, and never settled."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.notices.contradictions import contradictions
from support.notices import GDPR_33, book, complete, facts_of, letter_of

DISCOVERY = {"id": "d1", "kind": "discovery", "occurred_at": "2026-06-10T22:30", "recorded_at": "2026-06-10T23:00"}


def told(*events: dict[str, Any], **facts: Any) -> tuple[str, ...]:  # noqa: ANN401  (a facts file holds anything)
    values = complete(**facts)
    values["events"] = [*values["events"], *events]
    return contradictions(facts_of(values))


def test_the_complete_case_contradicts_itself_nowhere() -> None:
    assert told(DISCOVERY) == ()


@pytest.mark.parametrize(
    ("count", "residents", "says"),
    [
        (100, {"CN": 90, "DE": 10}, ""),
        (99, {"CN": 90, "DE": 10}, "99 people in all are fewer than the 100 of"),
        (100, {"US": 100, "US-CA": 15, "US-NY": 20}, ""),
        (30, {"US-CA": 15, "US-NY": 20}, "30 people in all are fewer than the 35 of"),
    ],
)
def test_the_total_is_not_below_the_residents(count: int, residents: dict[str, int], says: str) -> None:
    """A total of 100 in the letter to an authority whose duty arose by 12,400 residents."""
    found = told(subject_count={"value": count}, subjects_by_jurisdiction={"value": residents})

    assert [says in text for text in found] == ([True] if says else [])


def test_unknown_counts_contradict_nothing() -> None:
    assert told(subject_count={"unknown": "x"}) == told(subjects_by_jurisdiction={"unknown": "x"}) == ()


def test_nobody_takes_what_nobody_read() -> None:
    assert told(access={"value": False}, exfiltration={"value": True}) == (
        "access: stated as false, but `exfiltration` as true",
    )
    assert told(exposure={"value": False}, access={"value": True}) == (
        "exposure: stated as false, but `access` as true",
    )
    assert told(acquisition={"value": False}, exfiltration={"value": True}) == (
        "acquisition: stated as false, but `exfiltration` as true",
    )


def test_minors_who_are_counted_are_vulnerable_people() -> None:
    assert told(vulnerable_people={"value": False}, minors_count={"value": 20}) == (
        "vulnerable_people: stated as false, but `minors_count` counts 20",
    )
    assert told(vulnerable_people={"value": False}, minors_count={"value": 0}) == ()


def test_whoever_is_a_processor_is_addressed_as_one() -> None:
    """Else its duty to tell the controller answers that it addresses a processor."""
    values = complete()
    values["organisation"]["role"] = "processor"

    assert contradictions(facts_of(values)) == (
        "obligated_as: does not list the role of the organisation, `processor`",
    )


def test_a_breach_is_not_discovered_before_it_began() -> None:
    found = told(breach_date={"value": "2026-06-12"}, discovery_date={"value": "2026-06-10"})

    assert found == ("breach_date: lies after `discovery_date`",)


def test_the_day_that_a_letter_tells_is_that_of_the_event_from_which_clocks_run() -> None:
    late = {**DISCOVERY, "occurred_at": "2026-06-11T09:00", "recorded_at": "2026-06-11T09:00", "corrects": "d"}
    late["reason"] = "mail read"
    mended = {**DISCOVERY, "id": "d2", "corrects": "d1", "reason": "mail read", "recorded_at": "2026-06-11T10:00"}

    assert told(late) == ("discovery_date: letters tell another time than the event `d1`, from which clocks run",)
    assert told(late, mended) == ()
    assert told(late, discovery_date=None) == ()


def test_a_draft_tells_its_contradictions() -> None:
    letter = letter_of(GDPR_33, "en", complete(subject_count={"value": 1}))

    assert letter.remarks[0].startswith("subject_count: 1 person in all is fewer than")


KNOWN, UNKNOWN = {"value": False}, {"unknown": "the logs are still being read"}


def apart(everywhere: dict[str, Any] | None, here: dict[str, Any], name: str = "exfiltration") -> list[str]:
    values = {**complete(**{name: everywhere}), "by_jurisdiction": {"DE": {name: dict(here)}}}
    found = contradictions(facts_of(values), vocabulary=book().vocabulary)
    return [text for text in found if "in all others" in text]


def test_what_is_known_of_the_incident_in_one_letter_is_unknown_in_no_other_of_the_same_day() -> None:
    assert apart(UNKNOWN, KNOWN) == [
        "exfiltration: told as known in the letters for Germany, told as unknown in all others"
    ]
    assert apart(KNOWN, UNKNOWN) == [
        "exfiltration: told as unknown in the letters for Germany, told as known in all others"
    ]
    assert apart(KNOWN, KNOWN) == apart(UNKNOWN, UNKNOWN) == apart(None, KNOWN) == []
    assert apart({"not_applicable": "x"}, UNKNOWN, "actual_harm") == []


def test_help_that_only_one_place_has_is_no_contradiction() -> None:
    assert apart({"unknown": "x"}, {"value": "call 1"}, "individual_steps") == []


def test_both_languages_name_the_two_letters() -> None:
    values = {**complete(exfiltration=UNKNOWN), "by_jurisdiction": {"DE": {"exfiltration": KNOWN}}}
    (line,) = contradictions(facts_of(values), "zh", book().vocabulary)

    assert line == "exfiltration：面向德国的文书写为已查明，其他文书写为尚未查明"
