"""Scans that are started here, each in a process of its own: begun, watched, cancelled, gone on with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.errors import NotAllowed
from leakguard.models.moments import to_z
from leakguard.models.people import recorded_by
from leakguard.models.records import RUN_STARTED
from leakguard.outputs.estimate import estimate_json
from leakguard.scanning.scope.file import parse_scope
from leakguard.scanning.targets import parse_ports, parse_target
from leakguard.settings import Settings
from leakguard.use_cases.scans.closed_since import known_finding
from leakguard.use_cases.scans.estimate_scan import estimate_scan
from leakguard.use_cases.scans.runs import list_runs, load_run
from leakguard.use_cases.scans.start_scan import ScanOptions
from leakguard.web.call import Answer, Call
from leakguard.web.jobs import MOST_RESULT, Job
from leakguard.web.models import MOST_ITEMS, Body, Name
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.routes.scope import scope_text
from leakguard.web.shapes import scans as shapes
from leakguard.wiring.accounts import JOB

ENDED = {"scan": {0, 1}, "verification": {0, 1}, "steps": {0, 1, 3}}
"""The exit codes with which a child has done what it was started for; any other is a problem."""


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


def start_scan(call: Call) -> Answer:
    """Start `leakguard scan` as a process of its own; the scope's gate is asked there."""
    refuse_in_drill(call)
    body: StartScan = call.body
    for target in body.targets:
        parse_target(target)
    words = ["scan", "--format", "jsonl", "--progress", "json"]
    words += ["--checks", ",".join(body.checks)] if body.checks else []
    words += ["--ports", body.ports] if body.ports else []
    words += ["--fields"] if body.fields else []
    return _started(call, "scan", [*words, "--", *body.targets], keeps_output=False)


def estimate(call: Call) -> Answer:
    """What such a scan would do, to whom and for how long, as `scan --dry-run` has it: nothing is probed."""
    body: StartScan = call.body
    wiring = call.wiring
    name, text = scope_text(call)
    scope = parse_scope(text, name=name, now=wiring.now())
    options = ScanOptions(
        targets=tuple(map(parse_target, body.targets)), checks=body.checks,
        ports=_ports(body.ports) if body.ports else (),
    )  # fmt: skip
    found = estimate_scan(options, scope, wiring)
    return Answer(document=estimate_json(scope, found, wiring.user_agent(scope)))


def _ports(text: str) -> tuple[int, ...]:
    try:
        return parse_ports(text)
    except ValueError as error:
        raise NotAllowed(str(error), next_step="Write them as `9200,6379,8000-8010`.") from error


def resume_run(call: Call) -> Answer:
    """Start `leakguard scan --resume RUN` as a process of its own."""
    refuse_in_drill(call)
    store, run = call.wiring.store, call.path["run"]
    found = load_run(store, run)
    if not found.can_go_on:
        why = "it is finished" if found.is_finished else "it read settings of accounts"
        raise NotAllowed(f"{run} cannot go on: {why}", next_step="Start a new scan.")
    if next(list_run for list_run in list_runs(store) if list_run.id == run).is_running:
        raise NotAllowed(f"{run} goes on now", next_step="Watch it, or cancel it first.")
    words = ["scan", "--format", "jsonl", "--progress", "json", "--resume", run]
    return _started(call, "scan", words, keeps_output=False, run=run)


def cancel(call: Call) -> Answer:
    """Ask a scan to end in good order: what it found is kept, and it can go on later."""
    job = call.jobs.one(call.path["scan"])
    job.cancel()
    return Answer(document=job_json(call, job))


def start_verification(call: Call) -> Answer:
    """Start `leakguard scan verify` as a process of its own: it proves closure, and its incidents record it."""
    refuse_in_drill(call)
    body: VerifyFindings = call.body
    for finding in body.findings:
        known_finding(
            call.wiring.store, finding, about=call.wiring.incidents_about, named=call.wiring.incidents_named
        )  # fmt: skip
    words = ["scan", "verify", "--format", "json", "--", *body.findings]
    return _started(call, "verification", words, keeps_output=True)


def refuse_in_drill(call: Call) -> None:
    """Raise where a drill is played on this server."""
    if call.wiring.drill is not None:
        raise NotAllowed("nothing is probed in a drill", next_step="Do the step by hand, as the scenario has it.")


def _started(call: Call, what: str, words: list[str], *, keeps_output: bool, run: str = "") -> Answer:
    job = start_child(call, what, words, keeps_output=keeps_output, run=run)
    return Answer(document=job_json(call, job), headers={"location": f"/api/v1/scans/{job.id}"})


