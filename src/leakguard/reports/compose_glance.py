"""The first section: how it stands, in a dozen lines that a manager reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.verdicts import FAILED, State
from leakguard.models.unfinished import Area
from leakguard.reports.compose_clocks import memory_lines
from leakguard.reports.gantt_svg import clock_title, ending_words
from leakguard.reports.headline import MATCH, Headline, headline_of
from leakguard.reports.measures import Measure
from leakguard.reports.paper import Block, Cell, Facts, Paragraph, Section, line
from leakguard.reports.phrases import Phrases
from leakguard.reports.values import OPEN_STATES, Happening, Report
from leakguard.reports.words import Words

MOMENTS = ("exposure_first_seen", "notice_received", "awareness", "contained", "remediation_verified", "closed")
_UNDONE = ("contained", "remediation_verified", "closed")
"""The moments that no longer hold after one of `_AGAIN`."""
_AGAIN = frozenset({"reopened", "exposure_seen_again"})
_SHOWN = ("exposure", "notice_to_containment", "detection_to_containment", "awareness_to_filing")


def glance_section(report: Report, say: Phrases) -> Section:
    """State, the moments that matter, how the deadlines stand, what is still to do."""
    words = say.words
    blocks: list[Block] = [_verdict(report, say)]
    blocks.append(Facts(caption=words("glance.caption"), rows=tuple(_rows(report, say))))
    return Section(name="glance", title=words("glance"), blocks=tuple(blocks))


def _verdict(report: Report, say: Phrases) -> Paragraph:
    """What failed, and what is not finished; green only where `headline` finds neither."""
    words, headline = say.words, headline_of(report)
    failed = [clock for clock in report.clocks if clock.has_failed]
    named = words.texts["semicolon"].join(_clock(status, _failure(status, say), words) for status in failed)
    sentences = [words("glance.failed", count=len(failed), clocks=named)] if failed else []
    doubts = words.texts["semicolon"].join(map(words.said, report.wrong_clocks))
    sentences += [words("glance.wrong_clocks", clocks=doubts)] if doubts else []
    odd = [clock for clock in report.clocks if clock.ended_long_before_anchor]
    odd += [clock for clock in report.clocks if clock.doubts]
    sentences += [words("glance.clock.is", clock=_clock(status, ending_words(status, words), words)) for status in odd]
    parts = list(_parts(headline, say))
    if parts:
        sentences.append(words("glance.open", parts=words.texts["semicolon"].join(parts)))
    if headline.tone == "good":
        sentences.append(words("glance.finished", count=headline.ended, told=headline.told))
    return Paragraph(text=words.texts["sentence.gap"].join(sentences), tone=headline.tone)


def _clock(status: ClockStatus, state: str, words: Words) -> str:
    return words("glance.clock", clock=clock_title(status, words), state=state)


def _parts(headline: Headline, say: Phrases) -> Iterator[str]:
    """Everything that is not finished, in the order in which a manager asks."""
    words, left = say.words, headline.unfinished
    if not headline.is_closed:
        yield words("glance.part.open")
    if headline.open_duties:
        yield words("glance.part.open_duties", count=headline.open_duties, told=headline.told)
    if headline.late_steps:
        yield words("glance.part.late", count=headline.late_steps)
    for area in Area:
        if left.get(area) and area in {Area.PLAYBOOK, Area.REVIEW}:
            yield words(f"glance.part.{area}")
        elif left.get(area):
            yield words(f"glance.part.{area}", count=left[area])
    yield from _unproved(headline, say)


def _unproved(headline: Headline, say: Phrases) -> Iterator[str]:
    """What rests on nothing that was seen."""
    if headline.words:
        yield say.words("glance.part.words", count=headline.words)
    if headline.ledger != MATCH:
        yield say.words(f"glance.part.ledger.{headline.ledger or 'none'}")


def _failure(status: ClockStatus, say: Phrases) -> str:
    """How it was missed: now, or before the incident was reopened; and whether only a strict reading says so."""
    if status.verdict.state in FAILED:
        return _if_certain(ending_words(status, say.words), say, status.verdict.is_certain)
    failed = [cycle for cycle in status.earlier_cycles if cycle.state in FAILED]
    states = dict.fromkeys(say.words.named("state", cycle.state.value) for cycle in failed)
    earlier = say.words("clocks.earlier", states=say.words.listed(states))
    return _if_certain(earlier, say, any(cycle.is_certain for cycle in failed))


def _if_certain(failure: str, say: Phrases, is_certain: bool) -> str:  # noqa: FBT001  (private, beside its callers)
    return failure if is_certain else say.words("glance.uncertain", state=failure)


def _rows(report: Report, say: Phrases) -> Iterator[tuple[str, Cell]]:
    words = say.words
    yield words("glance.state"), line(words.named("incident", report.state))
    yield words("glance.opened"), say.at(report.opened_at)
    yield from _moments(report, say)
    for name in _SHOWN:
        shown = [measure for measure in report.measures if measure.name == name and measure.most_seconds is not None]
        if shown:
            yield words(f"measure.{name}"), Cell(tuple(_measured(measure, report, say) for measure in shown))
    yield words("glance.clocks"), line(clock_counts(report.clocks, say) or words("nothing"))
    upcoming = [clock for clock in report.clocks if clock.state in OPEN_STATES and clock.work_by is not None]
    if upcoming:
        soonest = min(upcoming, key=lambda status: (status.work_by is None, status.work_by, status.id))
        sentence = words("glance.next.is", clock=clock_title(soonest, words), state=ending_words(soonest, words))
        yield words("glance.next"), Cell(
            (sentence, *say.at(soonest.work_by).lines, *memory_lines(soonest, words)), _tone(soonest)
        )  # fmt: skip
    yield words("glance.duties"), line(words("glance.duties.are", open=report.open_duties, told=len(report.filings)))
    if report.playbook is not None:
        steps = report.playbook.steps
        late = sum(step.is_late(report.known_at) for step in steps)
        done = sum(step.is_settled for step in steps)
        sentence = words("glance.steps.are", done=done, count=len(steps), late=late)
        yield words("glance.steps"), line(sentence)
    if report.laws:
        yield words("glance.laws"), Cell(tuple(map(words.said, report.laws)))
    gone = sum(happening.superseded_by is not None for happening in report.timeline)
    yield words("glance.record"), line(words("glance.record.is", count=report.ledger.own_entries, corrected=gone))
    sentence = words(f"ledger.answer.{report.ledger.answer or 'none'}")
    yield words("glance.ledger"), line(words("glance.ledger.is", head=report.ledger.short, answer=sentence))


def _moments(report: Report, say: Phrases) -> Iterator[tuple[str, Cell]]:
    for kind in MOMENTS:
        found = _moment(report, kind)
        if found is not None:
            at = say.interval(found.at)
            name = say.words("glance.at.word" if found.word else f"glance.at.{kind}")
            yield name, Cell((say.words.said(found.word), *at.lines), "risk") if found.word else at


def _moment(report: Report, kind: str) -> Happening | None:
    """When it first happened; of what ends an incident, what happened since it was last open again.

    A closure before that is over, and would stand beside the state `open` as if it held.
    """
    valid = [happening for happening in report.timeline if happening.superseded_by is None]
    if kind in _UNDONE:
        again = [happening.at.earliest for happening in valid if happening.kind in _AGAIN]
        valid = [happening for happening in valid if not again or happening.at.latest >= max(again)]
    return next((happening for happening in valid if happening.kind == kind), None)


def _measured(measure: Measure, report: Report, say: Phrases) -> str:
    """With the number of the cycle where there are several."""
    has_cycles = any(other.cycle > 1 for other in report.measures)
    cycle = f"{say.words('measures.cycle', number=measure.cycle)}: " if has_cycles else ""
    return f"{cycle}{say.range(measure)}"


def _tone(status: ClockStatus) -> str:
    return "bad" if status.state in FAILED else "risk" if status.state is State.AT_RISK else ""


def clock_counts(clocks: tuple[ClockStatus, ...], say: Phrases) -> str:
    """`2 met on time, 1 met on time but in doubt, 1 running`."""
    counts = Counter((clock.state, bool(clock.doubts)) for clock in clocks)
    named = [
        (counts[state, is_doubted], say.words.named("state", state.value), is_doubted)
        for state in State for is_doubted in (False, True) if counts[state, is_doubted]
    ]  # fmt: skip
    words = say.words
    return words.listed(
        words("glance.doubted", count=n, state=s) if d else words("counted", count=n, name=s) for n, s, d in named
    )
