"""How sending is seen while it goes on, and how its end is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leakguard.models.deliveries import Delivery, DeliveryState
from leakguard.models.texts import counted
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from rich.console import Console


_EVERY = 5.0
"""Seconds between two lines of progress."""


@dataclass(slots=True, kw_only=True)
class SendTeller:
    """Tells how far a run is, every few seconds; counts alone, nothing about anybody. Fits `SendWatcher`."""

    notes: Console
    monotonic: Callable[[], float]
    total: int
    sent: int
    """By earlier runs, and so far."""
    told_at: float = 0.0

    def moved(self, delivery: Delivery) -> None:
        """A letter's state was kept."""
        self.sent += delivery.state is DeliveryState.SENT
        now = self.monotonic()
        if now - self.told_at >= _EVERY:
            self.told_at = now
            self.notes.print(f"{self.sent:,} of {counted(self.total, 'letter')} sent")

    def waiting(self, seconds: float, why: str) -> None:
        """The run waits."""
        self.notes.print(f"Waiting {seconds:.0f} s: {printable(why)}.", soft_wrap=True)