def start_child(call: Call, what: str, words: list[str], *, keeps_output: bool, **about: str) -> Job:
    """Start a command as a process of its own, which acts as the caller; raises `NotAllowed` while too many run.

    `about` is what else the job remembers: the `run` that it goes on with, the `incident` whose steps it does.
    """
    wiring, job = call.wiring, f"S-{call.wiring.token(12)}"
    head = wiring.store.head()
    words = [*store_words(wiring.settings), *words]
    environment = {"LEAKGUARD_STORE": wiring.settings.store, JOB: job, **call.environment}
    return call.jobs.start(
        words, environment, keeps_output=keeps_output, id=job, what=what, by=wiring.recorder.actor,
        started_at=wiring.now(), behind=head.sequence if head is not None else 0, **about,
    )  # fmt: skip


def store_words(settings: Settings) -> list[str]:
    """What names the store to a child where its environment does not: in a drill, whose settings name another one."""
    return ["--store", settings.store] if settings.drill and settings.store_by == "--store" else []


def list_jobs(call: Call) -> Answer:
    """The scans that were started here since the server began."""
    return Answer(document={"scans": [job_json(call, job) for job in call.jobs.all()]})


def show_job(call: Call) -> Answer:
    """How one scan stands: which run it is, and how it ended."""
    return Answer(document=job_json(call, call.jobs.one(call.path["scan"])))


def job_json(call: Call, job: Job) -> Mapping[str, Any]:
    """How one child stands."""
    code = job.exit_code
    result, unread = result_of(job) if code is not None else (None, "")
    failed = job.last_words() if code is not None and code not in ENDED[job.what] else ""
    return {
        "id": job.id, "what": job.what, "started_at": to_z(job.started_at), "running": code is None,
        "exit_code": code, "run": _run_of(call, job), "result": result,
        "problem": failed or unread or None, "progress": job.progress(), "incident": job.incident or None,
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


def _run_of(call: Call, job: Job) -> str | None:
    """The run that the child has begun, once it has: the first one that says so."""
    if not job.run:
        for record in call.wiring.store.of_kinds([RUN_STARTED]):
            is_own = record.content.get("job") == job.id and recorded_by(record.content).actor == job.by
            if record.sequence > job.behind and is_own:
                job.run = record.subject
                break
    return job.run or None


_READ = Right.READ_FINDINGS
OPERATIONS = (
    Operation(
        name="start_scan", method=Method.POST, path="/scans", right=Right.START_SCANS, handler=start_scan,
        request=StartScan, takes=BodyKind.JSON, status=202, answer=shapes.Job, needs_store=False,
        summary="Start a scan of the scope, or of targets in it.",
        also="It runs in a process of its own. Watch it: `show_scan`, and `show_run` once the run has an id.",
        command="scan run",
    ),
    Operation(
        name="estimate_scan", method=Method.POST, path="/scans/estimate", right=Right.START_SCANS, handler=estimate,
        request=StartScan, takes=BodyKind.JSON, answer=shapes.Estimate, needs_store=False,
        summary="Tell what a scan would do, to whom and for how long; names are resolved, and nothing is probed.",
        command="scan run",
    ),
    Operation(
        name="resume_run", method=Method.POST, path="/runs/{run}/resume", right=Right.START_SCANS, handler=resume_run,
        status=202, answer=shapes.Job, summary="Go on with a run that was stopped.", command="scan run",
    ),
    Operation(
        name="start_verification", method=Method.POST, path="/verifications", right=Right.START_SCANS,
        handler=start_verification, request=VerifyFindings, takes=BodyKind.JSON, status=202, answer=shapes.Job,
        summary="Probe findings again, to prove that they are closed; their incidents record the result.",
        command="scan verify",
    ),
    Operation(
        name="list_scans", method=Method.GET, path="/scans", right=_READ, handler=list_jobs, needs_store=False,
        answer=shapes.Jobs, summary="List the scans that this server has started.",
    ),
    Operation(
        name="show_scan", method=Method.GET, path="/scans/{scan}", right=_READ, handler=show_job, needs_store=False,
        answer=shapes.Job, summary="Show how a scan stands that this server has started, and how far it has come.",
    ),
    Operation(
        name="cancel_scan", method=Method.POST, path="/scans/{scan}/cancel", right=Right.START_SCANS, handler=cancel,
        needs_store=False, answer=shapes.Job,
        summary="Ask a scan to end in good order; what it found is kept, and it can go on later.",
    ),
)  # fmt: skip
