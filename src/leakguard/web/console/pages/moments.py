"""Times that a form brings: the reader's own clock, with its offset, so that every reader agrees on them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from leakguard.errors import UsageProblem

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


class Fields(Protocol):
    """What was typed, and on whose clock: a desk, or what stands in the place of one."""

    zone: ZoneInfo

    def one(self, name: str) -> str:
        """The only value of a field."""


def stated_at(desk: Fields, name: str, until: str = "") -> str | None:
    """A moment as an operation takes it; with the field `until` two between which it lies. `None` where it is empty."""
    first, last = _with_offset(desk, desk.one(name)), _with_offset(desk, desk.one(until)) if until else ""
    if not first:
        return last or None
    return f"{first}..{last}" if last and last != first else first


def on_clock(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the reader's clock shows this.

    Raises `UsageProblem` where the clock was set and shows it never, or twice: an hour would be guessed.
    """
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    said, is_twice = f"{local:%Y-%m-%d %H:%M}", first.astimezone(UTC) < second.astimezone(UTC)
    raise UsageProblem(
        f"the clocks of {zone.key} show {said} twice" if is_twice else f"the clocks of {zone.key} skip {said}",
        next_step="Choose UTC as your time zone under your own name, then type the time in UTC.",
    )


def _with_offset(desk: Fields, text: str) -> str:
    """What cannot be read is left as it was typed: the operation says what is wrong with it."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return text
    if len(text) <= len("2026-05-24") or read.tzinfo is not None:
        return text
    return on_clock(read, desk.zone).isoformat(timespec="seconds" if read.second else "minutes")


def as_field(desk: Fields, moment: str | None) -> str:
    """A moment of a document as a field of a form shows it: on the reader's own clock."""
    if not moment:
        return ""
    return datetime.fromisoformat(moment).astimezone(desk.zone).strftime("%Y-%m-%dT%H:%M")
