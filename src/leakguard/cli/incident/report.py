"""`leakguard incident report`: the whole incident on paper."""

from __future__ import annotations

import sys

import click

from leakguard.cli.clock_warning import contradicted, warn_of_contradiction
from leakguard.cli.laws import facts_at, laws_option, reach_of
from leakguard.cli.options import Context, lang_option, pass_context, read_text, store_option
from leakguard.cli.writing import replace_bytes
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.file_modes import Output

_EPILOG = """\b
Examples:
  leakguard incident report IR-2026-0001 -o report.html
  leakguard incident report IR-2026-0001 -o report.pdf
  leakguard incident report IR-2026-0001 --lang zh -o report.pdf
  leakguard incident report IR-2026-0001 --at 2026-06-03T09:00 --as json
  leakguard incident report IR-2026-0001 --facts facts.yaml -o report.html
"""
_FORMS = ("html", "pdf", "json")


@click.command(epilog=_EPILOG)
@click.argument("incident")
@click.option(
    "--as", "named", type=click.Choice(_FORMS), help="File format (default: by the ending of the file name, else html)."
)
@click.option("-o", "output", metavar="FILE", help="Where to write it (default: stdout).")
@lang_option
@click.option("--at", metavar="T", help="Report the state that the ledger showed at T (default: now).")
@click.option("--facts", metavar="FILE", help="Show only the duties that apply, or may apply, by this facts file.")
@click.option(
    "--verify/--no-verify", "verify", default=True, show_default=True, help="Verify the whole ledger for the report."
)
@laws_option
@store_option
@pass_context
def report_cmd(
    context: Context, *, incident: str, named: str | None, output: str | None, at: str | None, facts: str | None,
    lang: str, verify: bool,
) -> int:  # fmt: skip
    """Write the report of an incident: timeline, clocks, decisions, duties, evidence and measures.

    The report is one file that needs no network, and names the head of the ledger. The same ledger and the same
    time give identical files.
    """
    form = named or _form_of(output or "")
    if form == "pdf" and output in {None, "-"} and sys.stdout.isatty():
        raise UsageProblem("a PDF is not for a terminal", next_step="Name a file: -o report.pdf")
    document = _document(context, incident, form, at, facts, lang, is_verified=verify)
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
    context: Context, identifier: str, form: str, at: str | None, facts: str | None, language: str, *, is_verified: bool
) -> bytes:
    from leakguard.use_cases.incidents.incidents import load_incident  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.reports.written_report import AskedReport, written_report  # noqa: PLC0415  (as above)

    wiring = context.wiring
    load_incident(wiring.existing_store, identifier)
    read = facts_at(context, facts, identifier)
    doubt = contradicted(context, identifier)
    asked = AskedReport(
        incident=identifier, form=form, reach=reach_of(context, read), language=language, at=at,
        stated=(facts, read_text(facts)) if facts is not None else None, facts=read, is_verified=is_verified,
        is_drill=wiring.settings.drill, contradiction=doubt,
    )  # fmt: skip
    warn_of_contradiction(context, doubt)
    return written_report(wiring, asked)
