"""`leakguard store check`: how large the store is, and whether it verifies."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.ledger.verification_result import Answer

_EPILOG = """\b
Examples:
  leakguard store check
  leakguard --store restored.db store check --format json

\b
Exit codes:
  0  nothing contradicts the ledger
  1  something was changed, removed or cut off, or the database is damaged
  3  the store cannot be read
"""


@click.command(epilog=_EPILOG)
@format_option("text", "json")
@store_option
@pass_context
def check_cmd(context: Context, *, output_format: str) -> ExitCode:
    """Print the size of the store and of the kept evidence, then verify it like `leakguard evidence verify`."""
    from leakguard.outputs.store_copies import checked_json, checked_lines  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.proofs.store_copies import check_store  # noqa: PLC0415  (as above)
    from leakguard.wiring.store_copies import CopiesOfStore  # noqa: PLC0415  (as above)

    context.wiring.existing_store.name  # noqa: B018  (refuses who may not do this before anything is read)
    checked = check_store(CopiesOfStore(context.wiring))
    if output_format == "json":
        click.echo(json.dumps(checked_json(checked)))
    else:
        context.show(checked_lines(checked))
    return ExitCode.EXPOSED if checked.verified.answer is Answer.MISMATCH else ExitCode.CLEAN
