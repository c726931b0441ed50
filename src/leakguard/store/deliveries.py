"""How the sending of letters stands, as the rooms above see it: the part of the store that is a `DeliveryStore`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from leakguard.ledger.entries import kept_record
from leakguard.models.deliveries import Bounce, Delivery, DeliveryCounts, DeliveryState
from leakguard.models.records import KeptRecord, Record
from leakguard.store import delivery_rows, sending_leases
from leakguard.store.holders import Holder, this_process
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

    def intend(self, delivery: Delivery) -> Delivery:
        """See `ports.DeliveryStore.intend`."""
        return self._put(delivery, is_attempt=True)

    def note(self, delivery: Delivery) -> None:
        """See `ports.DeliveryStore.note`."""
        self._put(delivery, is_attempt=False)

    def settle(self, delivery: Delivery) -> bool:
        """See `ports.DeliveryStore.settle`."""
        with self._database.writing() as connection:
            return delivery_rows.settle(connection, delivery)

    def seal(
        self, incident: str, batch: str, entry: Callable[[Sequence[Delivery]], Record | None]
    ) -> KeptRecord | None:
        """See `ports.DeliveryStore.seal`."""
        with self._database.writing() as connection:
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
            new = tuple(one for one in bounces if delivery_rows.bounce(connection, incident, one, at=at))
            entries = self._write(connection, incident, (entry(new),), now=self._now()) if new else ()
        self._witness(entries)
        return new

    def _put(self, delivery: Delivery, *, is_attempt: bool) -> Delivery:
        """In one transaction with a look at the lease: who has lost it hands over nothing more."""
        with self._database.writing() as connection:
            holder = self._senders.get(delivery.incident)
            sending_leases.hold_on(connection, delivery.incident, holder, now=self._now())
            return delivery_rows.put(connection, delivery, is_attempt=is_attempt)
