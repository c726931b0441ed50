"""What a system clock recorded that was ahead: it silences nothing once the clock is right again.

A threshold that such a clock saw pass has not passed yet, so it is told when it does. An alert that such a clock
raised takes the place of no other one, and the pause after a try under it is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from leakguard.alerts.history import Acknowledgement, AttemptResult, History, Message
from leakguard.frozen import replace
from leakguard.ledger.clock_skew import SKEW
from leakguard.models.alerts import Alert


def as_of(history: History, now: datetime) -> History:
    """The history as far as it counts at `now`: without what a clock recorded that was ahead of it.

    Two machines may differ by `SKEW`.
    """
    latest = now + SKEW
    if all(moment <= latest for moment in _moments(history)):
        return history
    ahead = {mark: len(times) for mark, times in history.recorded.items() if min(times) > latest}
    kept = {
        clock: {threshold: alarm for threshold, alarm in alarms.items() if alarm.mark not in ahead}
        for clock, alarms in history.kept.items()
    }
    return replace(
        history, kept=kept, again=ahead,
        messages=tuple(_settled(message, latest) for message in history.messages if message.raised_at <= latest),
        acknowledgements=tuple(ack for ack in history.acknowledgements if _may_hold(ack, now)),
    )  # fmt: skip


def told_again(alarm: Alert, history: History) -> Alert:
    """The alarm under a key of its own, where a clock that was ahead has taken the key of its threshold."""
    return replace(alarm, again=history.again.get(alarm.mark, 0))


def _moments(history: History) -> Iterator[datetime]:
    for times in history.recorded.values():
        yield from times
    for message in history.messages:
        yield from _of_tries(message.tries)
    yield from (ack.at for ack in history.acknowledgements)


def _of_tries(tries: Iterable[AttemptResult]) -> Iterator[datetime]:
    for tried in tries:
        yield tried.at
        if tried.ended_at is not None:
            yield tried.ended_at


def _settled(message: Message, latest: datetime) -> Message:
    """With each try that bears a time to come put to the time at which the message was raised."""
    tries = (
        tried
        if all(moment <= latest for moment in _of_tries((tried,)))
        else replace(tried, at=message.raised_at, ended_at=message.raised_at if tried.ended_at is not None else None)
        for tried in message.tries
    )
    return replace(message, tries=tuple(tries))


def _may_hold(ack: Acknowledgement, now: datetime) -> bool:
    """Whether it holds for twice as long as its author asked for, at most; as leases do."""
    return ack.until <= now + 2 * (ack.until - ack.at)
