"""What the handlers of reports share: the scope of this server, and one report with all that follows from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from leakguard.accounts.rights import Right
from leakguard.files.opening import read_text
from leakguard.intake.promises import dues_of, erase_by
from leakguard.outputs.intake import ShownReport
from leakguard.use_cases.intake.proposals import ReadScope, proposals_for, scope_today
from leakguard.use_cases.intake.queue import QueuedReport, is_waiting, queued

if TYPE_CHECKING:
    from leakguard.intake.view import Report
    from leakguard.models.findings import Finding
    from leakguard.web.call import Call


def server_scope(call: Call) -> ReadScope | None:
    """The scope that the settings name, where there is one; one that is not valid today says why."""
    name = call.wiring.settings.scope
    if not Path(name).exists():
        return None
    return scope_today(read_text(name), name=name, now=call.wiring.now())


def whole_queue(call: Call) -> tuple[QueuedReport, ...]:
    """Every report with its promises, the oldest first."""
    wiring = call.wiring
    every, retention = wiring.report_queue.reports(wiring.store), wiring.promises().retention
    done = [
        QueuedReport(report=report, dues=(), erase_by=erase_by(report, retention))
        for report in every if not is_waiting(report)
    ]  # fmt: skip
    return tuple(sorted((*waiting_reports(call), *done), key=lambda queued: queued.report.id))


def waiting_reports(call: Call) -> list[QueuedReport]:
    """Those that wait for somebody; the clocks of the others are not reckoned."""
    wiring = call.wiring
    reports = [report for report in wiring.report_queue.reports(wiring.store) if is_waiting(report)]
    return list(queued(reports, wiring.promises(), now=wiring.now(), zone=wiring.settings.zone)) if reports else []


def shown(call: Call, report: Report) -> ShownReport:
    """A report with its promises, its duplicates and what of it can be probed."""
    wiring = call.wiring
    promises, scope = wiring.promises(), server_scope(call)
    known = _open_findings(call) if scope is not None and report.named else ()
    return ShownReport(
        report=report, dues=dues_of(report, promises, now=wiring.now(), zone=wiring.settings.zone),
        proposals=proposals_for(report, scope, known), erase_by=erase_by(report, promises.retention),
        duplicates=tuple(
            other.id for other in wiring.report_queue.reports(wiring.store) if other.duplicate_of == report.id
        ),
        is_sender_withheld=call.caller is None or not call.caller.may(Right.READ_REPORTERS),
    )  # fmt: skip


def _open_findings(call: Call) -> tuple[Finding, ...]:
    """What scans know of as open; nothing for who may not read findings."""
    wiring = call.wiring
    if call.caller is None or not call.caller.may(Right.READ_FINDINGS):
        return ()
    ids = [row.seen.finding for row in wiring.exposures.rows(wiring.store)]
    return tuple(wiring.store.findings(ids=ids)) if ids else ()


def kept_text(call: Call, sha256: str) -> str:
    """The text of a report; nothing where it was erased or lies elsewhere."""
    kept = call.wiring.kept_files()
    return b"".join(kept.chunks(sha256)).decode("utf-8", "replace") if sha256 and kept.has(sha256) else ""
