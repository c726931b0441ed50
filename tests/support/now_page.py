"""What the page Now is tried on: an incident whose clocks run, and a watchman's heartbeat."""

from __future__ import annotations

from leakguard.alerts.readiness import NotReady
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Interval
from leakguard.use_cases.alerts.alert_sending import Cycle
from leakguard.use_cases.alerts.heartbeats import heartbeat_text
from leakguard.use_cases.incidents.incidents import open_incident
from support.door import Served


def opened(served: Served, title: str = "Mail log open") -> str:
    """An incident whose clocks run."""
    with served.wiring() as wiring:
        now = wiring.now()
        at = Interval(earliest=now, latest=now)
        began = [record_of_event(kind=kind, occurred_at=at) for kind in ("notice_received", "awareness", "discovery")]
        return open_incident(wiring.store, (), now=now, title=title, then=began).id


def beat(served: Served, *, problems: tuple[NotReady, ...] = ()) -> None:
    """A heartbeat of this moment."""
    cycle = Cycle(at=served.time.now(), is_leader=True, incident_count=1)
    with served.wiring() as wiring:
        wiring.heartbeat().write(heartbeat_text(cycle, "watch-1", problems))
