"""`leakguard scan mute`: the owner accepts an open finding for a while."""

from __future__ import annotations

import click

from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.cli.writing import replace_file
from leakguard.errors import ExitCode
from leakguard.models.file_modes import Output
from leakguard.outputs.words import printable
from leakguard.use_cases.scans.muted_runs import USUAL

_EPILOG = """A muted finding is not shown in the table, and does not count for the exit code.
It stays in the store. JSON, SARIF, OCSF, CSV and the report show it with a mark.
An entry applies to one check at one endpoint. If the store has an id, it applies to that store only.

\b
Examples:
  leakguard scan mute F-1a2b3c4d5e6f7089 --reason "public data set" --owner "A. Owner" --until 2027-03-31
  leakguard scan mute F-1a2b3c4d5e6f7089 --reason "public data set" --owner "A. Owner" --until 2027-03-31 \\
    --mutes ours.yaml
"""


@click.command(epilog=_EPILOG)
@click.argument("finding")
@click.option("--reason", required=True, help="Why the finding may stay open.")
@click.option("--owner", required=True, help="Person who is responsible for this decision.")
@click.option("--until", required=True, metavar="DAY", help="Last day of the mute, at most a year ahead.")
@click.option("--mutes", metavar="FILE", help=f"File of muted findings (default: {USUAL}, or leakguard.toml).")
@records("Person who mutes the finding")
@store_option
@pass_context
def mute_cmd(context: Context, *, finding: str, reason: str, owner: str, until: str, mutes: str | None) -> int:
    """Accept the risk of FINDING until a given day, with a reason and a person who is responsible."""
    from leakguard.use_cases.scans.mute_finding import NewMute, mute_finding  # noqa: PLC0415  (`--help` must not load it)

    wiring = context.wiring
    new = NewMute(finding=finding, reason=reason, owner=owner, until=until)
    name, mute = mute_finding(
        wiring.existing_store, wiring, new, named=mutes, by_settings=wiring.settings.mutes,
        sleep=wiring.system_time.sleep, replace=lambda path, text: replace_file(path, text, Output.CONFIGURATION),
    )  # fmt: skip
    context.say(f"{name}: {printable(mute.target or '')} is muted until {mute.expires}")
    return ExitCode.CLEAN
