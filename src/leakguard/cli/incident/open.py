"""`leakguard incident open`: a new incident, from findings, a file of events, or a title alone."""

from __future__ import annotations

import json
from functools import partial

import click

from leakguard.cli.clock_warning import doubted
from leakguard.cli.moments import zone_in
from leakguard.cli.options import Context, format_option, pass_context, read_text, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.incidents import Incident
from leakguard.outputs.incident import incident_json, opened_lines
from leakguard.outputs.incident_opening import after_opening

_EPILOG = """\b
Examples:
  leakguard incident open --finding F-1a2b3c4d5e6f7089
  leakguard incident open --finding F-1a2b3c4d5e6f7089 --title "Mail log open" --zone Asia/Shanghai
  leakguard incident open --from events.yaml --title "What happened before we had this tool"
  leakguard incident open --title "A researcher wrote to us"

\b
Then:
  leakguard incident kinds INCIDENT  # lists the kinds of events, and which clocks each of them starts
  leakguard incident event INCIDENT discovery --at TIME --reason TEXT  # TEXT: why this is recorded only now
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--finding",
    "findings",
    metavar="ID",
    multiple=True,
    help="Finding that the incident is about. May be repeated. Scans print the ids.",
)
@click.option("--from", "file", metavar="EVENTS.yaml", help="Open the incident with the events in this file.")
@click.option("--title", default="", help="Title of the incident, in a few words.")
@click.option("--zone", help="Time zone for local times in the incident (default: `zone` in leakguard.toml).")
@click.option("--again", is_flag=True, help="Open the incident even if another one is about the same check and target.")
@records("Person who opens the incident")
@format_option("text", "json")
@store_option
@pass_context
def open_cmd(
    context: Context, *, findings: tuple[str, ...], file: str | None, title: str, zone: str | None, again: bool,
    output_format: str,
) -> int:  # fmt: skip
    """Open an incident from findings, from a file of events, or from a title only.

    From a finding, LeakGuard also records when its exposure was first seen. If an incident about the same check and
    target exists, LeakGuard refuses, and prints the command that records the finding in that incident. Use --again to
    open a second incident.

    Each event of --from is checked as `incident event` checks it. If one of them is refused, no incident is opened.

    Opening an incident starts no legal clock, unless the events of --from do. A legal clock starts with the event that
    its law names, such as `discovery`. Record each such event when it has happened. A person decides `awareness` in
    the step `decide_awareness` of the playbook.
    """
    if file and findings:
        raise UsageProblem("--from and --finding cannot be used together", next_step="Leave one of them out.")
    opened = (
        _from_file(context, file, title, zone) if file else _from_findings(context, findings, title, zone, again=again)
    )
    if output_format == "json":
        click.echo(json.dumps(doubted(context, incident_json(opened))))
    else:
        context.show(opened_lines(opened))
        for line in after_opening(opened):
            context.notes.print(line)
    return ExitCode.CLEAN


def _from_findings(
    context: Context, findings: tuple[str, ...], title: str, zone: str | None, *, again: bool
) -> Incident:
    from leakguard.use_cases.incidents.incident_closures import (  # noqa: PLC0415  (`--help` must not load it)
        incidents_about,
        place_of_finding,
        refuse_known_place,
    )
    from leakguard.use_cases.incidents.incidents import open_incident  # noqa: PLC0415  (as above)
    from leakguard.use_cases.scans.exposures import open_since  # noqa: PLC0415  (as above)
    from leakguard.use_cases.scans.verify_findings import findings_to_verify  # noqa: PLC0415  (as above)

    wiring = context.wiring
    place = zone_in(zone or wiring.settings.zone).key
    if findings:
        wiring.need_store()
    found = findings_to_verify(wiring.store, findings)
    refuse = None if again else partial(refuse_known_place, wiring.store, found)
    for known in incidents_about(wiring.store, found, place_of_finding) if again and found else ():
        context.notes.print(f"{known} is about the same place.")
    since = open_since(wiring.store, found)
    return open_incident(
        wiring.store, found, now=wiring.now(), title=title, zone=place, open_since=since, refuse=refuse
    )


def _from_file(context: Context, file: str, title: str, zone: str | None) -> Incident:
    from leakguard.clocks.event_file import parse_event_file  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.incidents.imported_events import Naming, open_from_events  # noqa: PLC0415  (as above)
    from leakguard.use_cases.responses.event_rights import refuse_kinds  # noqa: PLC0415  (as above)

    wiring = context.wiring
    now, place = wiring.now(), zone or wiring.settings.zone
    found = parse_event_file(read_text(file), name=file, zone=place, now=now, is_imported=True)
    if found.rules:
        context.notes.print(f"The clocks of {file} are left out: duties and playbook bring their own.")
    wiring.open_for_caller()
    refuse_kinds(wiring.caller, (event.kind for event in found.events))
    name = title or f"events of {file}"
    naming = Naming(
        folders=wiring.bundled, book=wiring.duties, findings=wiring.store, own_clocks=[rule.id for rule in found.rules]
    )
    key = zone_in(found.zone or place).key
    return open_from_events(wiring.store, found.events, now=now, title=name, zone=key, naming=naming)
