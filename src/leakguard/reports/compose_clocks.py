"""The clocks, drawn and as a table; the duties that are still open; and where each of them is written."""

from __future__ import annotations

from datetime import datetime

from leakguard.clocks.clock_status import ClockStatus, ignored_by_clocks
from leakguard.clocks.spans import ZERO
from leakguard.clocks.verdicts import FAILED, State
from leakguard.models.unfinished import Area
from leakguard.reports.gantt_svg import clock_figures, clock_title, ending_words
from leakguard.reports.measures import budget_share, share_over_threshold
from leakguard.reports.paper import Block, Cell, Drawing, Paragraph, Section, Table, line
from leakguard.reports.phrases import Phrases
from leakguard.reports.values import OPEN_STATES, DutyClock, Filing, Report
from leakguard.reports.words import Words

_TONES = {State.MET_ON_TIME: "good", State.AT_RISK: "risk", State.NOT_APPLICABLE: "soft"}


def clocks_section(report: Report, say: Phrases) -> Section:
    """Every clock that has begun, in this cycle or before; those that wait for their first event are named."""
    words = say.words
    blocks: list[Block] = [Paragraph(text=words("clocks.means"))]
    blocks += [
        Drawing(figure=clock_figure) for clock_figure in clock_figures(report.clocks, report.known_at, say.zone, words)
    ]
    counting = [clock for clock in report.clocks if clock.computed.deadline is None and clock.state is not State.LATENT]
    if counting:
        blocks.append(Paragraph(text=words("clocks.counting", count=len(counting)), tone="soft"))
    if report.clocks:
        blocks.append(
            Table(
                caption=words("clocks.caption", zone=report.zone),
                columns=tuple(words(f"clocks.{name}") for name in ("clock", "began", "limit", "ended", "used")),
                widths=(25, 20, 20, 21, 14),
                rows=tuple(_row(clock, say) for clock in sorted(report.clocks, key=_by_limit)),
            )
        )
    for event, because, names in ignored_by_clocks(clock.computed for clock in report.clocks):
        text = words("clocks.ignored", event=event, because=words.said(because), clocks=words.listed(names))
        blocks.append(Paragraph(text=text, tone="risk"))
    if report.waiting_clocks:
        waiting = words("clocks.waiting", count=len(report.waiting_clocks), clocks=words.listed(report.waiting_clocks))
        blocks.append(Paragraph(text=waiting, tone="soft"))
    return Section(name="clocks", title=words("clocks"), blocks=tuple(blocks))


def _by_limit(status: ClockStatus) -> tuple[bool, datetime, str]:
    """The soonest limit first, clocks without one last."""
    limit = status.verdict.work_by
    return limit is None, limit or status.computed.at, status.id


def tone_of(status: ClockStatus) -> str:
    """The tone of a state, beside its words."""
    if status.doubts or (status.closure_without_probe and status.state is State.MET_ON_TIME):
        return "risk"
    return "bad" if status.state in FAILED | {State.DUE_NOW} else _TONES.get(status.state, "")


def _row(status: ClockStatus, say: Phrases) -> tuple[Cell, ...]:
    verdict = status.verdict
    names = dict.fromkeys((clock_title(status, say.words), status.id))
    began = Cell((*say.at(verdict.anchor_at).lines, verdict.anchor_event or ""))
    ending = (ending_words(status, say.words), *(say.at(verdict.ended_at).lines if verdict.ended_at else ()))
    return (
        Cell(tuple(filter(None, names))), began, _limit(status, say),
        Cell((*ending, *_remarks(status, say)), tone_of(status)),
        _used(status, say),
    )  # fmt: skip


def _limit(status: ClockStatus, say: Phrases) -> Cell:
    words, verdict = say.words, status.verdict
    if verdict.work_by is None:
        return (
            say.at(None) if status.state is State.LATENT else Cell((words("clocks.none"), *memory_lines(status, words)))
        )
    lines = say.at(verdict.work_by).lines
    if verdict.statutory_limit is not None and verdict.statutory_limit != verdict.work_by:
        lines = (*lines, words("clocks.latest", time=say.text(verdict.statutory_limit)))
    if (
        status.computed.deadline_before_extensions is not None
        and status.computed.deadline_before_extensions != status.computed.deadline
    ):
        lines = (*lines, words("clocks.extended", time=say.text(status.computed.deadline_before_extensions)))
    lines = (*lines, *memory_lines(status, words))
    return Cell((*lines, words("clocks.provisional")) if status.provisional else lines)


def memory_lines(status: ClockStatus, words: Words) -> tuple[str, ...]:
    """What stands beside a limit that nobody read in a source."""
    return (words("clocks.from_memory"),) if status.rule.from_memory else ()


def _remarks(status: ClockStatus, say: Phrases) -> tuple[str, ...]:
    words, remarks = say.words, []
    first, corrected = status.first_final_verdict, status.as_corrected
    if first is not None and corrected is not None and corrected.state is not first.state:
        remarks.append(words("clocks.corrected", state=words.named("state", corrected.state.value)))
    if not status.verdict.is_certain:
        remarks.append(words("clocks.uncertain"))
    remarks += [words.said(doubt.text) for doubt in status.doubts]
    remarks += [words.said(correction.text) for correction in status.corrections]
    if status.earlier_cycles:
        states = words.listed(words.named("state", cycle.state.value) for cycle in status.earlier_cycles)
        remarks.append(words("clocks.earlier", states=states))
    return tuple(remarks)


