"""Every text that people read is there in Chinese, once, with the same places; and nothing else is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.resources.abc import Traversable

import pytest
import yaml
from babel.messages.pofile import read_po

from leakguard.translations.catalogue import PHRASES, catalogue, po_paths
from rules.translations import (
    GENERATED,
    LANGUAGE,
    REGISTERS,
    ROOT,
    cited_laws,
    clock_phrases,
    console_messages,
    generated,
    program_sentences,
    read_catalogues,
    said_words,
    two_meanings,
)
from support.numbers_in_texts import chinese_numbers, chinese_ordinals, differing, english_numbers

LEFT = yaml.safe_load((ROOT / "tests" / "rules" / "translations_left.yaml").read_text(encoding="utf-8"))
"""The registers that are not done, with how many of their texts lack Chinese. The list only becomes shorter."""
NAMES = {"data-law-names.po", "data-laws.po", "data-places.po", "data-vocabulary.po"}
"""Catalogues of names: the Chinese name of a law leaves out numbers of its English one, and the other way round."""
SENTENCES = ("sentences-", PHRASES)
"""Catalogues of what the program composes."""
_PLACES = re.compile(r"%\(\w+\)[sd]|%%|\{[a-z_.]*\}|leakguard [a-z-]+(?: [a-z-]+)?(?: \{incident\})?|--[a-z]+")
_NUMBERED = re.compile(r"\{(\d)\}")
_HALF = re.compile(r"[㐀-鿿][,;?!]|[㐀-鿿]\.(?:\s|$)|[㐀-鿿]:(?!//)")


@cache
def said() -> set[str]:
    return {one.message for found in read_catalogues().values() for one in found if not one.plural} | {
        one.plural for found in read_catalogues().values() for one in found
    }


@cache
def texts_of(register: str) -> tuple[str, ...]:
    """Several tests ask for the same ones; most are made of all data of their sort."""
    return tuple(REGISTERS[register]())


def missing(texts: Iterable[str]) -> list[str]:
    have = said()
    return sorted({text for text in texts if text} - have)


@pytest.mark.parametrize("name", sorted(set(REGISTERS) - set(LEFT["registers"])))
def test_every_text_of_a_register_is_there_in_chinese(name: str) -> None:
    assert missing(texts_of(name)) == []


def test_the_list_of_registers_that_are_not_done_says_how_much_is_left() -> None:
    left = {name: len(missing(texts_of(name))) for name in LEFT["registers"]}

    assert left == LEFT["registers"], "write these numbers"
    assert all(left.values()), "a register is done: take it out"


@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_a_catalogue_of_data_has_no_text_that_the_data_have_not(name: str) -> None:
    texts = set(texts_of(name))
    unused = [one.message for one in read_catalogues().get(name, ()) if one.message not in texts]

    assert unused == []


@pytest.mark.parametrize("name", sorted(GENERATED))
def test_a_catalogue_that_follows_from_data_is_as_its_data_are(name: str) -> None:
    path = next(path for path in po_paths(LANGUAGE) if path.name == name)

    assert path.read_text(encoding="utf-8") == generated(name), (
        "run: PYTHONPATH=tests python tests/rules/translations.py"
    )


def test_a_text_that_the_data_translate_in_two_ways_is_decided_by_a_file() -> None:
    assert two_meanings() == {}


def test_every_message_of_the_console_is_there_in_chinese() -> None:
    have = said()
    lacking = {text: place for text, place in console_messages().items() if text not in have}
    left = set(LEFT["console"])

    assert {text: place for text, place in lacking.items() if place not in left} == {}
    assert left <= set(lacking.values()), "a place of the list is done: take it out"


def test_the_catalogues_of_the_console_have_no_message_that_it_does_not_show() -> None:
    shown = set(console_messages()) | said_words()
    unused = {
        one.message: file
        for file, found in read_catalogues().items()
        if file.startswith("console")
        for one in found
        if re.sub(r"\{[a-z_]*\}", "{}", one.plural or one.message) not in shown
    }

    assert unused == {}


def test_every_sentence_is_one_that_the_program_composes() -> None:
    composed = program_sentences()
    unused = {
        one.message: file
        for file, found in read_catalogues().items()
        if file.startswith(SENTENCES)
        for one in found
        if re.sub(r"\{[a-z_]*\}", "{}", one.message) not in composed
    }

    assert unused == {}


def test_every_sentence_about_clocks_is_there_in_chinese() -> None:
    assert missing(clock_phrases()) == []


def test_no_sentence_is_made_of_places_alone() -> None:
    whole = [one.message for file, found in read_catalogues().items() if not file.startswith(PHRASES) for one in found]
    bare = [one for one in whole if "{" in one and not re.search(r"[A-Za-z]{2}", re.sub(r"\{[a-z_]*\}", "", one))]

    assert bare == []


def test_a_message_stands_once() -> None:
    """A page may say what the data say, in the same words; two pages share the message."""
    of_console: Counter[str] = Counter()
    texts: dict[str, set[str]] = {}
    for file, found in read_catalogues().items():
        of_console.update(one.plural or one.message for one in found if file.startswith("console"))
        for one in found:
            texts.setdefault(one.plural or one.message, set()).add(one.text)

    assert [message for message, count in of_console.items() if count > 1] == []
    assert {message: said for message, said in texts.items() if len(said) > 1} == {}


def test_the_chinese_has_the_places_and_the_commands_of_the_english() -> None:
    wrong = {
        one.message: one.text
        for found in read_catalogues().values()
        for one in found
        if not _fit(one.plural or one.message, one.text)
    }

    assert wrong == {}


def _fit(english: str, chinese: str) -> bool:
    """Places may have another order: `{1}`, or a value that the English does not show."""
    if numbers := {int(number) for number in _NUMBERED.findall(chinese)}:
        return english.count("{}") >= 1 and "{}" not in chinese and numbers <= set(range(english.count("{}") + 1))
    return Counter(_PLACES.findall(english)) == Counter(_PLACES.findall(chinese))


@pytest.mark.parametrize("name", sorted(set(REGISTERS) - NAMES))
def test_the_chinese_of_data_has_the_numbers_of_the_english(name: str) -> None:
    """Figures, deadlines and articles; a number that English writes as a word may be one in Chinese."""
    wrong = {
        one.message: found for one in read_catalogues().get(name, ()) if any(found := differing(one.message, one.text))
    }

    assert wrong == {}


def test_a_law_is_cited_in_chinese_with_its_article() -> None:
    words = {one.message: one.text for found in read_catalogues().values() for one in found}
    wrong = {
        message: words[message]
        for message, article in cited_laws()
        if (asked := english_numbers(article)[0])
        and not asked & (chinese_numbers(text := words[message]) + chinese_ordinals(text))
    }

    assert wrong == {}


def test_chinese_sentences_have_chinese_punctuation() -> None:
    wrong = [one.text for found in read_catalogues().values() for one in found if _HALF.search(one.text)]

    assert wrong == []


def test_every_entry_has_a_text() -> None:
    assert [one.message for found in read_catalogues().values() for one in found if not one.text.strip()] == []


@pytest.mark.parametrize("path", po_paths(LANGUAGE), ids=lambda path: path.name)
def test_babel_reads_each_file_as_we_do(path: Traversable) -> None:
    with path.open("rb") as file:
        theirs = {
            (one.id if isinstance(one.id, str) else one.id[0]): one.string
            if isinstance(one.string, str)
            else one.string[0]
            for one in read_po(file, locale=LANGUAGE, abort_invalid=True)
            if one.id
        }

    assert {one.message: one.text for one in read_catalogues()[path.name]} == theirs


def test_a_catalogue_is_read_once_in_a_process() -> None:
    assert catalogue(LANGUAGE) is catalogue(LANGUAGE)
