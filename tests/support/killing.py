"""Kills a watchman at a chosen call: just before a step takes effect, or just after it did and nobody heard of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from leakguard.models.alerts import AlertMessage
from leakguard.models.people import Recorder
from leakguard.models.records import KeptRecord, Record
from leakguard.ports import AlertStore, Channel, KeyedRecord

Result = TypeVar("Result")


class Killed(BaseException):
    """The process is gone: nothing may catch this, as nothing can catch SIGKILL."""


class Fuse:
    """Burns down with every call."""

    def __init__(self) -> None:
        self.calls_left: int | None = None
        self.is_after = False

    def set(self, calls_left: int | None, *, is_after: bool = False) -> None:
        self.calls_left, self.is_after = calls_left, is_after

    def through(self, act: Callable[[], Result]) -> Result:
        """Do `act`, or die before it, or die after it."""
        if self.calls_left is None:
            return act()
        self.calls_left -= 1
        if self.calls_left >= 0:
            return act()
        self.calls_left = None
        if self.is_after:
            act()
        raise Killed


class KillableStore:
    """A store every call of which may be the last; implements `ports.AlarmStore`."""

    def __init__(self, store: AlertStore, fuse: Fuse) -> None:
        self._store = store
        self._fuse = fuse

    @property
    def recorder(self) -> Recorder | None:
        return self._store.recorder

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        return self._fuse.through(lambda: self._store.append(subject, records, after=after))

    def append_once(self, subject: str, keyed: Sequence[KeyedRecord]) -> tuple[KeptRecord, ...]:
        return self._fuse.through(lambda: self._store.append_once(subject, keyed))

    def read(self, subject: str | None = None) -> Iterator[KeptRecord]:
        return self._fuse.through(lambda: self._store.read(subject))

    def of_kinds(self, kinds: Collection[str], subject: str | None = None) -> Iterator[KeptRecord]:
        return self._fuse.through(lambda: self._store.of_kinds(kinds, subject))

    def last(self, subject: str) -> KeptRecord | None:
        return self._fuse.through(lambda: self._store.last(subject))

    def record(self, subject: str, sequence: int) -> KeptRecord | None:
        return self._fuse.through(lambda: self._store.record(subject, sequence))

    def corrections(self, subject: str, *, after: int) -> Iterator[KeptRecord]:
        return self._fuse.through(lambda: self._store.corrections(subject, after=after))

    def subjects(self, prefix: str = "") -> tuple[str, ...]:
        return self._fuse.through(lambda: self._store.subjects(prefix))

    def take_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        return self._fuse.through(lambda: self._store.take_lease(name, holder, now=now, until=until))

    def lease_holder(self, name: str) -> str | None:
        return self._fuse.through(lambda: self._store.lease_holder(name))

    def release_lease(self, name: str, holder: str) -> None:
        self._fuse.through(lambda: self._store.release_lease(name, holder))

    def beat(self, name: str, holder: str, *, now: datetime) -> None:
        self._fuse.through(lambda: self._store.beat(name, holder, now=now))

    def last_beat(self, name: str) -> datetime | None:
        return self._fuse.through(lambda: self._store.last_beat(name))


class KillableChannel:
    """A channel that may be the last thing a watchman calls."""

    def __init__(self, channel: Channel, fuse: Fuse) -> None:
        self._channel = channel
        self._fuse = fuse

    @property
    def name(self) -> str:
        return self._channel.name

    def send(self, message: AlertMessage) -> None:
        self._fuse.through(lambda: self._channel.send(message))
