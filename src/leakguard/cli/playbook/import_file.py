"""`leakguard playbook import`: a playbook from another tool."""

from __future__ import annotations

import click

from leakguard.cli.options import Context, pass_context, read_text
from leakguard.cli.writing import write_text
from leakguard.errors import ExitCode
from leakguard.models.file_modes import Output
from leakguard.playbooks.cacao.importing import from_cacao
from leakguard.playbooks.written import render_playbook

_EPILOG = """\b
Examples:
  leakguard playbook import --cacao theirs.json -o theirs.yaml
  leakguard playbook import --cacao - < theirs.json | leakguard playbook validate -

\b
Exit codes: 0 it was read, 2 it asks for something that cannot be honoured, and every object is named.
"""


@click.command(epilog=_EPILOG)
@click.option("--cacao", "file", metavar="FILE", required=True, help="An OASIS CACAO 2.0 playbook; `-` is stdin.")
@click.option("-o", "--output", metavar="FILE", help="Where to write the playbook (default: stdout).")
@pass_context
def import_cmd(context: Context, *, file: str, output: str | None) -> int:
    """Read a playbook of another tool and write it as a playbook file. Nothing in it is ever run.

    Commands, loops without a bound, timers, calls of other playbooks and unknown extensions are refused by name.
    """
    imported = from_cacao(read_text(file), name=file)
    write_text(render_playbook(imported.playbook), output, Output.CONFIGURATION)
    for note in imported.notes:
        context.notes.print(f"note: {note}")
    return ExitCode.CLEAN
