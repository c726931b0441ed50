"""Events of an incident that a person corrects on the page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import lxml.html

from leakguard.models.event_records import event_of, record_of_event
from leakguard.models.events import Event, Interval
from support.door import SAME, Served
from support.visitor import Visitor

DUTY, STAGE = "cn-cac-incident-general", "initial"
ROUGHLY = Interval(
    earliest=datetime(2026, 5, 23, 22, 40, 36, 5, tzinfo=UTC), latest=datetime(2026, 5, 23, 22, 40, 59, tzinfo=UTC)
)


def number(visitor: Visitor) -> str:
    return visitor.answer.url.path.removeprefix("/incidents/").partition("/")[0]


def recorded(served: Served, incident: str, kind: str, fields: Mapping[str, Any]) -> Event:
    with served.wiring() as wiring:
        record = record_of_event(
            kind=kind, occurred_at=ROUGHLY, source="one scan", reason="read late", corrects=None, fields=dict(fields)
        )
        return event_of(wiring.store.append(incident, (record,))[0])


def last(served: Served, incident: str) -> Event:
    with served.wiring() as wiring:
        return event_of(list(wiring.store.read(incident))[-1])


def corrected(anna: Visitor, incident: str, old: Event, **values: str) -> None:
    path = f"/incidents/{incident}/events/new"
    form = dict(anna.open(f"{path}?corrects={old.id}").form(path).form_values())
    answer = anna.client.post(path, data={**form, "reason": "a word was wrong", **values}, headers=SAME)
    told = lxml.html.fromstring(answer.text or "<p/>").xpath("//*[@role='alert']//text()")
    assert answer.status_code == 303, (old.kind, told)
