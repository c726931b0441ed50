"""`leakguard evidence head`: where the ledger stands, signed, to be kept elsewhere."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode, UsageProblem
from leakguard.ledger.heads import print_form
from leakguard.outputs.evidence import head_json
from leakguard.use_cases.proofs.evidence_heads import keep_head, make_head


@click.command(
    epilog="""\b
Examples:
  leakguard evidence head
  leakguard evidence head --format note > head.note
  leakguard evidence head --keep  # for cron
"""
)
@records("With --keep: person who keeps the head")
@click.option(
    "--keep",
    is_flag=True,
    help="Keep the head in the ledger, and in every location of the setting `heads`.",
)
@click.option(
    "--anew", is_flag=True, help="With --keep: also sign entries that no signed head covers. Check these entries first."
)
@format_option("text", "json", "note")
@store_option
@pass_context
def head_cmd(context: Context, *, keep: bool, anew: bool, output_format: str) -> int:
    """Print the head of the ledger: the root of the Merkle tree over all entries, signed if there is a key.

    With the head, anybody can detect later whether the ledger was changed, cut off or rewritten.
    """
    wiring = context.wiring
    if anew and not keep:
        raise UsageProblem("--anew signs what is kept", next_step="Write --keep as well: evidence head --keep --anew")
    before = wiring.existing_store.kept_heads() if anew else None
    if anew:
        wiring.existing_store.sign_anew()
    store, key = wiring.vouching_store(), wiring.signing_key
    kept = keep_head(store, key, wiring.head_places(), now=wiring.now, anew=before) if keep else None
    made = kept.made if kept else make_head(store, key)
    if output_format == "note":
        click.echo(made.note, nl=False)
    elif output_format == "json":
        click.echo(json.dumps(head_json(made, key)))
    else:
        context.say(print_form(made.head.head))
        context.say(f"root {made.head.root.hex()}")
        context.say(f"signed by {key.name}, key {key.public.id.hex()}" if key else "not signed: there is no key")
    for failure in kept.failures if kept else ():
        context.notes.print(failure, soft_wrap=True)
    return ExitCode.UNFINISHED if kept and kept.failures else ExitCode.CLEAN
