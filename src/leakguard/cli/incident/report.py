"""`leakguard incident report`: the whole incident on paper."""

from __future__ import annotations

import json
import sys
from datetime import datetime

import click

from leakguard.cli.clock_warning import contradicted, warn_of_contradiction
from leakguard.cli.laws import facts_at, laws_option, reach_of, watched_here
from leakguard.cli.moments import moment_in
from leakguard.cli.options import Context, pass_context, read_text, store_option
from leakguard.cli.writing import replace_bytes
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.file_modes import Output
from leakguard.models.moments import to_z

_EPILOG = """\b
Examples:
  leakguard incident report IR-2026-0001 -o report.html
  leakguard incident report IR-2026-0001 -o report.pdf
  leakguard incident report IR-2026-0001 --at 2026-06-03T09:00 --as json
  leakguard incident report IR-2026-0001 --facts facts.yaml -o report.html
"""
_FORMS = ("html", "pdf", "json")


@click.command(epilog=_EPILOG)
@click.argument("incident")
@click.option(
    "--as", "named", type=click.Choice(_FORMS), help="Its form (default: as the name of the file ends, else html)."
)
@click.option("-o", "output", metavar="FILE", help="Where to write it (default: stdout).")
@click.option("--at", metavar="T", help="As the ledger told it at T (default: now).")
@click.option("--facts", metavar="FILE", help="Show what applies by this facts file, and nothing that it rules out.")
@click.option("--verify/--no-verify", "verify", default=True, show_default=True, help="Verify the whole ledger for it.")
@laws_option
@store_option
@pass_context
def report_cmd(
    context: Context, *, incident: str, named: str | None, output: str | None, at: str | None, facts: str | None,
    verify: bool,
) -> int:  # fmt: skip
    """Write the report of an incident: timeline, clocks, decisions, duties, evidence, measures and the ledger's end.

    One file that needs no network. The same ledger and the same moment give the same bytes.
    """
    form = named or _form_of(output or "")
    if form == "pdf" and output in {None, "-"} and sys.stdout.isatty():
        raise UsageProblem("a PDF is not for a terminal", next_step="Name a file: -o report.pdf")
    document = _document(context, incident, form, at, facts, is_verified=verify)
    if output is None or output == "-":
        click.echo(document, nl=False)
    else:
        replace_bytes(output, document, Output.REPORT)
        context.notes.print(f"Report written to {output}.")
    return ExitCode.CLEAN


def _form_of(output: str) -> str:
    """What the name of a file promises."""
    end = output.rpartition(".")[2].lower()
    return end if end in _FORMS else "html"


def _document(
    context: Context, identifier: str, form: str, at: str | None, facts: str | None, *, is_verified: bool
) -> bytes:
    from leakguard import __version__  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.reports.compose import compose  # noqa: PLC0415  (as above)
    from leakguard.reports.report_json import report_json  # noqa: PLC0415  (as above)
    from leakguard.reports.words import parse_words  # noqa: PLC0415  (as above)
    from leakguard.use_cases.incidents.unknown_law import unknown_lines  # noqa: PLC0415  (as above)
    from leakguard.use_cases.reports.incident_report import ReportOptions, incident_report  # noqa: PLC0415  (as above)
    from leakguard.use_cases.reports.report_clocks import reported_rules  # noqa: PLC0415  (as above)

    wiring = context.wiring
    store, folders = wiring.existing_store, wiring.bundled
    moment = _moment(context, identifier, at)
    book = wiring.duties()
    stated = (facts, read_text(facts)) if facts is not None else None
    read = facts_at(context, facts, identifier)
    reach = reach_of(context, read)
    found = reported_rules(folders, store, book, identifier, reach, facts=stated, now=moment, is_present=not at)
    laws = watched_here(reach, tuple(store.read(identifier)), book, read)
    doubt = contradicted(context, identifier)
    warn_of_contradiction(context, doubt)
    wish = ReportOptions(
        incident=identifier, known_at=moment, is_present=not at, is_drill=wiring.settings.drill, version=__version__,
        is_verified=is_verified, laws=(*laws.lines(), *found.places, *unknown_lines(found.unknown)),
        contradiction=doubt,
    )  # fmt: skip
    report = incident_report(
        store, book, found.rules, wish, copies=wiring.kept_files(), assessed=found.assessed
    )  # fmt: skip
    if form == "json":
        return f"{json.dumps(report_json(report), ensure_ascii=False)}\n".encode("utf-8", "replace")
    words = parse_words(folders.text("templates", "report/en.yaml"), name="templates/report/en.yaml")
    return wiring.report_maker(form).make(compose(report, words))


def _moment(context: Context, identifier: str, at: str | None) -> datetime:
    from leakguard.use_cases.incidents.incidents import load_incident  # noqa: PLC0415  (as above)

    wiring = context.wiring
    known, now = load_incident(wiring.existing_store, identifier), wiring.now()
    if not at:
        return now
    moment = moment_in(at, zone=known.zone)
    began = next(record.recorded_at for record in wiring.existing_store.read(identifier))
    if moment < began:
        raise UsageProblem(
            f"nothing was known of {identifier} before {to_z(began)}",
            next_step="Give a time from then on, or leave --at out.",
        )
    if moment > now:
        raise UsageProblem(
            "nothing is known of the future", next_step="Give a time that has passed, or leave --at out."
        )
    return moment
