"""The story in two lanes, drawn and as a table; and what the scans found."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.reports.compose_table import table_section
from leakguard.reports.paper import Block, Cell, Drawing, Paragraph, Section, Table, line
from leakguard.reports.phrases import Phrases
from leakguard.reports.timeline_layout import AT_ONCE
from leakguard.reports.timeline_svg import LATE, MOST_DRAWN, timeline_figures
from leakguard.reports.values import Happening, Report, ReportFinding

_IN_COLUMNS = frozenset({"obligation", "duty", "stage"})
"""Fields that stand beside the kind already."""


def timeline_section(report: Report, say: Phrases) -> Section:
    """Two lanes, and the same as a table with every word that was said."""
    words = say.words
    story = [
        happening
        for happening in report.timeline
        if happening.kind != "incident_opened" or happening.superseded_by is None
    ]
    drawn = sum(happening.is_drawn for happening in story)
    blocks: list[Block] = [Paragraph(text=words("timeline.means"))]
    if drawn > MOST_DRAWN:
        blocks.append(Paragraph(text=words("timeline.most", drawn=MOST_DRAWN, count=drawn)))
    blocks += [Drawing(figure=figure) for figure in timeline_figures(story, say.zone, words)]
    blocks.append(
        Table(
            caption=words("timeline.caption", zone=report.zone),
            columns=tuple(words(f"timeline.{name}") for name in ("when", "what", "written", "said")),
            widths=(25, 20, 23, 32),
            rows=tuple(_row(happening, say) for happening in story),
        )
    )
    return Section(name="timeline", title=words("timeline"), blocks=tuple(blocks))


def _row(happening: Happening, say: Phrases) -> tuple[Cell, ...]:
    is_gone = happening.superseded_by is not None
    kind = say.words.named("kind", happening.kind)
    what = Cell((kind, *filter(None, (say.words.said(happening.about), happening.id))), is_struck=is_gone)
    return (
        say.interval(happening.at, is_struck=is_gone),
        what,
        _recorded(happening, say),
        Cell(tuple(_details(happening, say)) or ("–",)),
    )


def _recorded(happening: Happening, say: Phrases) -> Cell:
    delay = happening.recorded_at - happening.at.earliest
    lines = say.at(happening.recorded_at).lines[:1]
    if delay < AT_ONCE:
        return Cell(lines)
    later = say.words("timeline.later", time=say.words.duration(delay.total_seconds()))
    return Cell((*lines, later), "risk" if delay > LATE else "")


def _details(happening: Happening, say: Phrases) -> Iterator[str]:
    words = say.words
    if happening.superseded_by:
        yield words("timeline.superseded", by=happening.superseded_by)
    if happening.corrects:
        yield words("timeline.corrects", event=happening.corrects)
    if happening.is_erased:
        yield words("timeline.erased")
    if happening.word:
        yield words.said(happening.word)
    yield from _typed(happening, say)
    for name, text in happening.fields.items():
        if name not in _IN_COLUMNS and text != happening.about and (name, text) != ("by", happening.by):
            yield words("timeline.field", name=words.named("field", name), text=text)


def _typed(happening: Happening, say: Phrases) -> Iterator[str]:
    words = say.words
    if happening.source:
        yield words.said(happening.source)
    if happening.reason:
        yield words("timeline.reason", reason=happening.reason)
    if happening.by:
        yield words("timeline.by", name=say.person(happening.by, happening.by_source))


def findings_section(report: Report, say: Phrases) -> Section:
    """What the scans found: names, counts and sizes, never a record."""
    widths = {"where": 26, "what": 20, "size": 20, "why": 34}
    rows = tuple(_finding(finding, say) for finding in report.findings)
    erased = tuple(
        (Cell((name,), is_code=True), line("–"), line("–"), line(say.words("findings.erased"), "soft"))
        for name in report.erased_findings
    )
    return table_section("findings", widths, rows + erased, say)


def _finding(finding: ReportFinding, say: Phrases) -> tuple[Cell, ...]:
    words = say.words
    severity = words.named("severity", finding.severity)
    records = say.count(finding.records) if finding.records is not None else words("unknown")
    about = () if finding.is_exact else (words("findings.estimated"),)
    size = (words("findings.records", count=records), words("findings.bytes", size=say.size(finding.bytes)), *about)
    return (
        Cell((finding.place, finding.id), is_code=True), Cell((words.said(finding.what), severity)), Cell(size),
        Cell((words.said(finding.reason), words("findings.seen", time=say.text(finding.observed_at)))),
    )  # fmt: skip
