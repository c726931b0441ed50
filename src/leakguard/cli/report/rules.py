"""`leakguard report rules`: what laws and standards ask of us about one report."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, lang_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.outputs.intake_rules import rule_json, rule_lines
from leakguard.use_cases.intake.reports import load_report

_EPILOG = """\b
Examples:
  leakguard report rules RP-2026-0001
  leakguard report rules RP-2026-0001 --lang zh --format json

Exit code 3: a requirement cannot be judged, because leakguard.toml has no `country` or no `obligated_as`.
"""


@click.command(epilog=_EPILOG)
@click.argument("report", metavar="REPORT")
@lang_option
@format_option("text", "json")
@store_option
@pass_context
def rules_cmd(context: Context, *, report: str, lang: str, output_format: str) -> int:
    """Show what laws and standards require of your organisation about REPORT.

    The answer depends on `country` and `obligated_as` in leakguard.toml: in China, a provider of products and an
    operator of networks have different duties. Deadlines count from the arrival of the report. To draft notices,
    use `leakguard notice`.
    """
    found = context.wiring.report_rules(load_report(context.wiring.existing_store, report).received_at)
    if output_format == "json":
        click.echo(json.dumps({"report": report, "rules": [rule_json(match) for match in found]}))
    else:
        context.show(
            line for match in found for line in rule_lines(match, zone=context.wiring.settings.zone, lang=lang)
        )
    return ExitCode.UNFINISHED if any(match.standing == "needs_fact" for match in found) else ExitCode.CLEAN
