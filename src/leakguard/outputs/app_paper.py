"""Checked apps as a report that a manager reads and prints."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from leakguard import __version__
from leakguard.apps.definitions import AppRules, Need, Source
from leakguard.apps.judging import PROBLEMS, AppVerdict
from leakguard.models.moments import to_z
from leakguard.outputs.app_words import (
    NEEDS,
    SPEAKS,
    SURE,
    category_words,
    library_words,
    listed,
    necessary_words,
    permission_words,
    sign_words,
    sum_words,
    title_of,
    tone_of,
)
from leakguard.outputs.apps import LIMITS
from leakguard.outputs.shipped_words import shipped_lines
from leakguard.outputs.words import printable
from leakguard.reports.paper import Block, Cell, Facts, Listed, Paper, Paragraph, Section, Table, code, line
from leakguard.use_cases.apps.check_apps import CheckedApp, CheckedApps

TITLE = "Apps against what their category needs"
_TONES = {Need.UNRELATED: "bad", Need.EXPLAINABLE: "risk", Need.NEEDED: "good", Need.NO_INFORMATION: "soft"}


def apps_paper(checked: CheckedApps, *, made_at: datetime, is_drill: bool) -> Paper:
    """A section for all, one for each package, and one for what the rules rest on."""
    drill = "DRILL" if is_drill else ""
    sections = (
        _all(checked), *(_app(number, app, checked.rules) for number, app in enumerate(checked.apps, start=1)),
        _rests_on(checked.rules),
    )  # fmt: skip
    return Paper(
        language="en-GB", title=f"DRILL: {TITLE}" if is_drill else TITLE, heading=TITLE,
        under=(f"Made on {made_at:%Y-%m-%d %H:%M} UTC by LeakGuard {__version__}, from the packages alone.",),
        drill=drill, contents="Contents", known_at=to_z(made_at), sections=sections, footer="LeakGuard",
    )  # fmt: skip


def _all(checked: CheckedApps) -> Section:
    tone = tone_of(checked)
    rows = tuple(_row(app) for app in checked.apps)
    columns = ("App", "Category", "Unrelated", "Must be optional", "Needed", "Checked")
    table = Table(caption="What each app asks for", columns=columns, widths=(26, 16, 20, 18, 10, 10), rows=rows)
    blocks: tuple[Block, ...] = (
        Paragraph(text=f"{sum_words(checked)}.", tone=tone), table, Paragraph(text=LIMITS, tone="soft"),
    )  # fmt: skip
    return Section(name="all", title="At a glance", blocks=blocks)


def _row(app: CheckedApp) -> tuple[Cell, ...]:
    name, category = line(printable(app.file)), line(app.category.words.en)
    if app.verdict is None:
        return name, category, line(""), line(""), line(""), line("not checked", "risk")
    return (
        name, category, *(_names(app.verdict, need) for need in (Need.UNRELATED, Need.EXPLAINABLE, Need.NEEDED)),
        line("whole") if app.is_whole else line("in part", "risk"),
    )  # fmt: skip


def _names(verdict: AppVerdict, need: Need) -> Cell:
    named = ", ".join(access.access.words.en for access in verdict.with_need(need))
    return line(named, _TONES[need]) if named else line("none")


def _app(number: int, app: CheckedApp, rules: AppRules) -> Section:
    facts = [
        ("Category", line(category_words(app.category))),
        ("Necessary personal information", line(necessary_words(app.category))),
        ("SHA-256 of the file", code(app.sha256 or "unknown")),
    ]
    blocks: list[Block] = [Facts(caption="The app and its category", rows=tuple(facts))]
    if app.verdict is None:
        blocks.append(Paragraph(text=f"Not checked: {printable(app.refused)}.", tone="risk"))
    else:
        blocks += _verdict_blocks(app.verdict, rules)
    return Section(name=f"app-{number}", title=title_of(app), blocks=tuple(blocks))


def _verdict_blocks(verdict: AppVerdict, rules: AppRules) -> Iterator[Block]:
    rows = tuple(
        (
            line(access.access.words.en), line(NEEDS[access.fit.need], _TONES[access.fit.need]),
            Cell((access.fit.why.en, f"[{SURE[access.fit.confidence]}]")), line(permission_words(access.by)),
        )
        for access in verdict.asked
    )  # fmt: skip
    if rows:
        columns = ("What it asks for", "Verdict", "Why", "By")
        yield Table(caption="What it asks for, the worst first", columns=columns, widths=(18, 24, 30, 28), rows=rows)
    else:
        is_known = not any("permissions" in part.concerns for part in verdict.facts.unread)
        yield Paragraph(text="It asks for nothing that leads to personal information." if is_known else "Not known.")
    for sign in verdict.signs:
        yield Paragraph(text=sign_words(sign), tone="bad" if sign.kind in PROBLEMS else "")
    if verdict.facts.sdks:
        yield Paragraph(text="Libraries of others, which the privacy policy must name:")
        yield Listed(entries=library_words(verdict, rules))
    for text in shipped_lines(verdict.facts.shipped, most=None):
        yield Paragraph(text=f"{text[0].upper()}{text[1:]}.")
    if verdict.not_judged:
        yield Paragraph(text=f"Not in the tables, so not judged: {listed(verdict.not_judged)}", tone="soft")
    for part in verdict.facts.unread:
        what = f"Not checked for {', '.join(part.concerns)}: {printable(part.part)}: {part.why}."
        yield Paragraph(text=what, tone="risk")


def _rests_on(rules: AppRules) -> Section:
    groups = tuple(
        (line(f"{group.number} {group.words.en}"), line(SPEAKS[group.speaks]), line(group.what.en))
        for group in rules.groups
    )
    sources = (rules.provisions, rules.method, rules.accesses_source, rules.sdks_source)
    blocks: tuple[Block, ...] = (
        Table(caption="The six groups of illegal collection, and what this shows of each",
              columns=("Group", "Shown", "By"), widths=(40, 14, 46), rows=groups),
        Facts(caption="Sources", rows=tuple((source.title.en, _source(source)) for source in sources)),
        Paragraph(text=(
            "What is called needed rests on the text of the Provisions. What is called explainable or unrelated is "
            "our own inference: the Provisions name personal information and no permission."
        )),
    )  # fmt: skip
    return Section(name="rules", title="What this rests on, and what it cannot show", blocks=blocks)


def _source(source: Source) -> Cell:
    return Cell((source.url, f"read in: {source.read_in}", f"checked {source.checked_on}, {SURE[source.confidence]}"))
