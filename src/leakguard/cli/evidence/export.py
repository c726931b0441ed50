"""`leakguard evidence export` and `verifier`: what an auditor takes along."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from leakguard import __version__
from leakguard.accounts.rights import Right
from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.cli.report.showing import is_sender_withheld
from leakguard.cli.writing import replace_chunks, write_text
from leakguard.errors import ExitCode
from leakguard.ledger.custody import EvidenceItem
from leakguard.models.file_modes import Output
from leakguard.models.texts import counted
from leakguard.use_cases.proofs.bundled_targets import other_target_count
from leakguard.use_cases.proofs.evidence_export import BundleOptions, Programs, export_bundle, reports_with_senders
from leakguard.use_cases.proofs.evidence_items import list_items

_MOST_NAMED = 20


@click.command(
    epilog="""\b
Examples:
  leakguard evidence export bundle.zip
  leakguard evidence export bundle.zip --incident IR-2026-0001 --by "A. Counsel" --to "the supervisory authority"
  leakguard evidence export bundle.zip --by "A. Counsel" --to "the head office" --to-country DE
  python3 verify.py bundle.zip
"""
)
@click.argument("bundle")
@click.option(
    "--incident",
    metavar="ID",
    help=(
        "Include the contents of this incident only. The hash chain of the whole ledger is always included, so that it "
        "can be verified. An entry that lists a finding of the incident also names the other targets of that scan; the "
        "command says how many."
    ),
)
@click.option("--without-files", is_flag=True, help="Leave out kept copies of evidence.")
@click.option(
    "--with-privileged", is_flag=True, help="Include comments under legal privilege. Only counsel may do this."
)
@records("With --to: person who hands the bundle over")
@click.option(
    "--to",
    "recipient",
    default="",
    metavar="NAME",
    help="Recipient of the bundle. The hand-over is recorded in the ledger before the export.",
)
@click.option(
    "--to-country",
    metavar="CODE",
    help=(
        "Country of the recipient, with --to. State it if your organisation is in China: evidence that leaves China is "
        "a transfer abroad."
    ),
)
@store_option
@pass_context
def export_cmd(
    context: Context, *, bundle: str, incident: str | None, without_files: bool, with_privileged: bool, recipient: str,
    to_country: str | None,
) -> int:  # fmt: skip
    """Write the ledger, its proofs and a verifier that needs no LeakGuard into one zip file.

    Exporting the same ledger twice gives identical files. A ledger that does not verify is refused. The bundle
    contains the program verify.py. Comments under legal privilege are left out, unless counsel includes them with
    --with-privileged. This permission is recorded in the ledger before the export. Reports from outside that name who
    sent them are left out where you may not read that.
    """
    if context.typed_recorder is not None and not recipient:
        raise click.UsageError("write --to as well: without it nothing is recorded, and nobody gives anything away")
    if to_country is not None and not recipient:
        raise click.UsageError("write --to as well: --to-country is the country of whom gets the bundle")
    wiring = context.wiring
    store, key = wiring.vouching_store(), wiring.signing_key  # who asks is known once it is open
    if recipient:
        _doubt(context, to_country)
    by = context.by if recipient else ""
    privileged = _released(context, incident, recipient) if with_privileged else ()
    options = BundleOptions(
        incident=incident, has_files=not without_files, by=by, recipient=recipient, privileged=privileged,
        may_name_reporters=not is_sender_withheld(context),
    )  # fmt: skip
    programs = Programs(verifier=wiring.verifier(), made_by=f"leakguard {__version__}", is_drill=wiring.settings.drill)
    chunks = export_bundle(store, wiring.kept_files(), options, programs, key=key, now=wiring.now)
    replace_chunks(bundle, chunks, Output.BUNDLE)
    signed = f"signed by {key.name}, key {key.public.id.hex()}" if key else "not signed: there is no key"
    context.say(f"{bundle}: {Path(bundle).stat().st_size:,} bytes, {signed}")
    items = list_items(store, incident)[0]
    if not without_files:
        _name_gone_copies(context, items)
    _name_left_out(context, items, without_files=without_files)
    if incident is not None:
        _name_others(context, other_target_count(store, incident))
    if incident is None and not options.may_name_reporters:
        _name_withheld(context, reports_with_senders(store))
    return ExitCode.CLEAN


def _doubt(context: Context, country: str | None) -> None:
    """What to ask counsel before evidence leaves China; said also with `--quiet`."""
    from leakguard.use_cases.outbound.evidence_abroad import evidence_abroad  # noqa: PLC0415  (few bundles go away)

    wiring = context.wiring
    seat = wiring.seat
    if doubt := evidence_abroad(wiring.bundled, seat.codes if seat is not None else (), country):
        context.warn(f"DOUBT: {doubt}")


def _released(context: Context, incident: str | None, recipient: str) -> tuple[str, ...]:
    """The privileged comments that counsel lets go along."""
    from leakguard.use_cases.responses.comments import release_privileged  # noqa: PLC0415  (hardly anybody does)

    wiring = context.wiring
    store, caller = wiring.existing_store, wiring.caller
    return release_privileged(store, caller, incident, by=context.by, recipient=recipient, now=wiring.now())


def _name_gone_copies(context: Context, items: Sequence[EvidenceItem]) -> None:
    copies = context.wiring.kept_files()
    for item in items:
        if item.has_copy and not copies.has(item.sha256):
            text = f"{item.id}: its kept copy is gone, so the verifier of the bundle reports it as not verifiable"
            context.notes.print(text, soft_wrap=True, markup=False, highlight=False)


def _name_left_out(context: Context, items: Sequence[EvidenceItem], *, without_files: bool) -> None:
    """Whoever gives the bundle away must know which files are not in it."""
    left = [item.id for item in items if not item.is_erased and (without_files or not item.has_copy)]
    if not left:
        return
    more = f" and {len(left) - _MOST_NAMED:,} more" if len(left) > _MOST_NAMED else ""
    names = f"{', '.join(left[:_MOST_NAMED])}{more}"
    items_left = counted(len(left), "item of evidence", "items of evidence")
    text = f"Not in the bundle, only their hashes: {items_left} ({names})."
    hint = "" if without_files else " `evidence add --keep` and `playbook done --keep` store copies, which go along."
    context.notes.print(text + hint, soft_wrap=True, markup=False, highlight=False)


def _name_others(context: Context, count: int) -> None:
    """Whoever gives the bundle away must know that it names targets of others."""
    if count:
        others = counted(count, "other target", "other targets")
        text = (
            f"The bundle names {others} of the same scans, and how each stood: a scan saves many targets in one entry, "
            "and no part of an entry can be left out. Look at contents.jsonl before you hand the bundle over."
        )
        context.notes.print(text, soft_wrap=True, markup=False, highlight=False)


def _name_withheld(context: Context, reports: Sequence[str]) -> None:
    """The reports that are not in the bundle, as their senders are named there."""
    if not reports:
        return
    more = f" and {len(reports) - _MOST_NAMED:,} more" if len(reports) > _MOST_NAMED else ""
    names = f"{', '.join(reports[:_MOST_NAMED])}{more}"
    text = f"Not in the bundle, as they name who sent them: {names}. That needs the right `{Right.READ_REPORTERS}`."
    context.notes.print(text, soft_wrap=True, markup=False, highlight=False)


@click.command(
    epilog="""\b
Examples:
  leakguard evidence verifier -o verify.py
"""
)
@click.option("-o", "output", metavar="FILE", help="Where to write it (default: stdout).")
@pass_context
def verifier_cmd(context: Context, *, output: str | None) -> int:
    """Print the program that verifies bundles: one file, which needs only Python."""
    write_text(context.wiring.verifier(), output, Output.PROGRAM)
    return ExitCode.CLEAN
