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
@click.option("--place", required=True, metavar="CODE", help="The place, as `notice assess` names it.")
@click.option("--role", required=True, metavar="ROLE", help="The role, as `notice assess` names it.")
@click.option("--reason", required=True, metavar="TEXT", help="What was decided and why, for an authority to read.")
@click.option("--facts", metavar="FILE", help=f"The facts that name it (default: {USUAL_FACTS}, where there is one).")
@click.option("--anyway", is_flag=True, help="Decide about a place that neither the records nor the FACTS name.")
@records("Who decided")
@store_option
@pass_context
def settle_cmd(
    context: Context, *, incident: str, place: str, role: str, reason: str, facts: str | None, anyway: bool
) -> int:
    """Settle a place whose rule is not known: record what a person decided about it for INCIDENT.

    Until then `assess` ends with 3. The ledger keeps the decision, and `assess --incident` shows it.
    With --facts, a place that neither the records, these facts nor the organisation's seat name is refused; without it
    a note on stderr says so. For a facts file alone, write it under `settled`.
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
