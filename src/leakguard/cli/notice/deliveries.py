"""`leakguard notice deliveries`: what was sent, and the proof of one letter's sending."""

from __future__ import annotations

import json
from typing import Any

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.mailing.approvals import Subject
from leakguard.models.deliveries import Delivery, DeliveryCounts, DeliveryState
from leakguard.models.moments import to_z
from leakguard.outputs.words import printable
from leakguard.use_cases.letters.look_up_deliveries import Proof, batches_of, prove

_EPILOG = """\b
Examples:
  leakguard notice deliveries --incident IR-2026-0001
  leakguard notice deliveries --incident IR-2026-0001 --format json \\
      --message-id lg.0123456789abcdef0123456789abcdef01234567@university.example

\b
With a Message-ID, the sending of that one letter is proved: its record, and
the hashes that lead from it to the root in an entry of the ledger.
"""


@click.command(epilog=_EPILOG)
@click.option("--incident", required=True, metavar="ID", help="The stored incident.")
@click.option("--message-id", metavar="ID", help="One letter, as its mail is called.")
@format_option("text", "json")
@store_option
@pass_context
def deliveries_cmd(context: Context, *, incident: str, message_id: str | None, output_format: str) -> int:
    """Say how the letters of an incident stand; no address and no name is stored, so none is shown."""
    store = context.wiring.existing_store
    if message_id is not None:
        proof = prove(store, incident, message_id.strip("<> "))
        if output_format == "json":
            click.echo(json.dumps(_proof_json(proof)))
        else:
            _tell(proof)
        return ExitCode.CLEAN if proof.is_proved else ExitCode.UNFINISHED
    batches = batches_of(store, incident)
    if output_format == "json":
        click.echo(json.dumps({"incident": incident, "batches": [_batch_json(*one) for one in batches]}))
        return ExitCode.CLEAN
    for batch, subject, counts in batches:
        click.echo(f"{batch[:16]}  {printable(subject.words) if subject is not None else '(approval erased)'}")
        told = ", ".join(f"{counts.of(state):,} {state.value.replace('_', ' ')}" for state in DeliveryState)
        click.echo(f"  {told}, {counts.bounced:,} came back")
    if not batches:
        context.notes.print("Nothing was sent.")
    return ExitCode.CLEAN


def _tell(proof: Proof) -> None:
    one = proof.delivery
    click.echo(f"<{one.message_id}>  {one.state.value.replace('_', ' ')} at {to_z(one.at)}")
    click.echo(f"  letter    {one.digest}")
    click.echo(f"  approved  {one.batch}")
    if one.code is not None:
        click.echo(f"  answer    {one.code}{f', queued as {one.queue_id}' if one.queue_id else ''}")
    if one.reason:
        click.echo(f"  because   {printable(one.reason)}")
    if one.bounced and one.bounced_at is not None:
        click.echo(f"  came back {one.bounced} at {to_z(one.bounced_at)}")
    if proof.is_proved:
        click.echo(f"  proved by entry {one.sealed}: letter {proof.place + 1} of {proof.size}")
    else:
        click.echo("  no entry of the ledger vouches for it")


def _proof_json(proof: Proof) -> dict[str, Any]:
    return {
        **_delivery_json(proof.delivery), "proved": proof.is_proved, "entry": proof.delivery.sealed,
        "record": proof.record, "place": proof.place, "size": proof.size, "path": list(proof.path), "root": proof.root,
    }  # fmt: skip


def _delivery_json(one: Delivery) -> dict[str, Any]:
    bounced_at = to_z(one.bounced_at) if one.bounced_at is not None else None
    return {
        "message_id": one.message_id, "state": one.state.value, "at": to_z(one.at), "digest": one.digest,
        "approved": one.batch, "code": one.code, "queue_id": one.queue_id or None, "reason": one.reason or None,
        "attempts": one.attempts, "bounced": one.bounced or None, "bounced_at": bounced_at,
    }  # fmt: skip


def _batch_json(batch: str, subject: Subject | None, counts: DeliveryCounts) -> dict[str, Any]:
    about = {"duty": subject.duty, "stage": subject.stage or None, "covers": subject.covers} if subject else {}
    return {
        "digest": batch, **about, "counts": {state.value: counts.of(state) for state in DeliveryState},
        "bounced": counts.bounced,
    }  # fmt: skip
