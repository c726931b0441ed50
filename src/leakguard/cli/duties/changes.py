"""`leakguard duties changes`: what a release changed in the duties, and what that means for the open incidents."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode, LawsUnknown
from leakguard.outputs.changes import change_lines, changes_json
from leakguard.use_cases.incidents.incident_rules import EVERYWHERE, Reach
from leakguard.use_cases.letters.changed_duties import changed_duties, changes_in

_EPILOG = """\b
Examples:
  leakguard duties changes  # what the newest release changed
  leakguard duties changes --since 0.1.0
  leakguard duties changes --since 2026-11-01 --incident IR-2026-0001
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--since",
    metavar="RELEASE|DAY",
    help="Show changes after this release, or from this day on (default: the newest release).",
)
@click.option("--incident", metavar="ID", help="Only for this incident, even if it is closed.")
@format_option("text", "json")
@store_option
@pass_context
def changes_cmd(context: Context, *, since: str | None, incident: str | None, output_format: str) -> int:
    """Show what releases changed in the duties, such as the recipient, the deadline or a threshold.

    With a store, each change lists the open incidents for which the duty is considered, and whether a deadline
    moved.
    """
    wiring = context.wiring
    changes = changes_in(wiring.bundled, since)
    store = wiring.store_if_any if incident is None else wiring.existing_store
    reach = _reach(context)
    found = changed_duties(wiring.duties(), changes, store, reach=reach, now=wiring.now(), only=incident)
    has_store = store is not None
    if output_format == "json":
        click.echo(json.dumps(changes_json(found, has_store=has_store), ensure_ascii=False))
        return ExitCode.CLEAN
    for line in change_lines(found, has_store=has_store, only_affected=incident is not None):
        context.say(line)
    return ExitCode.CLEAN


def _reach(context: Context) -> Reach:
    """Whose laws are watched; where nothing says it, all of them."""
    try:
        return context.wiring.reach
    except LawsUnknown:
        return EVERYWHERE
