"""`leakguard demo`: the whole story on an embedded lab, told with the commands that a user types."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from leakguard.cli.demo.stage import Stage
from leakguard.cli.demo.story import STORY
from leakguard.cli.options import Context, pass_context
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.file_modes import folder_mode

_EPILOG = """\b
Examples:
  leakguard demo  # in a new temporary folder
  leakguard demo --keep ./demo  # in ./demo, a new or empty folder
  leakguard demo --full  # show all that each command prints
  leakguard demo --web  # then serve the console with the incident
"""


@click.command(epilog=_EPILOG)
@click.option("--keep", metavar="DIR", help="Folder for scope, store and letters (default: a new temporary folder).")
@click.option("--full", is_flag=True, help="Show everything that each command prints, not only the essential lines.")
@click.option("--web", is_flag=True, help="Then serve the console with this incident in it, until Ctrl-C.")
@click.option(
    "--bind", metavar="ADDRESS[:PORT]", help="With --web: address where the console listens (default: 127.0.0.1:8080)."
)
@pass_context
def demo_cmd(context: Context, *, keep: str | None, full: bool, web: bool, bind: str | None) -> int:
    """Run a complete sample incident: find an open store, track deadlines, prove its closure, draft the letters.

    It takes about a minute, runs on the loopback addresses of this machine in simulated time, and needs neither a
    network nor root rights. The open servers belong to the demo. They imitate a leak at a university in 2019: 8.4
    TB of e-mail metadata.
    """
    folder = _folder(keep)
    with Stage(folder=folder, wiring=context.wiring, is_plain=context.no_color, is_full=full) as stage:
        code = stage.play(STORY)
        if code != ExitCode.CLEAN or not web:
            return code
        from leakguard.cli.demo.on_pages import serve_demo  # noqa: PLC0415  (a server, which few ask for)

        return serve_demo(folder, bind=bind)


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
