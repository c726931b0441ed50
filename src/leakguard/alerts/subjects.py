"""What is watched beside incidents: reports from outside, transfers abroad, and our own sites."""

from __future__ import annotations

from collections.abc import Mapping

from leakguard.clocks.clock_status import ClockStatus
from leakguard.frozen import Frozen, field


class WatchedSubject(Frozen):
    """One subject of the ledger with the clocks that run on it."""

    id: str
    title: str
    """In our own words: what a stranger wrote never stands in an alert."""
    statuses: tuple[ClockStatus, ...]
    actions: Mapping[str, str]
    """By clock, the command that moves it on."""
    link: str
    """The command that shows more."""
    zone: str = "UTC"
    zh: Mapping[str, str] = field(default_factory=dict)
    """By clock, its title in Chinese."""

    @property
    def has_begun(self) -> bool:
        """Whether a threshold has passed on one of its clocks, so that somebody may have been notified."""
        return any(mark.at <= status.computed.at for status in self.statuses for mark in status.threshold_instants)
