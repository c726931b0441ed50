"""`leakguard notice next-fact`: what to find out next."""

from __future__ import annotations

import json
import shlex

import click

from leakguard.cli.notice.facts import facts_options, given
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.outputs.assess_say import AssessTexts
from leakguard.outputs.assessment import start_lines
from leakguard.outputs.notice import first_notice_lines, question_lines, questions_json
from leakguard.use_cases.letters.assess_notices import ask_next

_EPILOG = """\b
Examples:
  leakguard notice next-fact facts.yaml
  leakguard notice next-fact facts.yaml --incident IR-2026-0001 --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("facts")
@facts_options
@format_option("text", "json")
@store_option
@pass_context
def next_fact_cmd(context: Context, *, facts: str, incident: str | None, now: str | None, output_format: str) -> int:
    """Show which fact to find out next: facts that an open duty still lacks, the next deadline first.

    Before the facts, the output lists the commands that draft the first notices from the facts that are known now.
    """
    work = given(context, facts, now=now, incident=incident)
    found, questions = ask_next(work)
    notices = found.first_notices
    if output_format == "json":
        click.echo(json.dumps(questions_json(questions, found.places, notices)))
    else:
        file = shlex.quote(facts)
        arguments = f"{file} --incident {incident}" if incident else file
        first = list(first_notice_lines(notices, arguments, has_reason=work.facts.not_known_yet is not None))
        starts = list(start_lines(found.assessments, AssessTexts()))
        places = [row.sentence for row in found.places if row.sentence]
        parts = (first, list(question_lines(questions)), starts, places)
        context.show([line for part in parts if part for line in (*part, "")], is_page=True)
    return ExitCode.CLEAN
