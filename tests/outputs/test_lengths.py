"""How long the time of a law is, in words."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.clocks.rules import ClockRule
from leakguard.outputs.assess_words import LANGS, ScreenLang
from leakguard.outputs.lengths import length_words, short_length
from support.each import for_each
from support.notices import book

OFFICE = {"from": "09:00", "to": "17:00"}


def rule(*amounts: dict[str, Any]) -> ClockRule:
    limbs = [{"anchor": "awareness", "amount": amount} for amount in amounts]
    return ClockRule.model_validate({"id": "clock", "limbs": limbs, "combine": "min", "end": "filed", "calendar": "CN"})


@pytest.mark.parametrize(
    ("amount", "en", "zh"),
    [
        ({"elapsed": "PT72H"}, "72 h", "72小时"),
        ({"elapsed": "PT90M"}, "90 min", "90分钟"),
        ({"elapsed": "PT0S"}, "at once", "立即"),
        ({"calendar": "P45D"}, "45 days", "45天"),
        ({"calendar": "P1D"}, "1 day", "1天"),
        ({"calendar": "P0D"}, "the same day", "当日"),
        ({"calendar": "P1M"}, "1 month", "1个月"),
        ({"calendar": "P1Y"}, "1 year", "1年"),
        ({"calendar": "P14M3D"}, "14 months 3 days", "14个月3天"),
        ({"business_days": 3}, "3 working days", "3个工作日"),
        (
            {"business_hours": {"amount": "PT8H", "schedule": {"from": "09:00", "to": "17:00"}}},
            "8 working h",
            "8个工作小时",
        ),
        ({"year_end_plus": "P60D"}, "60 days after the end of the year", "年末后60天"),
        ({"none": True}, "", ""),
    ],
)
def test_each_unit_is_told_in_its_own_words(amount: dict[str, Any], en: str, zh: str) -> None:
    assert (length_words(rule(amount)), length_words(rule(amount), "zh")) == (en, zh)


def test_conditions_of_different_lengths_stand_side_by_side_and_equal_ones_once() -> None:
    assert length_words(rule({"elapsed": "PT24H"}, {"calendar": "P30D"})) == "24 h / 30 days"
    assert length_words(rule({"elapsed": "PT24H"}, {"elapsed": "PT24H"}), "zh") == "24小时"


def test_a_cell_of_a_table_has_short_units() -> None:
    assert short_length(rule({"calendar": "P30D"}), "en") == "30 d"
    assert short_length(rule({"business_days": 3}), "en") == "3 workdays"
    assert short_length(rule({"calendar": "P30D"}), "zh") == "30天"


@for_each("lang", LANGS)
def test_no_length_of_a_duty_is_nothing_where_the_law_gives_one(lang: ScreenLang) -> None:
    for duty in book().duties:
        for phase in duty.phases:
            has_number = any(not limb.amount.none for limb in phase.clock.limbs)
            words = length_words(phase.clock, lang)
            assert bool(words) is has_number, phase.clock.id
            assert not words.startswith("0"), phase.clock.id
