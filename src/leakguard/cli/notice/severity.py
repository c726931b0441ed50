"""`leakguard notice severity`: how grave a breach is."""

from __future__ import annotations

import json

import click

from leakguard.cli.notice.facts import facts_options, given
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.outputs.severity import severity_json, severity_lines
from leakguard.use_cases.letters.rate_severity import ALL, ENISA, rate_all, rate_facts

_EPILOG = """\
Methods: enisa-2013, cnil (ENISA's bands in the words of the CNIL), edpb-01-2021, ico, hipaa, cac, pipeda, singapore,
korea, nis2-2024-2690; or all of them.

The default method uses these facts: data_categories, dpc_adjustments, identification_ease, confidentiality_loss,
integrity_loss, availability_loss, malicious, subject_count and encryption. If one is not stated, the result is a range,
and the fact is named.

\b
Examples:
  leakguard notice severity facts.yaml
  leakguard notice severity facts.yaml --method edpb-01-2021
  leakguard notice severity facts.yaml --method all --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("facts")
@click.option("--method", default=ENISA, show_default=True, metavar="NAME", help="Method of the rating, or all.")
@facts_options
@format_option("table", "json")
@store_option
@pass_context
def severity_cmd(
    context: Context, *, facts: str, method: str, incident: str | None, now: str | None, output_format: str
) -> int:
    """Rate the severity of the breach in FACTS, and show how the result depends on each input.

    The result supports a decision, and a person decides.
    """
    methods = context.wiring.severity_methods()
    work = given(context, facts, now=now, incident=incident, book=methods.words)
    found = rate_all(methods, work.facts) if method == ALL else (rate_facts(methods, work.facts, method),)
    if output_format == "json":
        shown = [severity_json(report) for report in found]
        click.echo(json.dumps({"methods": shown} if method == ALL else shown[0]))
    else:
        for one in found:
            context.show(severity_lines(one), is_page=True)
    return ExitCode.CLEAN
