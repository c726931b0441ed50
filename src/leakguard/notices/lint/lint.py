"""The lint: every rule for this kind of reader over one letter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from leakguard.frozen import Frozen
from leakguard.models.languages import Lang
from leakguard.notices.lint.book import Advice, Finder, LintBook, Readers
from leakguard.notices.lint.claim_rules import (
    bare_no_evidence,
    blame,
    date_closed,
    date_found,
    date_happened,
    hedged_involvement,
    jargon,
    other_topic,
    stiff_words,
    vague_time,
)
from leakguard.notices.lint.date_rules import mixed_dates
from leakguard.notices.lint.found import LintFinding, Rule, quote
from leakguard.notices.lint.passages import LintText, Passage, Section, sentences_of
from leakguard.notices.lint.plain_rules import (
    addresses_reader,
    all_capitals,
    halfwidth_sign,
    long_clause,
    long_paragraph,
    long_sentence,
    mixed_you,
    personal_value,
    reading_grade_of,
    reading_grade_rule,
)
from leakguard.notices.lint.sentence_rules import (
    empty_invitation,
    empty_value,
    fragment,
    only_the_law,
    self_answered,
    told_twice,
)
from leakguard.notices.notice_content import NoticeContent

SHORTEST_REASON = 12
"""Signs of the shortest clause that can explain something; a number or a name is shorter."""
MOST_OF_ONE_STEP = 2
"""Sentences of a step that stands without a number."""
_COLON = re.compile(": |：")


def steps_not_numbered(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """No part for the reader's steps, or one without a numbered list, unless it begins with a single step."""
    parts = _parts(text, finder)
    if not parts:
        yield LintFinding(where="the letter")
    elif not any(_steps(text, finder)):
        below = parts[0].passages
        yield LintFinding(where=parts[0].where, words=quote(below[0].whole if below else parts[0].heading))


