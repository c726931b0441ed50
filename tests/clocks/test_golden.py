"""One file with many clocks, compared to the last letter with what was checked by hand."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import parse_event_file
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.standing import to_json
from leakguard.models.events import Event, Interval
from support.clock_files import Row, moment

pytestmark = pytest.mark.untraced

HERE = Path(__file__).parent / "golden"
NOW = moment("2026-06-17T00:00Z")


def test_many_clocks_stand_as_they_did_when_a_person_checked_them() -> None:
    """After a wanted change: write `found` into the golden file and read the difference."""
    text = (HERE / "many-clocks.yaml").read_text(encoding="utf-8")
    read = parse_event_file(text, name="many-clocks.yaml", now=NOW)
    standings = evaluate(read.events, read.rules, read.calendars, NOW)
    found = json.loads(json.dumps([to_json(one, now=NOW) for one in standings]))
    for one in found:
        # The library's release and its digest change with every update of its calendars.
        one.pop("calendar_version")
        one["why"] = [line for line in one["why"] if not line.startswith("Working days by")]

    assert found == json.loads((HERE / "many-clocks.json").read_text(encoding="utf-8"))


def an_event(kind: str, at: datetime) -> Event:
    return Event(id=kind, kind=kind, occurred_at=Interval(earliest=at, latest=at), recorded_at=at)


def test_ten_thousand_clocks_are_evaluated_in_seconds() -> None:
    """The goal is one second on two idle cores; this bound in computing time only catches a cost that grew tenfold."""
    shapes: list[Row] = [
        {"amount": {"elapsed": "PT72H"}, "statutory": {"count_from": "next_full_hour"}},
        {"amount": {"elapsed": "PT24H"}, "pausable": "with_basis"},
        {"amount": {"calendar": "P1M"}, "zone": "Europe/Berlin"},
        {"amount": {"business_days": 4}, "calendar": "US"},
        {"amount": {"calendar": "P3D"}, "calendar": "CN", "rollover": "next_business_day_end"},
    ]
    rules = [
        ClockRule.model_validate({"id": f"c{n}", "anchor": "awareness", "end": "filed", **shapes[n % 5]})
        for n in range(10)
    ]
    begun = time.process_time()
    for number in range(1000):
        at = NOW - timedelta(minutes=number)
        assert len(evaluate([an_event("detected", at), an_event("awareness", at)], rules, Calendars(), NOW)) == 10

    assert time.process_time() - begun < 30
