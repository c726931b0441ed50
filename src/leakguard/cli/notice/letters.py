"""`leakguard notice letters`: one letter a person, for many people."""

from __future__ import annotations

from typing import Any

import click

from leakguard.cli.notice.facts import facts_options, given
from leakguard.cli.notice.merge_progress import MODES, merge_progress
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode, UsageProblem
from leakguard.frozen import Frozen, field
from leakguard.models.languages import LANGS, Lang
from leakguard.notices.recipients import Encoding
from leakguard.outputs.letters import merged_json, merged_lines, trial_json, trial_lines
from leakguard.use_cases.letters.given_facts import stage_sent
from leakguard.use_cases.letters.group_letters import MergeOrder
from leakguard.use_cases.letters.merge_letters import MergeTools, merge_letters
from leakguard.use_cases.letters.merge_rows import Rows
from leakguard.use_cases.letters.people_file import people_in, row_rules
from leakguard.use_cases.letters.try_merge import try_merge

_EPILOG = """\b
Examples:
  leakguard notice letters facts.yaml --duty eu-gdpr-34-individuals --recipients people.csv --dry-run
  leakguard notice letters facts.yaml --duty eu-gdpr-34-individuals --recipients people.csv --sample 5 -o look/
  leakguard notice letters facts.yaml --duty eu-gdpr-34-individuals --recipients people.csv -o letters/
  leakguard notice letters facts.yaml --duty cn-pipl-57-individuals --recipients people.csv \\
    --lang zh --encoding gb18030 --as html -o letters-cn/
  gpg -d people.csv.gpg | leakguard notice letters facts.yaml --duty us-ca-1798-82-individuals \\
    --recipients - --jurisdiction US-CA -o letters-ca/

The columns of the file of recipients, in any order. Required: id, data.
Optional: name, email, address (lines separated by |), language, jurisdiction,
account_leaked, minor, guardian. `data` names kinds of data, separated by ;.

After an interruption, run the same command again: it continues where it stopped.

Exit code 3: some rows could not be used. set-aside.jsonl lists their line numbers.
"""


class Options(Frozen, dict=True):
    """What the command line said."""

    facts: str
    duty: str
    recipients: str
    output: str | None
    form: str
    lang: Lang
    stage: str | None
    encoding: Encoding
    jurisdiction: tuple[str, ...] = field(default=())
    sample: int | None
    dry_run: bool
    workers: int | None
    key: str | None
    progress: str
    output_format: str
    incident: str | None
    now: str | None


@click.command(epilog=_EPILOG)
@click.argument("facts")
@click.option("--duty", required=True, metavar="ID", help="The duty, as named by `notice assess`.")
@click.option(
    "--recipients", required=True, metavar="FILE", help="CSV file of the people. It is read, and never stored."
)
@click.option("-o", "output", metavar="DIR", help="Folder for the letters. Only its owner can read it.")
@click.option(
    "--as", "form", type=click.Choice(["pdf", "html", "docx", "txt", "md"]), default="pdf", show_default=True,
    help="File format of each letter.",
)  # fmt: skip
@click.option(
    "--lang", type=click.Choice(LANGS), default="en", show_default=True, help="Language for rows that name none."
)
@click.option("--stage", metavar="NAME", help="One stage of the duty, such as initial or final.")
@click.option(
    "--encoding",
    type=click.Choice(["utf-8", "gb18030"]),
    default="utf-8",
    show_default=True,
    help="Encoding of the file of --recipients.",
)
@click.option(
    "--jurisdiction", metavar="CODE", multiple=True, help="Write only to people in this region, country or state."
)
@click.option(
    "--sample", metavar="N", type=click.IntRange(1, 1000), help="Write only the first N letters, as a sample."
)
@click.option("--dry-run", is_flag=True, help="Show what would be written. Write nothing.")
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(1, 64),
    help="Number of parallel processes (default: one for each core).",
)
@click.option(
    "--key",
    metavar="FILE",
    help="Key of the HMACs of recipients in the manifest (default: the key next to the store).",
)
@click.option(
    "--progress", type=click.Choice(MODES), default="auto", show_default=True, help="How to show progress, on stderr."
)
@format_option("table", "json")
@facts_options
@store_option
@pass_context
def letters_cmd(context: Context, /, **options: Any) -> int:  # noqa: ANN401  (click has checked them; `Options` names them)
    """Write the letter of a duty to each person in a file, from the FACTS and the row of that person.

    The letters are final. Before they are sent, two people must approve their manifest. This command sends nothing.
    """
    asked = Options(**options)
    if asked.dry_run:
        return _try(context, _order(context, asked, now=asked.now), asked)
    if asked.output is None:
        raise UsageProblem("no folder for the letters is named", next_step="Name one: -o letters/, or use --dry-run")
    folder = context.wiring.letter_folder(asked.output)
    begun = folder.head()
    order = _order(context, asked, now=asked.now or (begun.made_for if begun else None))
    tools = MergeTools(
        key=context.wiring.letters_key(asked.key, is_made=begun is not None),
        folder=folder,
        new_maker=context.wiring.new_document_maker(asked.form),
        make_batches=context.wiring.make_batches(asked.workers),
    )
    progress = merge_progress(context, asked.progress)
    try:
        merged = merge_letters(order, tools, progress)
    finally:
        progress.finished()
    if asked.output_format == "json":
        click.echo(merged_json(merged))
    else:
        context.show(merged_lines(merged, asked.output))
    return ExitCode.UNFINISHED if merged.head.set_aside else ExitCode.CLEAN


def _try(context: Context, order: MergeOrder, asked: Options) -> int:
    trial = try_merge(order, context.wiring.document_maker(asked.form), context.wiring.monotonic)
    for remark in trial.remarks:
        context.notes.print(f"Look at {remark}.")
    if asked.output_format == "json":
        click.echo(trial_json(trial))
    else:
        context.show(trial_lines(trial))
    return ExitCode.UNFINISHED if trial.found.set_aside else ExitCode.CLEAN


def _order(context: Context, asked: Options, *, now: str | None) -> MergeOrder:
    """What is wanted; `now` is the moment at which an earlier run began, so that all letters bear one date."""
    wiring = context.wiring
    if asked.facts == asked.recipients == "-":
        raise UsageProblem("both files are stdin", next_step="Name the facts file, and pipe the people.")
    work = given(context, asked.facts, now=now, incident=asked.incident)
    for place in asked.jurisdiction:
        if place not in work.book.vocabulary.regions and not work.book.vocabulary.is_place(place):
            raise UsageProblem(f"`{place[:20]}` is no region or ISO code", next_step="Use one such as EU, DE or US-CA.")
    duty = work.book.duty(asked.duty)
    return MergeOrder(
        book=work.book,
        folders=wiring.bundled,
        facts=work.facts,
        facts_sha256=work.sha256,
        duty=duty,
        stage=stage_sent(work, duty, asked.stage),
        form=asked.form,
        now=work.now,
        rows=Rows(
            name=asked.recipients,
            open=people_in(asked.recipients),
            places=asked.jurisdiction,
            most=asked.sample,
            rules=row_rules(work, asked.lang, asked.encoding, wiring.sign_checker(asked.form)),
        ),
        is_drill=wiring.settings.drill,
        head=wiring.existing_store.head() if asked.incident else None,
    )
