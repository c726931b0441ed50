"""How the sending of letters stands, as the rooms above see it: the part of the store that is a `DeliveryStore`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from leakguard.ledger.entries import Entry, kept_record
from leakguard.ledger.listed_rows import DELIVERIES, rows_record
from leakguard.models.deliveries import Bounce, Delivery, DeliveryCounts, DeliveryState
from leakguard.models.records import KeptRecord, Record
from leakguard.store import delivery_rows, sending_leases
from leakguard.store.connection import Connection
from leakguard.store.holders import Holder, this_process
from leakguard.store.row_checks import Group, letters_of, refuse_changed
from leakguard.store.store_part import StorePart


class Deliveries(StorePart):
    """The letters of each sending, and who sends."""

    _token: Callable[[int], str]
    _senders: dict[str, Holder]

    def take_sending(self, incident: str) -> None:
        """See `ports.DeliveryStore.take_sending`."""
        holder = self._senders.get(incident) or this_process(self._token(8))
        with self._database.writing() as connection:
            sending_leases.take(connection, incident, holder, now=self._now())
            _refuse_changed(connection, incident)
        self._senders[incident] = holder

    def release_sending(self, incident: str) -> None:
        """See `ports.DeliveryStore.release_sending`."""
        holder = self._senders.pop(incident, None)
        if holder is not None:
            with self._database.writing() as connection:
                sending_leases.release(connection, incident, holder)

    def delivery(self, incident: str, batch: str, key: str) -> Delivery | None:
        """See `ports.DeliveryStore.delivery`."""
        with self._database.reading() as connection:
            return delivery_rows.find(connection, incident, batch, key)

    def deliveries(self, incident: str, batch: str, *states: DeliveryState) -> Iterator[Delivery]:
        """See `ports.DeliveryStore.deliveries`."""
        return delivery_rows.all_of(self._database.reading, incident, batch, states or tuple(DeliveryState))

    def last_sent(self, incident: str, batch: str, *, before: datetime | None = None) -> Delivery | None:
        """See `ports.DeliveryStore.last_sent`."""
        with self._database.reading() as connection:
            return delivery_rows.last_sent(connection, incident, batch, before)

    def batches(self, incident: str) -> tuple[str, ...]:
        """See `ports.DeliveryStore.batches`."""
        with self._database.reading() as connection:
            return delivery_rows.batches(connection, incident)

    def delivery_counts(self, incident: str, batch: str) -> DeliveryCounts:
        """See `ports.DeliveryStore.delivery_counts`."""
        with self._database.reading() as connection:
            return delivery_rows.counts(connection, incident, batch)

    def delivery_of(self, incident: str, message_id: str) -> Delivery | None:
        """See `ports.DeliveryStore.delivery_of`."""
        with self._database.reading() as connection:
            return delivery_rows.find_by_message(connection, incident, message_id)

    def sealed_with(self, sequence: int) -> tuple[Delivery, ...]:
        """See `ports.DeliveryStore.sealed_with`."""
        with self._database.reading() as connection:
            return delivery_rows.sealed_with(connection, sequence)

    def intend(self, delivery: Delivery, *, answered: Delivery | None = None) -> Delivery:
        """See `ports.DeliveryStore.intend`."""
        return self._put(delivery, is_attempt=True, answered=answered)

    def note(self, delivery: Delivery) -> None:
        """See `ports.DeliveryStore.note`."""
        self._put(delivery, is_attempt=False)

    def settle(self, delivery: Delivery) -> bool:
        """See `ports.DeliveryStore.settle`."""
        entries: tuple[Entry, ...] = ()
        with self._database.writing() as connection:
            if is_settled := delivery_rows.settle(connection, delivery):
                entries = self._list(connection, delivery.incident, (delivery,))
        self._witness(entries)
        return is_settled

    def seal(
        self, incident: str, batch: str, entry: Callable[[Sequence[Delivery]], Record | None]
    ) -> KeptRecord | None:
        """See `ports.DeliveryStore.seal`."""
        with self._database.writing() as connection:
            _refuse_changed(connection, incident)
            sent = delivery_rows.unsealed(connection, incident, batch)
            record = entry(sent)
            if record is None:
                return None
            entries = self._write(connection, incident, (record,), now=self._now())
            delivery_rows.mark_sealed(connection, sent, entries[0].sequence)
        self._witness(entries)
        return kept_record(entries[0])

    def note_bounces(
        self, incident: str, bounces: Sequence[Bounce], entry: Callable[[Sequence[Bounce]], Record], *, at: datetime
    ) -> tuple[Bounce, ...]:
        """See `ports.DeliveryStore.note_bounces`."""
        with self._database.writing() as connection:
            pairs = [(bounce, delivery_rows.bounce(connection, incident, bounce, at=at)) for bounce in bounces]
            new = tuple(bounce for bounce, changed in pairs if changed is not None)
            if new:
                self._list(connection, incident, [changed for _, changed in pairs if changed is not None])
            entries = self._write(connection, incident, (entry(new),), now=self._now()) if new else ()
        self._witness(entries)
        return new

    def _put(self, delivery: Delivery, *, is_attempt: bool, answered: Delivery | None = None) -> Delivery:
        """In one transaction with a look at the lease: who has lost it hands over nothing more."""
        with self._database.writing() as connection:
            holder = self._senders.get(delivery.incident)
            sending_leases.hold_on(connection, delivery.incident, holder, now=self._now())
            is_settled = answered is not None and delivery_rows.settle(connection, answered)
            kept = delivery_rows.put(connection, delivery, is_attempt=is_attempt)
            changed = (answered, kept) if answered is not None and is_settled else (kept,)
            entries = self._list(connection, delivery.incident, changed)
        self._witness(entries)
        return kept

    def _list(self, connection: Connection, incident: str, changed: Sequence[Delivery]) -> tuple[Entry, ...]:
        """Let the ledger list rows that changed, in their own transaction."""
        now = self._now()
        record = rows_record(delivery_rows.listed(changed), now=now)
        return self._write(connection, letters_of(incident), (record,), now=now)


def _refuse_changed(connection: Connection, incident: str) -> None:
    """Raise `LedgerBroken` where somebody edited a row: a letter that passes for sent is never sent."""
    group = Group(table=DELIVERIES, name=incident, subject=letters_of(incident))
    refuse_changed(
        connection, group, delivery_rows.listed_in(connection, incident),
        what=f"the deliveries of letters of {incident} cannot be trusted",
        next_step="See every change: leakguard evidence verify. Then restore the store from a backup.",
    )  # fmt: skip
