"""Clock rules in sentences."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from leakguard.clocks.event_kinds import KINDS
from leakguard.clocks.rule_sentences import meaning_words, rule_lines
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.sentences import render as said


def told(**fields: Any) -> str:  # noqa: ANN401  (fields of a rule)
    usual = {"id": "r", "anchor": "awareness", "amount": {"elapsed": "PT72H"}, "end": "filed"}
    return "\n".join(said(rule_lines(ClockRule.model_validate(usual | fields)), ZoneInfo("UTC")))


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ({"elapsed": "PT72H"}, "72 h of exact time from"),
        ({"elapsed": "PT1H30M"}, "1 h 30 min of exact time from"),
        ({"calendar": "P1M"}, "1 month in the local calendar from"),
        ({"calendar": "P2W3D"}, "2 weeks 3 days in the local calendar from"),
        ({"business_days": 1}, "1 working day from"),
        ({"business_hours": {"amount": "PT16H", "schedule": {"from": "09:00", "to": "17:00"}}}, "16 h of working time"),
        ({"year_end_plus": "P60D"}, "60 days after the end of the year of the first `awareness`."),
        ({"none": True}, "Without a fixed limit, counted from"),
    ],
)
def test_an_amount_keeps_the_unit_of_its_law(amount: dict[str, Any], words: str) -> None:
    assert words in told(amount=amount, calendar="DE")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"count_from": "next_full_hour"}, ", counted from the next full hour."),
        ({"end_at": "end_of_day"}, "The limit is the end of the day."),
        ({"end_at": "12:00"}, "The limit is 12:00."),
        ({"rollover": "next_business_day_end"}, "moves to the end of the next working day."),
        ({"rollover": "next_business_day_at 12:00"}, "moves to 12:00 on the next working day."),
        ({"min_business_days": 2}, "The period holds at least 2 working days."),
        ({"end": None}, "Nothing ends it."),
        ({"anchor": "nth(filed, 2)"}, "from `filed` number 2"),
        ({"anchor": "last(detected) | last(noticing)"}, "whichever comes last"),
        ({"anchor": 'filed(to_be_determined="*")'}, "the first `filed` with any to_be_determined"),
        ({"text": "within 72 hours", "law": "L"}, 'Rule: L. "within 72 hours"'),
    ],
)
def test_each_part_of_a_rule_has_its_sentence(fields: dict[str, Any], words: str) -> None:
    assert words in told(**{"calendar": "DE"} | fields)


def test_every_kind_of_event_has_a_meaning_that_reads_as_a_sentence() -> None:
    for kind in KINDS:
        assert meaning_words(kind)
        assert not meaning_words(kind).startswith("legal term")
