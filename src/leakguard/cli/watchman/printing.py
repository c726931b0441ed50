"""What the watchman shows while it works, and the heartbeat that it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from leakguard.alerts.readiness import DEAD, UNWATCHED, UNWRITABLE, NotReady
from leakguard.alerts.undelivered import undelivered_words
from leakguard.errors import ChannelFailed, StoreUnusable
from leakguard.models.moments import to_z
from leakguard.outputs.watchman import deed_lines, log_line, silent_words, unknown_by_incident
from leakguard.outputs.words import printable
from leakguard.use_cases.alerts.alert_sending import Cycle
from leakguard.use_cases.alerts.heartbeats import CHANNEL_EVERY, heartbeat_message, heartbeat_text
from leakguard.use_cases.alerts.watchman import Watchman
from leakguard.use_cases.alerts.watchman_loop import PATIENCE

if TYPE_CHECKING:
    from leakguard.cli.options import Context
    from leakguard.cli.watchman.metrics import WatchMetrics
    from leakguard.ports import HeartbeatWriter


SAID_AGAIN = timedelta(minutes=15)
"""How often a running watchman says again that an alert is undelivered, where nothing about it changes."""


class CyclePrinter:
    """Prints to stderr and writes the heartbeat."""

    def __init__(
        self, context: Context, watchman: Watchman, heartbeat: HeartbeatWriter, problems: Sequence[NotReady] = ()
    ) -> None:
        """`problems` are those of the settings and secrets, which the heartbeat tells whoever checks from outside."""
        self._context = context
        self._watchman = watchman
        self._heartbeat = heartbeat
        self._problems = tuple(problems)
        self._told_channel_at: datetime | None = None
        self._keeper = context.wiring.head_keeper()
        self._said_at: dict[tuple[str, str, int], datetime] = {}
        self._said_once: set[str] = set()
        self._standing_by_for = ""
        self._silent_channel: tuple[NotReady, ...] = ()
        self._refusal = ""
        """Why the store refused the last look; empty where it did not."""
        self.last_beat: Cycle | None = None
        self.is_heartbeat_undelivered = False
        """Whether the channel that waits for heartbeats did not take the last one."""
        self.last_cycle: Cycle | None = None
        self.metrics: WatchMetrics | None = None
        """Where they are kept, if somebody asked for them."""

    @property
    def is_store_refused(self) -> bool:
        """Whether the store could not be written at the last look."""
        return bool(self._refusal)

    def beat(self, cycle: Cycle) -> None:
        """Write the file, and now and then tell the channel that waits for it, and the second places for heads."""
        self.last_beat = cycle
        unwatched = (problem for problem in cycle.problems if problem.kind == UNWATCHED)
        problems = (*self._problems, *self._silent_channel, *unwatched)
        self._heartbeat.write(heartbeat_text(cycle, self._watchman.holder, problems))
        if self.metrics is not None:
            self.metrics.beaten(cycle)
        for failure in self._keeper.look():
            self._say(cycle.at, f"head not kept: {failure}")
        channel = self._watchman.channels.get(self._watchman.settings.heartbeat_channel)
        if channel is None or (self._told_channel_at and cycle.at - self._told_channel_at < CHANNEL_EVERY):
            return
        self._told_channel_at = cycle.at
        self.is_heartbeat_undelivered, self._silent_channel = False, ()
        try:
            channel.send(heartbeat_message(cycle, is_drill=self._watchman.is_drill))
        except ChannelFailed as error:
            self.is_heartbeat_undelivered, self._silent_channel = True, (_silent(channel.name, error),)
            self._say(cycle.at, f"heartbeat not sent: {error.message}")

    def tell(self, cycle: Cycle) -> None:
        """One line a takeover, outage, new alert, delivery or failure, and one an alert that reached nobody yet."""
        self.last_cycle = cycle
        self._measure(cycle)
        if cycle.is_recorded and self._refusal:
            self._refusal = ""
            self._say_to_all(log_line(cycle.at, "the store can be written again"))
        if not cycle.is_leader:
            self._stand_by(cycle)
            return
        self._standing_by_for = ""
        if cycle.is_takeover:
            self._say(cycle.at, f"took over from {cycle.other_holder}, {silent_words(cycle)}")
        if cycle.unwatched_since is not None and cycle.is_recorded:
            self._say(cycle.at, f"nobody watched since {to_z(cycle.unwatched_since)}")
        for line in deed_lines(cycle):
            self._say(cycle.at, line)
        self._tell_undone(cycle)

    def _tell_undone(self, cycle: Cycle) -> None:
        """What is not watched, and what reaches nobody."""
        for line in unknown_by_incident(cycle):
            self._say_once(cycle.at, line)
        for problem in cycle.problems:
            self._say_now_and_then(cycle.at, (problem.incident, problem.text, 0), problem.text, problem.next_step)
        for left in cycle.undelivered:
            key = (left.incident, left.message, left.level)
            self._say_now_and_then(cycle.at, key, f"UNDELIVERED {undelivered_words(left)}", "")

    def _measure(self, cycle: Cycle) -> None:
        if self.metrics is not None:
            self.metrics.cycled(cycle)

    def tell_problems(self) -> None:
        """What keeps alerts from people, and what to do about it."""
        for problem in self._problems:
            self._say_to_all(printable(problem.text, longest=400))
            self._say_to_all(f"  Next: {printable(problem.next_step, longest=400)}")

    def _stand_by(self, cycle: Cycle) -> None:
        """Say once whose place it would take."""
        if self._standing_by_for != cycle.other_holder:
            self._standing_by_for = cycle.other_holder
            self._say(cycle.at, f"{cycle.other_holder} watches, {silent_words(cycle)}; this one stands by")

    def _say_once(self, at: datetime, text: str) -> None:
        if text not in self._said_once:
            self._said_once.add(text)
            self._say(at, text)

    def _say_now_and_then(self, at: datetime, key: tuple[str, str, int], text: str, next_step: str) -> None:
        said_at = self._said_at.get(key)
        if said_at is not None and at - said_at < SAID_AGAIN:
            return
        self._said_at[key] = at
        self._say_to_all(log_line(at, f"{text}. {next_step}" if next_step else text))

    def _say_to_all(self, line: str) -> None:
        """Also with `--quiet`: cron mails what a command prints, and silence would look like health."""
        click.echo(self._context.repeating(line), err=True)

    def tell_problem(self, error: StoreUnusable) -> None:
        """The store refuses: said to everybody when that changes, and now and then; and in the heartbeat's file."""
        if self.metrics is not None:
            self.metrics.failed()
        now = self._watchman.now()
        text = f"{error.message}. What is due is sent nevertheless, and recorded once the store can be written"
        if error.message != self._refusal:
            self._refusal = error.message
            self._said_at.pop((UNWRITABLE, "", 0), None)
        minutes = int(PATIENCE.total_seconds() // 60)
        next_step = f"It tries again, and ends with 3 after {minutes} minutes. {error.next_step}"
        self._say_now_and_then(now, (UNWRITABLE, "", 0), text, next_step)
        problem = NotReady(kind=UNWRITABLE, text=f"the watchman: {error.message}", next_step=error.next_step)
        if self.last_beat is not None:
            with suppress(StoreUnusable):
                self._heartbeat.write(heartbeat_text(self.last_beat, self._watchman.holder, (problem, *self._problems)))

    def tell_refusal(self, error: StoreUnusable, *, is_remembered: bool) -> None:
        """The store refused the only look: what was done all the same, and what to do."""
        self._refusal = error.message
        again = "" if is_remembered else ". This could not be remembered either: the next check sends it again"
        text = f"{error.message}. What is due is sent nevertheless, and nothing is recorded{again}. {error.next_step}"
        self._say_to_all(log_line(self._watchman.now(), text))

    def _say(self, at: datetime, text: str) -> None:
        self._context.remark(log_line(at, text))


def _silent(channel: str, error: ChannelFailed) -> NotReady:
    """A channel of heartbeats that did not take the last one, for whoever checks from outside."""
    text = f"channel {channel} is dead: it did not take the last heartbeat ({error.message})"
    return NotReady(kind=DEAD, text=text, next_step=f"Fix the channel, and try it: leakguard channel test {channel}")
