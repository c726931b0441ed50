"""What a coordinator holds to while it gathers: its runs belong to it alone, and quiet hours are kept by all clocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from leakguard.errors import InQuietHours, LeakGuardError
from leakguard.fleet.dispatch import SKEW
from leakguard.models.scope import Scope
from leakguard.ports import Now, ScanStore
from leakguard.scanning.quiet_hours import QuietTime, QuietWatch, refuse_in_quiet_hours

RENEWED_EVERY = timedelta(seconds=30)
"""A result may be minutes away, and from another machine a hold that nobody renews counts for two minutes."""


@dataclass(slots=True, kw_only=True)
class Hold:
    """The runs of a scan, held from entering the block until leaving it, as a run of one machine is held."""

    store: ScanStore
    runs: tuple[str, ...]
    now: Now
    _taken: list[str] = field(default_factory=list)
    _due: datetime | None = None

    def __enter__(self) -> Self:
        """Raises `NotAllowed`, which says who has it, while another process holds one of them."""
        try:
            self.renew()
        except LeakGuardError:
            self._release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of all of them."""
        self._release()

    def renew(self) -> None:
        """Say that we are still at it, when that is due; raises `NotAllowed` once another process has taken a run."""
        now = self.now()
        if self._due is not None and now < self._due:
            return
        self._due = now + RENEWED_EVERY
        for run in self.runs:
            self.store.take_run(run)
            if run not in self._taken:
                self._taken.append(run)

    def _release(self) -> None:
        for run in self._taken:
            self.store.release_run(run)
        self._taken.clear()


class FleetQuiet:
    """Quiet hours, longer at both ends by what clocks may be apart: each worker goes by its own, and refuses by it."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._early, self._late = QuietWatch(scope), QuietWatch(scope)

    def refuse(self, now: datetime) -> None:
        """Raise `InQuietHours` where they hold now, or for some worker soon."""
        refuse_in_quiet_hours(self._scope, now)
        if (quiet := self.begun(now)) is not None:
            raise InQuietHours(
                f"quiet hours of the scope `{self._scope.name}` are about to begin, and no shard would end in time",
                next_step=f"Start it again from {quiet.until_words} on.",
            )

    def begun(self, now: datetime) -> QuietTime | None:
        """The quiet time that holds, or is about to."""
        return self._early(now + SKEW)

    def holds(self, now: datetime) -> bool:
        """Whether some worker may take this moment for a quiet one."""
        return self.begun(now) is not None or self._late(now - SKEW) is not None
