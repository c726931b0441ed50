"""`leakguard checks pages`: the page of every check, into a folder."""

from __future__ import annotations

from pathlib import Path

import click

from leakguard.cli.options import Context, pass_context, replace_file
from leakguard.errors import ExitCode, UsageProblem
from leakguard.outputs.check_page import check_index, check_page

_EPILOG = """\b
Examples:
  leakguard checks pages -o docs/checks
"""


@click.command(epilog=_EPILOG)
@click.option(
    "-o", "--output", "folder", metavar="DIR", required=True, help="The folder; it is made where it is missing."
)
@pass_context
def pages_cmd(context: Context, *, folder: str) -> int:
    """Write a page for each check, made from its file alone, and a table of them all (Markdown)."""
    checks = context.wiring.checks
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageProblem(f"{folder} cannot be made: {error.strerror}", next_step="Name another folder.") from error
    for check in checks:
        replace_file(f"{folder}/{check.id}.md", check_page(check))
    replace_file(f"{folder}/README.md", check_index(checks))
    click.echo(f"{folder}: {len(checks)} pages, and a table of them in README.md")
    return ExitCode.CLEAN
