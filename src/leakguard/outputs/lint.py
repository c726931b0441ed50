"""What keeps people from understanding a letter, for a person at 80 columns and as plain values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from leakguard.models.languages import Lang
from leakguard.notices.lint.book import LintBook
from leakguard.notices.lint.lint import LintProblem, LintReport, to_json_object
from leakguard.outputs.notice import set_in
from leakguard.outputs.words import printable

_UNKNOWN = "-"
_PLACES = re.compile(r"(block|line|paragraph|table|entry) (\d+)")
_PLACES_ZH = {"block": "第{}段", "line": "第{}行", "paragraph": "第{}段", "table": "第{}个表格", "entry": "第{}项"}
_WHOLE_ZH = {"the letter": "全文", "title": "标题"}
_READERS_ZH = {"people": "个人", "public": "公众", "professional": "主管机关和合作单位"}
"""Whoever writes letters in Chinese reads of them in Chinese; the other languages are told in English."""


def report_lines(report: LintReport, name: str) -> Iterator[str]:
    """Each problem with its place, its words and what to write instead; the count last, where the eye stops."""
    if report.lang == "zh":
        yield from _report_in_chinese(report, name)
        return
    for problem in report.problems:
        yield from _problem(problem)
    grade = "" if report.grade is None else f", reading grade {report.grade:g}"
    count = len(report.problems)
    summary = "no problem" if not count else "1 problem" if count == 1 else f"{count} problems"
    yield f"{printable(name)}: {summary} for {report.readers} ({report.lang}{grade}, rules of {report.version})."


def _problem(problem: LintProblem) -> Iterator[str]:
    yield f"{problem.where}: {problem.rule}"
    yield set_in(problem.says, 2)
    if problem.words:
        yield set_in(f"> {problem.words}", 2)
    yield set_in(f"instead: {problem.instead}", 2)
    yield ""


def _report_in_chinese(report: LintReport, name: str) -> Iterator[str]:
    for problem in report.problems:
        yield f"{_place_in_chinese(problem.where)}：{problem.rule}"
        yield set_in(problem.says, 2)
        if problem.words:
            yield set_in(f"> {problem.words}", 2)
        yield set_in(f"建议：{problem.instead}", 2)
        yield ""
    count = len(report.problems)
    summary = f"发现{count}个问题" if count else "未发现问题"
    yield f"{printable(name)}：{summary}（读者：{_READERS_ZH[report.readers]}；规则版本：{report.version}）。"


def _place_in_chinese(where: str) -> str:
    """`block 3, entry 2` as a Chinese reader says it; where a letter has no such place, as it stands."""
    found = _PLACES.findall(where)
    return "".join(_PLACES_ZH[kind].format(number) for kind, number in found) or _WHOLE_ZH.get(where, where)


def rule_lines(book: LintBook, lang: Lang = "en") -> Iterator[str]:
    """The rules, for whom they hold, and where they come from; what they say in the language of the letters."""
    for name, rule in book.rules.items():
        advice = book.advice(name, lang)
        yield f"{name}  (for {', '.join(rule.readers)})"
        yield set_in(f"{advice.says}。{advice.instead}" if lang == "zh" else f"{advice.says}. {advice.instead}", 2)
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
    before, after = (to_json_object(lint_report, name=name) for lint_report in pair)
    return {"letter": name, "before": before, "after": after}
