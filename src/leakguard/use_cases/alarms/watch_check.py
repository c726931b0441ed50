"""The check from outside: does the watchman live, and is there anything that nobody takes care of?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from leakguard.alarms.escalation import unacknowledged
from leakguard.alarms.history import History, history_of
from leakguard.alarms.marks import is_over, is_watched
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import in_zone
from leakguard.clocks.standing import Standing
from leakguard.clocks.stories import EVERYTHING
from leakguard.errors import ExitCode
from leakguard.frozen import Frozen
from leakguard.models.moments import to_z
from leakguard.models.texts import duration_words
from leakguard.ports import IncidentStore
from leakguard.use_cases.alarms.heartbeats import Heartbeat
from leakguard.use_cases.alarms.watchman import Rules, watched_of
from leakguard.use_cases.cases.incident_clocks import clock_events
from leakguard.use_cases.cases.incidents import incident_of

STALE = timedelta(minutes=3)
"""Twelve cycles; a slow mail server alone does not make the watchman look dead."""


class Trouble(Frozen):
    """One thing that somebody has to look at."""

    kind: str
    """`stale_heartbeat`, `wrong_clock`, `unacknowledged_overdue`, `due_soon`; `unacknowledged` is no reason to fail."""
    incident: str
    clock: str
    text: str
    due_at: datetime | None = None

    @property
    def exit_code(self) -> ExitCode:
        """What this alone makes the command end with."""
        return {
            "unacknowledged_overdue": ExitCode.DEADLINE_MISSED,
            "stale_heartbeat": ExitCode.UNFINISHED,
            "wrong_clock": ExitCode.UNFINISHED,
            "due_soon": ExitCode.EXPOSED,
        }.get(self.kind, ExitCode.CLEAN)


class Checked(Frozen):
    """What the check found."""

    at: datetime
    heartbeat: Heartbeat | None
    incident_count: int
    next_due: datetime | None
    troubles: tuple[Trouble, ...]

    @property
    def exit_code(self) -> ExitCode:
        """4 outweighs 3, and 3 outweighs 1."""
        return max((trouble.exit_code for trouble in self.troubles), default=ExitCode.CLEAN)


def check(
    store: IncidentStore,
    rules: Rules,
    heartbeat: Heartbeat | None,
    *,
    now: datetime,
    within: timedelta | None = None,
    stale: timedelta = STALE,
    ahead: timedelta | None = None,
) -> Checked:
    """Look at the heartbeat and at every incident that is watched; writes nothing.

    `ahead` is how far the ledger is ahead of this machine's clock, where one of the two clocks must be wrong.
    """
    troubles = list(_silence(heartbeat, now, stale))
    if ahead is not None:
        text = f"the ledger is {duration_words(ahead)} ahead of this machine's clock: see leakguard evidence clock"
        troubles.append(Trouble(kind="wrong_clock", incident="", clock="", text=text))
    dues: list[datetime] = []
    count = 0
    for name in store.subjects("IR-"):
        records = tuple(store.read(name))
        incident = incident_of(name, records)
        clocks = in_zone(tuple(rules(name, records)), incident.zone)
        found = evaluate(clock_events(records), clocks, Calendars(), now, known_at=EVERYTHING)
        standings = watched_of(incident, found)
        if standings is None:
            continue
        count += 1
        dues += [one.work_by for one in standings if is_watched(one) and one.work_by and one.work_by >= now]
        troubles += _troubles(history_of(name, records), standings, now, within)
    return Checked(
        at=now,
        heartbeat=heartbeat,
        incident_count=count,
        next_due=min(dues, default=None),
        troubles=tuple(troubles),
    )


def _silence(heartbeat: Heartbeat | None, now: datetime, stale: timedelta) -> list[Trouble]:
    if heartbeat is None:
        return [Trouble(kind="stale_heartbeat", incident="", clock="", text="there is no heartbeat: nobody watches")]
    if abs(now - heartbeat.at) <= stale:
        return []
    text = f"the last heartbeat came at {to_z(heartbeat.at)}: nobody watches since"
    if heartbeat.at > now:  # a dead watchman would look alive until then
        text = f"the last heartbeat bears the time {to_z(heartbeat.at)}, which is still to come: a clock was set back"
    return [Trouble(kind="stale_heartbeat", incident="", clock="", text=text)]


def _troubles(
    history: History, standings: Sequence[Standing], now: datetime, within: timedelta | None
) -> list[Trouble]:
    found = []
    for one in standings:
        if is_over(one) and not _is_taken_over(history, one.id, now):
            found.append(_trouble("unacknowledged_overdue", history, one, "is overdue, and nobody has acknowledged it"))
        elif within is not None and _is_due_within(one, now, within):
            found.append(_trouble("due_soon", history, one, "is due soon"))
    open_clocks = {one.id: one.generation for one in standings if is_watched(one)}
    overdue = {one.id for one in standings if is_over(one)}
    for alarm in unacknowledged(history, open_clocks, now):
        if alarm.clock not in overdue:
            standing = next(one for one in standings if one.id == alarm.clock)
            found.append(_trouble("unacknowledged", history, standing, f"waits for somebody since {alarm.threshold}"))
    return found


def _is_due_within(standing: Standing, now: datetime, within: timedelta) -> bool:
    due = standing.work_by
    return is_watched(standing) and due is not None and now <= due <= now + within


def _is_taken_over(history: History, clock: str, now: datetime) -> bool:
    return any(one.clock == clock and one.until > now for one in history.acknowledgements)


def _trouble(kind: str, history: History, standing: Standing, what: str) -> Trouble:
    due = standing.work_by
    text = f"{history.incident} {standing.id} {what}" + (f" (due {to_z(due)})" if due is not None else "")
    return Trouble(kind=kind, incident=history.incident, clock=standing.id, text=text, due_at=due)


def checked_to_json(checked: Checked) -> dict[str, Any]:
    """Plain values for a monitor."""
    beat = checked.heartbeat
    return {
        "at": to_z(checked.at),
        "exit_code": int(checked.exit_code),
        "heartbeat_at": to_z(beat.at) if beat is not None else None,
        "heartbeat_age_seconds": int((checked.at - beat.at).total_seconds()) if beat is not None else None,
        "incident_count": checked.incident_count,
        "next_due": to_z(checked.next_due) if checked.next_due is not None else None,
        "troubles": [
            {
                "kind": one.kind,
                "incident": one.incident or None,
                "clock": one.clock or None,
                "due_at": to_z(one.due_at) if one.due_at is not None else None,
                "text": one.text,
            }
            for one in checked.troubles
        ],
    }
