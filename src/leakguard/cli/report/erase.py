"""`leakguard report erase`: who sent it, all that it says, or all whose time is over."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode, UsageProblem
from leakguard.use_cases.intake.erase_reports import due_for_erasure, erase_report, erase_sender

_EPILOG = """\b
Examples:
  leakguard report erase RP-2026-0001 --sender --reason "asked for by the sender"
  leakguard report erase RP-2026-0001 --reason "retention time is over"
  leakguard report erase --due --reason "retention time is over"
"""


@click.command(epilog=_EPILOG)
@click.argument("report", metavar="REPORT", required=False)
@click.option("--sender", is_flag=True, help="Erase only the name and the address of the sender. The report stays.")
@click.option(
    "--due", is_flag=True, help="Erase all reports whose retention time is over and that are not under legal hold."
)
@click.option("--reason", required=True, help="Why. The reason is kept in the ledger.")
@records("Person who erases it")
@format_option("text", "json")
@store_option
@pass_context
def erase_cmd(context: Context, *, report: str | None, sender: bool, due: bool, reason: str, output_format: str) -> int:
    """Erase REPORT for good. The ledger still verifies, and names who erased something, and why."""
    if bool(report) == due or (due and sender):
        raise UsageProblem("name one report, or use --due", next_step="leakguard report erase --help")
    wiring = context.wiring
    store, copies, retention = wiring.existing_store, wiring.kept_files(), wiring.promises().retention
    names = (
        [due_report.id for due_report in due_for_erasure(store, retention, now=wiring.now())] if due else [str(report)]
    )
    is_scrubbed = True
    for name in names:
        if sender:
            done = erase_sender(store, copies, name, by=context.by, reason=reason, now=wiring.now)
        else:
            done = erase_report(store, copies, name, retention, by=context.by, reason=reason, now=wiring.now)
        is_scrubbed = done.is_scrubbed and is_scrubbed
    if output_format == "json":
        click.echo(json.dumps({"erased": names, "sender_only": sender, "scrubbed": is_scrubbed}))
    else:
        context.show(f"{name}: {'its sender is' if sender else 'all of it is'} erased" for name in names)
        if not names:
            context.notes.print("No report is due.")
    if not is_scrubbed:
        context.notes.print("Another process held the files: leakguard evidence scrub")
    return ExitCode.CLEAN if is_scrubbed else ExitCode.UNFINISHED
