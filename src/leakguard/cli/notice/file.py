"""`leakguard notice file` and `override`: record that a notice was filed, or that a person decided otherwise."""

from __future__ import annotations

import click

from leakguard.cli.incident.contradictions import warn_of_odd_time
from leakguard.cli.laws import usual_facts
from leakguard.cli.moments import interval_in
from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.outputs.assess_places import USUAL_FACTS
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.letters.file_notices import NewFiling, file_notice
from leakguard.use_cases.letters.override_duty import EVERY, DutyDecision, about_of, override_duty

_EPILOG = """\b
Examples:
  leakguard notice file IR-2026-0001 --duty cn-cac-incident-general --stage initial --tbd cause,attack_path
  leakguard notice file IR-2026-0001 --duty cn-cac-incident-general --stage supplement \\
      --reference "receipt 17" --by "A. Counsel"
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@click.option("--duty", required=True, metavar="ID", help="The duty, as named by `notice assess`.")
@click.option(
    "--stage",
    required=True,
    metavar="NAME",
    help="Stage of the duty, such as initial or final. Every duty also has supplement and withdrawn.",
)
@click.option("--at", metavar="T", help="When the notice was filed (default: now).")
@click.option("--reference", default="", metavar="TEXT", help="Reference number that the recipient gave.")
@records("Person who filed it")
@click.option("--tbd", default="", metavar="ITEM,...", help='Items that the notice calls "to be determined".')
@click.option("--reason", default="", metavar="TEXT", help="Why the filing is recorded late, or was made out of order.")
@store_option
@pass_context
def file_cmd(context: Context, /, *, incident: str, at: str | None, tbd: str, **words: str) -> int:
    """Record that a notice about INCIDENT was filed. The clocks of the later stages start with this event.

    An item that the notice calls "to be determined" stays open until a later filing for the same duty no longer
    names it.
    """
    wiring = context.wiring
    store = wiring.existing_store
    zone = load_incident(store, incident).zone
    new = NewFiling(
        at=interval_in(at, zone=zone) if at else None,
        to_be_determined=tuple(dict.fromkeys(item.strip() for item in tbd.split(",") if item.strip())),
        by=context.by,
        **words,
    )
    kept = file_notice(store, wiring.duties(), incident, new, now=wiring.now)
    context.say(f"{kept.id}  {kept.kind}  {new.duty}  {kept.fields['stage']}")
    warn_of_odd_time(context, incident, kept)
    return ExitCode.CLEAN


_OVERRIDE_EPILOG = """\b
Examples:
  leakguard notice override IR-2026-0001 --duty eu-gdpr-33-authority --applies no \\
      --reason "the copy stayed encrypted and the key is safe" --by "A. Counsel"
"""


@click.command(epilog=_OVERRIDE_EPILOG)
@click.argument("incident")
@click.option("--duty", required=True, metavar="ID", help="The duty, as named by `notice assess`.")
@click.option("--applies", required=True, type=click.Choice(["yes", "no"]), help="Whether the duty applies.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in words that an authority may read.")
@click.option(
    "--organisation", default="", metavar="NAME", help=f"Organisation that the decision concerns, or {EVERY}."
)
@click.option(
    "--facts", metavar="FILE", help=f"Facts that name the organisations (default: {USUAL_FACTS}, if it exists)."
)
@records("Person who decided")
@store_option
@pass_context
def override_cmd(
    context: Context, /, *, incident: str, duty: str, applies: str, facts: str | None, **words: str
) -> int:
    """Record that a duty applies, or does not apply, to INCIDENT, against the result of its rule.

    The ledger keeps the decision, and `notice assess --incident` shows it next to the result of the rule. If the
    facts name several organisations, --organisation says which one the decision concerns. The clocks of the others
    continue to run.
    """
    wiring = context.wiring
    kept = override_duty(
        wiring.existing_store,
        wiring.duties(),
        incident,
        DutyDecision(duty=duty, applies=applies == "yes", by=context.by, **words),
        now=wiring.now,
        facts=usual_facts(context, incident, facts),
    )
    context.say(f"{kept.id}  {kept.kind}  {duty}  {printable(about_of(kept))}".rstrip())
    return ExitCode.CLEAN
