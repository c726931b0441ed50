"""What somebody has to look at, and the troubles of watching itself: dead channels, watchmen that fell silent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from leakguard.alerts.dead_channels import KINDS as DELIVERY_KINDS
from leakguard.alerts.dead_channels import dead_channels
from leakguard.alerts.history import AttemptResult, history_of
from leakguard.alerts.readiness import (
    DEAD,
    LAWLESS,
    NOBODY,
    SECRET,
    UNHEARD,
    UNHELD,
    UNREACHED,
    UNREAD_CALENDAR,
    UNWATCHED,
    UNWRITABLE,
)
from leakguard.alerts.records import SENT
from leakguard.alerts.undelivered import undelivered, undelivered_words
from leakguard.errors import ExitCode
from leakguard.frozen import Frozen
from leakguard.models.alerts import WatchSettings
from leakguard.models.moments import to_z
from leakguard.models.subjects import is_incident, subject_json
from leakguard.ports import IncidentStore
from leakguard.use_cases.alerts.heartbeats import Heartbeat
from leakguard.use_cases.alerts.takeovers import CLOCK as TAKEOVER_CLOCK
from leakguard.use_cases.alerts.takeovers import KINDS as TAKEOVER_KINDS
from leakguard.use_cases.alerts.takeovers import LIVE, live
from leakguard.use_cases.alerts.watchman import LEASE


class Trouble(Frozen):
    """One thing that somebody has to look at."""

    kind: str
    """`stale_heartbeat`, `wrong_clock`, `unacknowledged_overdue`, `undelivered`, `due_soon`, and those of
    `alerts.readiness`.

    No reason to fail alone are `unacknowledged`, of an alert that somebody got, `took_over`, of a watchman, and
    `no_rule_for_the_day`, of a duty whose law on the day of the incident nobody knows.
    """
    incident: str
    clock: str
    text: str
    due_at: datetime | None = None
    next_step: str = ""
    """A command, or a sentence, that mends it."""

    @property
    def exit_code(self) -> ExitCode:
        """What this alone makes the command end with."""
        return _EXIT_CODES.get(self.kind, ExitCode.CLEAN)


_EXIT_CODES = {
    "unacknowledged_overdue": ExitCode.DEADLINE_MISSED,
    "stale_heartbeat": ExitCode.UNFINISHED,
    "wrong_clock": ExitCode.UNFINISHED,
    "undelivered": ExitCode.UNFINISHED,
    NOBODY: ExitCode.UNFINISHED,
    UNREACHED: ExitCode.UNFINISHED,
    UNHEARD: ExitCode.UNFINISHED,
    SECRET: ExitCode.UNFINISHED,
    DEAD: ExitCode.UNFINISHED,
    UNWRITABLE: ExitCode.UNFINISHED,
    UNHELD: ExitCode.UNFINISHED,
    UNREAD_CALENDAR: ExitCode.UNFINISHED,
    LAWLESS: ExitCode.UNFINISHED,
    UNWATCHED: ExitCode.UNFINISHED,
    "due_soon": ExitCode.EXPOSED,
}


def dead_troubles(store: IncidentStore, heartbeat: Heartbeat | None, settings: WatchSettings) -> Iterator[Trouble]:
    """Channels that took nothing lately, whatever was acknowledged meanwhile; the heartbeat's own as it tells."""
    names = [channel.name for channel in settings.channels]
    dead = [
        dead_problem
        for dead_problem in (heartbeat.problems if heartbeat is not None else None) or ()
        if dead_problem.kind == DEAD
    ]
    for problem in (*dead_channels(store.of_kinds(DELIVERY_KINDS), names), *dead):
        yield Trouble(kind=DEAD, incident="", clock="", text=problem.text, next_step=problem.next_step)


def takeover_troubles(store: IncidentStore, settings: WatchSettings, now: datetime) -> Iterator[Trouble]:
    """Watchmen that fell silent within the last day, and whether somebody was told."""
    history = history_of(LEASE, store.of_kinds(TAKEOVER_KINDS, LEASE))
    left = undelivered(history, settings.escalation, live(history, now), now)
    for alert in left:
        next_step = "Fix the channel, then prove it: leakguard channel test"
        text = f"{alert.alarms[0].title}: nobody was notified, {undelivered_words(alert)}"
        yield Trouble(kind="undelivered", incident="", clock="", text=text, next_step=next_step)
    for message in () if left else history.messages:
        is_takeover = message.alarms[0].clock == TAKEOVER_CLOCK  # that of a store is recorded once it is writable again
        if is_takeover and message.raised_at + LIVE > now:
            at = to_z(message.raised_at.replace(microsecond=0))
            text = f"{message.alarms[0].title}, at {at}; {told_words(message.tries)}"
            yield Trouble(kind="took_over", incident="", clock="", text=text, next_step="See why it fell silent.")


def trouble_to_json(trouble: Trouble) -> dict[str, Any]:
    """Plain values for a monitor."""
    return {
        "kind": trouble.kind, "incident": trouble.incident if is_incident(trouble.incident) else None,
        "subject": subject_json(trouble.incident), "clock": trouble.clock or None,
        "due_at": to_z(trouble.due_at) if trouble.due_at is not None else None, "text": trouble.text,
        "next_step": trouble.next_step or None, "exit_code": int(trouble.exit_code),
    }  # fmt: skip


def told_words(tries: Sequence[AttemptResult]) -> str:
    """Who got an alert."""
    roles = ", ".join(dict.fromkeys(attempt.attempt.role for attempt in tries if attempt.outcome == SENT))
    return f"the alert was sent to {roles}" if roles else "the alert was sent to nobody yet"
