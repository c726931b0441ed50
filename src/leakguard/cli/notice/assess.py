"""`leakguard notice assess`: which duties apply."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from leakguard.cli.laws import reach_of
from leakguard.cli.notice.facts import Given, facts_options, given
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.notices.assess import Assessment, law_of, to_json_object
from leakguard.notices.book import assess_facts
from leakguard.notices.contradictions import contradictions
from leakguard.outputs.assessment import assessment_lines, unwatched_lines
from leakguard.use_cases.incidents.incident_rules import Unwatched, reach_in, unwatched
from leakguard.use_cases.incidents.watched_laws import LawBook

_EPILOG = """\b
Examples:
  leakguard notice assess facts.yaml
  leakguard notice assess facts.yaml --incident IR-2026-0001
  leakguard notice assess facts.yaml --now 2026-06-11T01:00+08:00 --format json
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
    found = assess_facts(work.book, work.facts, work.now)
    remarks = contradictions(work.facts)
    for remark in remarks:
        context.notes.print(f"Look at {remark}.")
    left_out = _unwatched(context, work, found, incident) if incident is not None else None
    if left_out is not None:
        for line in unwatched_lines(left_out):
            context.notes.print(line)
    if output_format == "json":
        assessed = [to_json_object(one, now=work.now) for one in found]
        told = {"law_of": law_of(work.facts, work.now), "contradictions": list(remarks)}
        told["unwatched"] = list(left_out.duties) if left_out is not None else []
        click.echo(json.dumps({"assessments": assessed, **told}))
    else:
        for line in assessment_lines(found, law_of(work.facts, work.now)):
            click.echo(line)
    return ExitCode.CLEAN


def _unwatched(context: Context, work: Given, found: Sequence[Assessment], incident: str) -> Unwatched | None:
    """What the facts bring and nobody watches, by the laws of the settings, or of the seat and the records."""
    records = tuple(context.wiring.existing_store.read(incident))
    laws = LawBook(work.book.duties, work.book.vocabulary)
    return unwatched(reach_in(reach_of(context, work.facts), records, laws), found, work.facts)
