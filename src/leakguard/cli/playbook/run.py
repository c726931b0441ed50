"""`leakguard playbook run`: let the machine do the automated steps that are due."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import click

from leakguard.cli.options import Context, format_option, load_scope, pass_context, scope_option, store_option
from leakguard.cli.recording import records
from leakguard.cli.scan.by_fleet import refuse_elsewhere
from leakguard.cli.scan.progress import progress_for
from leakguard.errors import ExitCode
from leakguard.outputs.playbook import open_lines
from leakguard.outputs.words import printable
from leakguard.playbooks.engine import StepProgress
from leakguard.playbooks.machine_runs import RunOutcome
from leakguard.playbooks.states import StepState
from leakguard.use_cases.incidents.playbooks import Response
from leakguard.use_cases.responses.playbook_actions import Actions
from leakguard.use_cases.responses.playbook_runs import RunOptions, StepResult, run_due

_WAITS = frozenset({StepState.FAILED, StepState.UNSURE})
_EPILOG = """\b
Examples:
  leakguard playbook run IR-2026-0001 --by "Ann"
  leakguard playbook run IR-2026-0001 --step tell_board --again --by "Ann" --reason "the mail server lost it"

\b
Exit codes:
  0  every automated step that was due is done, or none is due or waits for a person; steps of people may be open
  1  an exposure is still open, even if an earlier run saw it and the step waits for a person
  3  an automated step could not be done or gave no clear answer, or was interrupted and waits for a person
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@records("Name under which the steps are recorded")
@click.option("--step", metavar="STEP", help="Run only this step, even if it failed before.")
@click.option(
    "--again",
    is_flag=True,
    help=(
        "Run an interrupted step once more. Before you use it, find out yourself whether the step took effect. Needs "
        "--step and --reason."
    ),
)
@click.option("--reason", default="", help="With --again: what you found when you checked.")
@click.option(
    "--vantage",
    default="local",
    show_default=True,
    help="A name for the location of this machine, recorded with the result.",
)
@scope_option
@format_option("text", "json")
@store_option
@pass_context
def run_cmd(
    context: Context,
    /,
    *,
    incident: str,
    scope: str | None,
    vantage: str,
    output_format: str,
    **options: str | bool | None,
) -> int:
    """Run the automated steps of INCIDENT that are due, each once, with an entry in the ledger before and after it.

    A step that was interrupted is run again if it only reads. If it notifies somebody, it waits for a person. The
    steps run on this machine, even if there is a fleet. In a store with accounts, a step that probes stays open unless
    your account may start scans.
    """
    instead = f"Probe from there: leakguard scan verify FINDING --vantage {vantage[:60]}"
    refuse_elsewhere(context, "leakguard playbook run", vantage, instead=instead)
    wiring = context.wiring
    actions = Actions(
        tools=wiring, scope=lambda: load_scope(context, scope), progress=progress_for(context),
        channels=wiring.channels, roles=wiring.settings.watch.escalation.roles, vantage=vantage,
        is_drill=wiring.settings.drill,
    )  # fmt: skip
    acted, response = run_due(wiring.existing_store, incident, actions, _run_options(context, options), now=wiring.now)
    if output_format == "json":
        steps = [{"step": act.step, "key": act.key, "outcome": act.outcome, "text": act.text} for act in acted]
        left = [step.id for step in response.progress.open]
        click.echo(json.dumps({"incident": incident, "acts": steps, "open": left}))
        return _exit_code(acted, response, options["step"])
    for result in acted:
        context.say(_result_line(result))
    context.say("Nothing was due." if not acted else "Open now:")
    for step in response.progress.open if not acted else ():
        if step.step.action is not None and step.state in _WAITS:
            context.say(f"{step.id} is {step.state}; what to do: leakguard playbook next {incident}")
    context.show(open_lines(response) if acted else ())
    return _exit_code(acted, response, options["step"])


def _run_options(context: Context, options: Mapping[str, str | bool | None]) -> RunOptions:
    step = None if options["step"] is None else str(options["step"])
    by, again = context.by, bool(options["again"])  # asking for the name finds out who logged in
    return RunOptions(by=by, step=step, again=again, reason=str(options["reason"]), caller=context.wiring.caller)


def _result_line(result: StepResult) -> str:
    return f"{result.step}: {result.outcome.value.replace('_', ' ')}  {printable(result.text, longest=500)}"


def _exit_code(acted: Sequence[StepResult], response: Response, only: object) -> int:
    """By what was done now, and by the automated steps, or the one that was named, that wait for a person."""
    outcomes = {result.outcome for result in acted}
    waiting = [one for one in response.progress.open if one.step.action is not None and one.state in _WAITS]
    stuck = [one for one in waiting if only in {None, one.id}]
    if RunOutcome.FAILED in outcomes or any(_sees_it_open(one) for one in stuck):
        return ExitCode.EXPOSED
    return ExitCode.CLEAN if outcomes <= {RunOutcome.DONE} and not stuck else ExitCode.UNFINISHED


def _sees_it_open(step: StepProgress) -> bool:
    return step.state is StepState.FAILED and step.step.action == "verify"
