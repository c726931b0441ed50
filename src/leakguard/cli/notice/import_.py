"""`leakguard notice import`: takes back a letter that somebody edited in a word processor."""

from __future__ import annotations

import json

import click

from leakguard.cli.notice.facts import facts_options, given
from leakguard.cli.options import Context, format_option, pass_context, read_bytes, store_option
from leakguard.cli.writing import replace_bytes
from leakguard.errors import ExitCode
from leakguard.mailing.approvals import LETTER, Proposal, Subject
from leakguard.models.file_modes import Output
from leakguard.models.languages import LANGS, Lang
from leakguard.outputs.imported import imported_json, imported_lines
from leakguard.use_cases.letters.approve_notice import approvals_of
from leakguard.use_cases.letters.given_facts import FactsQuery, asked_for, stage_asked, stage_sent
from leakguard.use_cases.letters.import_letter import approvals_lost, import_letter, source_of

_EPILOG = """\b
Examples:
  leakguard notice draft facts.yaml --duty eu-gdpr-33-authority --as docx -o letter.docx
  leakguard notice import letter.docx facts.yaml --duty eu-gdpr-33-authority
  leakguard notice import letter.docx facts.yaml --duty eu-gdpr-33-authority -o facts.yaml

Exit codes: 0 nothing changed, or the changes are written; 1 there are changes, but -o is missing; 2 the letter
changes a text that only the facts or the template may change, so nothing is imported.
"""


@click.command(epilog=_EPILOG)
@click.argument("letter", metavar="FILE")
@click.argument("facts")
@click.option("--duty", metavar="ID", help="The duty that the letter belongs to.")
@click.option("--for", "practice", metavar="NAME", help="A letter that no law requires, such as press.")
@click.option("--stage", metavar="NAME", help="The stage of the draft, such as initial or final.")
@click.option("--lang", type=click.Choice(LANGS), default="en", show_default=True, help="Language of the letter.")
@click.option(
    "-o", "output", metavar="FILE", help="Write the facts with the changed passages to this file, which may be FACTS."
)
@facts_options
@format_option("text", "json")
@store_option
@pass_context
def import_cmd(  # noqa: PLR0913  (one argument an option)
    context: Context,
    *,
    letter: str,
    facts: str,
    duty: str | None,
    practice: str | None,
    stage: str | None,
    lang: Lang,
    output: str | None,
    incident: str | None,
    now: str | None,
    output_format: str,
) -> int:
    """Import the passages that somebody changed in a letter (a DOCX FILE) as texts into the FACTS.

    The letter is compared with a new draft that is made with the same options. Free passages may differ: they
    become texts of the facts in this language. If a number, a date, a decision or a fixed text was changed, the
    command refuses and names it. With the changed facts, the letter needs new approvals. If the text depends on the
    time, use the same --now as for the draft.
    """
    work = given(context, facts, now=now, incident=incident)
    notice = asked_for(work.book, duty=duty, letter=practice, option="--for")
    stage = stage_asked(work, notice, stage)
    asked = FactsQuery(name=facts, text=work.text, at=now, incident=incident)
    wiring = context.wiring
    source = source_of(
        asked, work, notice, store=wiring.existing_store if incident is not None else None, folders=wiring.bundled,
        maker=wiring.document_maker("docx"), lang=lang, stage=stage,
    )  # fmt: skip
    found = import_letter(read_bytes(letter), source, name=letter)
    subject = Subject(covers=LETTER, duty=notice.id, stage=stage_sent(work, notice, stage) or "", lang=lang)
    lost = _approved(context, incident, subject) if found.passages else None
    if found.passages and output is not None:
        replace_bytes(output, found.text.encode(), Output.LETTER)
    if output_format == "json":
        click.echo(json.dumps(imported_json(found, lost, output), ensure_ascii=False))
    else:
        context.show(imported_lines(found, lost, output))
    return ExitCode.EXPOSED if found.passages and output is None else ExitCode.CLEAN


def _approved(context: Context, incident: str | None, subject: Subject) -> Proposal | None:
    """The version that people approve and that the changed facts leave behind."""
    return approvals_lost(approvals_of(context.wiring.existing_store, incident), subject) if incident else None
