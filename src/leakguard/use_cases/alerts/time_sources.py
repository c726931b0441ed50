"""Simulated time, made of another time source: faster, or moved only by those who wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from leakguard.ports import TimeSource


class ScaledTime:
    """Time that runs `speed` times as fast as its base, from `start`; implements `ports.TimeSource`."""

    def __init__(self, base: TimeSource, *, start: datetime, speed: float) -> None:
        self._base = base
        self._start = start
        self._speed = speed
        self._began = base.monotonic()

    def now(self) -> datetime:
        """The simulated time, in UTC."""
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Simulated seconds since the start."""
        return (self._base.monotonic() - self._began) * self._speed

    def sleep(self, seconds: float) -> None:
        """Wait so many simulated seconds."""
        self._base.sleep(seconds / self._speed)


class PacedTime:
    """Time that passes only for those who wait, `speed` times as fast as its base; implements `ports.TimeSource`.

    Unlike `ScaledTime` it stands still while the program works: a slow machine plays a drill as a fast one does.
    """

    def __init__(self, base: TimeSource, *, start: datetime, speed: float) -> None:
        self._base = base
        self._start = start
        self._speed = speed
        self._passed = 0.0

    def now(self) -> datetime:
        """The simulated time, in UTC."""
        return self._start + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        """Simulated seconds since the start."""
        return self._passed

    def sleep(self, seconds: float) -> None:
        """Wait so many simulated seconds, fewer where the base wakes early."""
        began = self._base.monotonic()
        self._base.sleep(seconds / self._speed)
        self._passed += min(seconds, (self._base.monotonic() - began) * self._speed)


class SteppedTime:
    """Time that stands still but for those who wait, and for `step`; implements `ports.TimeSource`."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._monotonic = 0.0

    def now(self) -> datetime:
        """The simulated time, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Simulated seconds since the start, whatever was done to the wall clock."""
        return self._monotonic

    def sleep(self, seconds: float) -> None:
        """Be there at once."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def set_wall(self, now: datetime) -> None:
        """Set the wall clock, as an administrator or a time server does."""
        self._now = now
