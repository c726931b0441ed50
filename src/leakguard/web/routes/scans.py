"""Runs, findings and the scope; scans that are started here, each in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Annotated, Any

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.errors import BadFile, NotFound
from leakguard.files.opening import read_text
from leakguard.models.moments import to_z
from leakguard.outputs.finding import finding_json
from leakguard.outputs.json_text import jsonl_parts, scan_json_parts
from leakguard.outputs.run import listed_json, reopened_json
from leakguard.outputs.scope import scope_json
from leakguard.scanning.mutes import parse_mutes
from leakguard.scanning.run_findings import found_of
from leakguard.scanning.scope.file import parse_scope
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.incidents.recorded_closures import reopened_in
from leakguard.use_cases.scans.closed_since import closed_since, known_finding
from leakguard.use_cases.scans.muted_runs import marked, mutes_file
from leakguard.use_cases.scans.runs import StoredRun, list_runs, load_run
from leakguard.use_cases.scans.scan_assets import ScanSummary
from leakguard.web.call import Answer, Call
from leakguard.web.jobs import MOST_RESULT, Job
from leakguard.web.models import MOST_ITEMS, Body, Name, Page
from leakguard.web.operation import Method, Operation, Takes
from leakguard.web.shapes import scans as shapes

JSONL = "application/jsonl"


class StartScan(Body):
    """What to scan: everything in the scope, or these targets of it."""

    targets: tuple[Name, ...] = Field(default=(), max_length=MOST_ITEMS)
    checks: tuple[Annotated[str, Field(pattern="^[a-z0-9_]{1,60}$")], ...] = Field(default=(), max_length=100)
    ports: Annotated[str, Field(pattern="^[0-9,-]{1,200}$")] | None = Field(
        default=None, description="Ports where a target names none: 9200,8000-8010."
    )
    fields: bool = Field(default=False, description="Ask open stores for the names of their fields.")


class VerifyFindings(Body):
    """Which findings to look at again."""

    findings: tuple[Annotated[str, Field(pattern="^F-[0-9a-f]{4,40}$")], ...] = Field(
        min_length=1, max_length=MOST_ITEMS
    )


def list_all(call: Call) -> Answer:
    """A page of the runs, the oldest first."""
    page = call.query
    behind = (one for one in list_runs(call.wiring.store) if one.sequence > page.after)
    found = list(islice(behind, page.limit + 1))
    shown = found[: page.limit]
    more = shown[-1].sequence if len(found) > page.limit else None
    return Answer(document={"schema": "leakguard.runs/1", "runs": [listed_json(one) for one in shown], "next": more})


def show_run(call: Call) -> Answer:
    """One run with its findings, as `scan show RUN --format json` has it; written as it is read."""
    store = call.wiring.store
    found = load_run(store, call.path["run"])
    told = _marked(call, found)
    closed = closed_since(store, found.findings.glances())
    reopened = tuple(reopened_in(store, found.id)) if told.is_exposed else ()
    parts = scan_json_parts(
        found.id, found.counts, told.findings, interrupted=not found.is_finished, unresolved=found.unresolved,
        left_out=found.left_out, reasons=found.reasons, unsettled=found.unsettled, pace=found.pace,
        reopened=reopened_json(reopened), closed=[one.to_json() for one in closed.values()],
    )  # fmt: skip
    return Answer(chunks=(part.encode() for part in parts))


def list_findings(call: Call) -> Answer:
    """The findings of a run, one JSON document a line, as `scan show RUN --format jsonl` has them."""
    found = load_run(call.wiring.store, call.path["run"])
    return Answer(chunks=(part.encode() for part in jsonl_parts(_marked(call, found).findings)), media=JSONL)


def _marked(call: Call, found: StoredRun) -> ScanSummary:
    """The run, with what the owner accepts marked."""
    summary = ScanSummary(run=found.id, counts=found.counts, findings=found.findings, noun=found.noun)
    name = mutes_file(None, call.wiring.settings.mutes)
    if name is None:
        return summary
    today = call.wiring.now().date()
    mutes = parse_mutes(read_text(name), name=name, today=today).on(today)
    return marked(summary, mutes.among(found_of(summary.findings)))


def show_finding(call: Call) -> Answer:
    """One finding, as `scan show FINDING --format json` has it."""
    return Answer(document=finding_json(known_finding(call.wiring.store, call.path["finding"])))


def show_scope(call: Call) -> Answer:
    """The scope, as `scope show` has it."""
    name = call.wiring.settings.scope
    try:
        text = read_text(name)
    except BadFile as error:
        raise NotFound(f"there is no scope `{name}`", next_step="Write one: leakguard scope init") from error
    return Answer(document=scope_json(parse_scope(text, name=name, now=call.wiring.now())))


def start_scan(call: Call) -> Answer:
    """Start `leakguard scan` as a process of its own; the scope's gate is asked there."""
    body: StartScan = call.body
    for target in body.targets:
        parse_target(target)
    words = ["scan", "--format", "jsonl", "--progress", "none"]
    words += ["--checks", ",".join(body.checks)] if body.checks else []
    words += ["--ports", body.ports] if body.ports else []
    words += ["--fields"] if body.fields else []
    return _started(call, "scan", [*words, "--", *body.targets], keeps_output=False)


