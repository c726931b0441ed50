"""`leakguard duties sources`: what each rule rests on, the weakest source first."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode
from leakguard.outputs.provenance import counts_lines, sources_json, sources_table
from leakguard.use_cases.letters.look_up_duties import rank_sources

_EPILOG = """\b
Examples:
  leakguard duties sources
  leakguard duties sources --weak
  leakguard duties sources --format json
"""


@click.command(epilog=_EPILOG)
@click.option("--weak", "is_weak", is_flag=True, help="Only duties with weak sources.")
@format_option("table", "json")
@pass_context
def sources_cmd(context: Context, *, is_weak: bool, output_format: str) -> int:
    """List the duties by their sources, the weakest first: deadlines from memory, then other weak sources.

    Of deadlines from memory, the shortest comes first. A source is weak if it is memory, only a commentary, or a
    law whose text nobody has read. The counts are of all duties, also with --weak.
    """
    found = rank_sources(context.wiring.duties(), only_weak=is_weak)
    if output_format == "json":
        click.echo(json.dumps(sources_json(found)))
        return ExitCode.CLEAN
    context.console.print(sources_table(found.shown))
    for line in counts_lines(found.counts):
        context.say(line)
    return ExitCode.CLEAN
