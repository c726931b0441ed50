"""The letters that ship: the demonstration, and every template with the example's facts."""

from __future__ import annotations

import functools
from datetime import UTC, datetime

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import LetterIncomplete, UsageProblem
from leakguard.models.languages import BOTH, LANGS, Lang
from leakguard.notices.book import DutyBook, read_facts
from leakguard.notices.lint.book import READERS
from leakguard.notices.lint.lint import LintReport, forbidden_rules
from leakguard.notices.notice_content import NoticeContent
from leakguard.use_cases.letters.draft_notices import bare_template_of, draft_notice
from leakguard.use_cases.letters.lint_letters import demonstrate, lint_draft
from support.every_fact import NOW as EVERYTHING
from support.every_fact import facts_of_everything
from support.languages import LANGS_TO_PEOPLE
from support.linting import broken, example, rules
from support.notices import book

pytestmark = pytest.mark.long

NAMES = ("clinic", "school", "shop", "shop-zh")
"""Pairs of letters: written as such letters usually are, and for their readers."""
LATER = datetime(2026, 12, 1, tzinfo=UTC)
"""After all events of the examples."""


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_of_the_usual_kind_has_many_problems_and_the_rewritten_one_none(name: str) -> None:
    before, after = demonstrate(rules(), BundledFiles())[name]

    assert len(before.problems) >= 10
    assert len({problem.rule for problem in before.problems}) >= 8
    assert after.problems == ()


def test_the_pairs_break_nearly_every_rule_before() -> None:
    """A rule that no usual letter breaks would be there for its own sake."""
    found = set().union(*(broken(example(f"{name}.before")) for name in NAMES))

    assert set(rules().rules) - found == {
        "addresses_reader",
        "long_clause",
        "long_paragraph",
        "mixed_dates",
        "personal_value",
    }


def test_the_rewritten_english_letters_are_for_readers_of_grade_eight() -> None:
    pairs = demonstrate(rules(), BundledFiles())
    grades = {name: (before.grade, after.grade) for name, (before, after) in pairs.items() if before.lang == "en"}

    assert all(before > 12 for before, _ in grades.values() if before is not None)
    assert all(after < 8 for _, after in grades.values() if after is not None)
    assert set(grades) == {"clinic", "shop"}


EXAMPLES = {
    "university-2019": (*BOTH, "de"),
    "people-in-every-language": LANGS_TO_PEOPLE,
    "authorities-in-every-language": LANGS,
}
"""Facts that ship, and the languages that they are written in."""
FOR_OFFICES = "authorities-in-every-language"
"""Its texts speak of the people affected, and never to them."""


@functools.cache
def reports() -> dict[str, LintReport]:
    """Every letter that the examples' facts can fill, in each language that its template offers."""
    folders = BundledFiles()
    found: dict[str, LintReport] = {}
    for example_name, langs in EXAMPLES.items():
        name = f"examples/{example_name}.yaml"
        facts = read_facts(folders.text("templates", name), name=name, book=book(), now=LATER)
        for telling in _with_own_words(book()):
            for lang in langs if example_name != FOR_OFFICES or telling.recipient.type != "individuals" else ():
                try:
                    letter = draft_notice(book(), folders, facts, telling, lang=lang, now=LATER)
                except (LetterIncomplete, UsageProblem):
                    continue
                found[f"{example_name}, {telling.id}, {lang}"] = lint_draft(rules(), telling, letter, facts)
    return found


def _with_own_words(known: DutyBook) -> list[NoticeContent]:
    """Letters of practice, duties with a template of their own, and one duty of each other template."""
    named = {name.removeprefix("notices/").removesuffix(".yaml") for name in BundledFiles().names("templates")}
    of_family = {bare_template_of(duty, BundledFiles(), known.vocabulary)[1]: duty for duty in known.duties}
    own = [duty for duty in known.duties if duty.id in named]
    chosen: list[NoticeContent] = [*known.practice, *own, *of_family.values()]
    return list({telling.id: telling for telling in chosen}.values())


@pytest.mark.parametrize("lang", BOTH)
@pytest.mark.parametrize("name", [letter.name for letter in book().practice])
def test_no_letter_of_the_replay_that_no_law_demands_has_a_problem(name: str, lang: Lang) -> None:
    """The only example that can fill the letter to the finder, who needs no dates of what he told us himself."""
    text = BundledFiles().text("templates", "examples/university-replay.yaml")
    facts = read_facts(text, name="replay", book=book(), now=EVERYTHING)
    telling = book().letter(name)
    letter = draft_notice(book(), BundledFiles(), facts, telling, lang=lang, now=EVERYTHING)

    assert [one.rule for one in lint_draft(rules(), telling, letter, facts).problems] == []


def test_a_letter_that_its_law_narrows_is_not_asked_for_steps_that_it_has_no_place_for() -> None:
    massachusetts, california = book().duty("us-ma-93h-3-individuals"), book().duty("us-ca-1798-82-individuals")

    assert "steps_not_numbered" in forbidden_rules(massachusetts)
    assert forbidden_rules(california) == frozenset()


def test_letters_of_all_languages_are_linted() -> None:
    """A change that keeps every letter from being drafted must not leave this test with nothing to look at."""
    assert {report.lang for report in reports().values()} == set(LANGS)
    assert {report.readers for report in reports().values()} == set(READERS)
    assert len(reports()) >= 60


def test_no_letter_that_ships_has_a_problem() -> None:
    told = [
        f"{name}: {one.rule}, {one.where}: {one.words}"
        for name, report in reports().items()
        for one in report.problems
        if not (one.rule == "mixed_dates" and ", us-" in name)
    ]

    assert told == []


def rules_of(report: LintReport) -> set[str]:
    return {one.rule for one in report.problems}


def test_facts_with_british_dates_are_named_in_a_letter_to_the_united_states() -> None:
    """The examples belong to universities outside; whoever writes to America from such facts has to change them."""
    british = {name.partition(",")[0] for name, report in reports().items() if "mixed_dates" in rules_of(report)}

    assert british == {"university-2019", "people-in-every-language"}


OWN_WORDS = ("long_sentence", "hedged_involvement", "bare_no_evidence", "vague_time", "other_topic", "blame", "jargon")
"""Rules that a template's own sentences can break, whatever the facts say."""


def test_no_template_has_words_of_its_own_to_mend() -> None:
    """With facts that say nothing but their names, so that letters are written which no example can fill."""
    told: list[str] = []
    drafted: set[str] = set()
    for telling in _with_own_words(book()):
        for lang in BOTH:
            letter = draft_notice(book(), BundledFiles(), facts_of_everything(), telling, lang=lang, now=EVERYTHING)
            drafted.add(telling.id)
            found = lint_draft(rules(), telling, letter, facts_of_everything()).problems
            told += [
                f"{telling.id} {lang}: {one.rule}: {one.words}"
                for one in found
                if one.rule in OWN_WORDS and "The mark" not in one.words
            ]

    assert not told, "\n".join(told)
    assert len(drafted) >= 30
