"""`leakguard evidence redact` and `scrub`: erase content for good, with an entry that says so."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.use_cases.proofs.evidence_redact import Redaction, redact, scrub

_UNSCRUBBED = (
    "The store's files could not be written again, so old pages are still in them: another process reads the store, "
    "the disk is full, or the tables are not ours. After that: leakguard evidence scrub"
)


@click.command(
    epilog="""\b
Examples:
  leakguard evidence redact 12 E-14 --by "C. Officer" --reason "erasure request 2026-17, GDPR Art. 17"
  leakguard evidence redact F-1a2b3c4d5e6f7089 --by "C. Officer" --reason "a person's own server"
  leakguard evidence redact E-14 --by "C. Officer" --reason "..." --keep level
"""
)
@click.argument("entries", metavar="ENTRY...", nargs=-1, required=True)
@records("Person who erases it")
@click.option("--reason", required=True, help="Why. The reason stays readable, so do not name a person.")
@click.option("--keep", multiple=True, metavar="FIELD", help="Field whose value is kept. May be repeated.")
@format_option("text", "json")
@store_option
@pass_context
def redact_cmd(
    context: Context, *, entries: tuple[str, ...], reason: str, keep: tuple[str, ...], output_format: str
) -> int:
    """Erase the content of entries (12, E-12, EV-12) and findings (F-...). This cannot be undone.

    The entry stays in the chain, without words and names. A new entry says what was erased, by whom and why. Values
    that clocks need are kept. Kept copies of evidence are erased too. Backups of the store are not changed. An
    entry that lists findings is refused until you name these findings as well, because they are erased with it.
    """
    wiring = context.wiring
    asked = Redaction(names=entries, by=context.by, reason=reason, keep=frozenset(keep))
    done = redact(wiring.existing_store, wiring.kept_files(), asked, now=wiring.now)
    if output_format == "json":
        sequences = [record.sequence for record in done.records]
        document = {"erased": list(done.sequences), "findings": list(done.findings), "said_by": sequences}
        click.echo(json.dumps(document | {"is_scrubbed": done.is_scrubbed}))
    else:
        names = [*map(str, done.sequences), *done.findings]
        sayers = ", ".join(str(record.sequence) for record in done.records)
        context.say(f"Erased: {', '.join(names)}. Entry {sayers} says so.")
    return _ended(context, done.halves, is_scrubbed=done.is_scrubbed)


@click.command(
    epilog="""\b
Examples:
  leakguard evidence scrub
"""
)
@store_option
@pass_context
def scrub_cmd(context: Context) -> int:
    """Rewrite the files of the store and the kept copies, so that no erased content is left in them.

    Half copies that an interrupted `evidence add --keep` or `playbook done --keep` left are removed.
    """
    wiring = context.wiring
    is_scrubbed, halves = scrub(wiring.existing_store, wiring.kept_files())
    return _ended(context, halves, is_scrubbed=is_scrubbed)


def _ended(context: Context, halves: Sequence[str], *, is_scrubbed: bool) -> int:
    if not is_scrubbed:
        context.notes.print(_UNSCRUBBED, soft_wrap=True)
    if halves:
        text = (
            "Half copies of evidence could not be removed, because somebody is making them or they may not be written: "
            f"{', '.join(halves)}. After that: leakguard evidence scrub"
        )
        context.notes.print(text, soft_wrap=True, markup=False, highlight=False)
    if is_scrubbed and not halves:
        return ExitCode.CLEAN
    return ExitCode.UNFINISHED
