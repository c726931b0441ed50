"""`leakguard app check`: what packages ask for, against what their category needs."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.cli.writing import refuse_unwritable, write_result
from leakguard.outputs.kept_apps import kept_json, kept_line
from leakguard.outputs.words import printable
from leakguard.use_cases.apps.check_apps import CheckedApps, check_apps, wanted_apps
from leakguard.use_cases.apps.kept_apps import KeptApp

_FORMATS = ("table", "json", "sarif", "html")
_EPILOG = """\b
Examples:
  leakguard app check jobs.apk --category recruiting
  leakguard app check jobs.aab jobs.ipa --category 求职招聘 --html -o jobs.html
  leakguard app check --list apps.csv --html --lang zh -o apps.html
  leakguard app check --list apps.csv --json
  leakguard app check jobs.apk --category 11 --format sarif -o jobs.sarif
  leakguard app check jobs-8.2.apk --category 11 --keep       # reports what is new

The list is CSV with the columns file and category. One package is shown in detail,
several as a table. --json and --html have all details of each.

Exit codes: 0 nothing to correct, 1 an app asks for something unrelated, names no
purpose, ships a secret or is granted everything when it is installed, 2 wrong usage,
or no file is a package, 3 a part could not be read and was not checked.
"""


@click.command(epilog=_EPILOG)
@click.argument("files", nargs=-1, metavar="[FILE...]")
@click.option("--category", metavar="NAME", help="Category of the packages: an id, a number or a name.")
@click.option("--list", "batch", metavar="FILE", help="List of packages, each with its category (CSV).")
@click.option(
    "--format", "output_format", type=click.Choice(_FORMATS), default="table", show_default=True,
    help="How to print the result.",
)  # fmt: skip
@click.option("--json", "is_json", is_flag=True, help="Same as --format json.")
@click.option("--html", "is_html", is_flag=True, help="Same as --format html.")
@click.option(
    "--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language of the HTML report."
)
@click.option(
    "--keep", is_flag=True, help="Keep the findings in the store, and report what changed since the last build."
)
@click.option("-o", "--output", metavar="FILE", help="Where to write it (default: stdout).")
@records("With --keep: person who keeps the findings")
@store_option
@pass_context
def check_cmd(  # noqa: PLR0913  (one parameter for each option)
    context: Context, *, files: tuple[str, ...], category: str | None, batch: str | None, output_format: str,
    is_json: bool, is_html: bool, lang: str, keep: bool, output: str | None,
) -> int:  # fmt: skip
    """Compare what the packages FILE (APK, AAB or IPA) request with what their category needs.

    Each request is needed, explainable (then it must be optional) or unrelated. A part that could not be read is
    reported as not checked, never as clean.
    """
    refuse_unwritable(output)
    rules = context.wiring.app_rules()
    wanted = wanted_apps(files, category, batch, rules)
    checked = check_apps(
        wanted, rules, context.wiring.shipped_reader, lambda name: _announce(context, name, len(wanted))
    )
    form = "json" if is_json else "html" if is_html else output_format
    kept = _kept(context, checked) if keep else ()
    write_result(_page(context, checked, lang) if form == "html" else _parts(context, checked, form, kept), output)
    _say_sum(context, checked)
    for app in kept:
        context.remark(f"Kept: {kept_line(app)}")
    return checked.exit_code


def _announce(context: Context, name: str, count: int) -> None:
    if count > 1 and context.is_watched:
        context.remark(f"Reading {printable(name)}")


def _kept(context: Context, checked: CheckedApps) -> tuple[KeptApp, ...]:
    from leakguard.accounts.rights import Right  # noqa: PLC0415  (hardly any check is kept)
    from leakguard.use_cases.accounts.callers import refuse_without  # noqa: PLC0415  (as above)
    from leakguard.use_cases.apps.kept_apps import keep_apps  # noqa: PLC0415  (as above)

    store, caller = context.wiring.store, context.wiring.caller
    if caller is not None:
        refuse_without(caller, Right.START_SCANS)
    return keep_apps(store, checked, now=context.wiring.now)


def _parts(context: Context, checked: CheckedApps, form: str, kept: tuple[KeptApp, ...]) -> Iterator[str]:
    if form == "json":
        from leakguard.outputs.app_json import checked_json  # noqa: PLC0415  (one format is enough)

        extra = {"kept": [kept_json(app) for app in kept]} if kept else {}
        yield json.dumps({**checked_json(checked), **extra}, ensure_ascii=False) + "\n"
    elif form == "sarif":
        from leakguard.outputs.app_sarif import apps_sarif  # noqa: PLC0415  (as above)

        yield json.dumps(apps_sarif(checked, made_at=context.wiring.now()), ensure_ascii=False) + "\n"
    else:
        yield from _text(context, checked)


def _page(context: Context, checked: CheckedApps, lang: str) -> Iterator[str]:
    """The report for a manager, in one language."""
    from leakguard.outputs.app_paper import apps_paper  # noqa: PLC0415  (one format is enough)
    from leakguard.outputs.app_paper_zh import apps_paper_zh  # noqa: PLC0415  (as above)

    make = apps_paper_zh if lang == "zh" else apps_paper
    paper = make(checked, made_at=context.wiring.now(), is_drill=context.wiring.settings.drill)
    yield context.wiring.report_maker("html").make(paper).decode()


def _text(context: Context, checked: CheckedApps) -> Iterator[str]:
    from leakguard.outputs.apps import app_lines, apps_table  # noqa: PLC0415  (as above)

    if len(checked.apps) == 1:
        yield from (f"{line}\n" for line in app_lines(checked.apps[0], checked.rules))
    else:
        yield context.as_text(apps_table(checked))


def _say_sum(context: Context, checked: CheckedApps) -> None:
    from leakguard.outputs.app_words import sum_words  # noqa: PLC0415  (`--help` must not load it)

    context.remark(f"{sum_words(checked)}.")
    for app in checked.apps:
        if app.refused:
            context.warn(f"Not checked: {printable(app.file)}: {printable(app.refused)}")
    if any(app.refused for app in checked.apps):
        context.warn("Next: name whole packages, as they are installed: .apk, .aab or .ipa.")
