"""Runs of the scanner: the list, one of them, what it found, and what changed between two."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.files.opening import read_text
from leakguard.models.mutes import Mute
from leakguard.outputs.json_text import jsonl_parts, scan_json_parts
from leakguard.outputs.run import change_json, listed_json, reopened_json
from leakguard.outputs.run_summary import run_line_json, run_summary_json
from leakguard.scanning.mutes import MuteList, parse_mutes
from leakguard.scanning.run_findings import found_of
from leakguard.use_cases.incidents.recorded_closures import reopened_in
from leakguard.use_cases.scans.closed_since import closed_since
from leakguard.use_cases.scans.exposures import compare_runs
from leakguard.use_cases.scans.muted_runs import marked, mutes_file
from leakguard.use_cases.scans.runs import StoredRun, list_runs, load_run
from leakguard.use_cases.scans.scan_assets import ScanSummary
from leakguard.web.call import Answer, Call
from leakguard.web.models import MOST_PAGE, Name, Page, Query
from leakguard.web.operation import Method, Operation
from leakguard.web.shapes import runs as shapes

JSONL = "application/jsonl"


class RunsPage(Page):
    """Which part of the list."""

    newest: bool = Field(default=False, description="The newest first; `after` then goes back in time.")


class SummaryPart(Query):
    """Which of the findings."""

    after: int = Field(default=0, ge=0, le=2**31, description="Findings to leave out, the worst first.")
    limit: int = Field(default=100, ge=1, le=MOST_PAGE)


class Since(Query):
    """The earlier run."""

    since: Name = Field(description="The id of the run to compare it with.")


def list_all(call: Call) -> Answer:
    """A page of the runs."""
    page = call.query
    after = page.after
    if page.newest:
        runs = (
            list_run
            for list_run in reversed(tuple(list_runs(call.wiring.store)))
            if not after or list_run.sequence < after
        )
    else:
        runs = (list_run for list_run in list_runs(call.wiring.store) if list_run.sequence > after)
    found = list(islice(runs, page.limit + 1))
    shown = found[: page.limit]
    more = shown[-1].sequence if len(found) > page.limit else None
    listed = [listed_json(listed_run) | run_line_json(call.wiring.store, listed_run) for listed_run in shown]
    return Answer(document={"schema": "leakguard.runs/1", "runs": listed, "next": more})


def show_run(call: Call) -> Answer:
    """One run with its findings, as `scan show RUN --format json` has it; written as it is read."""
    store = call.wiring.store
    found = load_run(store, call.path["run"])
    told = _marked(call, found)
    closed = closed_since(store, found.findings.glances(), about=call.wiring.incidents_about)
    reopened = tuple(reopened_in(store, found.id)) if told.is_exposed else ()
    parts = scan_json_parts(
        found.id, found.counts, told.findings, interrupted=not found.is_finished, unresolved=found.unresolved,
        left_out=found.left_out, reasons=found.reasons, unsettled=found.unsettled, pace=found.pace,
        reopened=reopened_json(reopened), closed=[one.to_json() for one in closed.values()], leave=found.leave,
        industrial=found.industrial, ports_left_out=found.ports_left_out,
    )  # fmt: skip
    return Answer(chunks=(part.encode() for part in parts))


def list_findings(call: Call) -> Answer:
    """The findings of a run, one JSON document a line, as `scan show RUN --format jsonl` has them."""
    found = load_run(call.wiring.store, call.path["run"])
    return Answer(chunks=(part.encode() for part in jsonl_parts(_marked(call, found).findings)), media=JSONL)


def summarise(call: Call) -> Answer:
    """How a run stands, in numbers, with a page of what it saw open, the worst first."""
    store = call.wiring.store
    found = load_run(store, call.path["run"])
    listed = next(list_run for list_run in list_runs(store) if list_run.id == found.id)
    document = run_summary_json(
        found, listed, muted_among(call, found), after=call.query.after, limit=call.query.limit
    )  # fmt: skip
    return Answer(document=document)


def compare(call: Call) -> Answer:
    """What changed since an earlier run, as `scan diff` has it."""
    store, before, after = call.wiring.store, call.query.since, call.path["run"]
    changes = compare_runs(store, before, after)
    left = {run: load_run(store, run).not_looked_at for run in (before, after)}
    told = [change_json(change) for change in changes]
    return Answer(document={"before": before, "after": after, "not_looked_at": left, "changes": told})


def mute_list(call: Call) -> tuple[str | None, MuteList]:
    """The name of the mute list, and what holds today."""
    name = mutes_file(None, call.wiring.settings.mutes)
    if name is None:
        return None, MuteList()
    today = call.wiring.now().date()
    return name, parse_mutes(read_text(name), name=name, today=today).on(today)


def muted_among(call: Call, found: StoredRun) -> Mapping[str, Mute]:
    """What of a run the owner accepts."""
    return mute_list(call)[1].among(found_of(found.findings))


def _marked(call: Call, found: StoredRun) -> ScanSummary:
    """The run, with what the owner accepts marked."""
    summary = ScanSummary(run=found.id, counts=found.counts, findings=found.findings, noun=found.noun)
    name, _ = mute_list(call)
    return summary if name is None else marked(summary, muted_among(call, found))


_READ = Right.READ_FINDINGS
OPERATIONS = (
    Operation(
        name="list_runs", method=Method.GET, path="/runs", right=_READ, handler=list_all, query=RunsPage,
        answer=shapes.Runs, summary="List the runs, the oldest first.",
        command="scan show",
    ),
    Operation(
        name="show_run", method=Method.GET, path="/runs/{run}", right=_READ, handler=show_run, answer=shapes.Run,
        summary="Show one run: how its endpoints stand, its findings, and the stores that are open.",
        command="scan show",
    ),
    Operation(
        name="summarise_run", method=Method.GET, path="/runs/{run}/summary", right=_READ, handler=summarise,
        query=SummaryPart, answer=shapes.RunSummary,
        summary="Show one run in numbers, with a page of what it saw open, the worst first.",
        command="scan show",
    ),
    Operation(
        name="compare_runs", method=Method.GET, path="/runs/{run}/changes", right=_READ, handler=compare, query=Since,
        answer=shapes.Comparison, summary="Tell what changed since an earlier run.",
        command="scan diff",
    ),
    Operation(
        name="list_findings", method=Method.GET, path="/runs/{run}/findings", right=_READ, handler=list_findings,
        media=(JSONL,), summary="List the findings of a run, one JSON document a line.",
        command="scan show",
    ),
)  # fmt: skip
