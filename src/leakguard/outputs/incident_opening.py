"""What to do after an incident was opened: what to record, and how its first notice goes out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from leakguard.models.incidents import Incident
from leakguard.use_cases.incidents.incident_events import PROMPT


def after_opening(opened: Incident) -> Iterator[str]:
    """What to record next."""
    known = {event.kind for event in opened.events}
    kinds = [kind for kind in ("notice_received", "discovery") if kind not in known]
    yield "Next: record who told you, and when it was discovered, such as" if kinds else "Next:"
    late = " --reason TEXT"
    yield from (f"  leakguard incident event {opened.id} {kind} --at TIME --source TEXT{late}" for kind in kinds)
    if kinds:
        yield f"  (--reason says why it is recorded more than {PROMPT // timedelta(minutes=1)} minutes later)"
    yield f"  leakguard playbook start {opened.id}"
    yield "First notice to an authority, from the few facts of the first hour:"
    yield f"  leakguard notice example first-notice --incident {opened.id} > facts.yaml"
    yield f"  leakguard notice next-fact facts.yaml --incident {opened.id}"
    if "awareness" not in known:
        yield "Awareness: leave it to the step decide_awareness (DPO and a second person) of the playbook."
