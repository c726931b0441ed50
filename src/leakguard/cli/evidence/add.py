"""`leakguard evidence add`: take files in as evidence."""

from __future__ import annotations

import json

import click

from leakguard.cli.moments import interval_in
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.ledger.custody import Holds, item_to_json
from leakguard.outputs.evidence import item_line
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.proofs.evidence_items import EvidenceOptions, add_files

_EPILOG = """\b
Examples:
  leakguard evidence add access.log --incident IR-2026-0001 --by "A. Analyst" --from "web server mail-3"
  leakguard evidence add *.pcap --incident IR-2026-0001 --by "B. Scribe" --at 2026-05-23T22:30+08:00 --keep
"""


@click.command(epilog=_EPILOG)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--incident", required=True, metavar="ID", help="Incident that the files belong to.")
@records("Person who records them")
@click.option("--from", "source", default="", metavar="WHERE", help="Where the files come from.")
@click.option("--at", metavar="T", help="When the files were collected (default: now).")
@click.option("--note", default="", help="Anything else that should be recorded.")
@click.option("--keep", is_flag=True, help="Keep a copy of each file next to the store, named by its SHA-256.")
@format_option("text", "json")
@store_option
@pass_context
def add_cmd(
    context: Context,
    /,
    *,
    files: tuple[str, ...],
    incident: str,
    at: str | None,
    output_format: str,
    **options: str | bool,
) -> int:
    """Record FILEs as evidence: name, size and SHA-256, with the person, the time and the origin.

    The files stay where they are. With --keep, a copy of each file is kept next to the store.
    """
    wiring = context.wiring
    store = wiring.existing_store
    zone = load_incident(store, incident).zone
    adding = EvidenceOptions(
        by=context.by, source=str(options["source"]), note=str(options["note"]), keep=bool(options["keep"]),
        collected_at=interval_in(at, zone=zone) if at else None,
    )  # fmt: skip
    items = add_files(store, wiring.kept_files(), incident, files, adding, now=wiring.now)
    if output_format == "json":
        click.echo(json.dumps({"items": [item_to_json(item, Holds()) for item in items]}))
    else:
        for item in items:
            context.say(item_line(item, Holds()))
    return ExitCode.CLEAN
