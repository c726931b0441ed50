"""`leakguard evidence verify`: has anything been changed, removed or cut off?"""

from __future__ import annotations

import json
import os

import click

from leakguard.cli.options import Context, format_option, pass_context, read_text, store_option
from leakguard.errors import ExitCode, LedgerBroken, UsageProblem
from leakguard.ledger.heads import Head, heads_in_any_text
from leakguard.ledger.keys import parse_public_key
from leakguard.ledger.signed_heads import Trust
from leakguard.ledger.verification_result import Answer, DiscrepancyKind
from leakguard.outputs.evidence import verification_lines
from leakguard.use_cases.proofs.evidence import verification_to_json, verify_store

_EPILOG = """\b
Examples:
  leakguard evidence verify
  leakguard evidence verify --store leakguard.db --format json
  leakguard evidence verify --head "entry 12, 0123456789abcdef"  # as a letter or a mail printed it
  leakguard evidence verify --head /srv/heads/leakguard-heads.txt  # every head that was kept in another location
  leakguard evidence verify --key /media/usb/leakguard.key.pub  # the public key, from a copy kept outside this machine

\b
Exit codes:
  0  nothing contradicts the ledger; parts that cannot be verified are listed
  1  something was changed, removed, added or cut off, or a signature is wrong or gone
  3  the heads are signed, or --key is given, but no signed head covers the newest entries: they were recorded without
     the key
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--head",
    "heads",
    metavar="HEAD",
    multiple=True,
    help="Head that was kept elsewhere, as printed or in a file. May be repeated.",
)
@click.option(
    "--key",
    "key",
    metavar="KEY",
    help=(
        "Public key that must have signed the heads, or a file with it (default: `key` of leakguard.toml, or else "
        "leakguard.key in the current folder)."
    ),
)
@format_option("text", "json")
@store_option
@pass_context
def verify_cmd(context: Context, *, heads: tuple[str, ...], key: str | None, output_format: str) -> int:
    """Verify the whole store: entries, findings, heads (see below), kept copies of evidence, and the database itself.

    Each part has one of three results: a match, a mismatch, or not verifiable, which proves nothing. Content that was
    erased on purpose is listed, with the person who erased it and the reason. Entries whose times
    show that a system clock was wrong are listed too: `leakguard evidence clock` appends a correction of such times.

    A head is the number and the hash of the last entry, and stands for the whole ledger up to there. Keep the printed
    head elsewhere, such as in a letter or on paper: with it, anybody can detect later whether the ledger was cut off
    or rewritten.

    If there is a signing key, every head is signed, and a ledger that was rewritten without the key does not verify.
    But the key could have been replaced together with the ledger. So give --key the public key, from a place that
    nobody with access to this machine can change.
    """
    wiring = context.wiring
    printed = [head for text in heads for head in _heads_in(text)]
    trust = wiring.trust() if key is None else _named(key, wiring.trust())
    try:
        found = verify_store(
            wiring.existing_store, copies=wiring.kept_files(), printed=printed, trust=trust, now=wiring.now()
        )
    except LedgerBroken as error:
        error.exit_code = ExitCode.EXPOSED  # other commands could not do their work; here it is the answer
        raise
    if output_format == "json":
        click.echo(json.dumps(verification_to_json(found)))
    else:
        context.show(verification_lines(found))
    if found.answer is Answer.MISMATCH:
        return ExitCode.EXPOSED
    is_unsigned = any(doubt.kind is DiscrepancyKind.UNSIGNED_ENTRIES for doubt in found.discrepancies)
    return ExitCode.UNFINISHED if is_unsigned else ExitCode.CLEAN


def _named(given: str, ours: Trust | None) -> Trust:
    """The key that was named; whether it signs every head is known where it is ours."""
    text = read_text(given) if os.path.isfile(given) else given  # noqa: PTH113  (as below)
    found = parse_public_key(text)
    if found is None and "+" not in given and not os.path.exists(given):  # noqa: PTH110  (any text is given here)
        raise UsageProblem(
            f"no file `{given[:80]}` here",
            next_step="The public half is beside the key, such as leakguard.key.pub, or: leakguard evidence key show",
        )
    if found is None:
        raise UsageProblem(
            f"`{given[:80]}` is no public key", next_step="It reads NAME+ID+BASE64: leakguard evidence key show"
        )
    return Trust(key=found, is_strict=ours is not None and ours.key == found and ours.is_strict, is_named=True)


def _heads_in(given: str) -> tuple[Head, ...]:
    is_there = os.path.exists(given)  # noqa: PTH110  (any text is given here, and this one never raises)
    heads = heads_in_any_text(read_text(given) if is_there else given)
    if not heads:
        raise UsageProblem(
            f"`{given[:80]}` tells no head",
            next_step="Write its number and its hash, --head 12:0123456789abcdef, or name a file of heads.",
        )
    return heads
