"""The clocks and alerts of all incidents, whether somebody watches, and the numbers that stand on each page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.mailing.approvals import Proposal
from leakguard.models.findings import Severity
from leakguard.models.incidents import IncidentState
from leakguard.models.moments import to_z
from leakguard.outputs.board import BoardPage, WhoseIs, board_json
from leakguard.outputs.tasks import task_json
from leakguard.outputs.waiting_alerts import health_json, waiting_json
from leakguard.outputs.waiting_for_one import approval_wanted_json
from leakguard.use_cases.accounts.holders import Responsible, holders_at
from leakguard.use_cases.alerts.cases import BoardRow, Case, Owner, Rows
from leakguard.use_cases.alerts.heartbeats import parse_heartbeat
from leakguard.use_cases.alerts.waiting_alerts import waiting_alerts
from leakguard.use_cases.alerts.waiting_subjects import waiting_subjects
from leakguard.use_cases.alerts.watch_health import watch_health
from leakguard.use_cases.incidents.open_tasks import SECOND
from leakguard.web.around import reach_if_known
from leakguard.web.around_tasks import open_tasks
from leakguard.web.call import Answer, Call
from leakguard.web.models import MOST_PAGE, Query
from leakguard.web.operation import Method, Operation
from leakguard.web.report_views import waiting_reports
from leakguard.web.shapes import watch as shapes

MOST_OFFSET = 2**31


class BoardQuery(Query):
    """Which clocks."""

    limit: int = Field(default=100, ge=1, le=MOST_PAGE)
    after: int = Field(default=0, ge=0, le=MOST_OFFSET, description="The `next` of the page before.")
    which: Literal["all", "mine", "legal", "late"] = Field(
        default="all", description="All; those that you have to do something about; those of laws; those that are late."
    )
    limits: Literal["all", "fixed", "none"] = Field(
        default="all", description="Clocks with a fixed limit, or those without one (without undue delay)."
    )


class AlertsLimit(Query):
    """How many."""

    limit: int = Field(default=100, ge=1, le=MOST_PAGE)


def _whose(call: Call) -> WhoseIs:
    wiring = call.wiring
    holders = holders_at(wiring.store, wiring.calendar(), zone=wiring.zone, now=wiring.now())
    found: dict[Owner, Responsible] = {}

    def whose(owner: Owner) -> Responsible:
        if owner not in found:
            found[owner] = holders.of(owner.role, owner.person)
        return found[owner]

    return whose


def _asked(rows: Rows, asked: BoardQuery, whose: WhoseIs, actor: str) -> Sequence[BoardRow]:
    """The clocks that are asked for, in their order."""
    found = {"all": rows.every, "fixed": rows.fixed, "none": rows.without_limit}[asked.limits]
    if asked.which == "late":
        return [row for row in rows.late if asked.limits != "none"]
    if asked.which == "mine":
        return [row for row in found if whose(row.owner).is_of(actor)]
    return [row for row in found if row.is_law] if asked.which == "legal" else found


def board(call: Call) -> Answer:
    """The clocks that run in all incidents, the most urgent first."""
    wiring, asked = call.wiring, call.query
    now = wiring.now()
    rows = wiring.board.rows(wiring.store, wiring.bundled, wiring.reach, now)
    whose, actor = _whose(call), wiring.recorder.actor
    counts = {
        "all": len(rows.every),
        "mine": sum(count for owner, count in rows.by_owner.items() if whose(owner).is_of(actor)),
        "legal": rows.legal_count, "late": len(rows.late), "legal_late": sum(row.is_law for row in rows.late),
        "without_limit": len(rows.without_limit),
    }  # fmt: skip
    shown = _asked(rows, asked, whose, actor)
    page = BoardPage(after=asked.after, limit=asked.limit)
    return Answer(document=board_json(shown, now, page, whose, counts, rows.next_legal))


def waiting(call: Call) -> Answer:
    """The alerts that nobody has acknowledged: of all incidents, of reports, transfers and sites."""
    wiring = call.wiring
    settings = wiring.settings.watch.escalation
    now = wiring.now()
    around = reach_if_known(call)
    cases = wiring.board.cases(wiring.store, wiring.bundled, around, now)
    found = waiting_alerts(cases.values(), settings, now)
    subjects = wiring.watched_subjects(wiring.report_queue.reports(wiring.store))(wiring.store, now)
    others = waiting_subjects(subjects, wiring.store, settings, now)
    document = waiting_json(found, others, now, _whose(call), limit=call.query.limit)
    return Answer(document=document | {"laws_known": around is not None})


def watchman(call: Call) -> Answer:
    """Whether a watchman watches this store, and whether alerts reach people."""
    wiring = call.wiring
    settings, now = wiring.settings.watch, wiring.now()
    dead = wiring.deliveries.dead(wiring.store, [channel.name for channel in settings.channels])
    heartbeat = parse_heartbeat(wiring.heartbeat().read())
    return Answer(document=health_json(watch_health(heartbeat, settings, dead, wiring.missing_secrets(), now), now))


def counts(call: Call) -> Answer:
    """How much waits: for everybody, and for who asks."""
    wiring, who = call.wiring, call.wiring.recorder
    now, around = wiring.now(), reach_if_known(call)
    cases = wiring.board.cases(wiring.store, wiring.bundled, around, now)
    reports = waiting_reports(call)
    head, checked = wiring.store.head(), wiring.verified.last
    document = {
        "now": to_z(now), "laws_known": around is not None,
        "late_clocks": sum(len(case.late) for case in cases.values()),
        "open_incidents": sum(case.incident.state is IncidentState.OPEN for case in cases.values()),
        "critical_incidents": sum(
            line.state is IncidentState.OPEN and line.severity is Severity.CRITICAL
            for line in wiring.incident_list.lines(wiring.store)
        ),
        "waiting_for_review": sum(case.waits_for_review for case in cases.values()),
        "my_tasks": len(open_tasks(call, who.signatory)),
        "letters_for_me": len(_letters(call, cases)),
        "exposures": _exposures(call),
        "open_reports": len(reports), "late_reports": sum(report.is_late for report in reports),
        "ledger": {
            "entries": head.sequence if head is not None else 0, "head": head.hash if head is not None else None,
            "verified": checked,
        },
    }  # fmt: skip
    return Answer(document=document)


def _letters(call: Call, cases: Mapping[str, Case]) -> list[tuple[Case, Proposal]]:
    """The letters that need one approval more, and that who asks may approve, each with its incident."""
    if call.caller is None or not call.caller.may(Right.APPROVE_LETTERS):
        return []
    who = call.wiring.recorder.signatory
    return [
        (case, letter) for case in cases.values() for letter in case.letters if letter.approval_of(who) is None
    ]  # fmt: skip


def waiting_for_me(call: Call) -> Answer:
    """What who asks has to agree to as the second person."""
    wiring, limit = call.wiring, call.query.limit
    cases = wiring.board.cases(wiring.store, wiring.bundled, reach_if_known(call), wiring.now())
    book = wiring.duties()
    duties = {duty.id: duty for duty in book.duties}
    steps = [open_task for open_task in open_tasks(call, wiring.recorder.signatory) if open_task.why == SECOND]
    letters = [approval_wanted_json(*letter, duties, book.vocabulary) for letter in _letters(call, cases)]
    letters.sort(key=lambda one: (one["work_by"] is None, one["work_by"] or "", one["incident"], one["letter"]))
    document = {
        "steps": [task_json(step) for step in steps[:limit]], "letters": letters[:limit],
        "total": {"steps": len(steps), "letters": len(letters)},
    }  # fmt: skip
    return Answer(document=document)


def _exposures(call: Call) -> int | None:
    if call.caller is None or not call.caller.may(Right.READ_FINDINGS):
        return None
    from leakguard.web.routes.exposures import loud  # noqa: PLC0415  (two subjects, one list of mutes)

    return len(loud(call))


_READ = Right.READ_INCIDENTS
OPERATIONS = (
    Operation(
        name="show_board", method=Method.GET, path="/clocks", right=_READ, handler=board, query=BoardQuery,
        answer=shapes.Board, summary="Show the clocks that run in all incidents, the most urgent first.",
        also="Each with what has to be done in plain words, whose it is, and what moves it on.",
    ),
    Operation(
        name="list_waiting_alerts", method=Method.GET, path="/alerts", right=_READ, handler=waiting,
        query=AlertsLimit, answer=shapes.WaitingAlerts,
        summary="List the alerts that nobody has acknowledged, those that reached nobody first.",
        also="Those of reports from outside, of transfers abroad and of your own sites are in `others`. While "
        "`laws_known` is false, no alert about a clock of a law is listed.",
    ),
    Operation(
        name="list_waiting_for_me", method=Method.GET, path="/waiting", right=_READ, handler=waiting_for_me,
        query=AlertsLimit, answer=shapes.WaitingForMe,
        summary="List what waits for you as the second person: steps to confirm, and letters to approve.",
    ),
    Operation(
        name="show_watchman", method=Method.GET, path="/watchman", right=Right.READ_HEALTH, handler=watchman,
        answer=shapes.WatchHealth, summary="Show whether a watchman watches, and what keeps alerts from people.",
    ),
    Operation(
        name="show_counts", method=Method.GET, path="/counts", right=_READ, handler=counts, answer=shapes.Counts,
        summary="Count what waits: clocks, incidents, exposures, and your own tasks and approvals.",
    ),
)  # fmt: skip
