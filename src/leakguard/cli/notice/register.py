"""`leakguard notice register`: the register of breaches."""

from __future__ import annotations

import json
import sys

import click

from leakguard.cli.options import Context, pass_context, read_text, store_option
from leakguard.cli.writing import replace_bytes
from leakguard.clocks.times import parse_instant
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.file_modes import Output
from leakguard.models.sheets import as_drill
from leakguard.notices.book import read_facts
from leakguard.notices.register import sheet_json
from leakguard.settings import words_of
from leakguard.use_cases.letters.breach_register import breach_register, zone_for

_EPILOG = """\b
Examples:
  leakguard notice register --as csv -o register.csv
  leakguard notice register facts.yaml other.yaml --as xlsx -o register.xlsx
  leakguard notice register facts.yaml --as json

A facts file belongs to the incident that it names. Without a store, the register has only the facts files. Local times
of a file that names no zone are in the zone of its incident.

Exit codes: 0 the register is complete; 3 the facts of an incident cannot be read: its row says so.
"""


@click.command(epilog=_EPILOG)
@click.argument("facts", nargs=-1)
@click.option(
    "--as", "form", type=click.Choice(["csv", "xlsx", "json"]), default="csv", show_default=True, help="File format."
)
@click.option("-o", "output", metavar="FILE", help="Where to write it (default: stdout).")
@click.option("--now", metavar="TIME", help="Write the register as at TIME (default: now).")
@store_option
@pass_context
def register_cmd(context: Context, *, facts: tuple[str, ...], form: str, output: str | None, now: str | None) -> int:
    """Write the register of breaches: one row for each breach, with facts, decisions and notices.

    A row has the facts, effects, remedies and decisions, what was notified and when, and what was not notified and
    why. The register has all incidents of the store and of the FACTS files. Article 33(5) GDPR requires such a
    register.
    """
    wiring = context.wiring
    book = wiring.duties()
    texts = [(path, read_text(path)) for path in facts]
    store = wiring.store_if_any
    zones = [zone_for(text, name=path, journal=store) for path, text in texts] or [wiring.settings.zone]
    moment = parse_instant(now, zone=zones[0]) if now else wiring.now()
    files = [
        read_facts(text, name=path, book=book, now=moment, zone=zone)
        for (path, text), zone in zip(texts, zones, strict=False)
    ]
    roles = sorted(words_of(wiring.settings.obligated_as) or book.vocabulary.obligated)
    sheet = breach_register(book, files, store, obligated_as=roles, now=moment)
    if wiring.settings.drill:
        sheet = as_drill(sheet)
    if form == "json":
        document = f"{json.dumps({'register': sheet_json(sheet)}, ensure_ascii=False)}\n".encode()
    else:
        document = wiring.sheet_maker(form).make(sheet)
    _write(context, document, form, output)
    for remark in sheet.remarks:
        context.notes.print(f"Look at {remark}", markup=False)
    return ExitCode.UNFINISHED if sheet.remarks else ExitCode.CLEAN


def _write(context: Context, document: bytes, form: str, output: str | None) -> None:
    if output is None or output == "-":
        if form == "xlsx" and sys.stdout.isatty():
            raise UsageProblem("a workbook is not for a terminal", next_step="Name a file: -o register.xlsx")
        click.echo(document, nl=False)
        return
    replace_bytes(output, document, Output.REPORT)
    context.notes.print(f"Register written to {output}.")
