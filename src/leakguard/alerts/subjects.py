"""What is watched beside incidents: reports from outside, transfers abroad, and our own sites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from leakguard.alerts.readiness import UNWATCHED, NotReady
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.fixed_clocks import FixedClock, is_long_over, status_of
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
    problems: tuple[NotReady, ...] = ()
    """Deadlines of it that cannot be watched."""

    @property
    def has_begun(self) -> bool:
        """Whether a threshold has passed on one of its clocks, so that somebody may have been notified."""
        return any(mark.at <= status.computed.at for status in self.statuses for mark in status.threshold_instants)


def statuses_of(
    subject: str, clocks: Iterable[FixedClock], now: datetime, *, next_step: str
) -> tuple[tuple[ClockStatus, ...], tuple[NotReady, ...]]:
    """How these clocks stand, and a problem for each whose deadline is so long over that it must be a slip."""
    found = [(clock, status_of(clock, now)) for clock in clocks]
    slips = (clock for clock, status in found if status is None and is_long_over(clock, now))
    problems = tuple(
        not_watched(
            subject,
            f"{clock.id} ended on {clock.deadline:%Y-%m-%d}, decades ago, and is not watched",
            next_step=next_step,
        )
        for clock in slips
    )
    return tuple(status for _, status in found if status is not None), problems


def not_watched(subject: str, why: str, *, next_step: str) -> NotReady:
    """The problem of what cannot be watched."""
    return NotReady(kind=UNWATCHED, incident=subject, text=f"{subject}: {why}", next_step=next_step)
