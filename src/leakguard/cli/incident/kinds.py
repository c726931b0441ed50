"""`leakguard incident kinds`: the kinds of events by what happened, and which clocks each starts or ends."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from leakguard.cli.clock_warning import doubted
from leakguard.cli.laws import laws_option
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode

if TYPE_CHECKING:
    from leakguard.use_cases.incidents.kinds_effects import Effect

_EPILOG = """\b
Examples:
  leakguard incident kinds
  leakguard incident kinds IR-2026-0001
  leakguard incident kinds IR-2026-0001 --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("incident", required=False)
@format_option("text", "json")
@laws_option
@store_option
@pass_context
def kinds_cmd(context: Context, *, incident: str | None, output_format: str) -> int:
    """List the kinds of events, grouped by what happened, and what each kind means.

    With INCIDENT, also show which of its clocks each kind would start or end now. Record every kind that has happened
    and that starts or ends a clock. Several kinds can describe one thing that happened, because laws use
    different words for it; a kind marked "legal term" is the word of certain laws. To record one kind does not record
    the others.
    """
    from leakguard.outputs.event_kinds import kind_lines, kinds_json  # noqa: PLC0415  (`--help` must not load it)

    effects: Mapping[str, Sequence[Effect]] = {}
    if incident is not None:
        from leakguard.cli.clock.incident import asked_of, incident_statuses  # noqa: PLC0415  (as above)
        from leakguard.use_cases.incidents.kinds_effects import effects_of  # noqa: PLC0415  (as above)

        effects = effects_of(incident_statuses(context, asked_of(incident, None)).statuses)
    if output_format == "json":
        click.echo(json.dumps(doubted(context, kinds_json(incident, effects))))
        return ExitCode.CLEAN
    context.show(kind_lines(effects, context.console.width))
    more = "" if incident is not None else "Which clocks each moves: leakguard incident kinds INCIDENT. "
    context.notes.print(f"{more}Record one: leakguard incident event {incident or 'INCIDENT'} KIND")
    return ExitCode.CLEAN
