"""`leakguard notice override`: a person's decision about a duty."""

from __future__ import annotations

import click

from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.use_cases.letters.override_duty import override_duty

_EPILOG = """\b
Examples:
  leakguard notice override IR-2026-0001 --duty eu-gdpr-33-authority --applies no \\
      --reason "the copy stayed encrypted and the key is safe" --by "A. Counsel"
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@click.option("--duty", required=True, metavar="ID", help="The duty, as `notice assess` names it.")
@click.option("--applies", required=True, type=click.Choice(["yes", "no"]), help="What was decided.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in words that an authority may read.")
@records("Who decided")
@store_option
@pass_context
def override_cmd(context: Context, *, incident: str, duty: str, applies: str, reason: str) -> int:
    """Record that a duty applies to INCIDENT, or does not, whatever its rule says.

    The decision stands in the ledger, and `assess --incident` shows it beside the rule's own answer.
    """
    wiring = context.wiring
    kept = override_duty(
        wiring.existing_store,
        wiring.duties(),
        incident,
        duty_id=duty,
        applies=applies == "yes",
        reason=reason,
        by=context.by,
        now=wiring.now,
    )
    context.say(f"{kept.id}  {kept.kind}  {duty}")
    return ExitCode.CLEAN
