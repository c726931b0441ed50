"""`leakguard checks lint`: every problem of check files, all at once."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from leakguard.checks.library import load_library
from leakguard.cli.options import Context, format_option, pass_context, read_text
from leakguard.errors import BadFile, ExitCode, Problem

_EPILOG = """\b
Examples:
  leakguard checks lint                       the checks that ship
  leakguard checks lint checks/my_store_open.yaml
  leakguard checks lint checks/*.yaml --format json

\b
Exit codes: 0 no problem, 1 problems found, 2 a file cannot be read.
"""


@click.command(epilog=_EPILOG)
@click.argument("files", nargs=-1, metavar="[FILE...]")
@format_option("text", "json")
@pass_context
def lint_cmd(context: Context, *, files: tuple[str, ...], output_format: str) -> int:
    """Name every problem of check FILEs, or of the checks that ship."""
    bundled = context.wiring.bundled
    texts = {file: read_text(file) for file in files} or {
        name: bundled.text("checks", name) for name in bundled.names("checks")
    }
    problems = _problems(texts)
    if output_format == "json":
        click.echo(json.dumps({"files": list(texts), "problems": [asdict(problem) for problem in problems]}))
    else:
        for problem in problems:
            click.echo(str(problem))
    context.notes.print(f"{_counted(len(texts), 'file')}, {_counted(len(problems), 'problem')}.", markup=False)
    return ExitCode.EXPOSED if problems else ExitCode.CLEAN


def _problems(texts: dict[str, str]) -> tuple[Problem, ...]:
    try:
        load_library(texts)
    except BadFile as bad:
        return bad.problems
    return ()


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
