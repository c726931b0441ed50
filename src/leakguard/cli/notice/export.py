"""`leakguard notice export`: a notice in the form of an authority."""

from __future__ import annotations

import click

from leakguard.cli.notice.facts import facts_options, given
from leakguard.cli.options import Context, pass_context, read_text, store_option
from leakguard.cli.writing import replace_file
from leakguard.errors import ExitCode
from leakguard.models.file_modes import Output
from leakguard.notices.edpb.mapping import NoticeStatus, NoticeType
from leakguard.notices.edpb.payload import to_json_text
from leakguard.use_cases.letters.export_edpb import check_edpb, export_edpb, load_edpb

_EPILOG = """\b
Examples:
  leakguard notice export --edpb facts.yaml -o notice.json
  leakguard notice export --edpb facts.yaml --status incomplete
  leakguard notice export --edpb facts.yaml --type follow-up --status withdraw
  leakguard notice export --edpb --check notice.json

\b
What no fact answers, answer in the facts file by field number:
  edpb: {field_60: [m, n], field_61: a}
"""


@click.command(epilog=_EPILOG)
@click.argument("facts")
@click.option("--edpb", is_flag=True, required=True, help="The EDPB's common template (a draft of June 2026), as JSON.")
@click.option(
    "--type", "kind", type=click.Choice(["new", "follow-up"]), default="new", show_default=True,
    help="Whether an earlier notice of this breach was filed.",
)  # fmt: skip
@click.option(
    "--status", type=click.Choice(["complete", "incomplete", "withdraw"]), default="complete", show_default=True,
    help="Whether more will follow, or the breach turned out to be none.",
)  # fmt: skip
@click.option("--check", "is_check", is_flag=True, help="FACTS is an exported notice: read it back and check it.")
@click.option("-o", "output", metavar="FILE", help="Where to write it (default: stdout).")
@facts_options
@store_option
@pass_context
def export_cmd(  # noqa: PLR0913  (one argument an option)
    context: Context,
    *,
    facts: str,
    edpb: bool,  # noqa: ARG001  (names the only form so far)
    kind: NoticeType,
    status: NoticeStatus,
    is_check: bool,
    output: str | None,
    incident: str | None,
    now: str | None,
) -> int:
    """Write the notice in an authority's own field numbers and codes. Nothing is sent."""
    if is_check:
        return _check(context, facts)
    work = given(context, facts, now=now, incident=incident)
    template = load_edpb(context.wiring.bundled)
    answers = export_edpb(
        work.facts, template, work.book.vocabulary, name=facts, now=work.now, kind=kind, status=status
    )
    if output is None or output == "-":
        click.echo(to_json_text(answers), nl=False)
    else:
        replace_file(output, to_json_text(answers), Output.LETTER)
        context.notes.print(f"Notice written to {output}.")
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
