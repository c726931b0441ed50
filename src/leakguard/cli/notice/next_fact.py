"""`leakguard notice next-fact`: what to find out next."""

from __future__ import annotations

import json

import click

from leakguard.cli.notice.facts import facts_options, given
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.notices.book import assess_facts
from leakguard.notices.questions import next_questions, to_json_object
from leakguard.outputs.assessment import unstated_starts
from leakguard.outputs.notice import question_lines

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
    """Say which fact to find out next: only what an open duty still lacks, the soonest deadline first."""
    work = given(context, facts, now=now, incident=incident)
    found = assess_facts(work.book, work.facts, work.now)
    questions = next_questions(found, work.book.vocabulary)
    if output_format == "json":
        asked = [to_json_object(question) for question in questions]
        click.echo(json.dumps({"next": asked[0] if asked else None, "questions": asked}))
    else:
        starts = list(unstated_starts(found))
        context.show((*question_lines(questions), *([""] if starts else []), *starts), is_page=True)
    return ExitCode.CLEAN
