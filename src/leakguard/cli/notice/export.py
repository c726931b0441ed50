"""`leakguard notice export`: a notice in the form of an authority."""

from __future__ import annotations

import json

import click

from leakguard.cli.notice.facts import facts_options, given
from leakguard.cli.options import Context, format_option, pass_context, read_text, store_option
from leakguard.cli.writing import replace_file
from leakguard.errors import ExitCode, UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.file_modes import Output
from leakguard.notices.edpb.mapping import NoticeStatus, NoticeType
from leakguard.notices.edpb.payload import to_json_text
from leakguard.notices.edpb.people import people_counts
from leakguard.outputs.edpb import explained_json, explained_lines
from leakguard.use_cases.letters.export_edpb import (
    EVERY_FIELD,
    check_edpb,
    edpb_notice,
    explain_edpb,
    export_edpb,
    field_and_file,
    load_edpb,
)

_EPILOG = """\b
Examples:
  leakguard notice export --edpb facts.yaml -o notice.json
  leakguard notice export --edpb facts.yaml --status incomplete
  leakguard notice export --edpb facts.yaml --type follow-up --status withdraw
  leakguard notice export --edpb --check notice.json
  leakguard notice export --edpb --explain  # every field with its codes in words
  leakguard notice export --edpb --explain 60 facts.yaml  # one field, and what the facts answer

\b
To answer a field that no fact answers, write its number in the facts file, with codes or in words:
  edpb: {field_60: [Misconfiguration, n], field_61: Internal non malicious}
"""


@click.command(epilog=_EPILOG)
@click.argument("facts", required=False)
@click.option("--edpb", is_flag=True, required=True, help="The EDPB's common template (a draft of June 2026), as JSON.")
@click.option(
    "--type", "kind", type=click.Choice(["new", "follow-up"]), default="new", show_default=True,
    help="Whether this is the first notice of the breach, or follows an earlier one.",
)  # fmt: skip
@click.option(
    "--status", type=click.Choice(["complete", "incomplete", "withdraw"]), default="complete", show_default=True,
    help="Whether more information will follow, or the notice is withdrawn because there was no breach.",
)  # fmt: skip
@click.option("--check", "is_check", is_flag=True, help="Read an exported notice instead of FACTS, and check it.")
@click.option(
    "--explain", "explained", metavar="[FIELD]", is_flag=False, flag_value=EVERY_FIELD,
    help="Show what each field asks, when and with which codes, and what the FACTS answer or lack.",
)  # fmt: skip
@click.option("-o", "output", metavar="FILE", help="Where to write it (default: stdout).")
@format_option("text", "json")
@facts_options
@store_option
@pass_context
def export_cmd(  # noqa: PLR0913  (one argument an option)
    context: Context,
    *,
    facts: str | None,
    edpb: bool,  # noqa: ARG001  (names the only form so far)
    kind: NoticeType,
    status: NoticeStatus,
    is_check: bool,
    explained: str | None,
    output: str | None,
    output_format: str,
    incident: str | None,
    now: str | None,
) -> int:
    """Write the notice with the field numbers and codes of an authority. Nothing is sent.

    An incomplete notice leaves out what is not known yet. --explain shows what each field asks. --format applies
    only to --explain: a notice is always JSON.
    """
    asked = NoticeExportQuery(kind=kind, status=status, incident=incident, now=now)
    if explained is not None:
        return _explain(context, asked, *field_and_file(explained, facts), output_format=output_format)
    if facts is None:
        raise UsageProblem(
            "name the facts file", next_step="Or list the fields: leakguard notice export --edpb --explain"
        )
    return _check(context, facts) if is_check else _export(context, asked, facts, output)


class NoticeExportQuery(Frozen):
    """Which notice, of which incident, as of when."""

    kind: NoticeType
    status: NoticeStatus
    incident: str | None
    now: str | None


def _export(context: Context, asked: NoticeExportQuery, facts: str, output: str | None) -> int:
    """Write the notice, or name everything that keeps it from being one."""
    work = given(context, facts, now=asked.now, incident=asked.incident)
    template = load_edpb(context.wiring.bundled)
    answers = export_edpb(
        work.facts, template, work.book.vocabulary, name=facts, now=work.now, kind=asked.kind, status=asked.status
    )
    told = work.facts.for_audience("authority")
    for remark in people_counts(told, work.book.vocabulary).remarks:
        context.notes.print(f"Look at {remark}", markup=False)
    if output is None or output == "-":
        click.echo(to_json_text(answers), nl=False)
    else:
        replace_file(output, to_json_text(answers), Output.LETTER)
        context.notes.print(f"Notice written to {output}.")
    return ExitCode.CLEAN


def _explain(context: Context, asked: NoticeExportQuery, field: str, facts: str | None, *, output_format: str) -> int:
    """Print the fields; with facts, how these stand to each."""
    template, notice = load_edpb(context.wiring.bundled), None
    if facts is not None:
        work = given(context, facts, now=asked.now, incident=asked.incident)
        notice = edpb_notice(
            work.facts, template, work.book.vocabulary, now=work.now, kind=asked.kind, status=asked.status
        )
    found = explain_edpb(template, field, notice, kind=asked.kind, status=asked.status)
    if output_format == "json":
        click.echo(json.dumps(explained_json(found), ensure_ascii=False))
    else:
        context.show(list(explained_lines(found)), is_page=True)
    return ExitCode.CLEAN


def _check(context: Context, path: str) -> int:
    """Print the notice as it was read, or everything that is wrong with it."""
    answers, problems = check_edpb(read_text(path), load_edpb(context.wiring.bundled), name=path)
    if not problems:
        click.echo(to_json_text(answers), nl=False)
        return ExitCode.CLEAN
    for problem in problems:
        context.say(str(problem))
    return ExitCode.EXPOSED
