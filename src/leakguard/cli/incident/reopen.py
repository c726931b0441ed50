"""`leakguard incident reopen`: open a closed incident again."""

from __future__ import annotations

import json

import click

from leakguard.cli.laws import laws_option
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.outputs.words import printable

_EPILOG = """\b
Examples:
  leakguard incident reopen IR-2026-0001 --by "Ada Lovelace" --reason "a second copy of the data turned up"
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@records("Person who reopens the incident")
@click.option(
    "--reason", default="", metavar="TEXT", help="Why the incident is reopened. Required, and kept in the ledger."
)
@format_option("text", "json")
@laws_option
@store_option
@pass_context
def reopen_cmd(context: Context, /, *, incident: str, reason: str, output_format: str) -> ExitCode:
    """Reopen INCIDENT after it was closed, and list what is missing.

    Legal clocks that no event ended continue to run, and what was filed stays filed. Internal clocks start again
    when the exposure is seen again, or when the next report arrives. Until then no 24-hour clock runs. To record a
    report: leakguard incident event INCIDENT notice_received
    """
    from leakguard.cli.incident.closing import missing_of, reach_for  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.outputs.incident import event_json, interval_text, missing_json  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.incidents.incidents import load_incident  # noqa: PLC0415  (as above)
    from leakguard.use_cases.incidents.playbooks import is_response_open  # noqa: PLC0415  (as above)
    from leakguard.use_cases.reports.closing import missing_lines, reopen_incident  # noqa: PLC0415  (as above)

    store = context.wiring.existing_store
    zone = load_incident(store, incident).zone
    reach, _ = reach_for(context, incident, None)
    event = reopen_incident(store, incident, by=context.typed_by, reason=reason, now=context.wiring.now)
    missing = missing_of(context, incident, reach)(tuple(store.read(incident)))
    if output_format == "json":
        document = {"incident": incident, **event_json(event, zone=zone), "missing": missing_json(missing)}
        click.echo(json.dumps(document))
        return ExitCode.CLEAN
    context.say(f"{incident} is open again: {event.id}, {interval_text(event.occurred_at, zone)}")
    for line in missing_lines(incident, missing, is_closing=False):
        context.say(printable(line, longest=600))
    word = "next" if is_response_open(incident, tuple(store.read(incident)), now=context.wiring.now()) else "start"
    context.remark(f"Next: leakguard playbook {word} {incident}")
    return ExitCode.CLEAN
