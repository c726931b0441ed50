"""`leakguard incident action`: what a review decided to do, by whom and until when."""

from __future__ import annotations

import json

import click

from leakguard.cli.lazy import LazyGroup
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.models.review_actions import Action, ActionState
from leakguard.outputs.review import action_json, action_lines
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.responses.review_actions import (
    Change,
    NewAction,
    add_action,
    change_action,
    drop_action,
    finish_action,
    list_actions,
    open_actions,
    today_in,
)

_HERE = "leakguard.cli.incident.action"
_CODES = "\n\nExit codes: 0 recorded, 2 refused.\n"


@click.command(
    cls=LazyGroup,
    lazy={
        "add": (f"{_HERE}:add_cmd", "Add an action with an owner and a due date."),
        "list": (f"{_HERE}:list_cmd", "List the actions of one incident, or the open ones of all."),
        "change": (f"{_HERE}:change_cmd", "Change the owner or the due date of an action."),
        "done": (f"{_HERE}:done_cmd", "Record that an action is done."),
        "drop": (f"{_HERE}:drop_cmd", "Record that an action will not be done, and why."),
    },
)
def action_group() -> None:
    """Track the actions that a review decided, until they are done."""


@click.command(
    epilog='\b\nExamples:\n  leakguard incident action add IR-2026-0001 "Close port 9200 in the template"'
    ' --owner "Li Wei" --due 2026-12-31' + _CODES
)
@click.argument("incident")
@click.argument("title")
@click.option(
    "--owner",
    required=True,
    metavar="NAME",
    help="Person who does the action. If the store has accounts, this must be one of them.",
)
@click.option("--due", required=True, metavar="DAY", help="Due date, such as 2026-12-31.")
@records("Person who decided it")
@store_option
@pass_context
def add_cmd(context: Context, *, incident: str, title: str, owner: str, due: str) -> int:
    """Add the action TITLE to INCIDENT, even if the incident is closed.

    The action stays on the boards until it is done or dropped.
    """
    wiring = context.wiring
    new = NewAction(title=title, owner=owner, due=due)
    made = add_action(wiring.existing_store, incident, new, by=context.by, now=wiring.now)
    context.say(f"{incident}: {made.id} is {printable(made.owner.name)}'s, until {made.due}.")
    return ExitCode.CLEAN


@click.command(
    name="list",
    epilog="\b\nExamples:\n  leakguard incident action list\n  leakguard incident action list IR-2026-0001"
    " --format json\n\nExit codes: 0 listed.\n",
)
@click.argument("incident", required=False)
@format_option("text", "json")
@store_option
@pass_context
def list_cmd(context: Context, *, incident: str | None, output_format: str) -> int:
    """List the actions of INCIDENT. Without INCIDENT, list the open actions of all, the earliest due first."""
    wiring = context.wiring
    store, now = wiring.existing_store, wiring.now()
    owed = () if incident else open_actions(store, None, now=now)[0]
    found = list_actions(store, incident) if incident else tuple(action.action for action in owed)
    zoned = load_incident(store, incident) if incident else None
    today = today_in(zoned, now) if zoned is not None else now.date()
    if output_format == "json":
        click.echo(json.dumps([action_json(action, today=today) for action in found], ensure_ascii=False))
    elif found:
        context.show(action_lines(found, today=today))
    else:
        context.say("There is no action.")
    return ExitCode.CLEAN


@click.command(
    epilog="\b\nExamples:\n  leakguard incident action change IR-2026-0001 AC-31 --due 2027-01-31"
    ' --reason "waits for the supplier"' + _CODES
)
@click.argument("incident")
@click.argument("action")
@click.option("--owner", default="", metavar="NAME", help="New owner of the action.")
@click.option("--due", default="", metavar="DAY", help="New due date.")
@click.option("--reason", default="", help="Why.")
@records("Person who makes the change")
@store_option
@pass_context
def change_cmd(context: Context, *, incident: str, action: str, owner: str, due: str, reason: str) -> int:
    """Change the owner or the due date of an open ACTION of INCIDENT."""
    wiring = context.wiring
    change = Change(owner=owner, due=due, reason=reason)
    made = change_action(wiring.existing_store, incident, action, change, by=context.by, now=wiring.now)
    context.say(f"{incident}: {made.id} is {printable(made.owner.name)}'s, until {made.due}.")
    return ExitCode.CLEAN


@click.command(
    epilog='\b\nExamples:\n  leakguard incident action done IR-2026-0001 AC-31 --note "template 7 is live"' + _CODES
)
@click.argument("incident")
@click.argument("action")
@click.option("--note", default="", help="How it was done.")
@records("Person who did it")
@store_option
@pass_context
def done_cmd(context: Context, *, incident: str, action: str, note: str) -> int:
    """Record that an open ACTION of INCIDENT is done."""
    wiring = context.wiring
    return _show(
        context, finish_action(wiring.existing_store, incident, action, note=note, by=context.by, now=wiring.now)
    )


@click.command(
    epilog='\b\nExamples:\n  leakguard incident action drop IR-2026-0001 AC-31 --reason "the host is gone"' + _CODES
)
@click.argument("incident")
@click.argument("action")
@click.option("--reason", required=True, help="Why.")
@records("Person who decides it")
@store_option
@pass_context
def drop_cmd(context: Context, *, incident: str, action: str, reason: str) -> int:
    """Record that an open ACTION of INCIDENT will not be done."""
    wiring = context.wiring
    return _show(
        context, drop_action(wiring.existing_store, incident, action, reason=reason, by=context.by, now=wiring.now)
    )


def _show(context: Context, made: Action) -> int:
    state = "done" if made.state is ActionState.DONE else "dropped"
    context.say(f"{made.incident}: {made.id} is {state}.")
    return ExitCode.CLEAN
