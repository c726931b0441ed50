"""A correction supersedes an event whole, so what its form has no field for, or shows rounded, goes along unchanged."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from leakguard.web.console.pages.moments import Fields, as_field, stated_at

MOMENTS = frozenset({"until"})
"""Fields of an event that are times."""
_NEVER = frozenset({"second_person"})
"""A second person confirmed the event as it was, and not its correction."""
EventJson = Mapping[str, Any]


class PrefilledDesk:
    """A desk whose form holds what the form shows, also where nothing was sent yet."""

    def __init__(self, desk: Fields, values: Mapping[str, str]) -> None:
        self.zone, self._values = desk.zone, values

    def one(self, name: str) -> str:
        """As `Desk.one`."""
        return self._values.get(name, "").strip()


def names_duty(old: EventJson | None) -> bool:
    """Whether an event is about a duty by its name, and not by one of its clocks."""
    return old is not None and bool(old["fields"].get("obligation")) and not old["fields"].get("clock")


def words_of(old: EventJson) -> dict[str, str]:
    """The fields of an event, as a form takes them."""
    return {name: str(value) for name, value in old["fields"].items() if isinstance(value, str | int)}


def shown_times(desk: Fields, old: EventJson) -> dict[str, str]:
    """The times of an event as the form shows them, to the minute."""
    first, last = (as_field(desk, old["occurred_at"][name]) for name in ("earliest", "latest"))
    until = {name: as_field(desk, text) for name, text in words_of(old).items() if name in MOMENTS}
    return {"at": first, "at_latest": last if last != first else "", **until}


def carried(kind: Mapping[str, Any], controls: Collection[str], old: EventJson | None) -> dict[str, str]:
    """What the event has that the form cannot say; of another kind only what that kind is asked for."""
    if old is None:
        return {}
    left = {name: text for name, text in words_of(old).items() if name not in controls and name not in _NEVER}
    return left if kind["kind"] == old["kind"] else {name: left[name] for name in kind["fields"] if name in left}


def stated_times(desk: Fields, values: Mapping[str, str], old: EventJson | None) -> dict[str, str]:
    """The times as an operation takes them; one that stands as the form showed it is the exact one of the event."""
    exact = _exact(desk, values, old) if old is not None else {}
    shown = PrefilledDesk(desk, {**values, **exact})
    found = {"at": stated_at(shown, "at", "at_latest")} | {name: stated_at(shown, name) for name in MOMENTS}
    return {name: text for name, text in found.items() if text}


def _exact(desk: Fields, values: Mapping[str, str], old: EventJson) -> dict[str, str]:
    was, typed = shown_times(desk, old), PrefilledDesk(desk, values)
    same = {name for name, text in was.items() if typed.one(name) == text}
    if not was["at_latest"] and "at" not in same:
        same.discard("at_latest")  # it is one moment, and another one now
    at = old["occurred_at"]
    exact = {"at": at["earliest"], "at_latest": at["latest"], **words_of(old)}
    return {name: str(exact[name]) for name in same}
