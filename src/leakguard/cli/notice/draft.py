"""`leakguard notice draft`: the letter of a duty."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from leakguard.cli.notice.facts import facts_options, given
from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.refusals import unwritable
from leakguard.cli.writing import replace_bytes
from leakguard.errors import ExitCode, UsageProblem
from leakguard.frozen import Frozen
from leakguard.mailing.approvals import latest
from leakguard.models.file_modes import Output, folder_mode
from leakguard.models.languages import LANGS, Lang
from leakguard.models.letters import Letter, as_drill, as_sent
from leakguard.models.moments import to_z
from leakguard.notices.notice_content import NoticeContent
from leakguard.outputs.sending import SHORT, standing
from leakguard.use_cases.letters.approve_notice import approvals_of
from leakguard.use_cases.letters.draft_notices import draft_telling
from leakguard.use_cases.letters.given_facts import Given, asked_for, stage_asked
from leakguard.use_cases.letters.letter_versions import SingleLetter

LETTERS = ("finder", "staff", "helpdesk", "press", "public", "controller", "subprocessor")
"""What `duties/practice/letters.yaml` offers; a test compares the two, so that --help need not read the file."""
BINARY = frozenset({"docx", "pdf"})
_EPILOG = """\b
Examples:
  leakguard notice draft facts.yaml --duty eu-gdpr-34-individuals
  leakguard notice draft facts.yaml --duty eu-gdpr-33-authority --as pdf -o letter.pdf
  leakguard notice draft facts.yaml --duty cn-pipl-57-individuals --lang zh --as docx -o letter.docx
  leakguard notice draft facts.yaml --letter finder         # thanks, promise, next contact; no law demands it
  leakguard notice draft facts.yaml --letter helpdesk --lang zh --as pdf -o helpdesk.pdf
"""


@click.command(epilog=_EPILOG)
@click.argument("facts")
@click.option("--duty", metavar="ID", help="The duty, as `notice assess` names it.")
@click.option("--letter", metavar="NAME", help=f"A letter that no law demands: {', '.join(LETTERS)}.")
@click.option("--lang", type=click.Choice(LANGS), default="en", show_default=True, help="The letter's language.")
@click.option(
    "--as", "form", type=click.Choice(["txt", "html", "docx", "pdf", "md"]), default="txt", show_default=True,
    help="Its form.",
)  # fmt: skip
@click.option("--stage", metavar="NAME", help="One stage of the duty, such as first or final.")
@click.option("--final", is_flag=True, help='As it is sent: without "draft" and what only the drafter checks.')
@click.option("-o", "output", metavar="FILE", help="Where to write it (default: stdout).")
@facts_options
@store_option
@pass_context
def draft_cmd(  # noqa: PLR0913  (one argument an option)
    context: Context,
    *,
    facts: str,
    duty: str | None,
    letter: str | None,
    lang: Lang,
    form: str,
    stage: str | None,
    final: bool,
    output: str | None,
    incident: str | None,
    now: str | None,
) -> int:
    """Write the letter of a duty, or one that no law demands, from the FACTS.

    It is a draft: a person approves it, and nothing is sent. With --final it is
    what `notice approve` approves: for a portal, or to be printed and posted.
    With --incident as well it is the very version that was approved, with its
    date, as long as nothing changed since.
    """
    work = given(context, facts, now=now, incident=incident)
    telling = asked_for(work.book, duty=duty, letter=letter)
    stage = stage_asked(work, telling, stage)
    approved = (
        approved_letter(context, work, telling, facts=facts, incident=incident, lang=lang, stage=stage)
        if final and incident and now is None
        else Final()
    )
    draft = approved.letter or _now(context, work, telling, lang=lang, stage=stage, incident=incident, final=final)
    for remark in draft.remarks:
        context.notes.print(f"Look at {remark}.")
    for note in approved.notes:
        context.notes.print(note)
    _write(context, context.wiring.document_maker(form).make(draft), form, output)
    return ExitCode.CLEAN


def _now(
    context: Context,
    work: Given,
    telling: NoticeContent,
    *,
    lang: Lang,
    stage: str | None,
    incident: str | None,
    final: bool,
) -> Letter:
    """The letter of this moment."""
    wiring = context.wiring
    head = wiring.existing_store.head() if incident else None
    draft = draft_telling(
        work.book, wiring.bundled, work.facts, telling, lang=lang, now=work.now, stage=stage, head=head
    )
    if final:
        for line in draft.footer:
            context.notes.print(f"Not in the letter: {line}", markup=False)
        for line in draft.unsettled:
            context.notes.print(f"Settle before it goes out: {line}", markup=False)
        draft = as_sent(draft)
    return as_drill(draft) if wiring.settings.drill else draft


def _write(context: Context, document: bytes, form: str, output: str | None) -> None:
    if output is None or output == "-":
        if form in BINARY and sys.stdout.isatty():
            raise UsageProblem(f"a {form.upper()} is not for a terminal", next_step=f"Name a file: -o letter.{form}")
        click.echo(document, nl=False)
        return
    try:
        Path(output).parent.mkdir(mode=folder_mode(), parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(output, error) from error
    replace_bytes(output, document, Output.LETTER)
    context.notes.print(f"Written to {output}.")


class Final(Frozen):
    """The approved letter where it holds still, and what to say about it."""

    letter: Letter | None = None
    notes: tuple[str, ...] = ()


def approved_letter(
    context: Context, work: Given, telling: NoticeContent, *, facts: str, incident: str, lang: Lang, stage: str | None
) -> Final:
    """The version that somebody approves, as of its own moment; none where nobody does, or where a part changed."""
    wiring = context.wiring
    single = SingleLetter(
        book=work.book, folders=wiring.bundled, facts=work.facts, facts_text=work.text, facts_name=facts,
        telling=telling, lang=lang, stage=stage, is_drill=wiring.settings.drill,
    )  # fmt: skip
    proposal = latest(approvals_of(wiring.existing_store, incident), single.subject)
    if proposal is None:
        return Final(letter=None, notes=("Nobody approves this letter.",))
    changed = single.version(proposal.written_at, proposal.head).parts.changed_since(proposal.parts)
    if changed:
        text = f"Not the letter that was approved as {proposal.digest[:SHORT]}: {', '.join(changed)} changed since."
        return Final(letter=None, notes=(text,))
    told = f"The version of {to_z(proposal.written_at)}, digest {proposal.digest[:SHORT]}. {standing(proposal)}"
    return Final(letter=single.letter(proposal.written_at, proposal.head), notes=(told,))
