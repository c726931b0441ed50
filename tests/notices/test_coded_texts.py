"""Texts that a facts file states by a code, and that each letter tells in its language."""

from __future__ import annotations

import pytest

from leakguard.models.languages import LANGS, Lang
from leakguard.notices.phrases import NotInThisLanguage, Phrases
from support.notices import book, complete, facts_of


def said(lang: Lang, **facts: object) -> str:
    """The one fact that is given, in words."""
    (name,) = facts
    values = complete(**{name: {"value": facts[name]}})
    line = Phrases(book().vocabulary, lang, zone="UTC").line(facts_of(values).stated[name])
    return line.replace("\u00a0", " ")


@pytest.mark.parametrize("code", ["confidentiality", "integrity", "availability"])
def test_a_kind_of_breach_has_words_of_its_own_in_every_language(code: str) -> None:
    words = {lang: said(lang, breach_type=code) for lang in LANGS}

    assert code not in words.values()
    assert all(words.values())
    assert said("de", breach_type="confidentiality") == "Verletzung der Vertraulichkeit"


def test_several_kinds_of_breach_stand_in_one_line() -> None:
    assert said("fr", breach_type=["confidentiality", "integrity"]) == "perte de confidentialité, perte d'intégrité"


@pytest.mark.parametrize(
    ("lang", "duration", "wanted"),
    [
        ("en", "P9D", "9 days"),
        ("en", "P1DT2H30M", "1 day, 2 hours and 30 minutes"),
        ("zh", "PT36H", "36小时"),
        ("de", "P1D", "1 Tag"),
        ("fr", "P1DT1H", "1 jour et 1 heure"),
        ("it", "P8DT12H", "8 giorni e 12 ore"),
        ("pl", "P2DT5H", "2 dni i 5 godzin"),
        ("ja", "PT90M", "90分"),
    ],
)
def test_a_duration_is_told_with_the_forms_of_the_language(lang: Lang, duration: str, wanted: str) -> None:
    assert said(lang, duration=duration) == wanted


@pytest.mark.parametrize("text", ["P", "PT", "P1DT", "P1Y", "P123456D", "PT36h", "P9D or more", "confidentiality"])
def test_what_is_no_code_of_this_fact_is_a_text_and_stays_as_it_is(text: str) -> None:
    assert said("en", duration=text) == text


def test_yes_and_no_are_told_in_every_language() -> None:
    assert {said(lang, cross_border=True) for lang in ("de", "es", "pl")} == {"ja", "sí", "tak"}


def test_a_text_beside_a_code_still_needs_its_language() -> None:
    with pytest.raises(NotInThisLanguage):
        said("de", breach_type=["integrity", {"en": "and more"}])
