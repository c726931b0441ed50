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

Letters are found by the Message-ID under which they were sent. LeakGuard reads standard notifications (RFC 3464), and
other messages if they quote the Message-ID. The mailbox is not changed, and none of its content is kept. The people
concerned have not been notified: find another way.
"""


@click.command(epilog=_EPILOG)
@click.option("--incident", required=True, metavar="ID", help="Stored incident that the letters are about.")
@click.option("--mbox", required=True, metavar="FILE", help="Mailbox in mbox format. `-` is stdin.")
@records("Person who reads the mailbox")
@format_option("text", "json")
@store_option
@pass_context
def bounces_cmd(context: Context, *, incident: str, mbox: str, output_format: str) -> int:
    """Record which letters of an incident could not be delivered. If there are any, the exit code is 3."""
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
