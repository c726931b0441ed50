"""Explains a scan of one endpoint: what was asked, what came back, which rule decided.

It is a normal run, stored and in the ledger like any other, since every probe of an asset has to be on record.
"""

from __future__ import annotations

from typing import Any, cast

from leakguard.checks.library import ports_of
from leakguard.engine.recording import EndpointLog, Recorder, RecordingProber
from leakguard.errors import NotFound, UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.scope import Limits, Scope
from leakguard.ports import Prober, Progress
from leakguard.scanning.gate import Gate
from leakguard.scanning.quiet_hours import refuse_in_quiet_hours
from leakguard.use_cases.scans.plan_scan import plan_scan
from leakguard.use_cases.scans.run_opening import opening_of
from leakguard.use_cases.scans.scan_assets import ScanSummary
from leakguard.use_cases.scans.start_scan import ScanOptions, ScanTools, new_run_id, pick_checks, scan_run

MAX_ENDPOINTS = 16
"""A name may lead to several addresses, each of which is explained; more than a screen or two explains nothing."""


class ExplainedEndpoint(Frozen):
    """One endpoint: how it stands, and why."""

    key: str
    """`192.0.2.1:9200 (mail.example.edu)`."""
    standing: str
    record: EndpointLog


def explain_scan(
    options: ScanOptions, scope: Scope, tools: ScanTools, progress: Progress
) -> tuple[ScanSummary, tuple[ExplainedEndpoint, ...]]:
    """Scan one endpoint as `start_scan` would, and tell why it stands as it does."""
    if len(options.targets) != 1 or options.resume is not None:
        raise UsageProblem("one target is explained at a time", next_step="Write: leakguard scan --explain HOST:PORT")
    library = pick_checks(tools.checks, options.checks, scope)
    plan = plan_scan(options.targets, scope, ports=options.ports or ports_of(library), resolve=tools.resolve)
    if plan.count > MAX_ENDPOINTS:
        target = options.targets[0].text
        raise UsageProblem(
            f"{target} has {plan.count:,} endpoints, and at most {MAX_ENDPOINTS} are explained at once",
            next_step="Name the port: leakguard scan --explain HOST:PORT",
        )
    if plan.count == 0:
        raise NotFound(f"no target has an address: {options.targets[0].text}", next_step="Check the name.")
    refuse_in_quiet_hours(scope, tools.now())
    recorder, run = Recorder(), new_run_id(tools)
    opening = opening_of(plan, library, vantage=options.vantage, parts=1)
    recorded = cast("ScanTools", RecordingTools(tools, recorder))
    summary = scan_run(plan, library, run, opening, options, recorded, progress, on_results=recorder.record).execute()
    return summary, tuple(
        ExplainedEndpoint(key=key, standing=standing, record=recorder.records.get(key, EndpointLog()))
        for key, standing in dict(tools.store.done_targets(run)).items()
    )


class RecordingTools(Frozen, kw_only=False):
    """The tools of a scan, with a prober that records; implements `ScanTools`."""

    tools: ScanTools
    recorder: Recorder

    def prober(self, gate: Gate, limits: Limits, *, timeout: float | None = None, shared: object = None) -> Prober:
        """The recorded door."""
        return RecordingProber(self.tools.prober(gate, limits, timeout=timeout, shared=shared), self.recorder)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (whatever the tools have)
        """Everything else is as it was."""
        return getattr(self.tools, name)
