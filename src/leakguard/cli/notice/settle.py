"""`leakguard notice settle`: a person decides about a place whose rule is not known."""

from __future__ import annotations

import click

from leakguard.cli.laws import usual_facts
from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.outputs.assess_places import USUAL_FACTS
from leakguard.use_cases.letters.settle_place import PlacesOfIncident, Settlement, places_of_incident, settle_place

_EPILOG = """\b
Examples:
  leakguard notice settle IR-2026-0001 --place KG --role controller \\
      --reason "local counsel: the law asks for no notice" --by "A. Counsel"
  leakguard notice settle IR-2026-0001 --place KG --role controller --facts breach.yaml \\
      --reason "local counsel: the law asks for no notice" --by "A. Counsel"
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@click.option("--place", required=True, metavar="CODE", help="The jurisdiction, as named by `notice assess`.")
@click.option("--role", required=True, metavar="ROLE", help="The role, as named by `notice assess`.")
@click.option(
    "--reason", required=True, metavar="TEXT", help="What was decided and why, in words that an authority may read."
)
@click.option(
    "--facts", metavar="FILE", help=f"Facts that name the jurisdiction (default: {USUAL_FACTS}, if it exists)."
)
@click.option("--anyway", is_flag=True, help="Accept a jurisdiction that neither the records nor the facts name.")
@records("Person who decided")
@store_option
@pass_context
def settle_cmd(
    context: Context, *, incident: str, place: str, role: str, reason: str, facts: str | None, anyway: bool
) -> int:
    """Record the decision of a person about a jurisdiction whose rule is not known, for INCIDENT.

    Without such a decision, the exit code of `notice assess` is 3. The ledger keeps the decision, and `notice
    assess --incident` shows it. With --facts, LeakGuard refuses a jurisdiction that is named neither in the
    records, nor in these facts, nor as the country of the organisation. Without --facts, it only prints a note on
    stderr. For a facts file without an incident, write the decision under `settled` in that file.
    """
    wiring = context.wiring
    among = None if anyway else _places(context, incident, facts)
    kept = settle_place(
        wiring.existing_store,
        wiring.duties().vocabulary,
        incident,
        Settlement(place=place, role=role, reason=reason, by=context.by),
        now=wiring.now,
        among=among if facts is not None else None,
    )
    if among is not None and facts is None and (doubt := among.doubt(kept.fields["place"])):
        context.notes.print(f"Check the code: {doubt}. The decision is recorded.", soft_wrap=True)
    context.say(f"{kept.id}  {kept.kind}  {kept.fields['place']}  {role}")
    return ExitCode.CLEAN


def _places(context: Context, incident: str, facts: str | None) -> PlacesOfIncident:
    wiring = context.wiring
    found = tuple(wiring.existing_store.read(incident))
    return places_of_incident(found, wiring.seat, usual_facts(context, incident, facts), wiring.duties().vocabulary)
