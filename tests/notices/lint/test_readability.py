"""Syllables and the reading grade."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.notices.lint.plain_rules import reading_grade, signs_in, syllables_in, words_in

LISTS = (Path(__file__).parent / "syllables.txt").read_text(encoding="utf-8").partition("\n")[2].split("----")


def words_of(part: str) -> dict[str, int]:
    pairs = (entry.rsplit(" ", 1) for entry in part.replace("\n", ",").split(",") if entry.strip())
    return {word.strip(): int(count) for word, count in pairs}


@pytest.mark.parametrize(("part", "least"), [(LISTS[0], 0.98), (LISTS[1], 0.91)])
def test_syllables_are_those_that_a_person_counts(part: str, least: float) -> None:
    """The second list was not looked at when the counter was made; a hyphenation dictionary gets 80 % of it."""
    counted = words_of(part)
    right = sum(syllables_in(word) == count for word, count in counted.items())
    total = sum(syllables_in(word) for word in counted)

    assert right / len(counted) >= least
    assert abs(total / sum(counted.values()) - 1) < 0.02  # errors cancel out, or the grade would lean to one side


@pytest.mark.parametrize(
    ("sentences", "grade"),
    [
        (["The cat sat on the mat."], -1.4),
        (["The Australian platypus is seemingly a hybrid of a mammal and reptilian creature."], 13.1),
    ],
)
def test_the_grade_is_that_of_the_published_formula(sentences: list[str], grade: float) -> None:
    """Two sentences whose grades are printed wherever the formula is explained."""
    assert reading_grade(sentences) == grade


def test_a_text_without_words_has_no_grade() -> None:
    assert reading_grade([]) is None
    assert reading_grade(["1 2 3.", "中文。"]) is None


@given(st.text(max_size=40))
def test_every_text_has_a_number_of_syllables(text: str) -> None:
    assert syllables_in(text) >= 1
    assert all(syllables_in(word) >= 1 for word in words_in(text))


def test_abbreviations_and_joined_words_are_counted_part_by_part() -> None:
    assert (syllables_in("PDF"), syllables_in("e-mail"), syllables_in("x")) == (1, 2, 1)


def test_punctuation_and_the_titles_of_laws_do_not_make_a_chinese_sentence_longer() -> None:
    assert signs_in("根据《中华人民共和国个人信息保护法》，现告知如下。") == 7
