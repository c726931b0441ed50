"""`leakguard playbook export`: a playbook for other tools."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, pass_context
from leakguard.cli.playbook.files import playbook_file
from leakguard.cli.writing import write_text
from leakguard.errors import ExitCode
from leakguard.models.file_modes import Output
from leakguard.playbooks.cacao.export import cacao_text
from leakguard.use_cases.incidents.playbooks import FOLDER

_SCHEMA = "cacao/extension.schema.json"
_EPILOG = """\b
Examples:
  leakguard playbook export exposed-datastore-24h --cacao -o exposed.json
  leakguard playbook export our_own.yaml --cacao

\b
Other tools read the steps, roles, branches and conditions. Clocks, evidence, forms, second persons and bounds stand
in an extension whose schema is in the file; leakguard playbook import --cacao reads all of it back.
"""


@click.command(epilog=_EPILOG)
@click.argument("name", metavar="NAME|FILE")
@click.option("--cacao", is_flag=True, required=True, help="As an OASIS CACAO Security Playbook, version 2.0.")
@click.option("-o", "--output", metavar="FILE", help="Where to write it (default: stdout).")
@pass_context
def export_cmd(context: Context, *, name: str, cacao: bool, output: str | None) -> int:  # noqa: ARG001  (the one format)
    """Write the playbook NAME, or the one in FILE, as other tools read it. The same playbook gives equal bytes."""
    found = playbook_file(context, name).playbook
    schema = json.dumps(json.loads(context.wiring.bundled.text(FOLDER, _SCHEMA)))
    write_text(cacao_text(found, schema=schema), output, Output.CONFIGURATION)
    return ExitCode.CLEAN
