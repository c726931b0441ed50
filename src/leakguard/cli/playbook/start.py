"""`leakguard playbook start`: begin the response to an incident."""

from __future__ import annotations

import click

from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.playbook.files import playbook_file
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.models.texts import counted
from leakguard.outputs.playbook import open_lines
from leakguard.use_cases.incidents.playbooks import settled_steps, start_playbook

_EPILOG = """\b
Examples:
  leakguard playbook start IR-2026-0001
  leakguard playbook start IR-2026-0001 --playbook exposed-datastore-24h --by "Li Wei"
  leakguard playbook start IR-2026-0001 --playbook our_own.yaml --by "Li Wei"
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@click.option(
    "--playbook",
    "name",
    metavar="NAME|FILE",
    help="Playbook to start (default: the one of the incident, else exposed-datastore-24h).",
)
@records("Person who starts the response")
@store_option
@pass_context
def start_cmd(context: Context, *, incident: str, name: str | None) -> int:
    """Start the response to INCIDENT. A copy of the playbook is kept with the incident.

    After `incident reopen`, this starts the playbook from the beginning. To continue after the steps that were
    done, use `playbook next` instead.
    """
    wiring = context.wiring
    file = playbook_file(context, name) if name is not None else None
    before = settled_steps(wiring.existing_store, incident, now=wiring.now)
    response = start_playbook(wiring.existing_store, wiring.bundled, incident, now=wiring.now, by=context.by, file=file)
    book = response.progress.playbook
    context.say(f"{incident}: {book.playbook}, version {book.version}, has begun. Open now:")
    context.show(open_lines(response))
    if before:
        steps = counted(before, "step that was settled before the reopening has", "steps that were settled before have")
        context.notes.print(f"It starts from the beginning: {steps} to be done again; the ledger keeps what was done.")
    context.notes.print(f"What to do: leakguard playbook next {incident}")
    return ExitCode.CLEAN
