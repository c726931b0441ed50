"""`leakguard notice example`: a file of facts that ships, to begin with."""

from __future__ import annotations

import json
import re

import click

from leakguard.cli.options import Context, pass_context
from leakguard.errors import ExitCode, NotFound

_FOLDER, _SUFFIX = "examples/", ".yaml"
_INCIDENT = re.compile(r"^incident:.*$", re.MULTILINE)
_EPILOG = """\b
Examples:
  leakguard notice example first-notice --incident IR-2026-0001 > facts.yaml  # the few lines that a first notice needs
  leakguard notice example > facts.yaml  # a leak at a university, to change into yours
  leakguard notice example people-in-every-language > facts.yaml  # a notice to people, for its letters
  leakguard notice example authorities-in-every-language > facts.yaml  # a notice to an authority, for its letters
"""
_RENAMED = {"people-in-eight-languages": "people-in-every-language"}
"""Names of before."""


@click.command(epilog=_EPILOG)
@click.argument("name", default="university-2019")
@click.option("--incident", metavar="ID", help="Write the example for this incident.")
@pass_context
def example_cmd(context: Context, *, name: str, incident: str | None) -> int:
    """Print an example of a facts file, to change into your own. Each fact is known, estimated or unknown.

    The examples describe invented or past incidents. The example first-notice has empty lines to fill in. Other
    commands refuse it until you have filled them in.
    """
    bundled, name = context.wiring.bundled, _RENAMED.get(name, name)
    inside = [file.removeprefix(_FOLDER) for file in bundled.names("templates") if file.startswith(_FOLDER)]
    known = [file.removesuffix(_SUFFIX) for file in inside if "/" not in file]
    if name not in known:
        raise NotFound(f"there is no example `{name}`", next_step=f"Choose one of {', '.join(known)}.")
    text = bundled.text("templates", f"{_FOLDER}{name}{_SUFFIX}")
    if incident is not None:
        text = _INCIDENT.sub(lambda _: f"incident: {json.dumps(incident)}", text, count=1)
    click.echo(text, nl=False)
    return ExitCode.CLEAN
