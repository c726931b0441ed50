"""How letters stand, in memory, with the promises of the real store; and a ledger that only counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from leakguard.errors import NotAllowed
from leakguard.frozen import replace
from leakguard.models.deliveries import OPEN_STATES, Bounce, Delivery, DeliveryCounts, DeliveryState
from leakguard.models.records import KeptRecord, Record
from support.ledgers import FakeClock, MemoryJournal


class MemoryDeliveries(MemoryJournal):
    """Implements `ports.DeliveryStore` and `ports.Journal`; a process that died leaves everything but its hold."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        super().__init__(clock)
        self.rows: dict[tuple[str, str, str], Delivery] = {}
        self.sender: dict[str, object] = {}

    def take_sending(self, incident: str) -> None:
        if incident in self.sender:
            raise NotAllowed(f"the letters of {incident} are being sent by another process")
        self.sender[incident] = self

    def release_sending(self, incident: str) -> None:
        self.sender.pop(incident, None)

    def died(self) -> None:
        """The holder is gone, and everybody on this machine knows."""
        self.sender.clear()

    def delivery(self, incident: str, batch: str, key: str) -> Delivery | None:
        return self.rows.get((incident, batch, key))

    def deliveries(self, incident: str, batch: str, *states: DeliveryState) -> Iterator[Delivery]:
        found = [one for _, one in sorted(self.rows.items()) if (one.incident, one.batch) == (incident, batch)]
        return iter([one for one in found if not states or one.state in states])

    def batches(self, incident: str) -> tuple[str, ...]:
        return tuple(sorted({one.batch for one in self.rows.values() if one.incident == incident}))

    def delivery_counts(self, incident: str, batch: str) -> DeliveryCounts:
        found = list(self.deliveries(incident, batch))
        counts = Counter(one.state for one in found)
        return DeliveryCounts(by_state=dict(counts), bounced=sum(bool(one.bounced) for one in found))

    def delivery_of(self, incident: str, message_id: str) -> Delivery | None:
        found = [one for one in self.rows.values() if (one.incident, one.message_id) == (incident, message_id)]
        return max(found, key=lambda one: one.at, default=None)

    def last_sent(self, incident: str, batch: str, *, before: datetime | None = None) -> Delivery | None:
        sent = [one for one in self.deliveries(incident, batch, DeliveryState.SENT) if one.code is not None]
        earlier = [one for one in sent if before is None or one.at < before]
        return max(earlier, key=lambda one: one.at, default=None)

    def sealed_with(self, sequence: int) -> tuple[Delivery, ...]:
        return tuple(sorted((one for one in self.rows.values() if one.sealed == sequence), key=lambda one: one.key))

    def intend(self, delivery: Delivery, *, answered: Delivery | None = None) -> Delivery:
        kept = self._put(delivery, attempts=1)
        if answered is not None:
            self.settle(answered)
        return kept

    def note(self, delivery: Delivery) -> None:
        self._put(delivery, attempts=0)

    def settle(self, delivery: Delivery) -> bool:
        known = self.delivery(delivery.incident, delivery.batch, delivery.key)
        if known is None or known.state is not DeliveryState.IN_DOUBT or known.attempts != delivery.attempts:
            return False
        self._keep(delivery)
        return True

    def seal(
        self, incident: str, batch: str, entry: Callable[[Sequence[Delivery]], Record | None]
    ) -> KeptRecord | None:
        sent = [one for one in self.deliveries(incident, batch, DeliveryState.SENT) if one.sealed is None]
        record = entry(sent)
        if record is None:
            return None
        (kept,) = self.append(incident, (record,))
        for one in sent:
            self._keep(replace(one, sealed=kept.sequence))
        return kept

    def note_bounces(
        self, incident: str, bounces: Sequence[Bounce], entry: Callable[[Sequence[Bounce]], Record], *, at: datetime
    ) -> tuple[Bounce, ...]:
        new = tuple(one for one in bounces if self._bounce(incident, one, at))
        if new:
            self.append(incident, (entry(new),))
        return new

    def _bounce(self, incident: str, bounce: Bounce, at: datetime) -> bool:
        known = self.delivery_of(incident, bounce.message_id)
        if known is None or known.bounced or known.state not in {DeliveryState.SENT, DeliveryState.IN_DOUBT}:
            return False
        self._keep(replace(known, state=DeliveryState.SENT, bounced=bounce.status, bounced_at=at))
        return True

    def _put(self, delivery: Delivery, *, attempts: int) -> Delivery:
        if delivery.incident not in self.sender:
            raise NotAllowed(f"another process has taken over the letters of {delivery.incident}")
        known = self.delivery(delivery.incident, delivery.batch, delivery.key)
        if known is not None and known.state not in OPEN_STATES:
            raise NotAllowed(f"the letter {known.message_id} is {known.state.value}, so it is not handed over again")
        kept = replace(delivery, attempts=(known.attempts if known is not None else 0) + attempts)
        self._keep(kept)
        return kept

    def _keep(self, delivery: Delivery) -> None:
        self.rows[delivery.incident, delivery.batch, delivery.key] = delivery
