"""`leakguard clock why`: the arithmetic of one clock, step by step."""

from __future__ import annotations

import json

import click

from leakguard.cli.clock_warning import doubted
from leakguard.cli.laws import laws_option
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode, NotFound
from leakguard.files.shapes import nearest_name
from leakguard.frozen import replace
from leakguard.outputs.words import printable

_EPILOG = """\b
Examples:
  leakguard clock why --incident IR-2026-0001 remediate
  leakguard clock why --incident IR-2026-0001 eu-gdpr-33-authority.initial --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("clock")
@click.option("--incident", required=True, metavar="ID", help="The incident.")
@click.option("--now", metavar="TIME", help="How it stood, as known at TIME (default: now).")
@format_option("text", "json")
@laws_option
@store_option
@pass_context
def why_cmd(context: Context, *, clock: str, incident: str, now: str | None, output_format: str) -> ExitCode:
    """Name the rule, the anchor, the calendar and every step that lead to CLOCK's limit.

    Ends with 4 when its deadline was missed.
    """
    from leakguard.cli.clock.incident import incident_standings  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.clocks.standing import to_json  # noqa: PLC0415  (as above)

    stood = incident_standings(context, incident, now)
    found = next((one for one in stood.standings if one.id == clock), None)
    if found is None:
        near = nearest_name(clock, [one.id for one in stood.standings])
        hint = f" (did you mean `{near}`?)" if near else ""
        raise NotFound(f"{incident} has no clock `{clock}`{hint}", next_step="See `leakguard clock list --incident`.")
    if output_format == "json":
        click.echo(json.dumps(doubted(context, to_json(found, now=stood.now)), ensure_ascii=False))
    else:
        context.say("\n".join(printable(line, longest=2000) for line in found.why))
    return replace(stood, standings=(found,), undecided=tuple({clock} & set(stood.undecided))).exit_code
