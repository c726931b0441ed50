"""`leakguard store restore`: a backup becomes the store again."""

from __future__ import annotations

import json
from pathlib import Path

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.store.progress import copy_progress
from leakguard.errors import ExitCode
from leakguard.ledger.verification_result import Answer
from leakguard.wiring.ledger import shown_store

_EPILOG = """\b
Examples:
  leakguard store restore /srv/backups/leakguard-2026-11-30
  leakguard --store restored.db store restore /srv/backups/leakguard-2026-11-30
  leakguard --store postgresql+psycopg://leakguard@db.example.edu/leakguard store restore leakguard-2026-11-30

\b
Exit codes:
  0  the store is restored, and nothing contradicts its ledger
  1  the store is restored, but its ledger does not verify
  2  FOLDER is not a backup, a file in it was changed, or a store exists at this location
  3  the store is restored, but a head shows that later entries are lost; or a disk is full, and no store is restored
"""


@click.command(epilog=_EPILOG)
@click.argument("folder", metavar="FOLDER")
@format_option("text", "json")
@store_option
@pass_context
def restore_cmd(context: Context, *, folder: str, output_format: str) -> ExitCode:
    """Restore the backup in FOLDER as the store that --store or leakguard.toml names. No store may exist there.

    First, every file is compared with manifest.json. A head, in a file beside the store, names the last entry of the
    ledger. If a head is later than the backup, entries are lost: the head is kept under a name that ends in .old-1,
    and the number of lost entries is printed. After the restore, nobody is logged in. Passwords, tokens and roles are
    as on the day of the backup.
    """
    from leakguard.outputs.store_copies import restored_json, restored_lines  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.proofs.store_copies import restore_store  # noqa: PLC0415  (as above)
    from leakguard.wiring.store_copies import CopiesOfStore  # noqa: PLC0415  (as above)

    wiring = context.wiring
    done = restore_store(CopiesOfStore(wiring), Path(folder), copy_progress(context))
    place = shown_store(wiring.settings.store)
    if output_format == "json":
        click.echo(json.dumps(restored_json(done, place)))
    else:
        context.show(restored_lines(done, place))
    if done.verified.answer is Answer.MISMATCH:
        return ExitCode.EXPOSED
    return ExitCode.UNFINISHED if done.restored.later else ExitCode.CLEAN
