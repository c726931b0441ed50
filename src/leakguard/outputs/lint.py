"""What keeps people from understanding a letter, for a person at 80 columns and as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from leakguard.notices.lint.book import LintBook
from leakguard.notices.lint.lint import LintProblem, LintReport, to_json_object
from leakguard.outputs.notice import set_in
from leakguard.outputs.words import printable

_UNKNOWN = "-"


def report_lines(report: LintReport, name: str) -> Iterator[str]:
    """Each problem with its place, its words and what to write instead; the count last, where the eye stops."""
    for problem in report.problems:
        yield from _problem(problem)
    grade = "" if report.grade is None else f", reading grade {report.grade:g}"
    count = len(report.problems)
    told = "no problem" if not count else "1 problem" if count == 1 else f"{count} problems"
    yield f"{printable(name)}: {told} for {report.readers} ({report.lang}{grade}, rules of {report.version})."


def _problem(problem: LintProblem) -> Iterator[str]:
    yield f"{problem.where}: {problem.rule}"
    yield set_in(problem.says, 2)
    if problem.words:
        yield set_in(f"> {problem.words}", 2)
    yield set_in(f"instead: {problem.instead}", 2)
    yield ""


def rule_lines(book: LintBook) -> Iterator[str]:
    """The rules, for whom they hold, and where they come from."""
    for name, rule in book.rules.items():
        yield f"{name}  (for {', '.join(rule.readers)})"
        yield set_in(f"{rule.says}. {rule.instead}", 2)
        yield set_in(f"source: {rule.source}", 2)
        yield ""
    yield f"{len(book.rules)} rules of {book.version}. They judge how a letter reads, never whether it is true."


def demo_lines(pairs: Mapping[str, tuple[LintReport, LintReport]]) -> Iterator[str]:
    """What the lint finds in letters of the usual kind, and in the same ones rewritten."""
    yield f"{'letter':<26}{'before':>10}{'grade':>8}{'after':>10}{'grade':>8}"
    for name, (before, after) in pairs.items():
        counts = f"{len(before.problems):>10}{_grade(before):>8}{len(after.problems):>10}{_grade(after):>8}"
        yield f"{name:<26}{counts}"
    yield ""
    for name, (before, _) in pairs.items():
        found = ", ".join(dict.fromkeys(problem.rule for problem in before.problems))
        yield set_in(f"{name}, before: {found}", 0)


def _grade(report: LintReport) -> str:
    return _UNKNOWN if report.grade is None else f"{report.grade:g}"


def pair_json(name: str, pair: tuple[LintReport, LintReport]) -> dict[str, Any]:
    """A letter before and after it was rewritten, as plain values."""
    before, after = (to_json_object(one, name=name) for one in pair)
    return {"letter": name, "before": before, "after": after}
