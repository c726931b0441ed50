"""The clocks of reports from outside: what was promised to whoever reported, and when a report is to be erased."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from leakguard.alerts.isolation import isolated
from leakguard.alerts.readiness import NotReady
from leakguard.alerts.subjects import WatchedSubject, not_watched, statuses_of
from leakguard.clocks.fixed_clocks import FixedClock
from leakguard.frozen import replace
from leakguard.intake.legal_rules import LegalRuleMatch
from leakguard.intake.promises import Due, Promise, Promises, dues_of, erase_by
from leakguard.intake.states import Act, ReportState, Verdict
from leakguard.intake.view import Report, report_of
from leakguard.ledger.custody import HOLD_RELEASED, PUT_ON_HOLD, holds_in
from leakguard.ports import IncidentStore
from leakguard.use_cases.intake.reports import records_of_reports

PROMISED, ERASURE = ("75%", "90%", "PT0S"), ("-PT168H", "PT0S")
"""The thresholds of a promise, and of an erasure: a week before its day, and on it."""
LAWFUL = ("50%", "75%", "90%", "PT0S")
"""Those of a law."""
ERASE = "erase"
AskedOf = Callable[[datetime], Iterable[LegalRuleMatch]]
"""What laws ask about a report that arrived then."""
_ZH = {
    Act.ACKNOWLEDGE.value: "回复报告人，确认收到",
    Act.TRIAGE.value: "核实报告内容并作出判断",
    Act.FIX.value: "修复报告所述问题",
    Act.VERIFY.value: "从外部复测，确认已关闭",
    Act.DISCLOSE.value: "与报告人商定公开事宜",
    ERASE: "保存期限届满，删除报告",
}
"""The titles in Chinese."""
_ACTS = {
    ReportState.ACKNOWLEDGED: (Act.ACKNOWLEDGE, "acknowledge the report", "acknowledge {id} --send"),
    ReportState.TRIAGED: (Act.TRIAGE, "say whether the report is valid", "triage {id} --as valid"),
    ReportState.FIXED: (Act.FIX, "fix what the report tells", "fix {id}"),
    ReportState.VERIFIED: (Act.VERIFY, "prove from outside that it is closed", "verify {id}"),
    ReportState.DISCLOSED: (Act.DISCLOSE, "agree with the finder on what is published", "disclose {id}"),
}


def nothing_asked(arrived_at: datetime) -> tuple[LegalRuleMatch, ...]:
    """No law is known."""
    del arrived_at
    return ()


def watched_reports(
    store: IncidentStore, promises: Promises, *, zone: str, now: datetime, asked: AskedOf = nothing_asked,
    known: Iterable[Report] | None = None,
) -> Iterator[WatchedSubject]:  # fmt: skip
    """Every report with a clock that runs: a promise that is owed, or a closed report that is not erased yet.

    A legal hold keeps a report, and its erasure has no clock meanwhile. `asked` are the rules of laws about a report
    that arrived then; `known` are the reports where somebody has read them already.
    """
    held = holds_in(store.of_kinds((PUT_ON_HOLD, HOLD_RELEASED))).subjects
    odd = list[NotReady]()
    for report in _readable(store, odd) if known is None else known:
        if not report.is_erased:
            matches = tuple(_matches(report, asked))
            laws = [match for match in matches if match.standing == "applies"]
            clocks = [*_promised(report, promises, zone, now), *(_of_law(report, law, zone) for law in laws)]
            end = erase_by(report, promises.retention) if report.id not in held else None
            clocks += [_erasure(report, promises, end, zone)] if end is not None else []
            subject = _subject(report.id, clocks, laws, zone, now)
            subject = replace(subject, problems=(*subject.problems, *_unjudged(report.id, matches)))
            if subject.statuses or subject.problems:
                yield subject
    for problem in odd:
        yield replace(_subject(problem.incident, (), (), zone, now), problems=(problem,))


def _readable(store: IncidentStore, odd: list[NotReady]) -> Iterator[Report]:
    """All reports; one whose entries cannot be read hides no other."""
    for subject, records in records_of_reports(store):
        with isolated(subject, odd):
            yield report_of(subject, records)


def _subject(
    report: str, clocks: Iterable[FixedClock], laws: Sequence[LegalRuleMatch], zone: str, now: datetime
) -> WatchedSubject:
    link = f"leakguard report show {report}"
    found, problems = statuses_of(report, clocks, now, next_step=f"See when it arrived: {link}")
    return WatchedSubject(
        id=report, title="A report from outside", statuses=found, zone=zone, problems=problems,
        actions=_actions(report, laws), link=link, zh={**_ZH, **{law.rule.id: law.rule.text_zh for law in laws}},
    )  # fmt: skip


def _promised(report: Report, promises: Promises, zone: str, now: datetime) -> Iterator[FixedClock]:
    by_state = {ReportState(promise.until): promise for promise in promises.promises}
    for due in dues_of(report, promises, now=now, zone=zone):
        if due.state in {"running", "overdue"}:
            yield _promise(report, due, by_state[due.until], zone)


def _promise(report: Report, due: Due, promise: Promise, zone: str) -> FixedClock:
    act, title, _ = _ACTS[due.until]
    return FixedClock(
        id=act.value, title=f"{title}, as promised", starts_by=report.received_at, known_at=report.recorded_at,
        deadline=due.at, thresholds=PROMISED, from_memory=promise.confidence == "from_memory", zone=zone,
    )  # fmt: skip


def _erasure(report: Report, promises: Promises, end: datetime, zone: str) -> FixedClock:
    closed = report.reached[ReportState.CLOSED]
    return FixedClock(
        id=ERASE, title="erase the report: the time that it is kept is over", starts_by=closed, known_at=closed,
        deadline=end, thresholds=ERASURE, from_memory=promises.retention.confidence == "from_memory", zone=zone,
    )  # fmt: skip


def _unjudged(report: str, matches: Iterable[LegalRuleMatch]) -> Iterator[NotReady]:
    """Rules with a time of which nobody can say whether they speak to us: what is not stated is no "no"."""
    for match in matches:
        if match.standing == "needs_fact":
            missing = " and ".join(match.missing)
            why = f"{match.rule.id} is not watched: nothing states {missing}"
            yield not_watched(
                report, why, next_step=f"State {missing} in leakguard.toml: leakguard report rules {report}"
            )


def _matches(report: Report, asked: AskedOf) -> Iterator[LegalRuleMatch]:
    """The rules whose time the report alone starts, until it is an incident with clocks of its own, or is none."""
    is_ours = report.verdict in {None, Verdict.VALID} and not report.machine and not report.incident
    for match in asked(report.received_at) if report.is_open and is_ours else ():
        if match.rule.counts_from == "report" and match.at_the_latest is not None:
            yield match


def _of_law(report: Report, match: LegalRuleMatch, zone: str) -> FixedClock:
    rule = match.rule
    return FixedClock(
        id=rule.id, title=rule.text, starts_by=report.received_at, known_at=report.recorded_at,
        deadline=match.at_the_latest or report.received_at, thresholds=LAWFUL, law=rule.article,
        from_memory=rule.confidence == "from_memory", zone=zone,
    )  # fmt: skip


def _actions(report: str, laws: Iterable[LegalRuleMatch]) -> dict[str, str]:
    found = {act.value: f"leakguard report {command.format(id=report)}" for act, _, command in _ACTS.values()}
    found |= {law.rule.id: f"leakguard report incident {report} --aware-at arrival" for law in laws}
    return {**found, ERASE: f'leakguard report erase {report} --reason "the time of the report is over"'}
