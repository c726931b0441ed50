"""`leakguard playbook take-back`: open a step again that was recorded by mistake."""

from __future__ import annotations

import click

from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.outputs.playbook import open_lines
from leakguard.use_cases.responses.playbook_taking_back import take_back_step

_EPILOG = """\b
Examples:
  leakguard playbook take-back IR-2026-0001 contain --by "Li Wei" --reason "that was the other server"
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@click.argument("step")
@records("Who takes it back")
@click.option("--reason", required=True, help="Why.")
@store_option
@pass_context
def take_back_cmd(context: Context, *, incident: str, step: str, reason: str) -> int:
    """Open STEP of INCIDENT again, which was recorded as done or not needed by mistake.

    The old record stays readable; the event that it recorded no longer counts, so its clock runs on.
    """
    store, now = context.wiring.existing_store, context.wiring.now
    taken = take_back_step(store, incident, step, by=context.by, reason=reason, now=now)
    event = f" {taken.event} no longer counts." if taken.event else ""
    context.say(f"{incident}: {step} is taken back.{event} Open now:")
    context.show(open_lines(taken.response))
    return ExitCode.CLEAN
