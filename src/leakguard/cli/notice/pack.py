"""`leakguard notice pack`: the form of an authority, each field with our answer."""

from __future__ import annotations

import click

from leakguard.cli.notice.facts import facts_options, given
from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.writing import replace_file
from leakguard.errors import ExitCode
from leakguard.models.file_modes import Output
from leakguard.models.languages import LANGS, Lang
from leakguard.outputs.filing_pack import FORMATS
from leakguard.use_cases.letters.pack_filing import pack_filing

_EPILOG = """\b
Examples:
  leakguard notice pack facts.yaml --duty eu-gdpr-33-authority
  leakguard notice pack facts.yaml --duty eu-gdpr-33-authority --lang de --format md -o pack.md
  leakguard notice pack facts.yaml --duty uk-gdpr-33-ico --form gb-ico --format json

Exit codes: 0 everything required is there, 1 something is missing.
"""


@click.command(epilog=_EPILOG)
@click.argument("facts")
@click.option("--duty", metavar="ID", required=True, help="The duty, as named by `notice assess`.")
@click.option("--form", "form", metavar="ID", help="Form to fill in (default: the form of the competent authority).")
@click.option("--lang", type=click.Choice(LANGS), default="en", show_default=True, help="The language of the answers.")
@click.option(
    "--stage",
    metavar="NAME",
    help="One stage of the duty, such as initial or final (default: one notice with the content of all stages).",
)
@click.option("--format", "output_format", type=click.Choice(tuple(FORMATS)), default="text", show_default=True,
    help="File format.",
)  # fmt: skip
@click.option("-o", "output", metavar="FILE", help="Where to write it (default: stdout).")
@facts_options
@store_option
@pass_context
def pack_cmd(  # noqa: PLR0913  (one argument an option)
    context: Context,
    *,
    facts: str,
    duty: str,
    form: str | None,
    lang: Lang,
    stage: str | None,
    output_format: str,
    output: str | None,
    incident: str | None,
    now: str | None,
) -> int:
    """Fill in the form of the authority from the FACTS: first what is missing, then each field with our answer.

    Nothing is sent: a person copies the answers into the form. If LeakGuard does not have the form, it says so, and
    lists the items that the law requires, in the order of the law.
    """
    work = given(context, facts, now=now, incident=incident)
    wiring = context.wiring
    pack = pack_filing(work, wiring.bundled, duty, form=form, lang=lang, stage=stage, is_drill=wiring.settings.drill)
    lines = FORMATS[output_format](pack)
    if output is None or output == "-":
        for line in lines:
            click.echo(line)
    else:
        replace_file(output, "".join(f"{line}\n" for line in lines), Output.LETTER)
        context.notes.print(f"Written to {output}.")
    return ExitCode.CLEAN if pack.is_complete else ExitCode.EXPOSED
