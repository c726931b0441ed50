"""`leakguard store backup`: a copy of the store, made while others work with it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.store.progress import copy_progress
from leakguard.errors import ExitCode
from leakguard.ledger.verification_result import Answer

_EPILOG = """\b
Examples:
  leakguard store backup /srv/backups/leakguard-2026-11-30
  0 3 * * * cd /var/lib/leakguard && leakguard -q store backup "/srv/backups/$(date +\\%F)"  # in a crontab, write \\%
  tar -C /srv/backups -czf - leakguard-2026-11-30 | gpg --encrypt -r backup@example.edu > leakguard-2026-11-30.tgz.gpg

\b
Exit codes:
  0  the backup is complete, and nothing contradicts its ledger
  1  the backup is complete, but the ledger of the store does not verify, and so the backup does not either
  2  FOLDER exists, or another process is writing it
  3  there is no good backup: the disk is full, the store cannot be read, or the copy does not verify although the store
     does
"""


@click.command(epilog=_EPILOG)
@click.argument("folder", metavar="FOLDER")
@format_option("text", "json")
@store_option
@pass_context
def backup_cmd(context: Context, *, folder: str, output_format: str) -> ExitCode:
    """Back up the store, as it is at one moment, into a new FOLDER. Other commands can go on writing to the store.

    The folder contains the store as a SQLite file (even if the store is in PostgreSQL), the head of its ledger, the
    kept copies of evidence, and manifest.json with the SHA-256 of each file. It contains no keys and no sessions. Until
    it is complete, it has another name (.FOLDER.part). The backup is not encrypted. Only the owner of its files can
    read them.
    """
    from leakguard.outputs.store_copies import backup_json, backup_lines  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.proofs.store_copies import back_up_store  # noqa: PLC0415  (as above)
    from leakguard.wiring.store_copies import CopiesOfStore  # noqa: PLC0415  (as above)

    context.wiring.existing_store.name  # noqa: B018  (refuses who may not do this before anything is written)
    made = back_up_store(CopiesOfStore(context.wiring), Path(folder), copy_progress(context))
    if output_format == "json":
        click.echo(json.dumps(backup_json(made, folder)))
    else:
        context.show(backup_lines(made, folder))
    if made.is_copy_wrong:
        return ExitCode.UNFINISHED
    return ExitCode.EXPOSED if made.verified.answer is Answer.MISMATCH else ExitCode.CLEAN
