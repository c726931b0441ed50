"""`leakguard checks pages`: the page of every check, into a folder."""

from __future__ import annotations

from pathlib import Path

import click

from leakguard.cli.options import Context, pass_context
from leakguard.cli.writing import replace_file
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.file_modes import Output
from leakguard.outputs.checks import check_index, check_page

_EPILOG = """\b
Examples:
  leakguard checks pages -o docs/checks
  leakguard checks pages --aws -o docs/checks/aws
"""


@click.command(epilog=_EPILOG)
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="DIR",
    required=True,
    help="Folder for the pages. It is created if it does not exist.",
)
@click.option("--aws", is_flag=True, help="Use the checks of AWS account settings instead.")
@pass_context
def pages_cmd(context: Context, *, folder: str, aws: bool) -> int:
    """Write a Markdown page for each check, generated from its file, and a table of all checks."""
    pages, index = _owned(context) if aws else _all(context)
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageProblem(f"{folder} cannot be made: {error.strerror}", next_step="Name another folder.") from error
    for identifier, page in pages.items():
        replace_file(f"{folder}/{identifier}.md", page, Output.PAGE)
    replace_file(f"{folder}/README.md", index, Output.PAGE)
    context.say(f"{folder}: {len(pages)} pages, and a table of them in README.md")
    return ExitCode.CLEAN


def _all(context: Context) -> tuple[dict[str, str], str]:
    checks = context.wiring.checks
    return {check.id: check_page(check) for check in checks}, check_index(checks)


def _owned(context: Context) -> tuple[dict[str, str], str]:
    from leakguard.outputs.checks import cloud_check_index, cloud_check_page  # noqa: PLC0415  (`--help` must not load it)

    checks = context.wiring.cloud_checks
    return {check.id: cloud_check_page(check) for check in checks}, cloud_check_index(checks)
