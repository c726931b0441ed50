"""Opens an incident about an app of ours that asks for more than it may; the event names the findings by their ids."""

from __future__ import annotations

from leakguard.errors import NotAllowed
from leakguard.models.event_records import record_of_event
from leakguard.models.events import exactly
from leakguard.models.incidents import Incident
from leakguard.ports import IncidentStore, Now
from leakguard.use_cases.apps.kept_apps import KeptApp
from leakguard.use_cases.incidents.incidents import open_incident

PLAYBOOK = "app-over-collects"
_MOST = 50
"""Findings that the event names; the entry of the check has all of them."""


def open_app_incident(store: IncidentStore, app: KeptApp, *, title: str, zone: str, now: Now) -> Incident:
    """Raises `NotAllowed` for an app whose last check found nothing to correct."""
    last = app.last
    wrong = [finding for finding in last.findings if finding.level in {"error", "warning"}]
    if not wrong:
        raise NotAllowed(
            f"the last check of {last.subject} found nothing to correct",
            next_step="Open an incident with a title: leakguard incident open --title TEXT",
        )
    ids = ", ".join(finding.id for finding in wrong[:_MOST])
    app_name = last.package or last.subject
    reason = f"{app_name} {last.version}: {len(wrong)} findings against the category {last.category}"
    detected = record_of_event(
        kind="detected", occurred_at=exactly(last.at), reason=reason, source=last.subject,
        fields={"finding": ids, "evidence": f"E-{last.entry}"},
    )  # fmt: skip
    name = title or f"The app {app_name} asks for more than its category needs"
    return open_incident(store, (), now=now(), title=name, zone=zone, then=(detected,))
