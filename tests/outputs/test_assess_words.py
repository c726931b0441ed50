"""The words of the screen of `notice assess`: each in both languages, with the same values."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from string import Formatter
from typing import get_args

import pytest

from leakguard.notices.notice_content import RecipientKind
from leakguard.outputs.assess_say import AssessTexts
from leakguard.outputs.assess_words import RECIPIENTS, TEXTS

pytestmark = pytest.mark.untraced

EN, ZH = AssessTexts("en"), AssessTexts("zh")
OF_LETTERS = {"finder", "staff"}
"""Recipients of letters that no law demands; no duty has them."""


def values_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_each_text_has_the_same_values_in_both_languages(name: str) -> None:
    english, chinese = TEXTS[name]

    for form in english.split("|"):
        assert values_of(form) == values_of(chinese)


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_chinese_is_written_in_chinese(name: str) -> None:
    chinese = re.sub(r"`[^`]*`|\{\w*\}|--all|leakguard[\w .-]*|TEXT|NAME|place|role|reason|by", "", TEXTS[name][1])

    assert not re.search(r"[A-Za-z]{2,}", chinese), chinese
    assert not re.search(r"[一-鿿][,;:()]", chinese), "half a width of punctuation"


def test_every_recipient_of_a_duty_has_words() -> None:
    assert set(get_args(RecipientKind)) - OF_LETTERS - set(RECIPIENTS) == set()


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 duties"), (1, "1 duty"), (2, "2 duties"), (12000, "12,000 duties")]
)
def test_a_number_picks_the_form_of_the_word(number: int, words: str) -> None:
    assert EN("duties", n=number) == words


@pytest.mark.parametrize(
    ("length", "english", "chinese"),
    [
        (timedelta(seconds=30), "0 min", "0分钟"),
        (timedelta(minutes=59, seconds=59), "59 min", "59分钟"),
        (timedelta(hours=2, minutes=10), "2 h 10 min", "2小时10分钟"),
        (timedelta(days=1, hours=3, minutes=5), "1 d 3 h", "1天3小时"),
        (timedelta(days=2, hours=23), "2 d", "2天"),
        (timedelta(seconds=-5), "0 min", "0分钟"),
    ],
)
def test_a_length_is_rounded_down_to_what_a_person_plans_with(length: timedelta, english: str, chinese: str) -> None:
    assert (EN.length(length), ZH.length(length)) == (english, chinese)


@pytest.mark.parametrize(
    ("offset", "english", "chinese"),
    [
        (0, "Mon 11-30 18:05 +00", "11-30 周一 18:05 +00"),
        (330, "Mon 11-30 18:05 +05:30", "11-30 周一 18:05 +05:30"),
        (-480, "Mon 11-30 18:05 -08", "11-30 周一 18:05 -08"),
    ],
)
def test_a_limit_has_its_weekday_and_its_offset(offset: int, english: str, chinese: str) -> None:
    local = datetime(2026, 11, 30, 18, 5, tzinfo=timezone(timedelta(minutes=offset)))

    assert (EN.moment(local, date(2026, 1, 1)), ZH.moment(local, date(2026, 1, 1))) == (english, chinese)


def test_a_limit_of_another_year_has_its_year() -> None:
    local = datetime(2025, 11, 30, 18, 5, tzinfo=UTC)

    assert EN.moment(local, date(2026, 1, 1)) == "Sun 2025-11-30 18:05 +00"
