"""`leakguard outbound incident`: what transfers change in an incident."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, lang_option, pass_context, read_text, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode, UsageProblem
from leakguard.outputs.outbound_incident import counsel_json, counsel_lines, incident_json, incident_lines
from leakguard.translations.catalogue import catalogue
from leakguard.use_cases.outbound.assess_outbound import OutboundAsked, outbound_in_incident
from leakguard.use_cases.outbound.recipients import read_register


@click.command(
    epilog="""\b
Examples:
  leakguard outbound incident outbound.yaml
  leakguard outbound incident outbound.yaml --registered --lang zh
  leakguard outbound incident outbound.yaml --for-counsel
  leakguard outbound incident outbound.yaml --for-counsel --keep IR-2026-0001

Exit codes: 0 every fact is stated; 2 the file is refused; 3 a fact of the incident is missing.
"""
)
@click.argument("facts")
@click.option("--registered", is_flag=True, help="Add the recipients in the register to the recipients in the file.")
@click.option(
    "--for-counsel", is_flag=True, help="Print the note for counsel instead. No letter and no report shows it."
)
@click.option(
    "--keep", metavar="ID", help="Keep the note as a privileged comment on this incident. Only counsel may do this."
)
@click.option("--now", metavar="TIME", help="Assess the transfer as at TIME (default: `at` in the file, else today).")
@lang_option
@format_option("text", "json")
@records("With --keep: person who keeps the note")
@store_option
@pass_context
def incident_cmd(
    context: Context, *, facts: str, registered: bool, for_counsel: bool, keep: str | None, now: str | None, lang: str,
    output_format: str,
) -> int:  # fmt: skip
    """Show which recipients an incident affects, who notifies whom, and whether transfers must pause."""
    if keep is not None and not for_counsel:
        raise UsageProblem("--keep is for the note to counsel", next_step="Write --for-counsel as well.")
    wiring, words = context.wiring, catalogue(lang)
    known = read_register(wiring.existing_store).values() if registered else ()
    asked = OutboundAsked(name=facts, text=read_text(facts), at=now)
    found, seen = outbound_in_incident(asked, wiring.bundled, wiring.now(), known)
    if for_counsel:
        lines = list(counsel_lines(found, seen, words))
        if keep is not None:
            _keep(context, keep, lines)
        shown = counsel_json(found, seen, words)
    else:
        lines, shown = list(incident_lines(found, seen, words)), incident_json(found, seen)
    if output_format == "json":
        click.echo(json.dumps(shown, ensure_ascii=False))
    else:
        context.show(lines, is_page=True)
    return ExitCode.UNFINISHED if seen.missing else ExitCode.CLEAN


def _keep(context: Context, incident: str, lines: list[str]) -> None:
    from leakguard.use_cases.responses.comments import NewComment, add_comment  # noqa: PLC0415  (hardly anybody does)

    wiring = context.wiring
    store, caller = wiring.existing_store, wiring.caller
    new = NewComment(incident=incident, text="\n".join(lines), is_privileged=True)
    kept = add_comment(store, caller, new, by=context.by, now=wiring.now)
    context.notes.print(f"Kept as the privileged comment {kept.number} on {incident}.")
