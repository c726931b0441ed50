"""`leakguard evidence export` and `verifier`: what an auditor takes along."""

from __future__ import annotations

from pathlib import Path

import click

from leakguard import __version__
from leakguard.cli.options import Context, pass_context, replace_chunks, store_option, write_text
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.models.file_modes import Output
from leakguard.use_cases.proofs.evidence_export import Programs, Wish, export_bundle
from leakguard.use_cases.proofs.evidence_items import list_items


@click.command(
    epilog="""\b
Examples:
  leakguard evidence export bundle.zip
  leakguard evidence export bundle.zip --incident IR-2026-0001 --by "A. Counsel" --to "the supervisory authority"
  python3 verify.py bundle.zip
"""
)
@click.argument("bundle")
@click.option("--incident", metavar="ID", help="Contents of this incident alone; the chain is always whole.")
@click.option("--without-files", is_flag=True, help="Leave kept copies of evidence out.")
@records("Who gives it away; with --to")
@click.option("--to", "recipient", default="", metavar="NAME", help="Who gets it; an entry says so first.")
@store_option
@pass_context
def export_cmd(context: Context, *, bundle: str, incident: str | None, without_files: bool, recipient: str) -> int:
    """Write the ledger, its proofs and a verifier that needs nothing of ours into one zip file.

    The same ledger gives the same bytes. A ledger that does not verify is refused.
    """
    if context.typed_recorder is not None and not recipient:
        raise click.UsageError("write --to as well: without it nothing is recorded, and nobody gives anything away")
    wiring = context.wiring
    by = context.by if recipient else ""
    wish = Wish(incident=incident, has_files=not without_files, by=by, recipient=recipient)
    programs = Programs(verifier=wiring.verifier(), made_by=f"leakguard {__version__}", is_drill=wiring.settings.drill)
    store, key = wiring.vouching_store(), wiring.signing_key
    replace_chunks(
        bundle, export_bundle(store, wiring.kept_files(), wish, programs, key=key, now=wiring.now), Output.BUNDLE
    )
    signed = f"signed by {key.name}, key {key.public.id.hex()}" if key else "not signed: there is no key"
    click.echo(f"{bundle}: {Path(bundle).stat().st_size:,} bytes, {signed}")
    copies = wiring.kept_files()
    for item in () if without_files else list_items(store, incident)[0]:
        if item.is_kept and not copies.has(item.sha256):
            text = f"{item.id}: its kept copy is gone, so whoever verifies the bundle is told: not verifiable"
            context.notes.print(text, soft_wrap=True, markup=False, highlight=False)
    return ExitCode.CLEAN


@click.command(
    epilog="""\b
Examples:
  leakguard evidence verifier -o verify.py
"""
)
@click.option("-o", "output", metavar="FILE", help="Where to write it (default: stdout).")
@pass_context
def verifier_cmd(context: Context, *, output: str | None) -> int:
    """Print the program that verifies bundles: one file, which needs Python and nothing else."""
    write_text(context.wiring.verifier(), output, Output.PROGRAM)
    return ExitCode.CLEAN
