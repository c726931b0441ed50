"""What people did: decisions, the playbook's steps, the alarms and who took them over, and how long things took."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median_low

from leakguard.reports.compose_table import table_section
from leakguard.reports.measures import Measure
from leakguard.reports.paper import Block, Cell, Paragraph, Section, Table, line
from leakguard.reports.phrases import Phrases
from leakguard.reports.values import AlertLine, Decision, Report, StepLine


def decisions_section(report: Report, say: Phrases) -> Section:
    """Who decided what, and why; decisions that were corrected stand in the timeline alone."""
    widths = {"when": 22, "what": 24, "who": 20, "why": 34}
    return table_section("decisions", widths, tuple(_decision(decision, say) for decision in report.decisions), say)


def _decision(decision: Decision, say: Phrases) -> tuple[Cell, ...]:
    words = say.words
    second = (words("decisions.second", name=decision.second),) if decision.second else ()
    name = say.person(decision.decided_by, decision.by_source) or words("decisions.nobody")
    who = Cell((name, *second), "" if decision.decided_by else "risk")
    why = line(decision.why or words("decisions.no_reason"), "" if decision.why else "risk")
    what = Cell(tuple(filter(None, (words.named("kind", decision.what), words.said(decision.about), decision.event))))
    return say.interval(decision.at), what, who, why


def playbook_section(report: Report, say: Phrases) -> Section:
    """Every step, with its time box; what is open comes first."""
    words, playbook = say.words, report.playbook
    if playbook is None:
        return Section(name="playbook", title=words("playbook"), blocks=(Paragraph(text=words("playbook.none")),))
    tested = words("playbook.tested", day=playbook.tested_on) if playbook.tested_on else words("playbook.untested")
    intro = words(
        "playbook.is", title=words.said(playbook.title), name=playbook.name, version=playbook.version,
        time=say.text(playbook.started_at), tested=tested,
    )  # fmt: skip
    blocks: list[Block] = [Paragraph(text=intro)]
    groups = {
        "open": [step for step in playbook.steps if step.is_open],
        "done": [step for step in playbook.steps if step.is_settled],
        "waiting": [step for step in playbook.steps if not step.is_open and not step.is_settled],
    }
    for name, steps in groups.items():
        if steps:
            blocks.append(_steps(name, steps, report, say))
    return Section(name="playbook", title=words("playbook"), blocks=tuple(blocks))


def _steps(name: str, steps: list[StepLine], report: Report, say: Phrases) -> Table:
    words = say.words
    return Table(
        caption=words(f"playbook.{name}", count=len(steps)),
        columns=tuple(words(f"playbook.{column}") for column in ("step", "state", "who", "due")),
        widths=(36, 24, 18, 22),
        rows=tuple(_step(step, report, say) for step in steps),
    )


def _step(step_line: StepLine, report: Report, say: Phrases) -> tuple[Cell, ...]:
    words = say.words
    is_late = step_line.is_late(report.known_at)
    state = [words.named("step", step_line.state)]
    if step_line.done_at is not None:
        state.append(say.text(step_line.done_at))
    if step_line.took_seconds is not None:
        state.append(words("playbook.took", time=words.duration(step_line.took_seconds)))
    if is_late and step_line.due_at is not None:
        late = ((step_line.done_at or report.known_at) - step_line.due_at).total_seconds()
        state.append(words("playbook.late", time=words.duration(late)))
    who = (
        step_line.by or words.said(step_line.owner) or "–",
        *((words("decisions.second", name=step_line.second),) if step_line.second else ()),
    )
    tone = "bad" if is_late else "good" if step_line.is_settled else ""
    return (
        Cell((words.said(step_line.title), step_line.id)),
        Cell(tuple(state), tone),
        Cell(who),
        say.at(step_line.due_at),
    )


def alarms_section(report: Report, say: Phrases) -> Section:
    """Each message of the watchman, and how long it took until somebody had it."""
    widths = {"raised": 24, "clocks": 36, "severity": 14, "taken": 26}
    return table_section("alarms", widths, tuple(_alarm(alarm, say) for alarm in report.alarms), say)


def _alarm(alert_line: AlertLine, say: Phrases) -> tuple[Cell, ...]:
    words = say.words
    taken = line(words("alarms.nobody"), "risk")
    if alert_line.acknowledged_at is not None:
        after = words.duration((alert_line.acknowledged_at - alert_line.raised_at).total_seconds())
        taken = line(words("alarms.by", name=alert_line.acknowledged_by, time=after))
    return (
        Cell((*say.at(alert_line.raised_at).lines, alert_line.id)),
        Cell(alert_line.clocks),
        line(words.named("alarm", alert_line.severity)),
        taken,
    )


def measures_section(report: Report, say: Phrases) -> Section:
    """How long things took, each with its definition; what never began is named below."""
    words = say.words
    cycles = max((measure.cycle for measure in report.measures), default=1)
    known = [measure for measure in report.measures if measure.most_seconds is not None]
    unknown = dict.fromkeys(measure.name for measure in report.measures if measure.most_seconds is None)
    table = Table(
        caption=words("measures.caption"),
        columns=tuple(words(f"measures.{name}") for name in ("measure", "value", "means")),
        widths=(30, 24, 46),
        rows=(*(_measure(measure, cycles, say) for measure in known), *_of_record(report, say)),
    )
    blocks: list[Block] = [table]
    if unknown:
        names = words.listed(words(f"measure.{name}") for name in unknown)
        blocks.append(Paragraph(text=words("measures.unknown", names=names), tone="soft"))
    return Section(name="measures", title=words("measures"), blocks=tuple(blocks))


def _measure(measure: Measure, cycles: int, say: Phrases) -> tuple[Cell, ...]:
    words = say.words
    end = measure.end.id if measure.end is not None else "…" if measure.is_open else ""
    events = " → ".join(filter(None, (measure.start.id if measure.start is not None else "", end)))
    title = words(f"measure.{measure.name}")
    named = (title, words("measures.cycle", number=measure.cycle), events) if cycles > 1 else (title, events)
    return Cell(named), line(say.range(measure)), line(words(f"measure.{measure.name}.means"))


def _of_record(report: Report, say: Phrases) -> Iterator[tuple[Cell, ...]]:
    """How well the record itself was kept."""
    words = say.words
    events = [happening for happening in report.timeline if happening.is_drawn]
    delays = sorted(max(0.0, (event.recorded_at - event.at.earliest).total_seconds()) for event in events)
    if delays:
        cells = (
            words("measures.delay.median", time=words.duration(median_low(delays))),
            words("measures.delay.longest", time=words.duration(delays[-1])),
        )
        yield line(words("measures.delay")), Cell(cells), line(words("measures.delay.means"))
    gone = sum(happening.superseded_by is not None for happening in report.timeline)
    yield line(words("measures.corrections")), line(say.count(gone)), line(words("measures.corrections.means"))
    taken = sum(alarm.acknowledged_at is not None for alarm in report.alarms)
    told_alarms = words("measures.alarms.are", count=len(report.alarms), taken=taken)
    yield line(words("measures.alarms")), line(told_alarms), line(words("measures.alarms.means"))
