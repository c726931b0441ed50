"""`leakguard scope suggest`: what our pages and apps name, and the scope does not."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import (
    Context,
    format_option,
    load_scope,
    pass_context,
    read_text,
    scope_option,
    store_option,
)  # fmt: skip
from leakguard.errors import ExitCode
from leakguard.outputs.scope_suggestions import suggestion_lines, suggestions_json
from leakguard.use_cases.scans.suggest_scope import seen_in_file, seen_in_run, suggest_scope

_EPILOG = """\b
Examples:
  leakguard scope suggest
  leakguard scope suggest --run R-20261124-1a2b3c
  leakguard scope suggest --from findings.json --format json
"""


@click.command(epilog=_EPILOG)
@click.option("--run", metavar="RUN", help="Use the pages that this run read (default: the latest run that read any).")
@click.option(
    "--from",
    "file",
    metavar="FILE",
    help="Read the findings of a scan or of `app check` from this file, as JSON or JSON lines.",
)
@scope_option
@store_option
@format_option("text", "json")
@pass_context
def suggest_cmd(context: Context, *, run: str | None, file: str | None, scope: str | None, output_format: str) -> int:
    """List the backends that your pages and apps use and that are missing from the scope.

    A backend is a server or cloud project from which a page or an app reads its data. Nothing is added: review the
    list, then add entries with `leakguard scope add`.
    """
    if run is not None and file is not None:
        raise click.UsageError("name a run or a file, not both")
    found = load_scope(context, scope)
    seen = seen_in_run(context.wiring.store, run) if file is None else seen_in_file(read_text(file), file)
    offered = suggest_scope(seen, found, context.wiring.shipped_forms())
    if output_format == "json":
        click.echo(json.dumps(suggestions_json(offered), ensure_ascii=False))
    else:
        context.show(suggestion_lines(offered))
    return ExitCode.CLEAN
