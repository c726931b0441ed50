"""How the letters of an incident stand, and the proof that one of them was sent."""

from __future__ import annotations

from typing import Protocol

from leakguard.errors import NotFound
from leakguard.frozen import Frozen
from leakguard.mailing.approvals import Subject
from leakguard.mailing.batch_subjects import subjects_in
from leakguard.mailing.sealing import SENT, is_proved, leaf_of, proof_of
from leakguard.models.deliveries import Delivery, DeliveryCounts
from leakguard.ports import DeliveryStore, Journal
from leakguard.use_cases.incidents.incidents import incident_of


class LetterStore(DeliveryStore, Journal, Protocol):
    """The ledger, and how the letters stand."""


class Proof(Frozen):
    """One letter, and what leads from it to the ledger."""

    delivery: Delivery
    is_proved: bool
    record: str = ""
    """What is vouched for, in canonical form; its leaf hash begins the path."""
    place: int = 0
    """Among the letters that the entry vouches for, from zero."""
    size: int = 0
    path: tuple[str, ...] = ()
    root: str = ""


def batches_of(store: LetterStore, incident: str) -> tuple[tuple[str, Subject | None, DeliveryCounts], ...]:
    """Every batch with its letter and its counts; raises `NotFound` for an unknown incident."""
    records = tuple(store.read(incident))
    incident_of(incident, records)
    subjects = subjects_in(records)
    return tuple(
        (batch, subjects.get(batch), store.delivery_counts(incident, batch)) for batch in store.batches(incident)
    )


def prove(store: LetterStore, incident: str, message_id: str) -> Proof:
    """The proof of one letter's sending, checked against the ledger's entry; raises `NotFound`."""
    delivery = store.delivery_of(incident, message_id) if message_id else None
    if delivery is None:
        raise NotFound(
            f"{incident} has no letter with the Message-ID `{message_id[:100]}`",
            next_step=f"See what was sent: leakguard notice deliveries --incident {incident}",
        )
    if delivery.sealed is None:
        return Proof(delivery=delivery, is_proved=False)
    together = store.sealed_with(delivery.sealed)
    entry = next(
        (record for record in store.read(incident) if record.sequence == delivery.sealed and record.kind == SENT), None
    )
    content = entry.content if entry is not None else {}
    place, path = proof_of(delivery, together)
    return Proof(
        delivery=delivery, is_proved=is_proved(delivery, place, path, content), record=leaf_of(delivery).decode(),
        place=place, size=len(together), path=path, root=str(content.get("root") or ""),
    )  # fmt: skip
