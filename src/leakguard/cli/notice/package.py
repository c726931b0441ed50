"""`leakguard notice package`: one incident under the laws of many states."""

from __future__ import annotations

import json
from pathlib import Path

import click

from leakguard.cli.notice.facts import facts_options, given, say_contradictions
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.refusals import unwritable
from leakguard.cli.writing import replace_bytes
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.file_modes import Output, folder_mode
from leakguard.models.languages import LANGS, Lang
from leakguard.outputs.notice_package import package_json, package_lines, package_table, package_words
from leakguard.use_cases.letters.assess_notices import assess_notices
from leakguard.use_cases.letters.notice_package import DraftedPackage, deadlines_of, draft_package, letter_names

_FORMS = ("docx", "html", "md", "pdf", "txt")
_EPILOG = """\b
Examples:
  leakguard notice package facts.yaml -o letters
  leakguard notice package facts.yaml --as docx -o letters
  leakguard notice package facts.yaml --remedies by-law --reason "offered where a law asks for it"
  leakguard notice package facts.yaml --format json

Exit codes: 0 each letter satisfies its law, 1 a letter does not yet satisfy a law,
3 the law of a jurisdiction in the facts is not known, or a fact is missing that decides whether a law applies.
"""


@click.command(epilog=_EPILOG)
@click.argument("facts")
@click.option("--law", default="us", show_default=True, metavar="WORD", help="First word of the ids of the duties.")
@click.option("--lang", type=click.Choice(LANGS), default="en", show_default=True, help="Language of the letters.")
@click.option(
    "--remedies", type=click.Choice(["equal", "by-law"]), default="equal", show_default=True,
    help="Offer a remedy that one law requires to everybody, or only to people under that law.",
)  # fmt: skip
@click.option(
    "--reason", metavar="TEXT", default="", help="With --remedies by-law: why people in some states are offered less."
)
@click.option(
    "--as", "form", type=click.Choice(_FORMS), default="html", show_default=True, help="File format of the letters."
)
@click.option("-o", "--output", metavar="FOLDER", help="Write the letters here (default: only the table).")
@click.option("--all", "is_whole", is_flag=True, help="Also show what each law adds, and its rules of form.")
@facts_options
@format_option("table", "json")
@store_option
@pass_context
def package_cmd(  # noqa: PLR0913  (one argument an option)
    context: Context,
    *,
    facts: str,
    law: str,
    lang: Lang,
    remedies: str,
    reason: str,
    form: str,
    output: str | None,
    incident: str | None,
    now: str | None,
    is_whole: bool,
    output_format: str,
) -> int:
    """Combine the letters to people in many states: one letter for all, and more letters if a law requires them.

    The table shows which letter satisfies each law, and the lines below it what is still wrong. --all shows what
    each law adds. People in every state are offered the same remedies, unless you choose --remedies by-law with a
    --reason, or state `withheld_remedies` in the facts file. Then the command lists the people who are offered
    less.
    """
    _refuse_half_a_decision(remedies, reason)
    work = given(context, facts, now=now, incident=incident)
    found = assess_notices(work)
    drafted = draft_package(found, context.wiring.bundled, law=law, lang=lang, only_by_law=reason.strip())
    say_contradictions(context, work)
    names, deadlines = letter_names(drafted, form), deadlines_of(found)
    if output is not None:
        _write(context, drafted, form, Path(output))
    if output_format == "json":
        click.echo(json.dumps(package_json(drafted, names, deadlines, found.places)))
    else:
        say = package_words(lang, work.book.vocabulary)
        context.console.print(package_table(drafted, names, deadlines, say))
        context.show(package_lines(drafted, names, found.open_places, say, is_whole=is_whole), is_page=True)
    if drafted.problems:
        return ExitCode.EXPOSED
    return ExitCode.UNFINISHED if found.is_open or drafted.undecided else ExitCode.CLEAN


def _refuse_half_a_decision(remedies: str, reason: str) -> None:
    if (remedies == "by-law") is not bool(reason.strip()):
        raise UsageProblem(
            "--remedies by-law and --reason belong together: who is offered less than others needs a reason",
            next_step="Add --reason TEXT, or leave both out to offer everybody the same.",
        )


def _write(context: Context, drafted: DraftedPackage, form: str, folder: Path) -> None:
    maker = context.wiring.document_maker(form)
    try:
        folder.mkdir(mode=folder_mode(), parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(str(folder), error) from error
    for notice, letter in drafted.letters:
        path = folder / f"{notice.id}.{form}"
        replace_bytes(str(path), maker.make(letter), Output.LETTER)
        context.notes.print(f"Written to {path}.", soft_wrap=True)
