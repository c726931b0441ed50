"""Alarms: what the watchman raises, whom it tells, and what a channel is given to send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from leakguard.frozen import Frozen, field
from leakguard.models.moments import to_z


class Severity(StrEnum):
    """How urgent an alarm is, from a first remark to a limit that is over."""

    NOTICE = "notice"
    WARNING = "warning"
    URGENT = "urgent"
    OVERDUE = "overdue"

    @property
    def rank(self) -> int:
        """0 for the least urgent."""
        return list(Severity).index(self)


class Alert(Frozen):
    """One threshold of one clock that has passed; unique per incident, clock, generation, threshold and limit.

    The limit belongs to it, since a generation rises with what happens alone: another playbook, or another release of a
    rule or a calendar, moves the limit within one.
    """

    incident: str
    clock: str
    generation: int
    threshold: str
    """`50%`, `-PT1H`, `PT0S`; `+PT3H` for a repeat; `forecast`; `moved` for a limit that moved closer."""
    severity: Severity
    at: datetime
    """The instant at which the threshold passed."""
    due_at: datetime | None
    is_statutory: bool
    title: str = ""
    is_from_memory: bool = False
    """Whether nobody read the limit in a source."""
    again: int = 0
    """How often a system clock that was ahead had recorded this threshold before it passed."""

    @property
    def key(self) -> str:
        """What makes it unique; the store keeps no second alarm with the same key."""
        return f"{self.mark}/again-{self.again}" if self.again else self.mark

    @property
    def mark(self) -> str:
        """The threshold that it is about, however often it was recorded."""
        due = f"/{to_z(self.due_at)}" if self.due_at is not None else ""
        return f"alarm/{self.incident}/{self.clock}/{self.generation}/{self.threshold}{due}"


class AlertMessage(Frozen):
    """What a channel sends: clocks, times, numbers, and titles that the organisation wrote; never leaked data.

    The titles are printable text of one line each, whoever wrote them.
    """

    id: str
    """The same however often it is sent, so that a receiver can drop a repetition."""
    incident: str
    clock: str
    """Empty when the message is about several clocks."""
    threshold: str
    """As in the rule, such as `-PT1H`; empty when the message is about several clocks."""
    severity: Severity
    title: str
    lines: tuple[str, ...]
    due_at: datetime | None
    link: str = ""
    """The command, or the page, that shows more."""
    is_drill: bool = False
    incident_title: str = ""
    clock_title: str = ""
    """What has to be done, by the title of the most urgent clock."""
    next_action: str = ""
    """A command that can be copied: what to do next about the most urgent clock."""
    acknowledge: str = ""
    """A command that can be copied: it stops the repeats and the next levels for a while."""
    due_local: str = ""
    """`due_at` on the wall clock of the incident: `2026-05-25 09:00 CST (Asia/Shanghai)`."""
    zone: str = ""
    remaining_seconds: int | None = None
    """Until `due_at` when the message was made; negative once it is over."""
    threshold_text: str = ""
    """The threshold in words, such as `the warning 1 h before the limit`."""
    is_test: bool = False
    """Whether somebody tries the channel out, and nothing has happened."""
    is_from_memory: bool = False
    """Whether nobody read `due_at` in a source."""


LATEST_LEVEL = timedelta(hours=24)
"""A level that comes later practically reaches nobody: by then most clocks that it is about are over."""


class EscalationLevel(Frozen):
    """A role that is told when nobody acknowledged for so long."""

    role: str
    after: timedelta
    """Counted from the first moment of the alarm; zero for the first level."""
    least: Severity = Severity.NOTICE
    """Milder alarms never reach this level."""

    @property
    def is_late(self) -> bool:
        """Whether it comes so late that it practically reaches nobody."""
        return self.after > LATEST_LEVEL

    def reaches_by(self, severity: Severity) -> bool:
        """Whether an alert of this severity gets here in time."""
        return severity.rank >= self.least.rank and not self.is_late


class QuietHours(Frozen):
    """When people sleep: mild alarms of internal clocks wait, those of statutory clocks may go to other channels."""

    start: time
    end: time
    """Before `start` when the night goes over midnight."""
    zone: str
    instead: Mapping[str, str] = field(default_factory=dict)
    """Channel name to the channel that takes its place in these hours."""


class Escalation(Frozen):
    """Who is told, in which order, how often."""

    levels: tuple[EscalationLevel, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Role to the names of its channels, looked up at the moment of sending."""
    repeat: timedelta = timedelta(hours=1)
    """How often a clock that is overdue is told again until somebody acknowledges."""
    quiet: QuietHours | None = None
    calls: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """Role to the channels of each of its levels in turn, where a roster says who holds it now; see `OnDuty`."""
    people: Mapping[str, str] = field(default_factory=dict)
    """The names of the people behind the channels that reach one person alone."""

    def turn_of(self, levels: Sequence[EscalationLevel], place: int) -> int:
        """How many levels of the same role come before one: each of them notifies the next person of the roster."""
        return sum(level.role == levels[place].role for level in levels[:place])


PERSON_MARK = "@"
"""Between the name of a channel and the account that it reaches alone: `soc-mail@acc_...`. No setting's name has it."""


def setting_of(channel: str) -> str:
    """The channel as the settings name it, without the person that it reaches."""
    return channel.partition(PERSON_MARK)[0]


class OnCallSettings(Frozen):
    """Where the roster stands beside the ledger: the table `[oncall]`."""

    calendar: str = ""
    """A file, or an `https` URL; empty where there is none, or where `calendar_env` names it."""
    calendar_env: str = ""
    """The environment variable that holds the URL, where the URL itself is a secret."""

    @property
    def has_calendar(self) -> bool:
        """Whether there is one."""
        return bool(self.calendar or self.calendar_env)


class ChannelSettings(Frozen):
    """One way to reach people. A secret stands in an environment variable, and only its name stands here."""

    name: str
    kind: str
    """`smtp`, `webhook`, `chat` or `file`."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What the kind needs; its own adapter's settings, checked when the file is read."""


class WatchSettings(Frozen):
    """What `leakguard.toml` says about the watchman."""

    channels: tuple[ChannelSettings, ...] = ()
    escalation: Escalation = Escalation()
    heartbeat: str = ""
    """The path of the heartbeat file; empty means beside a SQLite store, or here for another one."""
    heartbeat_channel: str = ""
    """A channel that is told every few minutes that the watchman lives."""
    link: str = ""
    """Where people find more; `{incident}` is replaced."""
    oncall: OnCallSettings = OnCallSettings()
