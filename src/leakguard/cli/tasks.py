"""`leakguard tasks`: one person's open steps, and open actions of reviews, over all incidents."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode

_EPILOG = """\b
Examples:
  leakguard tasks
  leakguard tasks --by "Li Wei"
  leakguard tasks --everybody --format json

Exit codes: 0 listed.
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--by",
    "--for",
    "person",
    metavar="NAME",
    help="Person whose steps are listed (default: you, if you are logged in).",
)
@click.option("--everybody", is_flag=True, help="List all open steps, including unassigned ones.")
@format_option("text", "json")
@store_option
@pass_context
def tasks_cmd(context: Context, *, person: str | None, everybody: bool, output_format: str) -> int:
    """List the open steps of one person in all incidents, the earliest due first.

    The list has the steps that were assigned to this person, and unassigned steps of each role that the person
    holds now by the roster. The open actions of reviews follow, also of closed incidents; in JSON, only
    `incident action list` has them. If nobody is logged in and no name is given, the list is that of everybody.
    """
    from leakguard.models.people import Signatory  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.outputs.review import owed_lines  # noqa: PLC0415  (as above)
    from leakguard.outputs.tasks import task_json, task_lines  # noqa: PLC0415  (as above)
    from leakguard.use_cases.responses.assign_step import person_of  # noqa: PLC0415  (as above)
    from leakguard.use_cases.responses.review_actions import open_actions  # noqa: PLC0415  (as above)
    from leakguard.use_cases.responses.tasks import tasks  # noqa: PLC0415  (as above)

    wiring = context.wiring
    store, caller = wiring.existing_store, wiring.caller
    who: Signatory | None = None
    if person is not None:
        who = person_of(store, person, option="--by")
    elif caller is not None and not everybody:
        who = caller.recorder().signatory
    now = wiring.now()
    found = tasks(store, who, now=now, roles=wiring.roles_held(who.actor, now) if who is not None else ())
    if output_format == "json":
        click.echo(json.dumps([task_json(task) for task in found], ensure_ascii=False))
        return ExitCode.CLEAN
    owed, _ = open_actions(store, who, now=now)
    if found or owed:
        context.show((*task_lines(found), *owed_lines(owed)))
    else:
        context.say("Nothing is to be done." if who is None else "Nothing is to be done by this person.")
    return ExitCode.CLEAN
