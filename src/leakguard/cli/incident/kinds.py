"""`leakguard incident kinds`: the kinds of events by what happened, and which clocks each starts or ends."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence

import click

from leakguard.cli.clock_warning import doubted
from leakguard.cli.laws import laws_option
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.clocks.event_kinds import GROUPS
from leakguard.clocks.rule_sentences import meaning_words
from leakguard.errors import ExitCode
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents.kinds_effects import Effect, effects_of

_EPILOG = """\b
Examples:
  leakguard incident kinds
  leakguard incident kinds IR-2026-0001
  leakguard incident kinds IR-2026-0001 --format json
"""
_INDENT = 32


@click.command(epilog=_EPILOG)
@click.argument("incident", required=False)
@format_option("text", "json")
@laws_option
@store_option
@pass_context
def kinds_cmd(context: Context, *, incident: str | None, output_format: str) -> int:
    """List the kinds of events by what happened, with what each means.

    With INCIDENT also which of its clocks each would start or end now.
    """
    effects: Mapping[str, Sequence[Effect]] = {}
    if incident is not None:
        from leakguard.cli.clock.incident import incident_standings  # noqa: PLC0415  (`--help` must not load it)

        effects = effects_of(incident_standings(context, incident, None).standings)
    if output_format == "json":
        click.echo(json.dumps(doubted(context, _document(incident, effects))))
        return ExitCode.CLEAN
    for line in _lines(effects, context.console.width):
        click.echo(line)
    more = "" if incident is not None else "Which clocks each moves: leakguard incident kinds INCIDENT. "
    context.notes.print(f"{more}Record one: leakguard incident event {incident or 'INCIDENT'} KIND")
    return ExitCode.CLEAN


def _lines(effects: Mapping[str, Sequence[Effect]], width: int) -> Iterator[str]:
    for number, (title, names) in enumerate(GROUPS.items()):
        yield from ([""] if number else [])
        yield title
        for name in names:
            told = [meaning_words(name), *(printable(one.text, longest=400) for one in effects.get(name, ()))]
            yield from _row(name, told, max(width, 60))


def _row(name: str, told: Sequence[str], width: int) -> Iterator[str]:
    lead = f"  {name:<{_INDENT - 2}}"
    for text in told:
        lines = textwrap.wrap(text, width - _INDENT - 1, break_long_words=False, break_on_hyphens=False)
        for line in lines:
            yield f"{lead}{line}"
            lead = " " * _INDENT


def _document(incident: str | None, effects: Mapping[str, Sequence[Effect]]) -> dict[str, object]:
    kinds = [
        {"kind": name, "group": title, "meaning": meaning_words(name)}
        | ({"effects": [one.to_json() for one in effects.get(name, ())]} if incident is not None else {})
        for title, names in GROUPS.items()
        for name in names
    ]
    return {"incident": incident, "kinds": kinds}
