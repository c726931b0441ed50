"""Short ways to write an events-and-clocks file in a test and to ask how its clocks stand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from leakguard.clocks.clock_status import ClockStatus, to_json
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import EventFile, parse_event_file
from leakguard.clocks.times import parse_instant

Row = Mapping[str, Any]


def moment(text: str, zone: str | None = None) -> datetime:
    """An instant as a person writes it."""
    return parse_instant(text, zone=zone)


def file_of(events: Sequence[Row], clocks: Sequence[Row], **rest: Any) -> EventFile:  # noqa: ANN401  (fields of a file)
    """A file that was read; YAML reads JSON."""
    text = json.dumps({"events": list(events), "clocks": list(clocks), **rest}, default=str)
    return parse_event_file(text, name="test.yaml")


def stand(events: Sequence[Row], clock: Row, now: str, **rest: Any) -> ClockStatus:  # noqa: ANN401  (fields of a file)
    """How one clock stands."""
    read = file_of(events, [{"id": "clock", **clock}], **rest)
    at = moment(now, read.zone)
    return evaluate(read.events, read.rules, read.calendars, at)[0]


def json_of(status: ClockStatus) -> dict[str, Any]:
    """The standing as the command prints it."""
    return to_json(status, now=status.computed.at)


def due_local(anchor: str, amount: Row, zone: str, **rule: Any) -> str:  # noqa: ANN401  (fields of a rule)
    """When a clock from one `awareness` ends, on the wall clock of its zone."""
    event = {"id": "e1", "kind": "awareness", "occurred_at": anchor}
    clock = {"anchor": "first(awareness)", "amount": amount, "end": "filed", "zone": zone, **rule}
    found = json_of(stand([event], clock, "2199-01-01T00:00Z", zone=zone))
    assert found["work_by_local"] is not None
    return str(found["work_by_local"])
