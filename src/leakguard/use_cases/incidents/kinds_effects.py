"""Which clocks of an incident an event of each kind would start or end now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.event_selection import ANYTHING, EventPattern
from leakguard.clocks.verdicts import INACTIVE_STATES, State
from leakguard.frozen import Frozen

_OPTIONS = ("obligation", "stage")


class Effect(Frozen):
    """What an event of a kind does to one clock."""

    does: str
    """`starts`, `starts anew` or `ends`."""
    clock: str
    options: tuple[str, ...] = ()
    """The options of `incident event` that it needs for that."""
    fields: tuple[tuple[str, str], ...] = ()
    """The same as names and values; the value is empty where any will do."""

    @property
    def text(self) -> str:
        """`ends law.initial with --obligation law --stage initial`."""
        needs = f" with {' '.join(self.options)}" if self.options else ""
        return f"{self.does} {self.clock}{needs}"

    def to_json(self) -> dict[str, object]:
        """One object of `effects`."""
        return {
            "does": self.does, "clock": self.clock, "options": list(self.options), "fields": dict(self.fields),
        }  # fmt: skip


def effects_of(statuses: Sequence[ClockStatus]) -> Mapping[str, tuple[Effect, ...]]:
    """By kind, what an event that happens now does to the clocks that wait for it; nothing to any other clock."""
    found: dict[str, list[Effect]] = {}
    for status in statuses:
        for kind, effect in _effects(status):
            if effect not in found.setdefault(kind, []):
                found[kind].append(effect)
    return {kind: tuple(effects) for kind, effects in found.items()}


def _effects(status: ClockStatus) -> Iterator[tuple[str, Effect]]:
    is_latent = status.state is State.LATENT
    for pick in (pick for limb in status.rule.limbs for pick in limb.selector.patterns):
        if is_latent or pick.which == "last":
            does = "starts" if is_latent else "starts anew"
            yield pick.kind, _effect(does, status, pick)
    if status.rule.ending is not None and status.state not in INACTIVE_STATES:
        for pick in status.rule.ending.patterns:
            yield pick.kind, _effect("ends", status, pick)


def _effect(does: str, status: ClockStatus, pick: EventPattern) -> Effect:
    fields = tuple((key, "" if value == ANYTHING else value) for key, value in pick.filters)
    return Effect(does=does, clock=status.id, options=_options(pick), fields=fields)


def _options(pick: EventPattern) -> tuple[str, ...]:
    return tuple(_option(key, "VALUE" if value == ANYTHING else value) for key, value in pick.filters)


def _option(key: str, value: str) -> str:
    return f"--{key} {value}" if key in _OPTIONS else f"--field {key}={value}"
