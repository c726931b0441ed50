"""Channels that are known to be dead: the last message was refused, so nothing says that the next alert arrives."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from leakguard.alerts.readiness import DEAD, NotReady
from leakguard.alerts.records import FAILED, SENT, TESTED
from leakguard.frozen import Frozen
from leakguard.models.alerts import setting_of
from leakguard.models.moments import to_z
from leakguard.models.records import KeptRecord

KINDS = frozenset({SENT, FAILED, TESTED})
"""The records that tell how a message ended."""


class DeadChannel(Frozen):
    """What a channel did not take, and nothing since."""

    channel: str
    at: str
    failure: str
    count: int
    """Messages that failed since the last one that was taken."""


def dead_channels(records: Iterable[KeptRecord], configured: Collection[str]) -> tuple[NotReady, ...]:
    """The configured channels whose last message failed; `records` are of the kinds `KINDS`, in their order.

    What was to reach a single person proves that a channel works, and never that it is dead: their address may be.
    An acknowledgement proves nothing about a channel: a message that it takes does, be it a test.
    """
    refused: dict[str, DeadChannel] = {}
    for record in records:
        named, failure = str(record.content.get("channel", "")), str(record.content.get("failure", ""))
        channel = setting_of(named)
        if record.kind == FAILED or failure:
            if named != channel:
                continue
            count = refused[channel].count + 1 if channel in refused else 1
            at = to_z(record.occurred_at.latest.replace(microsecond=0))
            refused[channel] = DeadChannel(channel=channel, at=at, failure=failure, count=count)
        else:
            refused.pop(channel, None)
    return tuple(_problems(refused[name] for name in configured if name in refused))


def _problems(refused: Iterable[DeadChannel]) -> Iterator[NotReady]:
    for dead in refused:
        tries = "the last message" if dead.count == 1 else f"the last {dead.count:,} messages"
        why = dead.failure.removeprefix(f"channel {dead.channel}: ") or "nobody knows why"
        yield NotReady(
            kind=DEAD,
            text=f"channel {dead.channel} is dead: it did not take {tries}, last at {dead.at} ({why}), and none since",
            next_step=f"Fix the channel, then prove it: leakguard channel test {dead.channel}",
        )
