"""Checked apps for a person: one in detail, several as a table."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.apps.definitions import AppRules, Need
from leakguard.apps.judging import AppVerdict, RequestedAccess
from leakguard.outputs.app_words import (
    NEEDS,
    SURE,
    category_words,
    group_words,
    library_words,
    listed,
    necessary_words,
    permission_words,
    sign_words,
    title_of,
)
from leakguard.outputs.shipped_words import shipped_lines
from leakguard.outputs.terminal import Column, Table
from leakguard.outputs.words import printable
from leakguard.use_cases.apps.check_apps import CheckedApp, CheckedApps

_COLUMNS = (
    Column(heading="FILE", is_whole=True), Column(heading="CATEGORY", gives_way=2), Column(heading="UNRELATED"),
    Column(heading="MUST BE OPTIONAL", gives_way=1), Column(heading="NEEDED", gives_way=3),
    Column(heading="CHECKED", is_whole=True),
)  # fmt: skip
_CATEGORY_COLUMNS = (
    Column(heading="NO", is_number=True), Column(heading="CATEGORY", is_whole=True),
    Column(heading="NAME", gives_way=1),
    Column(heading="NECESSARY PERSONAL INFORMATION", gives_way=2),
)  # fmt: skip
LIMITS = "A permission is no collection, and what is not necessary is no offence: a person judges."


def apps_table(checked: CheckedApps) -> Table:
    """A row a package."""
    return Table(columns=_COLUMNS, rows=tuple(_row(app) for app in checked.apps))


def _row(app: CheckedApp) -> tuple[str, ...]:
    file, category = printable(app.file), app.category.id
    if app.verdict is None:
        return file, category, "", "", "", f"not checked: {printable(app.refused)}"
    names = (_names(app.verdict.with_need(need)) for need in (Need.UNRELATED, Need.EXPLAINABLE, Need.NEEDED))
    return file, category, *names, "whole" if app.is_whole else "in part"


def _names(asked: tuple[RequestedAccess, ...]) -> str:
    return ", ".join(access.access.id.replace("_", " ") for access in asked) or "none"


def categories_table(rules: AppRules) -> Table:
    """The 39 categories."""
    rows = [
        (str(category.number), category.id, f"{category.words.en} {category.words.zh}", necessary_words(category))
        for category in rules.categories.values()
    ]
    return Table(columns=_CATEGORY_COLUMNS, rows=tuple(rows))


def app_lines(app: CheckedApp, rules: AppRules) -> Iterator[str]:
    """All that is said of one package."""
    yield title_of(app)
    yield f"Category: {category_words(app.category)}"
    yield f"Necessary: {necessary_words(app.category)}"
    if app.verdict is None:
        yield f"NOT CHECKED: {printable(app.refused)}"
        return
    for need, heading in NEEDS.items():
        yield from _asked_lines(app.verdict.with_need(need), heading, need)
    yield from _more_lines(app.verdict, rules)


def _asked_lines(asked: tuple[RequestedAccess, ...], heading: str, need: Need) -> Iterator[str]:
    if not asked and need is not Need.UNRELATED:
        return
    yield ""
    yield f"{heading}: {'none' if not asked else len(asked)}"
    for access in asked:
        yield f"  {access.access.words.en}: {permission_words(access.by)}"
        if need is not Need.NO_INFORMATION:
            others = "; holds data of people who do not use the app" if access.access.concerns_others else ""
            yield f"    {access.fit.why.en} [{SURE[access.fit.confidence]}]{others}"


def _more_lines(verdict: AppVerdict, rules: AppRules) -> Iterator[str]:
    facts = verdict.facts
    yield ""
    for sign in verdict.signs:
        yield sign_words(sign)
    if facts.sdks:
        yield f"Libraries of others, which the privacy policy must name: {', '.join(library_words(verdict, rules))}"
    for line in shipped_lines(facts.shipped, most=None):
        yield f"{line[0].upper()}{line[1:]}"
    if verdict.not_judged:
        yield f"Not in the tables, so not judged: {listed(verdict.not_judged)}"
    for part in facts.unread:
        yield f"NOT CHECKED for {', '.join(part.concerns)}: {printable(part.part)}: {part.why}"
    yield ""
    yield f"Of the six groups of illegal collection ({rules.method.title.en}) this shows:"
    yield from (f"  {group_words(group)}" for group in rules.groups)
    yield LIMITS
