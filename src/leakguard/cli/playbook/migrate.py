"""`leakguard playbook migrate`: move a running response to another version of its playbook."""

from __future__ import annotations

import json

import click

from leakguard.accounts.rights import Right
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.playbook.files import playbook_file
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.outputs.playbook import migration_json, migration_lines
from leakguard.use_cases.responses.playbook_migration import migrate_playbook

_EPILOG = """\b
Examples:
  leakguard playbook migrate IR-2026-0001  # what would change
  leakguard playbook migrate IR-2026-0001 --to mine.yaml --by "Ann" --reason "counsel is on leave"
  leakguard playbook migrate IR-2026-0001 --to ransomed-datastore --by "Ann" --reason "a ransom note was found"
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@click.option(
    "--to", "target", metavar="FILE|NAME", help="New playbook (default: the newest version of the same name)."
)
@records("Person who decided it")
@click.option("--reason", default="", help="Why. Without a reason, nothing is changed.")
@format_option("text", "json")
@store_option
@pass_context
def migrate_cmd(context: Context, *, incident: str, target: str | None, reason: str, output_format: str) -> int:
    """Show what another version of the playbook would change for INCIDENT. With --reason, switch to it.

    Steps that are done stay done. The switch, its reason and every difference are recorded in the ledger.
    In a store with accounts, a switch that leaves an open step out, or asks for less in it, needs the right
    `waive_steps`.
    """
    wiring = context.wiring
    file = playbook_file(context, target) if target is not None else None
    by = context.by if reason else ""
    caller = wiring.caller
    may_waive = caller is not None and caller.may(Right.WAIVE_STEPS)
    found = migrate_playbook(
        wiring.existing_store, wiring.bundled, incident, now=wiring.now, file=file, by=by, reason=reason,
        may_waive=may_waive,
    )  # fmt: skip
    if output_format == "json":
        click.echo(json.dumps(migration_json(found)))
    else:
        context.show(migration_lines(found))
    return ExitCode.CLEAN
