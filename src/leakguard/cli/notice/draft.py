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
from leakguard.mailing.approvals import changed_words
from leakguard.models.file_modes import Output, folder_mode
from leakguard.models.languages import LANGS, Lang
from leakguard.models.letters import Letter
from leakguard.models.moments import to_z
from leakguard.outputs.sending import SHORT, status
from leakguard.use_cases.letters.given_facts import NoticeInput
from leakguard.use_cases.letters.letter_versions import SingleLetter
from leakguard.use_cases.letters.wanted_letter import LetterChoice, approved_letter, letter_now, single_letter

LETTERS = ("finder", "staff", "helpdesk", "press", "public", "controller", "subprocessor")
"""What `duties/practice/letters.yaml` offers; a test compares the two, so that --help need not read the file."""
_READER_NOTES = {
    "finder": "the person who reported the leak",
    "helpdesk": "those who answer calls",
    "controller": "a customer whose data you process",
    "subprocessor": "a company that processes data for you",
}
_READERS = ", ".join(f"{one} ({_READER_NOTES[one]})" if one in _READER_NOTES else one for one in LETTERS)
BINARY = frozenset({"docx", "pdf"})
_EPILOG = """\b
Examples:
  leakguard notice draft facts.yaml --duty eu-gdpr-33-authority --stage initial
  leakguard notice draft facts.yaml --duty eu-gdpr-34-individuals --as pdf -o letter.pdf
  leakguard notice draft facts.yaml --duty cn-pipl-57-individuals --lang zh --as docx -o letter.docx
  leakguard notice draft facts.yaml --letter finder         # thanks the person who reported the leak
  leakguard notice draft facts.yaml --letter helpdesk --lang zh --as pdf -o helpdesk.pdf

\b
From a draft to a filed notice:
  # 1. read the draft, and complete the facts
  leakguard notice draft FACTS --duty DUTY --stage STAGE --incident INCIDENT
  # 2. two people approve the same version
  leakguard notice approve FACTS --duty DUTY --stage STAGE --incident INCIDENT --by NAME
  # 3. write the approved text, and file it yourself
  leakguard notice draft FACTS --duty DUTY --stage STAGE --incident INCIDENT --final
  # 4. record that you filed it, and its reference
  leakguard notice file INCIDENT --duty DUTY --stage STAGE --reference TEXT
"""


@click.command(epilog=_EPILOG)
@click.argument("facts")
@click.option("--duty", metavar="ID", help="The duty, as named by `notice assess`.")
@click.option("--letter", metavar="NAME", help=f"A letter that no law requires, named after its reader: {_READERS}.")
@click.option("--lang", type=click.Choice(LANGS), default="en", show_default=True, help="Language of the letter.")
@click.option(
    "--as", "form", type=click.Choice(["txt", "html", "docx", "pdf", "md"]), default="txt", show_default=True,
    help="The file format.",
)  # fmt: skip
@click.option(
    "--stage",
    metavar="NAME",
    help=(
        "Stage of the duty, such as initial or final (default: one notice with the content of all stages). "
        "`notice assess --all` names them."
    ),
)
@click.option(
    "--final",
    is_flag=True,
    help=(
        'Write the text that goes out, without the word "draft" and without the remarks for the drafter. The option '
        "applies to every stage, not only to the one called final. With --incident, the text is the approved version, "
        "if there is one and nothing has changed since; otherwise the text is the current one, and a message on stderr "
        "says so."
    ),
)
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
    """Draft the letter that a legal duty requires (--duty), or a letter that no law requires (--letter).

    The letter is written from the file FACTS (see `notice example`) and marked "draft". Nothing is sent. If the
    facts, the rules or the text change after an approval, the new version needs its own approvals.
    """
    work = given(context, facts, now=now, incident=incident)
    asked = LetterChoice(duty=duty, letter=letter, stage=stage, lang=lang, facts_name=facts)
    wiring = context.wiring
    begun = wiring.existing_store.batches(incident) if incident else ()
    single = single_letter(work, asked, wiring.bundled, is_final=final, is_drill=wiring.settings.drill, begun=begun)
    approved = _approved(context, single, incident) if final and incident and now is None else HeldLetter()
    draft = approved.letter or _now(context, single, work, incident=incident, final=final)
    for remark in draft.remarks:
        context.notes.print(f"Look at {remark}.")
    for note in approved.notes:
        context.notes.print(note)
    write_document(context, wiring.document_maker(form).make(draft), form, output)
    return ExitCode.CLEAN


def _now(context: Context, single: SingleLetter, work: NoticeInput, *, incident: str | None, final: bool) -> Letter:
    """The letter of this moment."""
    head = context.wiring.existing_store.head() if incident else None
    shown, draft = letter_now(single, work.now, head, is_final=final)
    if final:
        for line in draft.footer:
            context.notes.print(f"Not in the letter: {line}", markup=False)
        for line in draft.unsettled:
            context.notes.print(f"Settle before it goes out: {line}", markup=False)
    return shown


def write_document(context: Context, document: bytes, form: str, output: str | None) -> None:
    """Write a letter to stdout, or to a file for its owner alone."""
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


class HeldLetter(Frozen):
    """The approved letter where it holds still, and what to say about it."""

    letter: Letter | None = None
    notes: tuple[str, ...] = ()


def _approved(context: Context, single: SingleLetter, incident: str) -> HeldLetter:
    """The version that somebody approves, as of its own moment; none where nobody does, or where a part changed."""
    found = approved_letter(context.wiring.existing_store, incident, single)
    if found.proposal is None:
        return HeldLetter(notes=("Nobody approves this letter.",))
    digest = found.proposal.digest[:SHORT]
    if found.letter is None:
        return HeldLetter(
            notes=(f"Not the letter that was approved as {digest}; changed since: {changed_words(found.changed)}.",)
        )
    note = f"The version of {to_z(found.proposal.written_at)}, digest {digest}. {status(found.proposal)}"
    return HeldLetter(letter=found.letter, notes=(note,))
