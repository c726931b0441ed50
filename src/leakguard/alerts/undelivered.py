"""Alerts that reached nobody at a level whose time has come; they stay so until one is delivered or acknowledged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from leakguard.alerts.escalation import (
    PATIENCE,
    channels_of,
    free_at,
    has_reached,
    is_in_flight,
    round_of,
    waiting_alarms,
)
from leakguard.alerts.history import AttemptResult, History, Message
from leakguard.alerts.quiet import waits_until
from leakguard.alerts.records import SENT
from leakguard.frozen import Frozen, replace
from leakguard.models.alerts import Alert, Escalation, setting_of
from leakguard.models.moments import to_z


class UndeliveredAlert(Frozen):
    """One alert at one level of the chain."""

    incident: str
    message: str
    alarms: tuple[Alert, ...]
    """Those of the alert that still wait for somebody."""
    level: int
    """Counted from one; zero where the chain has no level for the alert."""
    role: str
    failures: tuple[tuple[str, str], ...]
    """The channels that were tried, each with the reason of its last failure."""
    next_try: datetime | None
    """`None` where no channel is left that could be tried."""
    unheard: str = ""
    """The severity of the alert, where the chain has levels and none of them sends such an alert in time."""

    @property
    def clocks(self) -> str:
        """The clocks that the alert is about, with commas between."""
        return ", ".join(dict.fromkeys(alarm.clock for alarm in self.alarms))


def undelivered(
    history: History, settings: Escalation, open_clocks: Mapping[str, int], now: datetime
) -> tuple[UndeliveredAlert, ...]:
    """Every alert that somebody should have by now and has not, level by level."""
    return tuple(
        found
        for message in history.messages
        if (waiting := waiting_alarms(message, history, open_clocks, now))
        for found in _of(replace(message, alarms=waiting), waiting, history, settings, now)
    )


def _of(
    message: Message, waiting: tuple[Alert, ...], history: History, settings: Escalation, now: datetime
) -> Iterator[UndeliveredAlert]:
    chain = history.chain
    levels = chain.levels if chain is not None and chain.levels else settings.levels
    if not levels:
        yield _found(message, waiting, history, level=0, role="", tries=(), next_try=None)
        return
    number, base = round_of(message, waiting, history, now)
    was_sent = any(attempt.outcome == SENT and attempt.attempt.round == number for attempt in message.tries)
    if not was_sent and not any(level.reaches_by(message.severity) for level in levels):
        unheard = _found(message, waiting, history, level=0, role="", tries=(), next_try=None)
        yield replace(unheard, unheard=message.severity.value)
        return
    start = waits_until(message, settings.quiet, base, now)
    for place, level in enumerate(levels):
        if message.severity.rank < level.least.rank or start + level.after > now:
            continue
        channels = channels_of(level.role, settings, now, turn=settings.turn_of(levels, place))
        tries = tuple(
            attempt for attempt in message.tries if attempt.attempt.round == number and attempt.attempt.level == place
        )
        if any(attempt.outcome == SENT and has_reached(attempt.attempt, level.role, channels) for attempt in tries):
            continue
        is_fresh = not tries and bool(channels) and start + level.after + PATIENCE > now
        if is_fresh or is_in_flight(tries, now):
            continue
        next_try = _next_try(channels, tries, now)
        yield _found(message, waiting, history, level=place + 1, role=level.role, tries=tries, next_try=next_try)


def _found(
    message: Message, waiting: tuple[Alert, ...], history: History, *, level: int, role: str,
    tries: tuple[AttemptResult, ...], next_try: datetime | None,
) -> UndeliveredAlert:  # fmt: skip
    failures = {attempt.attempt.channel: attempt.failure or "nobody knows how its last try ended" for attempt in tries}
    return UndeliveredAlert(
        incident=history.incident, message=message.id, alarms=waiting, level=level, role=role,
        failures=tuple(failures.items()), next_try=next_try,
    )  # fmt: skip


def _next_try(channels: tuple[str, ...], tries: tuple[AttemptResult, ...], now: datetime) -> datetime | None:
    """When the first of the channels may be tried (again)."""
    moments = (free_at([attempt for attempt in tries if attempt.attempt.channel == name]) or now for name in channels)
    return min((max(moment, now) for moment in moments), default=None)


def undelivered_words(undelivered: UndeliveredAlert) -> str:
    """One line: which alert reached whom not, why, and when it is tried again."""
    alert = f"{undelivered.incident} {undelivered.clocks}: the alert {undelivered.message} has reached nobody"
    if undelivered.unheard:
        return f"{alert}: no level of the chain notifies anybody in time of an alert that is {undelivered.unheard}"
    if not undelivered.level:
        return f"{alert}: no [escalation] level says whom to notify"
    to = f"{alert} at level {undelivered.level} ({undelivered.role})"
    why = "; ".join(
        f"{channel}: {failure.removeprefix(f'channel {setting_of(channel)}: ')}"
        for channel, failure in undelivered.failures
    )
    again = (
        f"; next try from {to_z(undelivered.next_try.replace(microsecond=0))} on"
        if undelivered.next_try is not None
        else ""
    )
    return f"{to}: {why or 'the role has no channel that was tried'}{again}"
