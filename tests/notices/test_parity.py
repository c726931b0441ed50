"""The same facts say the same in every language: the same items in the same order, the same days and numbers."""

from __future__ import annotations

import pytest

from leakguard.models.languages import LANGS, Lang
from leakguard.models.letters import Letter
from leakguard.notices.duties import Duty
from support.languages import (
    AT,
    LANGS_TO_PEOPLE,
    Tokens,
    example,
    example_for_offices,
    in_many_languages,
    letters_in_all_languages,
    marked_facts,
    one_of_each_template,
    skeleton,
    texts,
    tokens,
)
from support.notices import book, letter_of

pytestmark = pytest.mark.long

PEOPLE = {duty.id: duty for duty in in_many_languages(to_people=True)}
OFFICES = {duty.id: duty for duty in one_of_each_template()}


def test_letters_to_people_are_offered_in_all_languages_where_no_land_has_its_own() -> None:
    assert {"eu-gdpr-34-individuals", "jp-appi-26-individuals", "kr-pipa-34-individuals"} <= set(PEOPLE)
    assert len(PEOPLE) >= 30


def lost(duty: Duty, letter: Letter) -> frozenset[str]:
    """The texts that the law asks for and the letter does not tell."""
    wanted = {item.item for item in duty.content if book().vocabulary.items[item.item].kind == "text"}
    wanted -= {"org_identity", "individual_steps", "delay_reason"}
    told = " ".join(part for block in letter.blocks for part in texts(block)).casefold()
    return frozenset(name for name in wanted if f"xx{name.replace('_', 'x')}xx" not in told)


@pytest.mark.parametrize("duty", PEOPLE)
@pytest.mark.parametrize("facts", ["known", "estimated", "unknown"])
def test_every_language_of_a_letter_tells_the_same_and_loses_nothing(duty: str, facts: str) -> None:
    letters = letters_in_all_languages(PEOPLE[duty], marked_facts(facts))
    english = skeleton(letters["en"])

    assert {lang: skeleton(letter) for lang, letter in letters.items()} == dict.fromkeys(letters, english)
    assert {lang: lost(PEOPLE[duty], letter) for lang, letter in letters.items()} == dict.fromkeys(letters, frozenset())


@pytest.mark.parametrize("duty", OFFICES)
@pytest.mark.parametrize("facts", ["known", "estimated", "unknown"])
def test_every_language_of_a_letter_to_an_office_tells_the_same_and_loses_nothing(duty: str, facts: str) -> None:
    letters = letters_in_all_languages(OFFICES[duty], marked_facts(facts))
    english = skeleton(letters["en"])

    assert {lang: skeleton(letter) for lang, letter in letters.items()} == dict.fromkeys(letters, english)
    assert {lang: lost(OFFICES[duty], letter) for lang, letter in letters.items()} == dict.fromkeys(
        letters, lost(OFFICES[duty], letters["en"])
    )


@pytest.mark.parametrize("lang", LANGS_TO_PEOPLE)
def test_the_example_can_be_drafted_in_each_language_without_a_remark(lang: Lang) -> None:
    letter = letter_of("eu-gdpr-34-individuals", lang, example(), now=AT)

    assert letter.remarks == ()


@pytest.mark.parametrize("lang", LANGS)
def test_the_example_for_offices_can_be_drafted_in_each_language_and_only_its_office_doubts_the_language(
    lang: Lang,
) -> None:
    letter = letter_of("eu-gdpr-33-authority", lang, example_for_offices(), now=AT)

    assert [remark for remark in letter.remarks if not remark.startswith("the language:")] == []


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "48,210 people on 1 October 2026, 18:30 (UTC+02:00)"),
        ("zh", "2026年10月1日18:30（UTC+02:00），48,210人"),
        ("ja", "2026年10月1日 18:30（UTC+02:00）に48,210名"),
        ("ko", "2026년 10월 1일 18:30(UTC+02:00)에 48,210명"),
        ("pt", "48.210 pessoas em 1º de outubro de 2026, às 18:30 (UTC+02:00)"),
        ("fr", "48\u00a0210 personnes le 1er octobre 2026 à 18\u00a0h\u00a030 (UTC+02:00)"),
        ("es", "48\u00a0210 personas el 1 de octubre de 2026 a las 18:30 h (UTC+02:00)"),
        ("de", "48.210 Personen am 1. Oktober 2026 um 18:30 Uhr (UTC+02:00)"),
        ("it", "48.210 persone il 1º ottobre 2026 alle ore 18:30 (UTC+02:00)"),
        ("nl", "48.210 personen op 1 oktober 2026 om 18:30 uur (UTC+02:00)"),
        ("pl", "48\u00a0210 osób 1 października 2026\u00a0r. o godz. 18:30 (UTC+02:00)"),
        ("zh-hant", "2026年10月1日18:30（UTC+02:00），48,210人"),
    ],
)
def test_what_is_compared_is_read_out_of_each_language(lang: Lang, text: str) -> None:
    """Without this, a reader of dates that finds none would call all letters equal."""
    wanted: Tokens = tokens("48,210 people on 1 October 2026, 18:30 (UTC+02:00)", "en")

    assert tokens(text, lang) == wanted
    assert [len(part) for part in wanted] == [0, 1, 2, 1]


@pytest.mark.parametrize("wrong", ["48,211 people", "1 October 2027", "18:31", "xxcausexx"])
def test_a_difference_is_seen(wrong: str) -> None:
    assert tokens(wrong, "en") != tokens("48,210 people, 1 October 2026, 18:30", "en")
