"""`leakguard notice check`: what a notice still lacks."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from leakguard.cli.notice.facts import Given, asked_for, facts_options, given
from leakguard.cli.options import Context, format_option, pass_context, read_bytes, store_option
from leakguard.errors import BadFile, ExitCode
from leakguard.notices.assess import force_on_the_day, sourced
from leakguard.notices.completeness import to_json_object
from leakguard.notices.duties import Duty
from leakguard.notices.judging import Answer
from leakguard.notices.letters.text import LetterText, parse_letter
from leakguard.notices.notice_content import Telling
from leakguard.outputs.notice import completeness_lines, source_lines
from leakguard.use_cases.letters.draft_notices import check_telling

_EPILOG = """\b
Examples:
  leakguard notice check facts.yaml --duty eu-gdpr-33-authority
  leakguard notice check facts.yaml --duty cn-cac-incident-general --stage final --format json
  leakguard notice check facts.yaml --for press --letter press.md
  leakguard notice check facts.yaml --duty us-ma-93h-3-individuals --letter letter.html
"""


@click.command(epilog=_EPILOG)
@click.argument("facts")
@click.option("--duty", metavar="ID", help="The duty, as `notice assess` names it.")
@click.option("--for", "practice", metavar="NAME", help="A letter that no law demands, such as finder.")
@click.option("--stage", metavar="NAME", help="One stage of the duty, such as final (default: the whole notice).")
@click.option("--letter", metavar="FILE", help="A letter to check as well: text, Markdown or HTML.")
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
    incident: str | None,
    now: str | None,
    output_format: str,
) -> int:
    """Say what the notice of a duty, or a letter that no law demands, still lacks: then it ends with 1."""
    work = given(context, facts, now=now, incident=incident)
    words = _words(letter) if letter else None
    telling = asked_for(work.book, duty=duty, letter=practice, option="--for")
    found = check_telling(work.book, work.facts, telling, now=work.now, stage=stage, letter=words)
    if output_format == "json":
        click.echo(json.dumps({**to_json_object(found), **_rule(telling, work)}))
    else:
        context.show((*completeness_lines(found, work.book.vocabulary), *_rule_lines(telling, work)), is_page=True)
    return ExitCode.CLEAN if found.is_complete else ExitCode.EXPOSED


def _words(letter: str) -> LetterText:
    """What stands in the letter; raises `BadFile`, for a DOCX or PDF with the forms that can be checked."""
    data = read_bytes(letter)
    try:
        return parse_letter(data.decode("utf-8-sig"), name=letter)
    except UnicodeDecodeError as error:
        text = "is no text in UTF-8; save it as HTML or text, or draft it with --as html"
        raise BadFile.whole(letter, text) from error


def _rule(telling: Telling, work: Given) -> dict[str, object]:
    """What the list of contents rests on; a letter that no law demands rests on none."""
    if not isinstance(telling, Duty):
        return {}
    return {**sourced(telling), "dormant": _dormant(telling, work)}


def _rule_lines(telling: Telling, work: Given) -> Iterator[str]:
    if not isinstance(telling, Duty):
        return
    if _dormant(telling, work):
        yield "  not law on the day of the incident: see `leakguard notice assess`"
    yield from source_lines(telling, 2)


def _dormant(duty: Duty, work: Given) -> bool:
    return force_on_the_day(duty, work.facts, work.now).answer is Answer.NO
