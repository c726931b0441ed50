"""`leakguard playbook validate`: check a playbook file."""

from __future__ import annotations

import click

from leakguard.cli.options import read_text
from leakguard.errors import ExitCode
from leakguard.models.texts import counted
from leakguard.playbooks.definitions import parse_playbook

_EPILOG = """\b
Examples:
  leakguard playbook show exposed-datastore-24h --format yaml > my_playbook.yaml       one to begin with
  leakguard playbook validate my_playbook.yaml
  cat my_playbook.yaml | leakguard playbook validate -

\b
Exit codes: 0 the file can be used, 2 it cannot, and every problem is named.
"""


@click.command(epilog=_EPILOG)
@click.argument("file")
def validate_cmd(*, file: str) -> int:
    """Check FILE: unknown fields, steps that nothing leads to, loops, owners without a role, clocks without an end."""
    found = parse_playbook(read_text(file), name=file)
    click.echo(f"{file}: {found.playbook}, version {found.version}, {counted(len(found.steps), 'step')}, no problem")
    return ExitCode.CLEAN
