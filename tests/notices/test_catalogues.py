"""Catalogues: what letters say in further languages, whole, and beside the English texts of the templates."""

from __future__ import annotations

import functools

import pytest

from leakguard.bundled import Bundled
from leakguard.models.languages import BOTH, LANGS, Lang
from leakguard.notices.letters.catalogue import Catalogue, gaps, parse_catalogue
from leakguard.notices.letters.template import LetterTemplate, parse_template
from leakguard.use_cases.letters.letter_languages import catalogue_of
from support.notices import book

FURTHER = tuple(lang for lang in LANGS if lang not in BOTH)
GERMAN = "letters: [hello]\ntexts:\n  - {en: Hello, de: Hallo}\n  - {en: 'Under {{ law }}.', de: 'Nach {{ law }}.'}\n"


@functools.cache
def templates() -> dict[str, LetterTemplate]:
    """Every template that ships, by the name that a catalogue has for it."""
    names = [name for name in Bundled().names("templates") if name.startswith("notices/")]
    texts = {name: Bundled().text("templates", name) for name in names}
    return {
        name.removeprefix("notices/").removesuffix(".yaml"): parse_template(
            text, name=name, vocabulary=book().vocabulary
        )
        for name, text in texts.items()
    }


def german(text: str = GERMAN) -> Catalogue:
    return parse_catalogue(text, lang="de", name="templates/languages/de.yaml")


def hello(*paragraphs: str) -> LetterTemplate:
    """A template whose frame says Hello, with these paragraphs."""
    parts = ", ".join(f"{{paragraph: {{en: '{text}', zh: '{text}'}}}}" for text in paragraphs)
    words = "{en: Hello, zh: 你好}"
    text = f"title: {words}\nsalutation: {words}\nclosing: {words}\nparts: [{parts}]"
    return parse_template(text, name="hello", vocabulary=book().vocabulary)


@pytest.mark.parametrize("lang", FURTHER)
def test_a_language_has_each_text_of_each_letter_that_it_lists_and_none_that_no_letter_has(lang: Lang) -> None:
    """Whoever changes an English text of a template reads here which translations it needs."""
    catalogue = catalogue_of(Bundled(), lang)

    assert catalogue is not None, f"there is no templates/languages/{lang}.yaml"
    problems = [f"templates/languages/{lang}.yaml: {one.where}: {one.text}" for one in gaps(catalogue, templates())]
    assert problems == [], "\n" + "\n".join(problems)


@pytest.mark.parametrize("lang", FURTHER)
def test_a_language_has_the_letters_that_most_duties_share(lang: Lang) -> None:
    catalogue = catalogue_of(Bundled(), lang)

    assert catalogue is not None
    assert {"any-authority", "eu-gdpr-33-authority"} <= set(catalogue.letters)
