"""`leakguard scan verify`: probes findings again, to prove closure."""

from __future__ import annotations

import json

import click

from leakguard.cli.interruption import interruptible
from leakguard.cli.options import Context, format_option, pass_context, read_scope, scope_option, store_option
from leakguard.cli.recording import records
from leakguard.cli.scan.by_fleet import looks_elsewhere
from leakguard.cli.scan.progress import progress_for
from leakguard.cli.scan.scan_options import names_in
from leakguard.cli.scan.watching import quoting_note
from leakguard.errors import ExitCode
from leakguard.outputs.run import verified_json, verified_line
from leakguard.scanning.scope.file import parse_scope
from leakguard.use_cases.fleets.verify_by_fleet import Permission, verify_by_fleet
from leakguard.use_cases.incidents.incident_closures import Closure
from leakguard.use_cases.owners.verify_cloud import verify_both

_EPILOG = """\b
Examples:
  leakguard scan verify F-1a2b3c4d5e6f7089
  leakguard scan verify F-1a2b3c4d5e6f7089 F-99aabbccddeeff00 --format json
  leakguard scan verify F-1a2b3c4d5e6f7089 --vantage campus  # by the workers at campus, with [fleet] in leakguard.toml
  leakguard scan verify F-5566778899aabbcc --aws prod  # reads the settings of a resource in an AWS account again

\b
Exit codes:
  0  all findings are proved closed
  1  a finding is still open, even if another one has no clear answer
  3  no clear answer, or not yet proved closed from every vantage and at every address where it was open

A closed port or a demand for a login proves closure. Silence proves nothing, and an answer of 404 alone proves nothing:
another server may be there now. If a firewall drops the packets, configure it to reject them with a TCP reset. Or stop
the service, make sure that it stays stopped, and only then let the packets through: the machine itself refuses the
connection. Then verify again.

If the machine no longer exists, nothing can be probed. The event below closes every finding of the incident, even one
that is still open. So record it only when all other findings are proved closed. In TEXT, say how you know that the
machine no longer exists:

\b
  leakguard incident event INCIDENT remediation_verified --reason TEXT

Each incident that contains one of FINDINGS records the result. If a closed exposure is open again, its incident is
reopened.
"""


@click.command(epilog=_EPILOG)
@click.argument("findings", nargs=-1, required=True, metavar="FINDING...")
@scope_option
@click.option(
    "--vantage",
    default="local",
    show_default=True,
    help=(
        "Without a fleet: a name for the location of this machine, recorded with the result. With a fleet "
        "(workers on other machines, [fleet] in leakguard.toml): the location whose workers probe; "
        "`local` is this machine."
    ),
)
@click.option(
    "--aws", metavar="PROFILE,...", help="Profiles for findings about AWS accounts (default: the profiles of the scan)."
)
@records("Name under which the verification is recorded")
@format_option("table", "json")
@store_option
@pass_context
def verify_cmd(
    context: Context, *, findings: tuple[str, ...], scope: str | None, vantage: str, aws: str | None,
    output_format: str,
) -> int:  # fmt: skip
    """Probe FINDINGs again, to prove that they are closed.

    The command probes from one location: from this machine, or by the workers of the fleet at --vantage. Run it
    once for each vantage from which a finding was seen open. Without a fleet, --vantage does not choose where the
    probe starts; it only names the place. Run the command on a machine at that vantage, with the same store: a
    PostgreSQL database that both machines use.
    """
    context.wiring.need_store()
    name, text = read_scope(context, scope)
    allowed, progress = parse_scope(text, name=name, now=context.wiring.now()), progress_for(context)
    by_fleet = None
    if looks_elsewhere(context, vantage):
        permission = Permission(name=name, text=text)
        by_fleet = verify_by_fleet(vantage, permission, context.wiring, quoting_note(context), progress)
    with interruptible(context.wiring.monotonic):
        verified, incidents = verify_both(
            findings, allowed, context.wiring, progress, vantage=vantage, profiles=names_in(aws), by_fleet=by_fleet
        )  # fmt: skip
    if output_format == "json":
        click.echo(
            json.dumps({"findings": [verified_json(item) for item in verified], "closed_incidents": list(incidents)})
        )
    else:
        context.show(map(verified_line, verified))
    for incident in incidents:
        context.notes.print(f"{incident}: remediation verified, recorded in its timeline")
    closures = {item.closure for item in verified}
    if Closure.STILL_OPEN in closures:
        return ExitCode.EXPOSED
    return ExitCode.CLEAN if all(item.is_proved for item in verified) else ExitCode.UNFINISHED
