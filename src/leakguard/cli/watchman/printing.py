"""What the watchman shows while it works, and the heartbeat that it leaves."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from leakguard.cli.options import Context
from leakguard.errors import ChannelFailed, StoreUnusable
from leakguard.models.moments import to_z
from leakguard.outputs.words import printable
from leakguard.use_cases.alarms.heartbeats import CHANNEL_EVERY, heartbeat_message, heartbeat_text
from leakguard.use_cases.alarms.watchman import Cycle, Watchman

if TYPE_CHECKING:
    from leakguard.ports import HeartbeatWriter


class Telling:
    """Prints to stderr and writes the heartbeat."""

    def __init__(self, context: Context, watchman: Watchman, heartbeat: HeartbeatWriter) -> None:
        self._context = context
        self._watchman = watchman
        self._heartbeat = heartbeat
        self._told_channel_at: datetime | None = None
        self._keeper = context.wiring.head_keeper()

    def beat(self, cycle: Cycle) -> None:
        """Write the file, and now and then tell the channel that waits for it, and the second places for heads."""
        self._heartbeat.write(heartbeat_text(cycle, self._watchman.holder))
        for failure in self._keeper.look():
            self._say(cycle.at, f"head not kept: {failure}")
        channel = self._watchman.channels.get(self._watchman.settings.heartbeat_channel)
        if channel is None or (self._told_channel_at and cycle.at - self._told_channel_at < CHANNEL_EVERY):
            return
        self._told_channel_at = cycle.at
        try:
            channel.send(heartbeat_message(cycle, is_drill=self._watchman.is_drill))
        except ChannelFailed as error:
            self._say(cycle.at, f"heartbeat: {error.message}")

    def tell(self, cycle: Cycle) -> None:
        """One line a new message, failure or outage."""
        if cycle.unwatched_since is not None:
            self._say(cycle.at, f"nobody watched since {to_z(cycle.unwatched_since)}")
        for message in cycle.messages:
            self._say(cycle.at, f"{message.severity.value.upper()} {message.title} [{message.id}]")
        for failure in cycle.failures:
            self._say(cycle.at, f"not sent: {failure}")
        if cycle.messages and not self._watchman.settings.escalation.levels:
            self._say(cycle.at, "nobody was told: leakguard.toml names no [escalation]")

    def tell_problem(self, error: StoreUnusable) -> None:
        """The store does not answer; it is asked again."""
        self._context.notes.print(f"{error.message}. Trying again.", soft_wrap=True)

    def _say(self, at: datetime, text: str) -> None:
        line = f"{to_z(at.replace(microsecond=0))} {printable(text, longest=400)}"
        self._context.notes.print(line, soft_wrap=True)


def cycle_to_json(cycle: Cycle) -> dict[str, Any]:
    """Plain values."""
    return {
        "at": to_z(cycle.at),
        "is_leader": cycle.is_leader,
        "incident_count": cycle.incident_count,
        "messages": [
            {
                "id": one.id,
                "incident": one.incident,
                "clock": one.clock or None,
                "threshold": one.threshold or None,
                "severity": one.severity.value,
                "title": one.title,
                "lines": list(one.lines),
                "due_at": to_z(one.due_at) if one.due_at is not None else None,
            }
            for one in cycle.messages
        ],
        "missed_count": cycle.missed_count,
        "sent_count": cycle.sent_count,
        "failures": list(cycle.failures),
        "unwatched_since": to_z(cycle.unwatched_since) if cycle.unwatched_since is not None else None,
        "next_look": to_z(cycle.next_look) if cycle.next_look is not None else None,
    }
