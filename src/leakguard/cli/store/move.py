"""`leakguard store move`: the store goes to another file or database, and the old one takes no more entries."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.store.progress import copy_progress
from leakguard.errors import ExitCode
from leakguard.ledger.verification_result import Answer
from leakguard.outputs.words import printable
from leakguard.wiring.ledger import shown_store

_EPILOG = """\b
Examples:
  leakguard store move postgresql+psycopg://leakguard@db.example.edu/leakguard
  leakguard store move /var/lib/leakguard/leakguard.db

\b
Exit codes:
  0  the store is at its new location, and nothing contradicts its ledger
  1  the store is at its new location, but its ledger does not verify
  2  nothing was moved: a store exists there
  3  nothing was moved: a disk is full, or another process blocks the store
"""


@click.command(epilog=_EPILOG)
@click.argument("place", metavar="PLACE")
@format_option("text", "json")
@store_option
@pass_context
def move_cmd(context: Context, *, place: str, output_format: str) -> ExitCode:
    """Move the store to PLACE, a SQLite file or a database URL, with the kept evidence and the head of its ledger.

    Take a backup first: the old store cannot be used again afterwards. During the move, others can read the store,
    and wait if they write. After the move, nothing can be recorded in the old store, neither by a new command nor
    by a watchman or web server that has it open. The keys beside the store are copied. Change `store` in
    leakguard.toml, then restart the watchman and the web server.
    """
    from leakguard.outputs.evidence import verification_lines  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.proofs.evidence import verification_to_json  # noqa: PLC0415  (as above)
    from leakguard.use_cases.proofs.store_copies import move_store  # noqa: PLC0415  (as above)
    from leakguard.wiring.store_copies import CopiesOfStore  # noqa: PLC0415  (as above)

    context.wiring.existing_store.name  # noqa: B018  (refuses who may not do this before anything is written)
    old, new = shown_store(context.wiring.settings.store), shown_store(place)
    found = move_store(CopiesOfStore(context.wiring), place, copy_progress(context))
    if output_format == "json":
        click.echo(json.dumps({"from": old, "to": new, "verification": verification_to_json(found)}))
    else:
        context.say(f"Moved from {printable(old)} to {printable(new)}.")
        context.say(
            "Write the new place as `store` in leakguard.toml, and start the watchman and the web server again."
        )
        if "://" in place and not context.wiring.settings.heads:
            context.say(
                "A database on a server has no head file of its own. If no other place keeps heads, write "
                'heads = "leakguard.head" in leakguard.toml: that file here has the head of the store, if it had one.'
            )
        context.show(verification_lines(found))
    return ExitCode.EXPOSED if found.answer is Answer.MISMATCH else ExitCode.CLEAN
