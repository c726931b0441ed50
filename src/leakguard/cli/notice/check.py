"""`leakguard notice check`: what a notice still lacks."""

from __future__ import annotations

import json
import shlex

import click

from leakguard.cli.notice.facts import facts_options, given, say_contradictions
from leakguard.cli.options import Context, format_option, pass_context, read_bytes, store_option
from leakguard.errors import ExitCode, UsageProblem
from leakguard.outputs.notice import checked_json, checked_lines
from leakguard.use_cases.letters.assess_notices import check_notice
from leakguard.use_cases.letters.given_facts import asked_for, letter_words, stage_asked

_EPILOG = """\b
Examples:
  leakguard notice check facts.yaml --duty eu-gdpr-33-authority
  leakguard notice check facts.yaml --duty cn-cac-incident-general --stage final --format json
  leakguard notice check facts.yaml --duty eu-gdpr-33-authority --stage initial --edpb
  leakguard notice check facts.yaml --for press --letter press.md
  leakguard notice check facts.yaml --duty us-ma-93h-3-individuals --letter letter.html
"""


@click.command(epilog=_EPILOG)
@click.argument("facts")
@click.option("--duty", metavar="ID", help="The duty, as named by `notice assess`.")
@click.option(
    "--for",
    "practice",
    metavar="NAME",
    help="A letter that no law requires, such as finder (to the person who reported the leak).",
)
@click.option(
    "--stage",
    metavar="NAME",
    help="One stage of the duty, such as initial or final (default: one notice with the content of all stages).",
)
@click.option("--letter", metavar="FILE", help="Also check this letter: text, Markdown or HTML.")
@click.option(
    "--edpb", "with_form", is_flag=True, help="Also check which mandatory fields of the EDPB form are missing."
)
@facts_options
@format_option("text", "json")
@store_option
@pass_context
def check_cmd(  # noqa: PLR0913  (one argument an option)
    context: Context,
    *,
    facts: str,
    duty: str | None,
    practice: str | None,
    stage: str | None,
    letter: str | None,
    with_form: bool,
    incident: str | None,
    now: str | None,
    output_format: str,
) -> int:
    """Show what the notice of a duty, or another letter, still lacks. If something is missing, the exit code is 1."""
    work = given(context, facts, now=now, incident=incident)
    words = letter_words(read_bytes(letter), name=letter) if letter else None
    notice = asked_for(work.book, duty=duty, letter=practice, option="--for")
    stage = stage_asked(work, notice, stage)
    checked = check_notice(work, notice, stage=stage, letter=words, folders=context.wiring.bundled)
    say_contradictions(context, work)
    if with_form and checked.form is None:
        raise UsageProblem(f"the EDPB's form is not for {notice.id}", next_step="Leave --edpb out.")
    if output_format == "json":
        click.echo(json.dumps(checked_json(checked)))
    else:
        context.show(checked_lines(checked, work.book.vocabulary, shlex.quote(facts)), is_page=True)
    is_form_ready = checked.form is None or checked.form.is_ready or not with_form
    return ExitCode.CLEAN if checked.found.is_complete and is_form_ready else ExitCode.EXPOSED
