"""Who is told now: one level after the other until somebody acknowledges; a failed channel raises the next at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from leakguard.alerts.history import AttemptResult, History, Message
from leakguard.alerts.quiet import channel_for, waits_until
from leakguard.alerts.records import FAILED, SENT, Attempt
from leakguard.frozen import Frozen, replace
from leakguard.models.alerts import Alert, Escalation, EscalationLevel

PATIENCE = timedelta(minutes=3)
"""A try of which nothing was heard for so long is taken for lost, and repeated: longer than any channel may take."""
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=15)
"""How long the same channel is left alone after it failed: doubled each time."""


class SendingPlan(Frozen):
    """What has to be sent now, and when to look again."""

    attempts: tuple[tuple[Message, Attempt], ...] = ()
    next_look: datetime | None = None


def live_alarms(message: Message, history: History, open_clocks: Mapping[str, int]) -> tuple[Alert, ...]:
    """Alarms of a message that still ask for somebody: their clock runs in the same generation, nothing newer came.

    Where a clock was recorded anew and the threshold was not told again, what was told before asks on.
    """
    own = (alarm for alarm in message.alarms if history.latest(alarm.clock) is message)
    return tuple(live for alarm in own if (live := _live(alarm, history, open_clocks.get(alarm.clock))) is not None)


def _live(alarm: Alert, history: History, generation: int | None) -> Alert | None:
    if generation is None or alarm.generation == generation:
        return alarm if generation is not None else None
    again = history.told_before.get((alarm.clock, generation, alarm.threshold))
    return replace(alarm, due_at=again.due_at) if again is not None else None


def unacknowledged(history: History, open_clocks: Mapping[str, int], now: datetime) -> tuple[Alert, ...]:
    """Every live alarm that nobody has acknowledged, or whose acknowledgement has run out."""
    return tuple(
        alarm
        for message in history.messages
        for alarm in live_alarms(message, history, open_clocks)
        if not history.is_acknowledged(alarm.clock, since=message, now=now)
    )


def sending(history: History, settings: Escalation, open_clocks: Mapping[str, int], now: datetime) -> SendingPlan:
    """The next try of every message that asks for one, with those of its alarms that still wait."""
    levels = history.chain.levels if history.chain is not None else settings.levels
    attempts: list[tuple[Message, Attempt]] = []
    looks: list[datetime] = []
    for message in history.messages:
        waiting = waiting_alarms(message, history, open_clocks, now)
        if not waiting:
            looks += _expiries(message, history, open_clocks, now)
            continue
        left = replace(message, alarms=waiting)
        number, base = round_of(left, waiting, history, now)
        start = waits_until(left, settings.quiet, base, now)
        for next_try in _next_tries(left, number, start, levels, settings, now):
            if isinstance(next_try, Attempt):
                attempts.append((left, next_try))
            else:
                looks.append(next_try)
    return SendingPlan(attempts=tuple(attempts), next_look=min((look for look in looks if look > now), default=None))


def waiting_alarms(
    message: Message, history: History, open_clocks: Mapping[str, int], now: datetime
) -> tuple[Alert, ...]:
    """The live alarms of a message that no acknowledgement holds back."""
    return tuple(
        alarm
        for alarm in live_alarms(message, history, open_clocks)
        if not history.is_acknowledged(alarm.clock, since=message, now=now)
    )


def _expiries(message: Message, history: History, open_clocks: Mapping[str, int], now: datetime) -> list[datetime]:
    """When acknowledgements run out that hold a message back."""
    alarms = live_alarms(message, history, open_clocks)
    acks = [ack for alarm in alarms for ack in history.acks_of(alarm.clock, message)]
    return [ack.until for ack in acks if ack.until > now]


def round_of(message: Message, alarms: Sequence[Alert], history: History, now: datetime) -> tuple[int, datetime]:
    """How often acknowledgements of this message have run out, and since when people are told (again)."""
    over = {ack.until for alarm in alarms for ack in history.acks_of(alarm.clock, message) if ack.until <= now}
    return len(over), max(over, default=_begun(message, alarms, history))


def _begun(message: Message, alarms: Sequence[Alert], history: History) -> datetime:
    """Since when nobody has answered what is at least as urgent about these clocks.

    A repeat takes the place of the alarm before: if each began the chain anew, a level that comes after more than
    the time between two of them would never be told.
    """
    clocks = {_of(alarm) for alarm in alarms}
    unanswered = (
        earlier.raised_at
        for earlier in history.messages
        if earlier.raised_at < message.raised_at
        and earlier.severity.rank >= message.severity.rank
        and any(_is_unanswered(alarm, earlier, message, history) for alarm in earlier.alarms if _of(alarm) in clocks)
    )
    return min(unanswered, default=message.raised_at)


def _of(alarm: Alert) -> tuple[str, int]:
    return alarm.clock, alarm.generation


def _is_unanswered(alarm: Alert, before: Message, message: Message, history: History) -> bool:
    return all(ack.entry > message.entry for ack in history.acks_of(alarm.clock, before))


def _next_tries(
    message: Message,
    number: int,
    start: datetime,
    levels: Sequence[EscalationLevel],
    settings: Escalation,
    now: datetime,
) -> Iterator[Attempt | datetime]:
    """What each level that has been reached asks for: a try, or a moment to look again."""
    is_raised_early = False
    for place, level in enumerate(levels):
        if message.severity.rank < level.least.rank:
            continue
        reached = start if is_raised_early else start + level.after
        if reached > now:
            yield reached
            return
        channels = channels_of(level.role, settings, now, turn=settings.turn_of(levels, place))
        tries = [
            attempt for attempt in message.tries if attempt.attempt.round == number and attempt.attempt.level == place
        ]
        if any(attempt.outcome == SENT and has_reached(attempt.attempt, level.role, channels) for attempt in tries):
            is_raised_early = False
            continue
        step = _try_of(message.id, number, place, level.role, channels, tries, now)
        yield from step
        # A level that can be reached on no channel now must not hold up the next one.
        is_raised_early = not any(isinstance(attempt, Attempt) for attempt in step) and not is_in_flight(tries, now)


def has_reached(attempt: Attempt, role: str, channels: Collection[str]) -> bool:
    """Whether a try told this role: an adopted chain may have put another one into its place."""
    return attempt.role == role or attempt.channel in channels


def _try_of(
    message: str,
    number: int,
    level: int,
    role: str,
    channels: Sequence[str],
    tries: Sequence[AttemptResult],
    now: datetime,
) -> list[Attempt | datetime]:
    """The first channel in order that is free to be tried; else the moment when one is."""
    looks: list[Attempt | datetime] = []
    for channel in channels:
        own = [last_try for last_try in tries if last_try.attempt.channel == channel]
        free = free_at(own)
        if free is None or free <= now:
            attempt = Attempt(
                message=message, round=number, level=level, role=role, channel=channel, number=len(own) + 1
            )
            return [attempt]
        looks.append(free)
        if own[-1].outcome != FAILED:
            break
    return looks


def is_in_flight(tries: Collection[AttemptResult], now: datetime) -> bool:
    """Whether somebody may be sending at this moment."""
    return any(not attempt.outcome and attempt.at + PATIENCE > now for attempt in tries)


def free_at(own: Sequence[AttemptResult]) -> datetime | None:
    """When a channel may be tried (again); `None` for one that was not tried yet."""
    if not own:
        return None
    last = own[-1]
    if last.ended_at is None:
        return last.at + PATIENCE
    pause = min(_FIRST_PAUSE * (1 << min(len(own) - 1, 10)), _LONGEST_PAUSE)
    return last.ended_at + pause


def channels_of(role: str, settings: Escalation, now: datetime, *, turn: int = 0) -> tuple[str, ...]:
    """The channels of a role as the settings name them now, in their order.

    Where a roster says who holds the role, those of the person whose `turn` it is come first, see `Escalation.calls`.
    """
    calls = settings.calls.get(role)
    if calls:
        return calls[min(turn, len(calls) - 1)]
    names = (channel_for(name, settings.quiet, now) for name in settings.roles.get(role, ()))
    return tuple(dict.fromkeys(names))
