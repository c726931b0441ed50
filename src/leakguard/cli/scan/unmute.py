"""`leakguard scan unmute`: the owner accepts an open finding no longer."""

from __future__ import annotations

import click

from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.cli.writing import replace_file
from leakguard.errors import ExitCode
from leakguard.models.file_modes import Output
from leakguard.outputs.words import printable
from leakguard.use_cases.scans.muted_runs import USUAL

_EPILOG = """\
Every entry of the mute list that applies to the finding is removed, even if it applies to other findings too.
The ledger keeps the removed entries, who removed them, and why.

\b
Examples:
  leakguard scan unmute F-1a2b3c4d5e6f7089 --reason "the owner has moved the data"
  leakguard scan unmute F-1a2b3c4d5e6f7089 --reason "the owner has moved the data" --mutes ours.yaml
"""


@click.command(epilog=_EPILOG)
@click.argument("finding")
@click.option("--reason", required=True, help="Why the risk is no longer accepted.")
@click.option("--mutes", metavar="FILE", help=f"File of muted findings (default: {USUAL}, or leakguard.toml).")
@records("Person who ends the mute")
@store_option
@pass_context
def unmute_cmd(context: Context, *, finding: str, reason: str, mutes: str | None) -> int:
    """End the mute of FINDING. It counts as open again at once."""
    from leakguard.use_cases.scans.mute_finding import unmute_finding  # noqa: PLC0415  (`--help` must not load it)

    wiring = context.wiring
    name, ended = unmute_finding(
        wiring.existing_store, wiring, finding, reason, named=mutes, by_settings=wiring.settings.mutes,
        sleep=wiring.system_time.sleep, replace=lambda path, text: replace_file(path, text, Output.CONFIGURATION),
    )  # fmt: skip
    for mute in ended:
        context.say(f"{name}: {printable(mute.named)} is no longer muted")
    return ExitCode.CLEAN
