"""Settles letters in doubt: by the mail server's own log, or by a person who has looked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from leakguard.frozen import replace
from leakguard.models.deliveries import Delivery, DeliveryState
from leakguard.models.sending import InDoubt, LogAnswer
from leakguard.ports import DeliveryStore

AskLog = Callable[[Collection[str]], LogAnswer]
"""Reads the log and says which of these Message-IDs it has as taken."""
BY_LOG, NOT_BY_LOG = "the mail server's log has it as taken", "the mail server's log does not have it as taken"
BY_PERSON = {"sent": "a person says that it was taken", "resend": "a person says that it was not taken"}
TOO_OLD = "the log ends before the letter was handed over"
WRONG = "the log lacks a letter that the mail server did take: it is another log, or begins too late"
UNCLEAR = "the log names a letter where it may speak of a refusal: look whether the mail server took it"
NO_BEGINNING = "nothing shows that the log begins before the letter was handed over"


def settle_by_log(
    store: DeliveryStore, incident: str, batch: str, ask: AskLog, *, now: Callable[[], datetime]
) -> tuple[bool, str]:
    """Take what the log has as sent. What it lacks was not taken, but only if it shows that it covers that time.

    Where the log may speak of a refusal, the letter stays in doubt. What was taken keeps the time of its attempt.

    Says whether there is something to send again, and why something is left.
    """
    doubts = tuple(store.deliveries(incident, batch, DeliveryState.IN_DOUBT))
    if not doubts:
        return False, ""
    before = store.last_sent(incident, batch, before=min(doubt.at for doubt in doubts))
    latest = store.last_sent(incident, batch)
    known = tuple(delivery for delivery in (before, latest) if delivery is not None)
    answer = ask([*(doubt.message_id for doubt in doubts), *(delivery.message_id for delivery in known)])
    why = _why_not(answer, doubts, before, latest)
    unclear = answer.unclear - answer.accepted
    settled, resent = 0, 0
    for doubt in doubts:
        if doubt.message_id in answer.accepted:
            settled += store.settle(replace(doubt, state=DeliveryState.SENT, reason=BY_LOG))
        elif not why and doubt.message_id not in unclear:
            resent += store.settle(replace(doubt, state=DeliveryState.DEFERRED, at=now(), reason=NOT_BY_LOG))
    if settled + resent == len(doubts):
        return bool(resent), ""
    is_unclear = any(doubt.message_id in unclear for doubt in doubts)
    return bool(resent), why or (UNCLEAR if is_unclear else "")


def settle_by_person(
    store: DeliveryStore, incident: str, batch: str, choice: InDoubt, *, only: Collection[str], now: datetime
) -> int:
    """Do what a person says about all letters in doubt, or about `only` these Message-IDs; returns how many.

    What was taken keeps the time of its attempt.
    """
    changes: dict[str, Any] = {"state": DeliveryState.SENT}
    if choice == "resend":
        changes = {"state": DeliveryState.DEFERRED, "at": now}
    doubts = tuple(store.deliveries(incident, batch, DeliveryState.IN_DOUBT))
    chosen = [doubt for doubt in doubts if not only or doubt.message_id in only]
    return sum(store.settle(replace(delivery, **changes, reason=BY_PERSON[choice])) for delivery in chosen)


def seconds_to_settle(doubts: Sequence[Delivery], settle: float, *, now: datetime) -> float:
    """How long until a server that took one of these has surely written so into its log."""
    if not doubts:
        return 0.0
    ready = max(doubt.at for doubt in doubts) + timedelta(seconds=settle)
    return max(0.0, min(settle, (ready - now).total_seconds()))


def _why_not(answer: LogAnswer, doubts: Sequence[Delivery], before: Delivery | None, latest: Delivery | None) -> str:
    """Why the silence of this log proves nothing; an empty text where it does."""
    if any(delivery is not None and delivery.message_id not in answer.accepted for delivery in (before, latest)):
        return WRONG
    first, last = min(doubt.at for doubt in doubts), max(doubt.at for doubt in doubts)
    has_later = latest is not None and latest.at > last
    if not has_later and answer.written_at < last:
        return TOO_OLD
    has_begun = before is not None or (answer.begins_at is not None and answer.begins_at <= first)
    return "" if has_begun else NO_BEGINNING