def step_without_reason(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """A step that does not say why."""
    for step in _steps(text, finder):
        if not (_has_reason(step.text, finder) or _explains(step.text)):
            yield LintFinding(where=step.where, words=quote(step.text))


def step_without_date(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """A step that does not say until when."""
    for step in _steps(text, finder):
        if not (_has_deadline(step.text, finder) or finder.has_date(step.text)):
            yield LintFinding(where=step.where, words=quote(step.text))


def _has_reason(text: str, finder: Finder) -> bool:
    return bool(finder.first(finder.words.reasons, text) or finder.form(finder.words.reason_forms, text))


def _has_deadline(text: str, finder: Finder) -> bool:
    return bool(finder.first(finder.words.deadlines, text) or finder.form(finder.words.deadline_forms, text))


def _explains(text: str) -> bool:
    """Whether a clause stands behind a colon; an address there is no reason."""
    behind = _COLON.split(text, maxsplit=1)[1:]
    return bool(behind) and len(behind[0]) >= SHORTEST_REASON and "@" not in behind[0]


def _parts(text: LintText, finder: Finder) -> list[Section]:
    return [part for part in text.sections if part.heading and finder.first(finder.words.steps, part.heading)]


def _steps(text: LintText, finder: Finder) -> Iterator[Passage]:
    parts = _parts(text, finder)
    numbered = [passage for part in parts for passage in part.passages if passage.kind == "step"]
    yield from numbered or (
        passage for part in parts for passage in part.passages[:1] if _is_one_step(passage, text.lang)
    )


def _is_one_step(passage: Passage, lang: Lang) -> bool:
    """Whether it is what a list of one step is set as: a sentence, or two with the reason."""
    is_short = len(list(sentences_of(passage.text, lang))) <= MOST_OF_ONE_STEP
    return passage.kind == "paragraph" and is_short


CODE: Mapping[str, Rule] = {
    "reading_grade": reading_grade_rule,
    "long_sentence": long_sentence,
    "long_clause": long_clause,
    "long_paragraph": long_paragraph,
    "hedged_involvement": hedged_involvement,
    "bare_no_evidence": bare_no_evidence,
    "steps_not_numbered": steps_not_numbered,
    "step_without_reason": step_without_reason,
    "step_without_date": step_without_date,
    "date_happened": date_happened,
    "date_found": date_found,
    "date_closed": date_closed,
    "vague_time": vague_time,
    "mixed_dates": mixed_dates,
    "other_topic": other_topic,
    "blame": blame,
    "jargon": jargon,
    "empty_value": empty_value,
    "only_the_law": only_the_law,
    "self_answered": self_answered,
    "empty_invitation": empty_invitation,
    "fragment": fragment,
    "told_twice": told_twice,
    "stiff_words": stiff_words,
    "all_capitals": all_capitals,
    "halfwidth_sign": halfwidth_sign,
    "mixed_you": mixed_you,
    "addresses_reader": addresses_reader,
    "personal_value": personal_value,
}
"""What each rule of the file looks for; a test holds the two lists together."""
_READERS: Mapping[str, Readers] = {
    "individuals": "people",
    "public": "public",
    "media": "public",
    "staff": "public",
    "finder": "public",
}
_TELLS = {
    "date_happened": ("breach_date", "breach_description"),
    "date_found": ("discovery_date", "breach_description"),
    "date_closed": ("measures_taken", "breach_description"),
    "steps_not_numbered": ("individual_steps",),
}
"""A rule that asks for an item is silent where the law forbids that item, or narrows the letter to other ones."""
_NOT_FOR = {"finder": frozenset({"date_happened", "date_found", "date_closed"})}
"""Whoever found the leak and told us is thanked, and not told what happened."""


class LintProblem(Frozen):
    """One problem: which rule, where, in whose words, what to write instead."""

    rule: str
    where: str
    words: str
    says: str
    instead: str


class LintReport(Frozen):
    """What the lint found."""

    lang: str
    readers: Readers
    grade: float | None
    """The reading grade, where a formula for the language is settled."""
    version: str
    problems: tuple[LintProblem, ...]


def readers_of(recipient: str) -> Readers:
    """For whom a letter to this kind of recipient is written."""
    return _READERS.get(recipient, "professional")


def forbidden_rules(notice: NoticeContent) -> frozenset[str]:
    """Rules that ask for what the letter must not tell, or has no place for."""
    forbidden, asked = set(notice.must_not_contain), {item.item for item in notice.content}
    not_told = (
        rule for rule, items in _TELLS.items() if forbidden & set(items) or (forbidden and not asked & set(items))
    )
    return frozenset(not_told) | _NOT_FOR.get(notice.recipient.type, frozenset())


def lint(
    text: LintText,
    readers: Readers,
    book: LintBook,
    *,
    without: frozenset[str] = frozenset(),
    instead: Mapping[str, Rule] | None = None,
) -> LintReport:
    """Apply every rule for `readers`, in the order of the file, but for those named in `without`.

    `instead` looks for some of them in another way.
    """
    finder, code = book.finders[text.lang], {**CODE, **(instead or {})}
    rules = [name for name, rule in book.rules.items() if readers in rule.readers and name not in without]
    found = ((name, code[name](text, finder)) for name in rules)
    problems = tuple(problem for name, each in found for problem in _problems(name, book.advice(name, text.lang), each))
    return LintReport(
        lang=text.lang, readers=readers, grade=reading_grade_of(text, finder), version=book.version, problems=problems
    )


def _problems(name: str, advice: Advice, found: Iterator[LintFinding]) -> Iterator[LintProblem]:
    for lint_finding in found:
        instead = lint_finding.instead or advice.instead
        yield LintProblem(
            rule=name, where=lint_finding.where, words=lint_finding.words, says=advice.says, instead=instead
        )


def to_json_object(report: LintReport, *, name: str) -> dict[str, Any]:
    """The report as plain values; `name` is the file's or the duty's."""
    return {
        "letter": name,
        "lang": report.lang,
        "readers": report.readers,
        "grade": report.grade,
        "rules_version": report.version,
        "problems": [
            {
                "rule": problem.rule,
                "where": problem.where,
                "words": problem.words,
                "says": problem.says,
                "instead": problem.instead,
            }
            for problem in report.problems
        ],
    }


def rules_json(book: LintBook, lang: Lang = "en") -> dict[str, Any]:
    """All rules with their sources; what they say stands in `lang` where that language has its own words."""
    advice = {name: book.advice(name, lang) for name in book.rules}
    return {
        "rules_version": book.version,
        "rules": [
            {
                "rule": name,
                "says": advice[name].says,
                "instead": advice[name].instead,
                "for": list(rule.readers),
                "source": rule.source,
            }
            for name, rule in book.rules.items()
        ],
    }
