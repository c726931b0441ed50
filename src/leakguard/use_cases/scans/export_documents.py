"""Sends what the store knows to a system of the team's own: findings and what happened in incidents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from leakguard.errors import NotFound
from leakguard.frozen import Frozen
from leakguard.models.events import Event
from leakguard.models.exports import Document
from leakguard.models.findings import Finding
from leakguard.ports import DocumentSink, IncidentStore, ScanStore
from leakguard.use_cases.incidents.incident_closures import findings_of
from leakguard.use_cases.incidents.timelines import timeline
from leakguard.use_cases.scans.runs import RunFindings

INCIDENTS = "IR-"
MOST_PROBLEMS = 20
"""Named one by one; the others are counted."""


class ExportStore(ScanStore, IncidentStore, Protocol):
    """A store of runs and of incidents."""


class ExportOptions(Frozen):
    """What to send; without runs and incidents everything that the store knows."""

    runs: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    since: datetime | None = None
    """Only what was observed or recorded at that time or later."""

    @property
    def is_everything(self) -> bool:
        """Whether nothing was picked."""
        return not self.runs and not self.incidents


class Makers(Frozen):
    """How a finding, and an event of an incident, become documents."""

    finding: Callable[[Finding], Document]
    event: Callable[[str, Event], Document]


class ExportProgress(Frozen):
    """How far an export has come."""

    new: int = 0
    known: int = 0
    """There before, and left as they were."""
    failed: int = 0
    problems: tuple[str, ...] = ()
    """Id and reason of the first documents that were refused."""

    @property
    def total(self) -> int:
        """Documents that were answered for."""
        return self.new + self.known + self.failed


def documents_of(store: ExportStore, options: ExportOptions, makers: Makers) -> Iterator[Document]:
    """Each document, made when it is asked for; raises `NotFound` for a run or an incident that is not there."""
    known = tuple(dict.fromkeys(record.subject for record in store.of_kinds(["run_started"])))
    for run in options.runs:
        if run not in known:
            raise NotFound(f"there is no run `{run[:60]}`", next_step="List them: leakguard scan show")
    for run in known if options.is_everything else options.runs:
        yield from map(makers.finding, _recent(RunFindings(store, run), options.since))
    for incident in store.subjects(INCIDENTS) if options.is_everything else options.incidents:
        story = timeline(store, incident)
        if not options.is_everything:
            ids = sorted(findings_of(store.read(incident)))
            yield from map(makers.finding, _recent(store.findings(ids=ids), options.since))
        for line in story:
            if options.since is None or line.event.recorded_at >= options.since:
                yield makers.event(incident, line.event)


def send_documents(
    documents: Iterable[Document],
    sink: DocumentSink,
    template: tuple[str, Mapping[str, Any]],
    tell: Callable[[ExportProgress], None],
    note: Callable[[str], None],
) -> ExportProgress:
    """Send them all, and tell of each step; what was refused is counted and the first named.

    Raises `ClusterFailed` when the other side cannot be reached: what it has stays, and the next export goes on.
    """
    if reason := sink.prepare(*template):
        note(reason)
    new = known = failed = 0
    problems: list[str] = []
    done = ExportProgress()
    for receipt in sink.send(documents):
        new += receipt.is_new and not receipt.problem
        known += not receipt.is_new and not receipt.problem
        failed += bool(receipt.problem)
        if receipt.problem and len(problems) < MOST_PROBLEMS:
            problems.append(f"{receipt.id}: {receipt.problem}")
        done = ExportProgress(new=new, known=known, failed=failed, problems=tuple(problems))
        tell(done)
    return done


def _recent(findings: Iterable[Finding], since: datetime | None) -> Iterator[Finding]:
    return (finding for finding in findings if since is None or finding.observed_at >= since)
