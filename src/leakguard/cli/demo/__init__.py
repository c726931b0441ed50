"""`leakguard demo`: the whole story on an embedded lab, told with the commands that a user types."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from leakguard.cli.demo.stage import Stage
from leakguard.cli.demo.story import STORY
from leakguard.cli.options import Context, pass_context
from leakguard.errors import UsageProblem
from leakguard.models.file_modes import folder_mode

_EPILOG = """\b
Examples:
  leakguard demo                 into a new folder under the system's temporary one
  leakguard demo --keep ./demo   into ./demo, which must be empty or not exist
  leakguard demo --full          with all that each command prints
"""


@click.command(epilog=_EPILOG)
@click.option("--keep", metavar="DIR", help="Where scope, store and letters go (default: a new temporary folder).")
@click.option("--full", is_flag=True, help="Show all that each command prints, not only what matters first.")
@pass_context
def demo_cmd(context: Context, *, keep: str | None, full: bool) -> int:
    """Play the main job in under a minute: find it, time it, close it, prove it, write the letters.

    Everything happens on this machine's loopback and on simulated time; no network, no root.
    The open servers are the demo's own, shaped after a university's leak of 2019: 8.4 TB of e-mail metadata.
    """
    folder = _folder(keep)
    with Stage(folder=folder, wiring=context.wiring, is_plain=context.no_color, is_full=full) as stage:
        return stage.play(STORY)


def _folder(keep: str | None) -> Path:
    if keep is None:
        return Path(tempfile.mkdtemp(prefix="leakguard-demo-"))
    folder = Path(keep)
    try:
        folder.mkdir(mode=folder_mode(), parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise UsageProblem(f"{keep} cannot be used: {error.strerror}", next_step="Choose another folder.") from error
    if not is_empty:
        raise UsageProblem(f"{keep} is not empty", next_step="Choose a new folder, or empty this one.")
    return folder.resolve()
