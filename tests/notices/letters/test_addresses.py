"""Addresses of offices and companies, as each language writes them."""

from __future__ import annotations

from datetime import date

import pytest

from leakguard.models.languages import Lang
from leakguard.models.letters import Fields, Letter
from leakguard.notices import locale_forms
from support.languages import AT, example, example_for_offices
from support.notices import GDPR_33, complete, letter_of, settled

pytestmark = pytest.mark.untraced


def addressee(duty: str, lang: Lang, country: str) -> tuple[str, ...]:
    values = example_for_offices()
    values["organisation"]["country"] = country
    return letter_of(duty, lang, values, now=AT).addressee


@pytest.mark.parametrize(
    ("duty", "lang", "wanted"),
    [
        ("jp-appi-26-ppc", "ja", "個人情報保護委員会 御中"),
        ("jp-appi-26-entrustee", "ja", "委託元事業者 御中"),
        ("kr-pipa-34-pipc", "ko", "개인정보보호위원회 귀중"),
        ("eu-gdpr-33-5-register", "ko", "유출등 사고 기록"),
        ("jp-appi-26-ppc", "en", "Personal Information Protection Commission, Japan"),
    ],
)
def test_an_office_or_a_company_is_addressed_with_respect_where_its_language_asks_for_it(
    duty: str, lang: Lang, wanted: str
) -> None:
    """A register of one's own is neither."""
    assert addressee(duty, lang, "KR" if lang == "ko" else "JP")[0] == wanted


def test_people_are_not_addressed_as_an_office() -> None:
    assert not letter_of("jp-appi-26-individuals", "ja", example(), now=AT).addressee[0].endswith("御中")


def test_an_office_with_two_names_of_its_own_is_named_once_in_either() -> None:
    assert addressee("hk-pdpo-pcpd", "zh-hant", "HK") == ("個人資料私隱專員公署",)
    assert "個人資料私隱專員公署" in addressee("hk-pdpo-pcpd", "zh", "HK")[1]


@pytest.mark.parametrize(
    ("lang", "country", "wanted"),
    [("nl", "NL", "Nederland"), ("pl", "PL", "Polska"), ("nl", "PL", "Poland"), ("en", "NL", "The Netherlands")],
)
def test_the_country_of_an_office_stands_in_its_language_where_the_letter_is_written_in_it(
    lang: Lang, country: str, wanted: str
) -> None:
    """Whoever writes from abroad keeps the country as the post of the world reads it."""
    assert addressee(GDPR_33, lang, country)[-1] == wanted


def test_a_polish_day_ends_with_the_word_for_the_year_and_a_sentence_with_one_full_stop() -> None:
    values = example_for_offices()
    values["organisation"]["country"] = "PL"
    values["facts"]["breach_date"] = {"value": "2026-10-01"}
    text = repr(letter_of(GDPR_33, "pl", values, now=AT).blocks)

    assert locale_forms.day(date(2026, 10, 1), "pl") == "1 października 2026\u00a0r."
    assert "r. Naruszenie po raz pierwszy zauważono" in text
    assert "r.." not in text


def test_a_letter_in_traditional_chinese_shows_its_addressee() -> None:
    """Its salutation names nobody."""
    letter = letter_of("hk-pdpo-pcpd", "zh-hant", example_for_offices(), now=AT)

    assert letter.traits.shows_addressee
    assert letter.salutation == "敬啟者："


def others_in(letter: Letter) -> str:
    rows = [row for block in letter.blocks if isinstance(block, Fields) for row in block.rows]
    return next((text for label, text in rows if label == "Other authorities that we inform"), "")


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["Information Commissioner's Office (United Kingdom)", "CNIL"], "CNIL"),
        (["ICO: told on 12 June 2026", "CNIL"], "CNIL"),
        (["CNIL", "BSI"], "CNIL, BSI"),
        (["ICO"], "ICO"),
        (["Information Commission of Seychelles", "CNIL"], "Information Commission of Seychelles, CNIL"),
    ],
)
def test_the_office_that_reads_the_letter_is_none_of_the_others(names: list[str], told: str) -> None:
    """A list of its name alone stays: a law may ask for the item, and nothing is left out in silence."""
    values = complete(other_authorities={"value": {"en": names}})
    letter = letter_of("uk-gdpr-33-ico", "en", values)

    assert others_in(letter) == told
    assert others_in(letter_of("eu-gdpr-33-5-register", "en", values)) == ", ".join(names)


@pytest.mark.parametrize(
    ("duty", "has_hour"),
    [("eu-gdpr-33-authority", True), ("eu-gdpr-34-individuals", False)],
)
def test_a_letter_under_a_limit_in_hours_bears_its_hour(duty: str, has_hour: bool) -> None:  # noqa: FBT001  (the case)
    values = settled()
    assert (":" in letter_of(duty, "en", values).date_line) is has_hour


def test_a_letter_without_a_running_clock_bears_its_day_alone() -> None:
    values = {**complete(), "events": []}
    assert ":" not in letter_of("eu-gdpr-33-authority", "en", values).date_line
