"""`leakguard duties lint`: every problem of duty files, all at once."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, read_text
from leakguard.errors import ExitCode
from leakguard.outputs.duties import linted_json, linted_lines
from leakguard.use_cases.letters.look_up_duties import lint_files

_EPILOG = """\b
Examples:
  leakguard duties lint  # the duties that ship with LeakGuard, and your own
  leakguard duties lint contracts/acme.yaml
  leakguard duties lint contracts/*.yaml --format json

Exit codes: 0 no problem, 1 problems found, 2 a file cannot be read. A remark is not a problem.
"""


@click.command(epilog=_EPILOG)
@click.argument("files", nargs=-1, metavar="[FILE...]")
@format_option("text", "json")
@pass_context
def lint_cmd(context: Context, *, files: tuple[str, ...], output_format: str) -> int:
    """Report every problem in duty FILEs, such as unknown words, a missing source or two equal ids.

    A recommended field that is missing is counted as a remark, not as a problem.
    """
    found = lint_files(context.wiring.bundled, {file: read_text(file) for file in files})
    if output_format == "json":
        click.echo(json.dumps(linted_json(found)))
    else:
        for line in linted_lines(found):
            context.say(line)
    return ExitCode.EXPOSED if found.problems else ExitCode.CLEAN
