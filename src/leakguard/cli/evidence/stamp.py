"""`leakguard evidence stamp`: time stamps (RFC 3161) by somebody outside, carried there and back by hand."""

from __future__ import annotations

import click

from leakguard.cli.options import Context, pass_context, read_bytes, store_option
from leakguard.cli.recording import records
from leakguard.cli.writing import replace_bytes
from leakguard.errors import ExitCode
from leakguard.ledger.heads import print_form
from leakguard.models.moments import to_z
from leakguard.models.texts import counted
from leakguard.outputs.words import printable
from leakguard.use_cases.proofs.evidence_heads import import_stamp, stamp_request


@click.group(name="stamp")
def stamp_group() -> None:
    """Get time stamps of the ledger from an outside authority. LeakGuard itself contacts nobody."""


@stamp_group.command(
    name="request",
    short_help="Write a request for a time stamp of the current head.",
    epilog="""\b
Examples:
  leakguard evidence stamp request -o head.tsq
  curl -H "Content-Type: application/timestamp-query" --data-binary @head.tsq https://tsa.example.org -o head.tsr
""",
)
@click.option("-o", "output", required=True, metavar="FILE", help="Where to write the request.")
@records("Person who requests it")
@store_option
@pass_context
def request_cmd(context: Context, *, output: str) -> int:
    """Write a request for a time stamp of the current head. Then send it to an authority yourself."""
    wiring = context.wiring
    made, request = stamp_request(wiring.vouching_store(), wiring.signing_key, now=wiring.now)
    replace_bytes(output, request)
    context.say(f"{output} asks for a time stamp over {print_form(made.head.head)}")
    return ExitCode.CLEAN


@stamp_group.command(
    name="import",
    epilog="""\b
Examples:
  leakguard evidence stamp import head.tsr --roots authority-roots.pem
""",
)
@click.argument("answer", metavar="FILE")
@records("Person who brings the answer")
@click.option("--roots", required=True, metavar="FILE", help="Root certificates of the authority (PEM).")
@store_option
@pass_context
def import_cmd(context: Context, *, answer: str, roots: str) -> int:
    """Verify the answer of an authority, and keep it in the ledger."""
    wiring = context.wiring
    stamp, size = import_stamp(wiring.existing_store, read_bytes(answer), read_bytes(roots), now=wiring.now)
    context.say(
        f"The first {counted(size, 'entry', 'entries')} existed at {to_z(stamp.at)}, says {printable(stamp.authority)}."
    )
    return ExitCode.CLEAN
