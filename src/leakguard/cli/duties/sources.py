"""`leakguard duties sources`: what each rule rests on, the weakest ground first."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode
from leakguard.notices.grounds import counts_of, grounds
from leakguard.outputs.grounds import counts_lines, sources_json, sources_table

_EPILOG = """\b
Examples:
  leakguard duties sources
  leakguard duties sources --weak
  leakguard duties sources --format json
"""


@click.command(epilog=_EPILOG)
@click.option("--weak", "is_weak", is_flag=True, help="Only those that stand on weak ground.")
@format_option("table", "json")
@pass_context
def sources_cmd(context: Context, *, is_weak: bool, output_format: str) -> int:
    """Rank the duties by what they rest on: deadlines from memory first, the shortest limit first, then weak sources.

    Weak is what rests on memory, on a commentary alone, or on a law whose text nobody read. The counts are of all
    duties, also with --weak.
    """
    every = grounds(context.wiring.duties().duties)
    shown = tuple(one for one in every if one.weak) if is_weak else every
    if output_format == "json":
        click.echo(json.dumps({**sources_json(every), "duties": sources_json(shown)["duties"]}))
        return ExitCode.CLEAN
    context.console.print(sources_table(shown))
    for line in counts_lines(counts_of(every)):
        context.say(line)
    return ExitCode.CLEAN
