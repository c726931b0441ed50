"""`leakguard evidence hold`, `release`, `seal` and `hand-over`: acts of custody, each an entry of the ledger."""

from __future__ import annotations

import click

from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.ledger.custody import HANDED, HOLD_RELEASED, PUT_ON_HOLD, SEALED, UNSEALED
from leakguard.outputs.evidence import gap_words
from leakguard.outputs.words import printable
from leakguard.use_cases.proofs.evidence_items import list_items, record_custody

_BY = records("Person who does it")
_REASON = click.option("--reason", required=True, help="Why.")


@click.command(
    epilog="""\b
Examples:
  leakguard evidence hold IR-2026-0001 --by "A. Counsel" --reason "litigation expected"
  leakguard evidence hold EV-12 EV-13 --by "A. Counsel" --reason "police request 4711"
"""
)
@click.argument("names", metavar="ID...", nargs=-1, required=True)
@_BY
@_REASON
@store_option
@pass_context
def hold_cmd(context: Context, *, names: tuple[str, ...], reason: str) -> int:
    """Put incidents, scan runs or items under legal hold. Their content cannot be erased until the release."""
    return _record(context, PUT_ON_HOLD, names, text=reason, status="under legal hold")


@click.command(
    epilog="""\b
Examples:
  leakguard evidence release IR-2026-0001 --by "A. Counsel" --reason "case settled"
"""
)
@click.argument("names", metavar="ID...", nargs=-1, required=True)
@_BY
@_REASON
@store_option
@pass_context
def release_cmd(context: Context, *, names: tuple[str, ...], reason: str) -> int:
    """Release incidents, scan runs or items from legal hold."""
    return _record(context, HOLD_RELEASED, names, text=reason, status="released")


@click.command(
    epilog="""\b
Examples:
  leakguard evidence seal EV-12 --by "A. Analyst" --seal "bag S-0017"
  leakguard evidence seal EV-12 --by "A. Analyst" --broken --reason "handed to the laboratory"
"""
)
@click.argument("names", metavar="EV-...", nargs=-1, required=True)
@_BY
@click.option("--seal", "number", metavar="TEXT", help="Number of the seal or of the bag.")
@click.option("--broken", is_flag=True, help="Record that the seal was opened.")
@click.option("--reason", default="", help="Why the seal was opened.")
@store_option
@pass_context
def seal_cmd(context: Context, *, names: tuple[str, ...], number: str | None, broken: bool, reason: str) -> int:
    """Record that items were sealed, or that a seal was opened."""
    if broken == bool(number) or broken != bool(reason):
        raise click.UsageError("write --seal NUMBER, or --broken --reason WHY")
    if broken:
        return _record(context, UNSEALED, names, text=reason, status="open")
    return _record(context, SEALED, names, text=number or "", status="sealed")


@click.command(
    name="hand-over",
    epilog="""\b
Examples:
  leakguard evidence hand-over EV-12 --by "A. Analyst" --to "Forensic Laboratory, B. Expert"
""",
)
@click.argument("names", metavar="EV-...", nargs=-1, required=True)
@_BY
@click.option("--to", "recipient", required=True, metavar="NAME", help="Person who holds the items from now on.")
@store_option
@pass_context
def hand_over_cmd(context: Context, *, names: tuple[str, ...], recipient: str) -> int:
    """Record that another person holds the items from now on.

    If --by is not the person who holds an item according to the records, the hand-over is recorded too, and shown
    as a gap in the custody.
    """
    code = _record(context, HANDED, names, text=recipient, status="handed over")
    for item in list_items(context.wiring.existing_store)[0]:
        if item.id in names and item.custody[-1].is_gap:
            gap = f"{item.id}: {gap_words(item.custody[-1])}. Record how it came to {context.by} as well."
            context.notes.print(printable(gap, longest=600), soft_wrap=True, markup=False, highlight=False)
    return code


def _record(context: Context, kind: str, names: tuple[str, ...], *, text: str, status: str) -> int:
    wiring = context.wiring
    record_custody(wiring.existing_store, kind, names, by=context.by, text=text, now=wiring.now)
    for name in dict.fromkeys(names):
        context.say(f"{name}: {status}")
    return ExitCode.CLEAN
