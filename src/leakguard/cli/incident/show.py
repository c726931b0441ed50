"""`leakguard incident list` and `show`: every incident, and one as it stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from leakguard.cli.clock_warning import contradicted, doubted, warn_of_contradiction
from leakguard.cli.laws import laws_option, reach_of, tell_laws
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.clocks.clock_status import ClockStatus
from leakguard.errors import ExitCode, LawsUnknown
from leakguard.models.incidents import Incident, IncidentState
from leakguard.outputs.incident import incident_json, incident_line_json, incident_lines, incidents_table
from leakguard.use_cases.incidents.incident_brief import incidents_in_brief
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.incidents.unknown_law import unknown_json, unknown_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leakguard.use_cases.incidents.unknown_law import UnknownLaw

_EPILOG = """\b
Examples:
  leakguard incident show IR-2026-0001
  leakguard incident show IR-2026-0001 --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@format_option("text", "json")
@laws_option
@store_option
@pass_context
def show_cmd(context: Context, *, incident: str, output_format: str) -> int:
    """Show an incident: its state, findings and events, and the clocks that still run after closing.

    The command also names each duty for which the law as it was on the day of the incident is not known.
    """
    found = load_incident(context.wiring.existing_store, incident)
    running = _running(context, found)
    warn_of_contradiction(context, contradicted(context, found.id))
    unknown = _unknown(context, found.id)
    if output_format == "json":
        also: dict[str, Any] = {"still_running": [status.id for status in running]} if running else {}
        also |= {"no_rule_for_the_day": unknown_json(unknown)} if unknown is not None else {}
        click.echo(json.dumps(doubted(context, incident_json(found) | also)))
    else:
        tell_laws(context, unknown_lines(unknown or ()))
        _show(context, found, running)
    return ExitCode.CLEAN


def _unknown(context: Context, incident: str) -> Sequence[UnknownLaw] | None:
    """The duties of which nobody knows what they said on the day; `None` where nothing says whose laws are watched."""
    from leakguard.use_cases.incidents.incident_rules import rule_book  # noqa: PLC0415  (`--help` must not load it)

    try:
        reach = context.wiring.reach
    except LawsUnknown:
        return None
    records = tuple(context.wiring.existing_store.read(incident))
    return rule_book(context.wiring.bundled, reach).unknown(incident, records)


def _running(context: Context, found: Incident) -> tuple[ClockStatus, ...]:
    """What runs on although the incident is closed; nothing is read for one that is open."""
    if found.state is not IncidentState.CLOSED:
        return ()
    from leakguard.cli.incident.closing import running_of  # noqa: PLC0415  (loads the duties, for closed ones alone)

    return running_of(context, found.id, reach_of(context))


def _show(context: Context, found: Incident, running: tuple[ClockStatus, ...]) -> None:
    context.show(incident_lines(found))
    if found.state is not IncidentState.CLOSED:
        context.remark(f"Next: leakguard incident close {found.id} --dry-run")
    elif running:
        from leakguard.outputs.incident import running_lines  # noqa: PLC0415  (`--help` must not load it)

        context.show(running_lines(running, found.id, found.zone))


_LIST_EPILOG = """\b
Examples:
  leakguard incident list
  leakguard incident list --format json
"""


@click.command(epilog=_LIST_EPILOG)
@format_option("text", "json")
@store_option
@pass_context
def list_cmd(context: Context, *, output_format: str) -> int:
    """List the incidents of the store: open incidents first, the oldest of them at the top."""
    store = context.wiring.existing_store
    if output_format == "json":  # it counts the events of each, which are read one incident after the other
        lines = [incident_line_json(load_incident(store, subject)) for subject in store.subjects("IR-")]
        click.echo(json.dumps({"incidents": lines}))
        return ExitCode.CLEAN
    if found := tuple(incidents_in_brief(store)):
        context.console.print(incidents_table(found))
    else:
        context.notes.print("No incident yet. Next: leakguard incident open --finding ID")
    return ExitCode.CLEAN
