"""`leakguard clock list` and `why`: every clock of an incident, and the arithmetic of one."""

from __future__ import annotations

import json

import click

from leakguard.cli.clock_warning import doubted
from leakguard.cli.laws import laws_option, tell_watched
from leakguard.cli.options import Context, format_option, lang_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.translations.catalogue import catalogue

_EPILOG = """\b
Examples:
  leakguard clock list --incident IR-2026-0001
  leakguard clock list --incident IR-2026-0001 --facts facts.yaml
  leakguard clock list --incident IR-2026-0001 --now 2026-06-11T01:00+08:00 --format json
"""


@click.command(epilog=_EPILOG)
@click.option("--incident", required=True, metavar="ID", help="The incident.")
@click.option("--now", metavar="TIME", help="Show the clocks at TIME, without what was recorded later (default: now).")
@click.option("--facts", metavar="FILE", help="Omit the duties that this facts file rules out.")
@format_option("table", "json")
@laws_option
@store_option
@pass_context
def list_cmd(context: Context, *, incident: str, now: str | None, facts: str | None, output_format: str) -> ExitCode:
    """Show every clock of an incident, and whether enough time is left for the remaining steps.

    The command also lists the laws that it considers, and why; jurisdictions whose rules or public holidays LeakGuard
    does not know; and duties for which LeakGuard does not know what the law said on the day of the incident. For such
    a duty, and for a jurisdiction without known rules, no clock runs: look up the law. Where only the holidays are not
    known, check the dates of the clocks.

    Exit codes: 0 no clock of the incident has missed its deadline; 3 the state of a clock is in doubt, as the output
    explains; 4 a deadline was missed, even if the duty was fulfilled later. Duties and jurisdictions for which no
    clock runs do not change the exit code.
    """
    from leakguard.cli.clock.incident import (  # noqa: PLC0415  (`--help` must not load it)
        asked_of,
        incident_laws,
        incident_statuses,
        print_statuses,
    )
    from leakguard.use_cases.alerts.stood_clocks import forecasts  # noqa: PLC0415  (as above)
    from leakguard.use_cases.incidents.unknown_law import unknown_lines  # noqa: PLC0415  (as above)

    asked = asked_of(incident, now, facts)
    stood = incident_statuses(context, asked)
    late = forecasts(context.wiring.existing_store, asked, stood)
    laws = incident_laws(context, incident, facts)
    tell_watched(context, laws, unknown_lines(stood.unknown))
    print_statuses(
        context, stood.statuses, now=stood.now, output_format=output_format, late=late, laws=laws,
        unknown=stood.unknown,
    )  # fmt: skip
    return stood.exit_code


_WHY_EPILOG = """\b
Examples:
  leakguard clock why --incident IR-2026-0001 remediate
  leakguard clock why --incident IR-2026-0001 eu-gdpr-33-authority.initial --format json
  leakguard clock why --incident IR-2026-0001 remediate --lang zh
"""


@click.command(epilog=_WHY_EPILOG)
@click.argument("clock")
@click.option("--incident", required=True, metavar="ID", help="The incident.")
@click.option("--now", metavar="TIME", help="Show the clocks at TIME, without what was recorded later (default: now).")
@lang_option
@format_option("text", "json")
@laws_option
@store_option
@pass_context
def why_cmd(
    context: Context, *, clock: str, incident: str, now: str | None, lang: str, output_format: str
) -> ExitCode:  # fmt: skip
    """Show how the deadline of CLOCK was calculated: the rule, the start event, the calendar and every step.

    The exit code is 4 if the deadline was missed, and 3 if the state of the clock is in doubt.
    """
    from leakguard.cli.clock.incident import asked_of, incident_statuses  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.outputs.clock import why_json, why_lines  # noqa: PLC0415  (as above)

    stood = incident_statuses(context, asked_of(incident, now)).only(clock)
    if output_format == "json":
        click.echo(json.dumps(doubted(context, why_json(stood)), ensure_ascii=False))
    else:
        context.show(why_lines(stood, catalogue(lang)))
    return stood.exit_code
