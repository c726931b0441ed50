"""`leakguard app letter`: the letter to the owner of an app that asks for more than its category needs."""

from __future__ import annotations

import click

from leakguard.cli.notice.draft import write_document
from leakguard.cli.options import Context, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.models.languages import BOTH, Lang
from leakguard.use_cases.apps.check_apps import check_apps, wanted_apps
from leakguard.use_cases.apps.write_letter import write_owner_letter

_EPILOG = """\b
Examples:
  leakguard app letter jobs.apk --category recruiting --sender "Example University"
  leakguard app letter jobs.apk --category 求职招聘 --lang zh --as docx -o letter.docx

Exit codes: 0 written, 2 the package cannot be read, or there is nothing to write about.
"""


@click.command(epilog=_EPILOG)
@click.argument("file", metavar="FILE")
@click.option("--category", metavar="NAME", required=True, help="Category of the app: an id, a number or a name.")
@click.option("--lang", type=click.Choice(BOTH), default="en", show_default=True, help="Language of the letter.")
@click.option("--sender", multiple=True, metavar="LINE", help="Line of the sender, the name first. May be repeated.")
@click.option(
    "--as", "form", type=click.Choice(["txt", "html", "docx", "pdf", "md"]), default="txt", show_default=True,
    help="File format.",
)  # fmt: skip
@click.option("-o", "output", metavar="FILE", help="Where to write it (default: stdout).")
@store_option
@pass_context
def letter_cmd(
    context: Context, *, file: str, category: str, lang: Lang, sender: tuple[str, ...], form: str, output: str | None
) -> int:
    """Draft a letter to the owner of the package FILE about what the app requests beyond its category.

    Nothing is sent.
    """
    wiring = context.wiring
    rules = wiring.app_rules()
    wanted = wanted_apps((file,), category, None, rules)
    (app,) = check_apps(wanted, rules, wiring.shipped_reader, lambda _: None).apps
    letter = write_owner_letter(
        app, rules, wiring.bundled, lang=lang, sender=sender, today=wiring.now().date(),
        is_drill=wiring.settings.drill,
    )  # fmt: skip
    write_document(context, wiring.document_maker(form).make(letter), form, output)
    return ExitCode.CLEAN
