"""What alerting people needs from the outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # as in `ports` itself: they are words in signatures alone
    from leakguard.models.alerts import AlertMessage


class Channel(Protocol):
    """One way to reach people."""

    @property
    def name(self) -> str:
        """As the settings call it."""

    def send(self, message: AlertMessage) -> None:
        """Send, or raise `ChannelFailed` with a reason that holds no secret; ends within a stated time."""


class AnsweringChannel(Channel, Protocol):
    """A channel that can be tried out."""

    def send_and_report(self, message: AlertMessage) -> str:
        """Send once, and return what the other side answered, printable and without a secret; else as `send`."""


class UnwrittenMemory(Protocol):
    """Where a look whose store cannot be written leaves what it did for the next process."""

    def read(self) -> str | None:
        """What the last one left; nothing where it left nothing."""

    def write(self, text: str) -> bool:
        """Replace what stood there; false where it could not."""

    def forget(self) -> None:
        """Remove it."""
