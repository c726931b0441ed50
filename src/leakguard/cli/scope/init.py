"""`leakguard scope init` and `add`: write a scope file, and add assets to it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from leakguard.cli.options import Context, pass_context, read_text, scope_option
from leakguard.cli.replacing import held
from leakguard.cli.writing import replace_file, write_new_file
from leakguard.models.file_modes import Output
from leakguard.scanning.scope.edit import ScopeDraft, add_assets, new_scope
from leakguard.scanning.scope.file import parse_scope

_EPILOG = """\b
Examples:
  leakguard scope init --organisation "Example University" --contact security@example.edu --approved-by CISO \\
      --country DE
  leakguard scope init --organisation "Example University" --contact security@example.edu --approved-by CISO \\
      --country DE --include 192.0.2.0/28 --include mail.example.edu --days 30
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--name", default="my-scope", show_default=True, help="Name of the scope, as records and reports show it."
)
@click.option("--organisation", required=True, help="Organisation that owns the assets.")
@click.option(
    "--contact", required=True, help="Contact for administrators who notice the scan. It is sent with every request."
)
@click.option("--approved-by", required=True, help="Person or role that permits the scan.")
@click.option(
    "--include",
    multiple=True,
    metavar="ASSET",
    help="Asset that may be probed: address, network, name, *.name or s3://bucket. May be repeated.",
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="ASSET",
    help="Asset that must not be probed, even if it is included. May be repeated.",
)
@click.option(
    "--country", default="", metavar="CODE", help="Country of the organisation, such as DE. Its laws are considered."
)
@click.option(
    "--days", type=click.IntRange(1, 366), default=90, show_default=True, help="How many days the scope is valid."
)
@click.option(
    "-o", "--output", "--scope", "output", metavar="FILE", help="Where to write the scope file (default: scope.yaml)."
)
@pass_context
def init_cmd(context: Context, /, *, days: int, output: str | None, **values: str | tuple[str, ...]) -> None:
    """Write a scope file. An existing file is not overwritten."""
    wiring = context.wiring
    today = wiring.now().date()
    draft = ScopeDraft(approved_at=today, valid_from=today, valid_until=today + timedelta(days=days), **values)  # type: ignore[arg-type]  # click has checked them
    path = Path(output or wiring.settings.scope)
    write_new_file(path, new_scope(draft), Output.CONFIGURATION)
    context.notes.print(f"Wrote {path}: valid until {draft.valid_until}.")
    if not draft.include:
        context.notes.print(f"Next: leakguard scope add 192.0.2.0/28 --scope {path}")


_ADD_EPILOG = """\b
Examples:
  leakguard scope add 192.0.2.0/28 mail.example.edu s3://campus-backups
  leakguard scope add 192.0.2.7 --to exclude
"""


@click.command(epilog=_ADD_EPILOG)
@click.argument("assets", nargs=-1, required=True, metavar="ASSET...")
@click.option(
    "--to", "field", type=click.Choice(["include", "exclude", "decoys", "public"]), default="include",
    show_default=True,
    help=(
        "List of the scope to which the assets are added. include: may be probed; exclude: must not be probed. "
        "`decoys` and `public` mark parts of what is included. decoys: your own honeypots, reported as decoys; "
        "public: tables such as supabase://PROJECT/TABLE that an application backend shows to everybody on purpose; "
        "LeakGuard does not report them as exposures."
    ),
)  # fmt: skip
@scope_option
@pass_context
def add_cmd(context: Context, *, assets: tuple[str, ...], field: str, scope: str | None) -> None:
    """Add assets to the scope file. The rest of the file stays as it is."""
    path = scope or context.wiring.settings.scope
    with held(Path(path), context.wiring.system_time.sleep):
        text = add_assets(read_text(path), field, assets)
        parse_scope(text, name=path, now=context.wiring.now())
        replace_file(path, text, Output.CONFIGURATION)
    context.notes.print(f"{path}: added {len(assets)} to {field}.")
