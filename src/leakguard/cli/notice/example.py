"""`leakguard notice example`: a file of facts that ships, to begin with."""

from __future__ import annotations

import click

from leakguard.cli.options import Context, pass_context
from leakguard.errors import ExitCode, NotFound

_FOLDER, _SUFFIX = "examples/", ".yaml"
_EPILOG = """\b
Examples:
  leakguard notice example > facts.yaml                                  a university's leak, to be changed into yours
  leakguard notice example people-in-every-language > facts.yaml        a notice to people, for its letters
"""


@click.command(epilog=_EPILOG)
@click.argument("name", default="university-2019")
@pass_context
def example_cmd(context: Context, *, name: str) -> int:
    """Print the facts of a made-up or past incident, each known, estimated or unknown, to write your own after it."""
    bundled = context.wiring.bundled
    inside = [file.removeprefix(_FOLDER) for file in bundled.names("templates") if file.startswith(_FOLDER)]
    known = [file.removesuffix(_SUFFIX) for file in inside if "/" not in file]
    if name not in known:
        raise NotFound(f"there is no example `{name}`", next_step=f"Choose one of {', '.join(known)}.")
    click.echo(bundled.text("templates", f"{_FOLDER}{name}{_SUFFIX}"), nl=False)
    return ExitCode.CLEAN
