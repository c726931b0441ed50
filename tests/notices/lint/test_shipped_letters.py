"""The letters that ship: the demonstration, and every template with the example's facts."""

from __future__ import annotations

import functools

import pytest

from leakguard.bundled import Bundled
from leakguard.errors import LetterIncomplete, UsageProblem
from leakguard.models.languages import BOTH, LANGS, Lang
from leakguard.notices.lint.lint import LintReport
from leakguard.use_cases.draft_notices import draft_letter, read_facts
from leakguard.use_cases.lint_letters import demonstrate, lint_draft
from support.linting import broken, example, rules
from support.notices import NOW, book

NAMES = ("clinic", "school", "shop", "shop-zh")
"""Pairs of letters: written as such letters usually are, and for their readers."""
EXAMPLE = "examples/university-2019.yaml"


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_of_the_usual_kind_has_many_problems_and_the_rewritten_one_none(name: str) -> None:
    before, after = demonstrate(rules(), Bundled())[name]

    assert len(before.problems) >= 10
    assert len({problem.rule for problem in before.problems}) >= 8
    assert after.problems == ()


def test_the_pairs_break_nearly_every_rule_before() -> None:
    """A rule that no usual letter breaks would be there for its own sake."""
    found = set().union(*(broken(example(f"{name}.before")) for name in NAMES))

    assert set(rules().rules) - found == {
        "long_clause",
        "long_paragraph",
        "personal_value",
        "step_without_date",
        "step_without_reason",
    }


def test_the_rewritten_english_letters_are_for_readers_of_grade_eight() -> None:
    pairs = demonstrate(rules(), Bundled())
    grades = {name: (before.grade, after.grade) for name, (before, after) in pairs.items() if before.lang == "en"}

    assert all(before > 12 for before, _ in grades.values() if before is not None)
    assert all(after < 8 for _, after in grades.values() if after is not None)
    assert set(grades) == {"clinic", "shop"}


MOST_PROBLEMS_LEFT = 29
"""Problems that the drafts from the example's facts still have; it only ever goes down."""


@functools.cache
def reports() -> dict[tuple[str, Lang], LintReport]:
    """Every template of its own, with the example's facts, in each language that it offers."""
    folders = Bundled()
    facts = read_facts(folders.text("templates", EXAMPLE), name=EXAMPLE, book=book(), now=NOW)
    named = {name.removeprefix("notices/").removesuffix(".yaml") for name in folders.names("templates")}
    found: dict[tuple[str, Lang], LintReport] = {}
    for duty in (duty for duty in book().duties if duty.id in named):
        for lang in LANGS:
            try:
                letter = draft_letter(book(), folders, facts, duty.id, lang=lang, now=NOW)
            except (LetterIncomplete, UsageProblem):
                continue
            found[duty.id, lang] = lint_draft(rules(), duty, letter)
    return found


def test_the_drafts_of_the_example_are_linted_in_both_languages() -> None:
    langs = {lang for _, lang in reports()}

    assert langs >= set(BOTH)
    assert len(reports()) >= 10


def test_the_drafts_of_the_example_have_no_more_problems_than_before() -> None:
    told = [
        f"{duty} {lang}: {one.rule} at {one.where}: {one.words}"
        for (duty, lang), report in reports().items()
        for one in report.problems
    ]

    assert len(told) <= MOST_PROBLEMS_LEFT, "\n".join(told)
