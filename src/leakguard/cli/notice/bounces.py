"""`leakguard notice bounces`: record letters that came back."""

from __future__ import annotations

import json
from typing import BinaryIO

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.files.opening import open_file
from leakguard.outputs.sending import bounce_lines, bounces_json
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.letters.record_bounces import BounceCount, record_bounces

_EPILOG = """\b
Examples:
  leakguard notice bounces --incident IR-2026-0001 --mbox /var/mail/bounces
  formail -s cat < bounces | leakguard notice bounces --incident IR-2026-0001 --mbox -

\b
Letters are found by the Message-ID that they were sent with. Standard
notifications (RFC 3464) are read, and plain ones as far as they quote it. The
mailbox itself is only read: nothing of it is kept.
"""


@click.command(epilog=_EPILOG)
@click.option("--incident", required=True, metavar="ID", help="The stored incident that the letters were about.")
@click.option("--mbox", required=True, metavar="FILE", help="A mailbox in mbox format; - is stdin.")
@records("Who reads the mailbox")
@format_option("text", "json")
@store_option
@pass_context
def bounces_cmd(context: Context, *, incident: str, mbox: str, output_format: str) -> int:
    """Record which letters of an incident came back; ends with 3 when some did, for these people are not told."""
    store = context.wiring.existing_store
    load_incident(store, incident)
    found = _read(context, incident, mbox)
    if output_format == "json":
        click.echo(json.dumps(bounces_json(found)))
    else:
        context.show(bounce_lines(found))
    return ExitCode.UNFINISHED if found.new else ExitCode.CLEAN


def _read(context: Context, incident: str, mbox: str) -> BounceCount:
    with open_file(mbox) as handle:
        return _record(context, incident, handle)


def _record(context: Context, incident: str, handle: BinaryIO) -> BounceCount:
    return record_bounces(context.wiring.existing_store, incident, handle.readline, now=context.wiring.now)
