"""`leakguard playbook export` and `import`: playbooks for and from other tools."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, pass_context, read_text
from leakguard.cli.playbook.files import playbook_file
from leakguard.cli.writing import write_text
from leakguard.errors import ExitCode
from leakguard.models.file_modes import Output
from leakguard.playbooks.cacao.export import cacao_text
from leakguard.playbooks.cacao.importing import from_cacao
from leakguard.playbooks.written import render_playbook
from leakguard.use_cases.incidents.playbooks import FOLDER

_SCHEMA = "cacao/extension.schema.json"
_EPILOG = """\b
Examples:
  leakguard playbook export exposed-datastore-24h --cacao -o exposed.json
  leakguard playbook export our_own.yaml --cacao

Other tools read the steps, roles, branches and conditions. Clocks, evidence, forms, second persons and bounds
are in an extension, whose schema is in the file. leakguard playbook import --cacao reads all of it back.
"""


@click.command(epilog=_EPILOG)
@click.argument("name", metavar="NAME|FILE")
@click.option("--cacao", is_flag=True, required=True, help="Write an OASIS CACAO Security Playbook, version 2.0.")
@click.option("-o", "--output", metavar="FILE", help="Where to write it (default: stdout).")
@pass_context
def export_cmd(context: Context, *, name: str, cacao: bool, output: str | None) -> int:  # noqa: ARG001  (the one format)
    """Write the playbook NAME, or the one in FILE, in a format that other tools read.

    Exporting the same playbook twice gives identical files.
    """
    found = playbook_file(context, name).playbook
    schema = json.dumps(json.loads(context.wiring.bundled.text(FOLDER, _SCHEMA)))
    write_text(cacao_text(found, schema=schema), output, Output.CONFIGURATION)
    return ExitCode.CLEAN


_IMPORT_FILE_EPILOG = """\b
Examples:
  leakguard playbook import --cacao theirs.json -o theirs.yaml
  leakguard playbook import --cacao - < theirs.json | leakguard playbook validate -

Exit codes: 0 the playbook was read; 2 it has parts that cannot be represented, and each of them is named.
"""


@click.command(epilog=_IMPORT_FILE_EPILOG)
@click.option("--cacao", "file", metavar="FILE", required=True, help="OASIS CACAO 2.0 playbook. `-` is stdin.")
@click.option("-o", "--output", metavar="FILE", help="Where to write the playbook (default: stdout).")
@pass_context
def import_cmd(context: Context, *, file: str, output: str | None) -> int:
    """Read a playbook of another tool, and write it as a playbook file. No command in it is ever run.

    A playbook with commands, loops without a bound, timers, calls of other playbooks or unknown extensions is
    refused, and each of them is named.
    """
    imported = from_cacao(read_text(file), name=file)
    write_text(render_playbook(imported.playbook), output, Output.CONFIGURATION)
    for note in imported.notes:
        context.notes.print(f"note: {note}")
    return ExitCode.CLEAN
