"""Heartbeats: what the watchman leaves for others to see that it lives, as one line of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from leakguard.alerts.readiness import SECRET, NotReady
from leakguard.frozen import Frozen
from leakguard.models.alerts import AlertMessage, Severity
from leakguard.models.moments import from_z, to_z
from leakguard.use_cases.alerts.alert_sending import Cycle

SCHEMA = "leakguard.heartbeat/1"
_MOST_PROBLEMS, _MOST_TEXT = 10, 300
"""Whoever reads a heartbeat reads no more than a few kilobytes of it."""
CHANNEL_EVERY = timedelta(minutes=5)
"""How often the heartbeat channel is told; services that watch for silence ask for minutes, not seconds."""


class Heartbeat(Frozen):
    """The last whole cycle of the watchman."""

    at: datetime
    holder: str
    incident_count: int
    next_look: datetime | None
    problems: tuple[NotReady, ...] | None = None
    """What kept the watchman from notifying somebody; `None` of one that does not tell."""


def heartbeat_text(cycle: Cycle, holder: str, problems: Sequence[NotReady] = ()) -> str:
    """The heartbeat of a cycle; `problems` are those of the settings and secrets that this watchman works with."""
    fields = {
        "schema": SCHEMA,
        "at": to_z(cycle.at),
        "holder": holder,
        "incident_count": cycle.incident_count,
        "next_look": to_z(cycle.next_look) if cycle.next_look is not None else None,
        "problems": [
            {"kind": problem.kind, "text": problem.text[:_MOST_TEXT], "next_step": problem.next_step[:_MOST_TEXT]}
            for problem in _told(problems)
        ],
    }
    return json.dumps(fields) + "\n"


def parse_heartbeat(text: str | None) -> Heartbeat | None:
    """The heartbeat in a text; nothing when there is none that can be read, which counts as silence."""
    try:
        fields = json.loads(text or "")
        if fields["schema"] != SCHEMA:
            return None
        return Heartbeat(
            at=from_z(fields["at"]),
            holder=str(fields["holder"]),
            incident_count=int(fields["incident_count"]),
            next_look=from_z(fields["next_look"]) if fields["next_look"] is not None else None,
            problems=_problems(fields["problems"]) if "problems" in fields else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return None


def _told(problems: Sequence[NotReady]) -> Sequence[NotReady]:
    """As many as have room, and how many more there are. Any number may lack secrets: other kinds come before them."""
    ordered = sorted(problems, key=lambda problem: problem.kind == SECRET)
    left = ordered[_MOST_PROBLEMS:]
    if not left:
        return problems
    text = f"problems that the heartbeat has no room for: {len(left)}"
    rest = NotReady(kind=left[0].kind, text=text, next_step="See them where the watchman runs: leakguard doctor")
    return (*ordered[:_MOST_PROBLEMS], rest)


def _problems(problems: Sequence[Mapping[str, object]]) -> tuple[NotReady, ...]:
    return tuple(
        NotReady(kind=str(problem["kind"]), text=str(problem["text"]), next_step=str(problem["next_step"]))
        for problem in problems
    )


def heartbeat_message(cycle: Cycle, *, is_drill: bool) -> AlertMessage:
    """What the heartbeat channel gets; the same id for the same five minutes."""
    slot = int(cycle.at.timestamp() // CHANNEL_EVERY.total_seconds())
    return AlertMessage(
        id=f"heartbeat-{slot}",
        incident="",
        clock="",
        threshold="",
        severity=Severity.NOTICE,
        title="LeakGuard's watchman is at work",
        lines=(
            f"{cycle.incident_count} open incidents were checked.",
            f"{cycle.subject_count} reports, registers of transfers and lists of sites have deadlines.",
        ),
        due_at=None,
        is_drill=is_drill,
    )
