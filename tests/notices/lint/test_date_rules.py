"""A day that is written in another way than the other days of its letter."""

from __future__ import annotations

from datetime import date

import pytest

from leakguard.models.languages import LANGS, Lang
from leakguard.notices.lint.date_rules import dates_unlike, mixed_dates
from leakguard.notices.lint.passages import LintText, Passage
from leakguard.notices.locale_forms import day as day_in
from support.linting import broken, linted, rules

DAY, OTHER = date(2026, 11, 14), date(2026, 12, 1)
IN_DIGITS = ("2026-11-14", "2026/11/14", "14.11.2026", "11/14/2026", "14-11-2026")


def text(lang: Lang, *paragraphs: str) -> LintText:
    passages = (Passage(where=f"block {at}", kind="paragraph", text=one) for at, one in enumerate(paragraphs))
    return LintText(lang=lang, passages=tuple(passages))


@pytest.mark.parametrize("digits", IN_DIGITS)
@pytest.mark.parametrize("lang", LANGS)
def test_in_each_language_a_day_in_digits_is_found_beside_days_in_words(lang: Lang, digits: str) -> None:
    one = text(lang, f"{day_in(DAY, lang)}.", f"{day_in(OTHER, lang)}.", f"({digits})")
    found = list(mixed_dates(one, rules().finders[lang]))

    assert [each.where for each in found] == ["block 2"]
    assert digits in found[0].words


@pytest.mark.parametrize("lang", LANGS)
def test_in_each_language_the_days_that_letters_write_themselves_go_together(lang: Lang) -> None:
    days = [day_in(date(2026, month, number), lang) for month in range(1, 13) for number in (1, 8, 21)]

    assert list(mixed_dates(text(lang, *days), rules().finders[lang])) == []
    assert list(dates_unlike((days[0],))(text(lang, *days), rules().finders[lang])) == []


def test_a_british_day_in_an_american_letter_is_found_and_the_other_way_round() -> None:
    british, american = "It happened on 14 November 2026.", "We learned of it on November 16, 2026."
    finder = rules().finders["en"]

    in_usa = list(dates_unlike(("November 24, 2026",))(text("en", british, american), finder))
    in_britain = list(dates_unlike(("Reference", "24 November 2026"))(text("en", british, american), finder))

    assert [each.words for each in in_usa] == [f"14 November 2026: {british}"]
    assert [each.words for each in in_britain] == [f"November 16, 2026: {american}"]


def test_a_single_day_is_held_against_that_of_the_frame_alone() -> None:
    one = text("en", "It happened on 14 November 2026.")
    finder = rules().finders["en"]

    assert list(mixed_dates(one, finder)) == []
    assert list(dates_unlike(())(one, finder)) == []
    assert len(list(dates_unlike(("November 24, 2026",))(one, finder))) == 1


@pytest.mark.parametrize(
    "words", ["GB/T 35273-2020", "call +49 711 0000001", "version 1.2.2026.4", "https://x.example/2026/11/14/", "24/7"]
)
def test_what_only_resembles_a_day_is_none(words: str) -> None:
    assert "mixed_dates" not in broken(f"We found it on 3 May 2026 by {words}.")


def test_the_words_of_the_finding_stand_in_the_language_of_the_letter() -> None:
    found = linted("我们于2026年11月23日得知。2026年11月24日关闭。导出于2026-11-22。", lang="zh", readers="public")
    (problem,) = (one for one in found.problems if one.rule == "mixed_dates")

    assert problem.says == "日期写法与全文其他日期不一致"
    assert problem.words.startswith("2026-11-22")
