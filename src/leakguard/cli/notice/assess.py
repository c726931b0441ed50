"""`leakguard notice assess`: which duties apply."""

from __future__ import annotations

import json

import click

from leakguard.cli.laws import reach_of
from leakguard.cli.notice.facts import facts_options, given
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.outputs.assessment import assessed_json, assessment_lines, open_place_lines, unwatched_lines
from leakguard.use_cases.letters.assess_notices import assess_notices

_EPILOG = """\b
Examples:
  leakguard notice assess facts.yaml
  leakguard notice assess facts.yaml --incident IR-2026-0001
  leakguard notice assess facts.yaml --now 2026-06-11T01:00+08:00 --format json

\b
Exit codes: 0 every place has a rule, an absence that was read, or a person's decision;
3 the law of a place is not known and nobody settled it (leakguard notice settle).
"""


@click.command(epilog=_EPILOG)
@click.argument("facts")
@facts_options
@format_option("table", "json")
@store_option
@pass_context
def assess_cmd(context: Context, *, facts: str, incident: str | None, now: str | None, output_format: str) -> int:
    """Say for every duty whether it applies to the FACTS: yes, no, or needs fact; with reasons and clocks."""
    work = given(context, facts, now=now, incident=incident)
    reach = reach_of(context, work.facts) if incident is not None else None
    records = tuple(context.wiring.existing_store.read(incident)) if incident is not None else ()
    found = assess_notices(work, reach, records)
    for remark in found.contradictions:
        context.remark(f"Look at {remark}.")
    for remark in found.undecided:
        context.remark(f"{remark}.")
    for line in unwatched_lines(found.unwatched) if found.unwatched is not None else ():
        context.remark(line)
    for line in open_place_lines(found, incident):
        context.remark(line)
    if output_format == "json":
        click.echo(json.dumps(assessed_json(found)))
    else:
        click.echo("\n".join(assessment_lines(found.assessments, found.law_of)))
    return ExitCode.UNFINISHED if found.open_places else ExitCode.CLEAN
