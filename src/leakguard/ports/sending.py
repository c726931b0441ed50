"""What sending letters needs from the outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # as in `ports` itself: they are words in signatures alone
    from leakguard.models.deliveries import Bounce, Delivery, DeliveryCounts, DeliveryState
    from leakguard.models.mails import MailAnswer, OutgoingMail
    from leakguard.models.records import KeptRecord, Record


class DeliveryStore(Protocol):
    """Where the sending of each letter stands; every change is on the disk when the call returns."""

    def take_sending(self, incident: str) -> None:
        """Be the only sender of an incident until `release_sending`; raises `NotAllowed` while another one is.

        A holder that was killed on this machine is known to be gone; one on another machine counts as gone when it
        has written nothing for fifteen minutes.
        """

    def release_sending(self, incident: str) -> None:
        """Let another process send."""

    def delivery(self, incident: str, batch: str, key: str) -> Delivery | None:
        """How one letter stands; `None` when nobody began with it."""

    def deliveries(self, incident: str, batch: str, *states: DeliveryState) -> Iterator[Delivery]:
        """The letters of a batch that somebody began with, by their keys; of some states, or of all."""

    def batches(self, incident: str) -> tuple[str, ...]:
        """The batches of an incident of which somebody began with a letter."""

    def delivery_counts(self, incident: str, batch: str) -> DeliveryCounts:
        """How many letters of a batch stand how."""

    def intend(self, delivery: Delivery, *, answered: Delivery | None = None) -> Delivery:
        """Keep that the last byte of a letter is about to go out; returns it with its attempt counted.

        With `answered`, keep the answer to the letter before as `settle` does, in the same transaction: a disk that is
        slow is waited for once a letter.
        Raises `NotAllowed` when it is in doubt or sent, or when another process has taken over; then nothing is kept.
        """

    def note(self, delivery: Delivery) -> None:
        """Keep that a letter is refused, deferred or set aside before its last byte; raises as `intend` does."""

    def settle(self, delivery: Delivery) -> bool:
        """Keep the answer to a letter in doubt, for the attempt that it names; false when that is settled already.

        Not bound to being the sender: what a server answered is true whoever writes it down.
        """

    def seal(
        self, incident: str, batch: str, entry: Callable[[Sequence[Delivery]], Record | None]
    ) -> KeptRecord | None:
        """Append the ledger entry over the letters that were sent and that none vouches for yet, by their keys.

        Nothing is appended when `entry` gives nothing. The entry and their `sealed` are one transaction.
        """

    def last_sent(self, incident: str, batch: str, *, before: datetime | None = None) -> Delivery | None:
        """The letter that a server answered for last, in all or before a moment; not one whose doubt was settled."""

    def sealed_with(self, sequence: int) -> tuple[Delivery, ...]:
        """The letters that one ledger entry vouches for, in the order in which it took them."""

    def delivery_of(self, incident: str, message_id: str) -> Delivery | None:
        """The latest delivery with this Message-ID."""

    def note_bounces(
        self, incident: str, bounces: Sequence[Bounce], entry: Callable[[Sequence[Bounce]], Record], *, at: datetime
    ) -> tuple[Bounce, ...]:
        """Keep final bounces of letters that were sent and did not bounce before, with one ledger entry about them.

        Returns those; without any there is no entry.
        """


class MailSession(Protocol):
    """One conversation with a mail server."""

    def offer(self, mail: OutgoingMail, before_end: Callable[[], None]) -> MailAnswer:
        """Hand one mail over; `before_end` is called when all but its last line has gone out.

        What `before_end` raises ends the conversation without that last line, and goes on to the caller.
        Raises `ChannelFailed` when the server refuses the sender as such, `MailServerAway` when it wants no more now.
        """

    def close(self) -> None:
        """End the conversation; never fails."""


class Mailer(Protocol):
    """A way to the mail server."""

    @property
    def name(self) -> str:
        """As the settings call it."""

    def open(self) -> MailSession:
        """Begin a conversation; raises `MailServerAway` when it may work later, `ChannelFailed` when it will not."""
