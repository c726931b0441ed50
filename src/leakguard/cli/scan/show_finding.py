"""`leakguard scan show FINDING`: one finding, with its run, its evidence, its incidents and its closure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from leakguard.cli.writing import write_result
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.findings import Outcome
from leakguard.models.glances import OPEN_OUTCOMES
from leakguard.outputs.finding import finding_json, finding_lines, next_commands
from leakguard.use_cases.scans.closed_since import KnownFinding, known_finding

if TYPE_CHECKING:
    from leakguard.cli.options import Context


def show_finding(context: Context, identifier: str, output_format: str, output: str | None) -> ExitCode:
    """Show one finding; raises `NotFound`, and `UsageProblem` for a format that is made for runs."""
    if output_format not in {"table", "json"}:
        raise UsageProblem(
            f"one finding cannot be told as {output_format}",
            next_step=f"Use --format table or json, or show its run: leakguard scan show RUN --format {output_format}",
        )
    known = known_finding(context.wiring.store, identifier)
    if output_format == "json":
        write_result([f"{json.dumps(finding_json(known))}\n"], output)
    else:
        if output in {None, "-"}:
            context.show(finding_lines(known))
        else:
            write_result([f"{line}\n" for line in finding_lines(known)], output)
        for command in next_commands(known):
            context.remark(f"Next: {command}")
    return _exit_code(known)


def _exit_code(known: KnownFinding) -> ExitCode:
    outcome = known.finding.verdict.outcome
    if outcome in OPEN_OUTCOMES:
        return ExitCode.CLEAN if known.closed is not None else ExitCode.EXPOSED
    return ExitCode.UNFINISHED if outcome is Outcome.INCONCLUSIVE else ExitCode.CLEAN
