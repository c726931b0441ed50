"""`leakguard scope add`: adds assets to the scope file."""

from __future__ import annotations

from pathlib import Path

import click

from leakguard.cli.options import Context, pass_context, read_text, scope_option
from leakguard.cli.replacing import held
from leakguard.cli.writing import replace_file
from leakguard.models.file_modes import Output
from leakguard.scanning.scope.edit import add_assets
from leakguard.scanning.scope.file import parse_scope

_EPILOG = """\b
Examples:
  leakguard scope add 192.0.2.0/28 mail.example.edu s3://campus-backups
  leakguard scope add 192.0.2.7 --to exclude
"""


@click.command(epilog=_EPILOG)
@click.argument("assets", nargs=-1, required=True, metavar="ASSET...")
@click.option(
    "--to", "field", type=click.Choice(["include", "exclude", "decoys"]), default="include", show_default=True,
    help="The list of the scope that they go to.",
)  # fmt: skip
@scope_option
@pass_context
def add_cmd(context: Context, *, assets: tuple[str, ...], field: str, scope: str | None) -> None:
    """Add assets to the scope; the rest of the file stays as it is."""
    path = scope or context.wiring.settings.scope
    with held(Path(path), context.wiring.system_time.sleep):
        text = add_assets(read_text(path), field, assets)
        parse_scope(text, name=path, now=context.wiring.now())
        replace_file(path, text, Output.CONFIGURATION)
    context.notes.print(f"{path}: added {len(assets)} to {field}.")
