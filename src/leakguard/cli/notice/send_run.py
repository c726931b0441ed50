"""The run of `leakguard notice send`: everything is checked before the mail server is called."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import click

from leakguard.cli.notice.mail_log import log_asker
from leakguard.cli.notice.send_options import Mailing, SendWish, prepared
from leakguard.cli.notice.sending import SendTeller
from leakguard.cli.notice.versions import Wanted
from leakguard.cli.options import Context
from leakguard.errors import ExitCode
from leakguard.mailing.sealing import SENT
from leakguard.models.deliveries import DeliveryState
from leakguard.models.records import KeptRecord
from leakguard.models.sending import RunResult
from leakguard.outputs.sending import Left, result_json, result_lines
from leakguard.ports import DeliveryStore
from leakguard.use_cases.letters.letter_sender import LetterSender
from leakguard.use_cases.letters.send_notice import SendOrder, file_if_complete, refuse_withdrawn, run_sending


def send_now(context: Context, wish: SendWish, wanted: Wanted) -> int:
    """Send; returns the exit code."""
    store, wiring = context.wiring.existing_store, context.wiring
    mailing = prepared(context, wish, wanted)
    order = SendOrder(
        proposal=mailing.proposal, by=wish.by.strip(), in_doubt=wish.in_doubt,
        only=tuple(one.strip("<> ") for one in wish.only), is_drill=wiring.settings.drill,
    )  # fmt: skip
    watcher = _teller(context, wish, mailing)
    sent_before = watcher.sent
    sender = LetterSender(
        store=store, mailer=mailing.mailer, time=wiring.time, incident=wish.incident, batch=mailing.proposal.digest,
        pace=wish.pace, retry_refused=wish.retry_refused,
        watcher=watcher, leave=lambda: refuse_withdrawn(store, wish.incident, mailing.proposal),
    )  # fmt: skip
    ask = log_asker(wish.accepted_log) if wish.accepted_log else None
    result = run_sending(sender, mailing.letters, order, ask, seal=_seal_fields(wish, mailing, order))
    filed = file_if_complete(
        store, wiring.duties(), wish.incident, order, result, reference=mailing.reference, now=wiring.now
    )
    _tell(context, wish, mailing, result, filed.id if filed is not None else None)
    if sent_before and sent_before == result.counts.of(DeliveryState.SENT):
        context.notes.print("Nothing went out now: what is counted as sent was sent before.")
    is_done = result.letters == result.counts.of(DeliveryState.SENT)
    return ExitCode.CLEAN if is_done else ExitCode.UNFINISHED


def _teller(context: Context, wish: SendWish, mailing: Mailing) -> SendTeller:
    counts = context.wiring.existing_store.delivery_counts(wish.incident, mailing.proposal.digest)
    return SendTeller(
        notes=context.notes, monotonic=context.wiring.monotonic, total=mailing.proposal.letters,
        sent=counts.of(DeliveryState.SENT), told_at=context.wiring.monotonic(),
    )  # fmt: skip


def check_only(context: Context, wish: SendWish, wanted: Wanted) -> int:
    """Everything but the sending: approvals, rows, what would be set aside; opens no connection."""
    mailing, store = prepared(context, wish, wanted), context.wiring.existing_store
    counts = Counter(
        one.aside or ("sent before" if _is_sent(store, wish, mailing, one.key) else "to be sent")
        for one in mailing.letters()
    )
    if wish.is_json:
        click.echo(json.dumps({"digest": mailing.proposal.digest, "would": dict(counts)}))
        return ExitCode.CLEAN
    for what, count in counts.most_common():
        context.say(f"{count:,}  {what}")
    context.notes.print("Nothing was sent.")
    return ExitCode.CLEAN


def _is_sent(store: DeliveryStore, wish: SendWish, mailing: Mailing, key: str) -> bool:
    known = store.delivery(wish.incident, mailing.proposal.digest, key)
    return known is not None and known.state is DeliveryState.SENT


def _seal_fields(wish: SendWish, mailing: Mailing, order: SendOrder) -> dict[str, Any]:
    subject = mailing.proposal.subject
    told = {
        "covers": subject.covers, "duty": subject.duty, "stage": subject.stage, "channel": mailing.mailer.name,
        "by": order.by, "reference": mailing.reference,
    }  # fmt: skip
    if wish.although.strip():
        told["although"] = wish.although.strip()
    if order.in_doubt is not None:
        told["in_doubt"] = f"{order.in_doubt}, by what a person knows"
    return {**told, "drill": True} if order.is_drill else told


def _tell(context: Context, wish: SendWish, mailing: Mailing, result: RunResult, filed: str | None) -> None:
    store = context.wiring.existing_store
    entry = _entry(store.read(wish.incident), mailing.proposal.digest)
    left = []
    for one in mailing.letters():
        known = store.delivery(wish.incident, mailing.proposal.digest, one.key)
        if known is not None and known.state is not DeliveryState.SENT:
            left.append(Left(line=one.line, delivery=known))
    if wish.is_json:
        click.echo(json.dumps(result_json(mailing.proposal, result, entry, left, filed=filed)))
        return
    context.show(result_lines(mailing.proposal, result, entry, left))
    if filed is not None:
        context.say(f"Filed as {filed}.")


def _entry(records: Iterable[KeptRecord], digest: str) -> KeptRecord | None:
    found = [one for one in records if one.kind == SENT and one.content.get("digest") == digest]
    return found[-1] if found else None