def start_verification(call: Call) -> Answer:
    """Start `leakguard scan verify` as a process of its own: it proves closure, and its incidents record it."""
    body: VerifyFindings = call.body
    for one in body.findings:
        known_finding(call.wiring.store, one)
    words = ["scan", "verify", "--format", "json", "--", *body.findings]
    return _started(call, "verification", words, keeps_output=True)


def _started(call: Call, what: str, words: list[str], *, keeps_output: bool) -> Answer:
    wiring = call.wiring
    head = wiring.store.head()
    job = call.jobs.start(
        words, {"LEAKGUARD_STORE": wiring.settings.store, **call.environment}, keeps_output=keeps_output,
        id=f"S-{wiring.token(12)}", what=what, by=wiring.recorder.actor, started_at=wiring.now(),
        behind=head.sequence if head is not None else 0,
    )  # fmt: skip
    return Answer(document=_job_json(call, job), headers={"location": f"/api/v1/scans/{job.id}"})


def list_jobs(call: Call) -> Answer:
    """The scans that were started here since the server began."""
    return Answer(document={"scans": [_job_json(call, one) for one in call.jobs.all()]})


def show_job(call: Call) -> Answer:
    """How one scan stands: which run it is, and how it ended."""
    return Answer(document=_job_json(call, call.jobs.one(call.path["scan"])))


def _job_json(call: Call, job: Job) -> Mapping[str, Any]:
    code = job.exit_code
    result, unread = result_of(job) if code is not None else (None, "")
    failed = job.last_words() if code is not None and code not in {0, 1} else ""
    return {
        "id": job.id, "what": job.what, "started_at": to_z(job.started_at), "running": code is None,
        "exit_code": code, "run": next(_runs(call, job), None), "result": result,
        "problem": failed or unread or None,
    }  # fmt: skip


def result_of(job: Job) -> tuple[Any, str]:
    """What the child printed, and why that cannot be told; a child that was killed may have printed half of it."""
    text = job.result()
    if len(text) > MOST_RESULT:
        return None, f"the result has more than {MOST_RESULT:,} bytes; read the findings of its run"
    try:
        return (json.loads(text) if text.strip() else None), ""
    except (ValueError, RecursionError):
        return None, "the result was cut off; read the findings of its run"


def _runs(call: Call, job: Job) -> Iterator[str]:
    """The run that the child has begun, once it has: the first one behind the start that the same person recorded."""
    for record in call.wiring.store.of_kinds(["run_started"]):
        recorded = record.content.get("recorded_by") or {}
        if record.sequence > job.behind and recorded.get("id") == job.by:
            yield record.subject


_READ = Right.READ_FINDINGS
OPERATIONS = (
    Operation(
        name="list_runs", method=Method.GET, path="/runs", right=_READ, handler=list_all, query=Page,
        answer=shapes.Runs, summary="List the runs, the oldest first.",
        command="scan show",
    ),
    Operation(
        name="show_run", method=Method.GET, path="/runs/{run}", right=_READ, handler=show_run, answer=shapes.Run,
        summary="Show one run: how its endpoints stand, its findings, and the stores that are open.",
        command="scan show",
    ),
    Operation(
        name="list_findings", method=Method.GET, path="/runs/{run}/findings", right=_READ, handler=list_findings,
        media=(JSONL,), summary="List the findings of a run, one JSON document a line.",
        command="scan show",
    ),
    Operation(
        name="show_finding", method=Method.GET, path="/findings/{finding}", right=_READ, handler=show_finding,
        answer=shapes.KnownFinding, summary="Show one finding: its run, its evidence, its incidents, its closure.",
        command="scan show",
    ),
    Operation(
        name="show_scope", method=Method.GET, path="/scope", right=_READ, handler=show_scope, needs_store=False,
        answer=shapes.Scope, summary="Show the scope: what may be probed, by whose permission, and when that ends.",
    ),
    Operation(
        name="start_scan", method=Method.POST, path="/scans", right=Right.START_SCANS, handler=start_scan,
        request=StartScan, takes=Takes.JSON, status=202, answer=shapes.Job, needs_store=False,
        summary="Start a scan of the scope, or of targets in it.",
        also="It runs in a process of its own. Watch it: `show_scan`, and `show_run` once the run has an id.",
        command="scan run",
    ),
    Operation(
        name="start_verification", method=Method.POST, path="/verifications", right=Right.START_SCANS,
        handler=start_verification, request=VerifyFindings, takes=Takes.JSON, status=202, answer=shapes.Job,
        summary="Probe findings again, to prove that they are closed; their incidents record the result.",
        command="scan verify",
    ),
    Operation(
        name="list_scans", method=Method.GET, path="/scans", right=_READ, handler=list_jobs, needs_store=False,
        answer=shapes.Jobs, summary="List the scans that this server has started.",
    ),
    Operation(
        name="show_scan", method=Method.GET, path="/scans/{scan}", right=_READ, handler=show_job, needs_store=False,
        answer=shapes.Job, summary="Show how a scan stands that this server has started.",
    ),
)  # fmt: skip