def _used(status: ClockStatus, say: Phrases) -> Cell:
    words = say.words
    if status.state is State.LATENT:
        return say.at(None)
    gross, net = (length.total_seconds() for length in status.elapsed or (ZERO, ZERO))
    lines = [words("clocks.gross", time=words.duration(gross))]
    if net != gross:
        lines.append(words("clocks.net", time=words.duration(net)))
    share, over = budget_share(status), share_over_threshold(status)
    if share is not None:
        lines.append(words("clocks.share", share=f"{share:.0%}"))
    if over is not None and over > 0:
        lines.append(words("clocks.over", share=f"{over:.0%}"))
    return Cell(tuple(lines))


def duties_section(report: Report, say: Phrases) -> Section:
    """What still has to be told to whom, what was told, and what was promised."""
    words = say.words
    blocks: list[Block] = []
    still = [duty for duty in report.duties if duty.status.state in OPEN_STATES]
    still.sort(key=lambda clock: _by_limit(clock.status))
    if still:
        names = ("duty", "recipient", "due", "stands")
        blocks.append(_table("duties", names, (34, 24, 22, 20), tuple(_duty(clock, say) for clock in still), say))
    elif undecided := sum(item.area is Area.DUTIES for item in report.unfinished):
        blocks.append(Paragraph(text=words("duties.undecided", count=say.count(undecided)), tone="risk"))
    else:
        blocks.append(Paragraph(text=words("duties.none")))
    if report.filings:
        names = ("told", "duty", "recipient", "by")
        rows = tuple(_filing(filing, say) for filing in report.filings)
        blocks.append(_table("filings", names, (24, 28, 26, 22), rows, say))
    else:
        blocks.append(Paragraph(text=words("filings.none")))
    if report.promises:
        rows = tuple(
            (
                line(words.said(promise.item).replace("_", " ")),
                line(promise.duty),
                line(promise.event),
                say.at(promise.promised_at),
            )
            for promise in report.promises
        )
        blocks.append(_table("promises", ("item", "duty", "event", "since"), (30, 32, 12, 26), rows, say))
    return Section(name="duties", title=words("duties"), blocks=tuple(blocks))


def _table(
    group: str, names: tuple[str, ...], widths: tuple[int, ...], rows: tuple[tuple[Cell, ...], ...], say: Phrases
) -> Table:
    columns = tuple(say.words(f"{group}.{name}") for name in names)
    return Table(caption=say.words(f"{group}.caption"), columns=columns, widths=widths, rows=rows)


def _duty(clock: DutyClock, say: Phrases) -> tuple[Cell, ...]:
    status = clock.status
    due = say.at(status.work_by, none=say.words("clocks.none"))
    limit = Cell((*due.lines, *memory_lines(status, say.words)), due.tone)
    soft = (say.words("duties.soft"),) if clock.soft else ()
    return (
        Cell((say.words.of(clock.law), f"{clock.duty} · {clock.stage}", *soft)),
        line(say.words.of(clock.recipient)),
        limit, line(ending_words(status, say.words), tone_of(status)),
    )  # fmt: skip


def _filing(filing: Filing, say: Phrases) -> tuple[Cell, ...]:
    kind = say.words.named("kind", filing.kind)
    about = (" · ".join(filter(None, (filing.duty, filing.stage))) or "–", kind, filing.event)
    by = tuple(filter(None, (filing.by, filing.reference))) or ("–",)
    return say.interval(filing.at), Cell(about), line(say.words.said(filing.recipient) or "–"), Cell(by)


def sources_section(report: Report, say: Phrases) -> Section:
    """Where each duty is written, when that was last checked, and how sure we are of it."""
    words = say.words
    by_duty = {duty.duty: duty for duty in report.duties}
    if not by_duty:
        return Section(name="sources", title=words("sources"), blocks=(Paragraph(text=words("sources.none")),))
    rows = tuple(_source(clock, say) for clock in by_duty.values())
    table = _table("sources", ("duty", "law", "where", "checked"), (24, 26, 30, 20), rows, say)
    return Section(name="sources", title=words("sources"), blocks=(table,))


def _source(clock: DutyClock, say: Phrases) -> tuple[Cell, ...]:
    sure = say.words.listed(say.words.named("source", name) for name in (clock.source_kind, clock.confidence))
    checked = Cell((clock.verified_on, sure, *_reviewed(clock, say)))
    return line(clock.duty), line(say.words.of(clock.law)), Cell((clock.source_url,), is_code=True), checked


def _reviewed(clock: DutyClock, say: Phrases) -> tuple[str, ...]:
    """Which lawyer of the organisation looked at the rule."""
    if clock.reviewed is None:
        return ()
    review = say.words("sources.reviewed", by=clock.reviewed.by, on=clock.reviewed.on)
    return (review, say.words("sources.review_is_older")) if clock.reviewed.is_older else (review,)
