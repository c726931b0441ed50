"""The register of recipients, as entries of the ledger tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from msgspec import ValidationError, convert, to_builtins

from leakguard.frozen import Frozen, replace
from leakguard.models.subjects import OUTBOUND_SUBJECT
from leakguard.outbound.values import Recipient

if TYPE_CHECKING:
    from leakguard.models.records import KeptRecord

SUBJECT = OUTBOUND_SUBJECT
"""Of all these entries."""
RECORDED, ENDED = "outbound_recipient_recorded", "outbound_recipient_ended"
KINDS = (RECORDED, ENDED)


class TransferEnd(Frozen):
    """That transfers to a recipient ended."""

    on: date
    reason: str


class RegisteredRecipient(Frozen):
    """One recipient of the register."""

    recipient: Recipient
    number: int
    """Of the entry that says so."""
    ended: TransferEnd | None = None
    recorded_at: datetime = datetime.min.replace(tzinfo=UTC)
    """When that entry was written."""

    def goes_on(self, day: date) -> bool:
        """Whether data may go to it on a day: the day on which transfers end is their last one."""
        return self.ended is None or self.ended.on >= day


def content_of(recipient: Recipient) -> dict[str, Any]:
    """A recipient as plain JSON values."""
    found: dict[str, Any] = to_builtins(recipient)
    return {"recipient": found}


def ended_content(identifier: str, ended: TransferEnd) -> dict[str, Any]:
    """The end of transfers to a recipient as plain JSON values."""
    return {"id": identifier, "on": ended.on.isoformat(), "reason": ended.reason}


def register_of(records: Iterable[KeptRecord]) -> dict[str, RegisteredRecipient]:
    """Every recipient by its id, as the last entry about it says; what cannot be read changes nothing."""
    found: dict[str, RegisteredRecipient] = {}
    for record in records:
        if record.kind == RECORDED:
            recipient = _recipient(record.content)
            if recipient is not None:
                found[recipient.id] = RegisteredRecipient(
                    recipient=recipient, number=record.sequence, recorded_at=record.recorded_at
                )
        elif (known := found.get(str(record.content.get("id")))) is not None:
            ended = _ended(record.content)
            if ended is not None:
                found[known.recipient.id] = replace(known, ended=ended)
    return found


def _recipient(content: Mapping[str, Any]) -> Recipient | None:
    try:
        return convert(content.get("recipient"), Recipient)
    except ValidationError:
        return None


def _ended(content: Mapping[str, Any]) -> TransferEnd | None:
    try:
        return convert({"on": content.get("on"), "reason": content.get("reason")}, TransferEnd)
    except ValidationError:
        return None
