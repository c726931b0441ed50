"""Records letters that came back, out of a mailbox of bounces; nothing of the mailbox is kept but the Message-IDs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from leakguard.frozen import Frozen
from leakguard.mailing.bounces import bounce_in
from leakguard.mailing.mbox import messages_in
from leakguard.mailing.sealing import BOUNCED, bounce_fields
from leakguard.models.deliveries import Bounce
from leakguard.models.events import Interval
from leakguard.models.records import Record
from leakguard.ports import DeliveryStore, Now

_AT_ONCE = 500
"""Bounces of one transaction and one ledger entry."""


class BounceCount(Frozen):
    """What a mailbox held."""

    messages: int
    bounces: int
    """Messages that say that a letter of ours did not arrive, or is late."""
    late: int
    """Those that say that it is still being tried."""
    new: tuple[Bounce, ...]
    """Letters of the incident that came back and that nobody knew of."""


@dataclass(slots=True)
class _BounceReader:
    """Counts while it reads."""

    messages: int = 0
    bounces: int = 0
    late: int = 0

    def final(self, readline: Callable[[int], bytes]) -> Iterator[Bounce]:
        for message in messages_in(readline):
            self.messages += 1
            found = bounce_in(message)
            self.bounces += found is not None
            self.late += found is not None and not found.is_final
            if found is not None and found.is_final:
                yield found


def record_bounces(store: DeliveryStore, incident: str, readline: Callable[[int], bytes], *, now: Now) -> BounceCount:
    """Read an mbox and keep which letters of the incident came back; the same mailbox again changes nothing."""
    reader, new = _BounceReader(), list[Bounce]()
    some = reader.final(readline)
    while chunk := tuple(islice(some, _AT_ONCE)):
        new += _keep(store, incident, chunk, now=now)
    return BounceCount(messages=reader.messages, bounces=reader.bounces, late=reader.late, new=tuple(new))


def _keep(store: DeliveryStore, incident: str, bounces: Sequence[Bounce], *, now: Now) -> tuple[Bounce, ...]:
    moment = now()

    def entry(new: Sequence[Bounce]) -> Record:
        return Record(kind=BOUNCED, occurred_at=Interval(earliest=moment, latest=moment), content=bounce_fields(new))

    return store.note_bounces(incident, bounces, entry, at=moment)
