"""`leakguard notice deliveries`: what was sent, and the proof of one letter's sending."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.outputs.sending import batch_json, batch_lines, proof_json, proof_lines
from leakguard.use_cases.letters.look_up_deliveries import batches_of, prove

_EPILOG = """\b
Examples:
  leakguard notice deliveries --incident IR-2026-0001
  leakguard notice deliveries --incident IR-2026-0001 --format json \\
      --message-id lg.0123456789abcdef0123456789abcdef01234567@university.example

LeakGuard stores no name and no address of a recipient. With --message-id, the output proves that this letter was sent:
its record, and the hashes that lead from the record to the root in an entry of the ledger.
"""


@click.command(epilog=_EPILOG)
@click.option("--incident", required=True, metavar="ID", help="The stored incident.")
@click.option("--message-id", metavar="ID", help="One letter, by the Message-ID of its e-mail.")
@format_option("text", "json")
@store_option
@pass_context
def deliveries_cmd(context: Context, *, incident: str, message_id: str | None, output_format: str) -> int:
    """Show the delivery state of the letters of an incident, without names and addresses."""
    store = context.wiring.existing_store
    if message_id is not None:
        proof = prove(store, incident, message_id.strip("<> "))
        if output_format == "json":
            click.echo(json.dumps(proof_json(proof)))
        else:
            context.show(proof_lines(proof))
        return ExitCode.CLEAN if proof.is_proved else ExitCode.UNFINISHED
    batches = batches_of(store, incident)
    if output_format == "json":
        click.echo(json.dumps({"incident": incident, "batches": [batch_json(*batch) for batch in batches]}))
        return ExitCode.CLEAN
    for batch, subject, counts in batches:
        context.show(batch_lines(batch, subject, counts))
    if not batches:
        context.notes.print("Nothing was sent.")
    return ExitCode.CLEAN
