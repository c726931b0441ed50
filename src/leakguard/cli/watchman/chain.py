"""`leakguard watchman chain`: who is told about an incident, and whether leakguard.toml says the same by now."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode, UsageProblem
from leakguard.outputs.words import printable

_EPILOG = """\b
Examples:
  leakguard watchman chain IR-2026-0001
  leakguard watchman chain IR-2026-0001 --adopt --by "Ada Lovelace" --reason "the deputy is on leave"

An incident keeps the chain that was set when it was opened. The channels of a role are read when an alert is sent.
A watchman reads leakguard.toml only when it starts: restart it after you change the file.
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@click.option("--adopt", is_flag=True, help="Use the chain of leakguard.toml for INCIDENT from now on.")
@records("Person who decides that")
@click.option("--reason", metavar="TEXT", help="Why. Required with --adopt, and kept in the ledger.")
@format_option("text", "json")
@store_option
@pass_context
def chain_cmd(context: Context, *, incident: str, adopt: bool, reason: str | None, output_format: str) -> ExitCode:
    """Show the chain of roles of INCIDENT, and how leakguard.toml differs from it."""
    from leakguard.use_cases.alerts.adopt_chain import adopt_chain, compare_chain  # noqa: PLC0415  (`--help` must not load it)

    wiring = context.wiring
    store, settings = wiring.existing_store, wiring.settings.watch.escalation
    if not adopt and (context.typed_recorder or reason):
        raise UsageProblem("--by and --reason belong to a decision", next_step="Add --adopt, or leave them out.")
    if adopt:
        found = adopt_chain(store, incident, settings, by=context.by, reason=reason or "", now=wiring.now)
    else:
        found = compare_chain(store, incident, settings)
    if output_format == "json":
        generation = found.kept.generation if found.kept is not None else None
        document = {
            "incident": incident,
            "generation": found.edited.generation if adopt else generation,
            "is_changed": found.is_changed,
            "is_adopted": adopt,
            "lines": list(found.lines),
        }
        click.echo(json.dumps(document, ensure_ascii=False))
        return ExitCode.CLEAN
    for line in found.lines:
        context.say(printable(line, longest=300))
    context.notes.print(_describe(incident, is_changed=found.is_changed, is_adopted=adopt), soft_wrap=True)
    return ExitCode.CLEAN


def _describe(incident: str, *, is_changed: bool, is_adopted: bool) -> str:
    if is_adopted:
        return f"{printable(incident)} follows this chain from now on. Restart a watchman that runs."
    if is_changed:
        return "leakguard.toml differs; nothing was changed. Take it over: --adopt --by NAME --reason TEXT"
    return "leakguard.toml says the same."
