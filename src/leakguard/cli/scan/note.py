"""`leakguard scan note`: reads a ransom note on request, and keeps addresses and a hash alone."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, load_scope, pass_context, scope_option, store_option
from leakguard.cli.recording import records
from leakguard.cli.scan.by_fleet import refuse_elsewhere
from leakguard.errors import ExitCode
from leakguard.models.moments import to_z
from leakguard.use_cases.scans.read_note import NoteRead, read_note

_EPILOG = """\b
Examples:
  leakguard scan note F-1a2b3c4d5e6f7089
  leakguard scan note F-1a2b3c4d5e6f7089 --format json

Exit codes: 0 read, 2 wrong usage or out of scope, 3 could not finish. An open incident with this finding gets an event.
LeakGuard pays no ransom and contacts nobody.
"""


@click.command(epilog=_EPILOG)
@click.argument("finding")
@scope_option
@click.option(
    "--vantage",
    default="local",
    show_default=True,
    help="A name for the location of this machine, recorded with the result.",
)
@records("Name under which the reading is recorded")
@format_option("table", "json")
@store_option
@pass_context
def note_cmd(context: Context, *, finding: str, scope: str | None, vantage: str, output_format: str) -> int:
    """Read the ransom note that FINDING reports.

    A scan never reads a note; this command does, on request. It reads at most three entries of a store that a scan
    calls ransomed, each with the name and the size of a note. It keeps e-mail, Bitcoin and onion addresses, at most
    ten of each, and a SHA-256 of each answer. Every other word is discarded: it is neither shown nor stored.
    """
    refuse_elsewhere(context, "leakguard scan note", vantage, instead="Leave --vantage out.")
    context.wiring.need_store()
    read = read_note(finding, load_scope(context, scope), context.wiring, vantage=vantage)
    if output_format == "json":
        click.echo(json.dumps(_as_json(read)))
    else:
        context.show(_lines(read))
    for incident in read.incidents:
        context.notes.print(f"{incident}: recorded in its timeline")
    context.notes.print("Nothing else of the note was kept. Paying is no proof that a copy is gone.")
    return ExitCode.CLEAN


def _lines(read: NoteRead) -> list[str]:
    kinds = {"e-mail": read.addresses.emails, "bitcoin": read.addresses.bitcoin, "onion": read.addresses.onions}
    found = [f"{kind:<8} {address}" for kind, addresses in kinds.items() for address in addresses]
    hashes = [
        f"sha-256  {digest.sha256}  {digest.bytes:,} bytes{', cut at the cap' if digest.is_cut else ''}"
        for digest in read.digests
    ]
    from leakguard.outputs.words import printable  # noqa: PLC0415  (`--help` must not load it)

    return [printable(f"{read.finding.place}  {read.finding.id}"), *(found or ["it holds no address"]), *hashes]


def _as_json(read: NoteRead) -> dict[str, object]:
    return {
        "schema": "leakguard.ransom_note/1",
        "finding": read.finding.id,
        "target": read.finding.target,
        "read_at": to_z(read.read_at),
        "emails": list(read.addresses.emails),
        "bitcoin": list(read.addresses.bitcoin),
        "onions": list(read.addresses.onions),
        "notes": [{"sha256": item.sha256, "bytes": item.bytes, "is_cut": item.is_cut} for item in read.digests],
        "incidents": list(read.incidents),
    }
