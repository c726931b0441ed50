"""`leakguard playbook skip`: record that a step is not needed."""

from __future__ import annotations

import click

from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.recording import records, second_option
from leakguard.errors import ExitCode
from leakguard.outputs.playbook import open_lines
from leakguard.use_cases.responses.playbook_steps import Told, tell_step

_EPILOG = """\b
Examples:
  leakguard playbook skip IR-2026-0001 tell_people --by "Zhang Min" --second "Anna Berg" \\
      --reason "the data were encrypted and the key is safe"
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@click.argument("step")
@records("Who decided it")
@second_option("Who agreed: another person, always typed.", required=True)
@click.option("--reason", required=True, help="Why it is not needed.")
@store_option
@pass_context
def skip_cmd(context: Context, *, incident: str, step: str, second: str, reason: str) -> int:
    """Record that STEP of INCIDENT is not needed: two people say so, and why.

    No event is recorded, so a clock that the step would have ended runs on.
    """
    told = Told(step=step, by=context.by, second=second, reason=reason, is_waived=True)
    response = tell_step(context.wiring.existing_store, incident, told, now=context.wiring.now)
    context.say(f"{incident}: {step} is left out. Open now:")
    context.show(open_lines(response))
    return ExitCode.CLEAN
