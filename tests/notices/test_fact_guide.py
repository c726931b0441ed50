"""The questions that ship: each asks for a fact that there is, in both languages; each fact is in one section."""

from __future__ import annotations

from collections import Counter

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile
from leakguard.notices.fact_guide import GUIDE, FactGuide, parse_guide
from support.notices import book

VOCABULARY = book().vocabulary


@pytest.fixture(scope="module")
def guide() -> FactGuide:
    return parse_guide(BundledFiles().text("duties", GUIDE))


def test_questions_and_sections_name_facts_that_there_are(guide: FactGuide) -> None:
    listed = [name for section in guide.sections for name in section.facts]
    named = {*listed, *guide.questions, *guide.lists, *guide.choices}
    assert named - VOCABULARY.facts.keys() == set()
    assert [name for name, count in Counter(listed).items() if count > 1] == []


def test_every_fact_is_in_exactly_one_section(guide: FactGuide) -> None:
    facts = [name for section in guide.sections for name in guide.facts_of(section, VOCABULARY)]
    assert sorted(facts) == sorted(VOCABULARY.facts)


def test_every_choice_has_words(guide: FactGuide) -> None:
    options = {name: kind.options for name, kind in VOCABULARY.facts.items() if kind.kind in {"choice", "steps"}}
    without = {name: set(codes) - set(guide.choices.get(name, {})) for name, codes in options.items()}
    assert {name: codes for name, codes in without.items() if codes} == {}


def test_a_question_says_what_usually_answers_it_in_both_languages(guide: FactGuide) -> None:
    asked = guide.question("exfiltration")
    assert asked is not None
    assert asked.en.endswith("?")
    assert [name for name, one in guide.questions.items() if not (one.by_en and one.by_zh and one.zh)] == []
    assert guide.question("iocs") is None


def test_a_file_with_an_unknown_key_is_refused() -> None:
    with pytest.raises(BadFile):
        parse_guide("sections: []\nquestions: {}\nchoices: {}\nmore: 1\n")
