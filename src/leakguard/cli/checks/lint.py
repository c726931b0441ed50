"""`leakguard checks lint`: every problem of check files, all at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import click

from leakguard.checks.library import load_library
from leakguard.cli.options import Context, format_option, pass_context, read_text
from leakguard.errors import BadFile, ExitCode, Problem
from leakguard.frozen import as_dict
from leakguard.models.texts import counted

_EPILOG = """\b
Examples:
  leakguard checks lint  # the checks that ship
  leakguard checks lint checks/my_store_open.yaml
  leakguard checks lint checks/*.yaml --format json
  leakguard checks lint cloud_checks/aws_mine.yaml  # a check of AWS settings

Exit codes: 0 no problem, 1 problems found, 2 a file cannot be read.
"""
_FOLDERS = ("checks", "cloud_checks")


@click.command(epilog=_EPILOG)
@click.argument("files", nargs=-1, metavar="[FILE...]")
@format_option("text", "json")
@pass_context
def lint_cmd(context: Context, *, files: tuple[str, ...], output_format: str) -> int:
    """Report every problem in the check FILEs, or in the checks that ship with LeakGuard."""
    texts = {file: read_text(file) for file in files} or _shipped(context)
    problems = _problems(context, texts)
    if output_format == "json":
        click.echo(json.dumps({"files": list(texts), "problems": [as_dict(problem) for problem in problems]}))
    else:
        for problem in problems:
            context.say(str(problem))
    context.notes.print(f"{counted(len(texts), 'file')}, {counted(len(problems), 'problem')}.")
    return ExitCode.EXPOSED if problems else ExitCode.CLEAN


def _shipped(context: Context) -> dict[str, str]:
    """The checks of both sides, by their names in the folder that holds all data."""
    bundled = context.wiring.bundled
    return {f"{folder}/{name}": text for folder in _FOLDERS for name, text in bundled.texts(folder).items()}


def _problems(context: Context, texts: Mapping[str, str]) -> tuple[Problem, ...]:
    """Each file is held to the rules of its side; a check of AWS settings may use the shared rules that ship."""
    from leakguard.owners.cloud_checks.definitions import is_cloud_check, load_cloud_checks  # noqa: PLC0415  (`--help` must not load it)

    owned = {name: text for name, text in texts.items() if is_cloud_check(name, text)}
    others = {name: text for name, text in texts.items() if name not in owned}
    shared = {name: text for name, text in _shipped(context).items() if "/shared/" in name} if owned else {}
    return (*_refused(load_library, others), *_refused(load_cloud_checks, shared | owned))


def _refused(load: Callable[[Mapping[str, str]], object], texts: Mapping[str, str]) -> tuple[Problem, ...]:
    try:
        load(texts)
    except BadFile as bad:
        return bad.problems
    return ()
