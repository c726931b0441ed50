"""`leakguard report show`: one report."""

from __future__ import annotations

import json

import click

from leakguard.accounts.rights import Right
from leakguard.cli.options import Context, format_option, pass_context, scope_option, store_option
from leakguard.cli.report.showing import kept_text, scope_if_any, shown
from leakguard.errors import ExitCode
from leakguard.outputs.intake import next_step, report_json, report_lines
from leakguard.outputs.words import printable_lines
from leakguard.use_cases.accounts.callers import refuse_without
from leakguard.use_cases.intake.reports import load_report

_EPILOG = """\b
Examples:
  leakguard report show RP-2026-0001
  leakguard report show RP-2026-0001 --text       # what was written, as text
"""


@click.command(epilog=_EPILOG)
@click.argument("report", metavar="REPORT")
@click.option(
    "--text", "with_text", is_flag=True, help="Also print the text of the report. Do not follow the links in it."
)
@scope_option
@format_option("text", "json")
@store_option
@pass_context
def show_cmd(context: Context, *, report: str, with_text: bool, scope: str | None, output_format: str) -> int:
    """Show REPORT: state, sender, promises, and which of the targets in it the scope permits to probe."""
    allowed = scope_if_any(context, scope)
    found = shown(context, load_report(context.wiring.existing_store, report), scope=allowed)
    if with_text and context.wiring.caller is not None:
        refuse_without(context.wiring.caller, Right.READ_EVIDENCE)
    text = kept_text(context, found.report.text_sha256) if with_text else ""
    if output_format == "json":
        click.echo(json.dumps({**report_json(found), **({"text": text} if with_text else {})}))
        return ExitCode.CLEAN
    context.show(report_lines(found, zone=context.wiring.settings.zone))
    if with_text:
        click.echo(printable_lines(text))
    if step := next_step(found):
        context.notes.print(f"Next: {step}")
    return ExitCode.CLEAN
