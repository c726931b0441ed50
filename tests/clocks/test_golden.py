"""One file with many clocks, compared to the last letter with what was checked by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leakguard.clocks.clock_status import to_json
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import parse_event_file
from support.clock_files import moment

pytestmark = pytest.mark.untraced

HERE = Path(__file__).parent / "golden"
NOW = moment("2026-06-17T00:00Z")


def test_many_clocks_stand_as_they_did_when_a_person_checked_them() -> None:
    """After a wanted change: write `found` into the golden file and read the difference."""
    text = (HERE / "many-clocks.yaml").read_text(encoding="utf-8")
    read = parse_event_file(text, name="many-clocks.yaml", now=NOW)
    statuses = evaluate(read.events, read.rules, read.calendars, NOW)
    found = json.loads(json.dumps([to_json(one, now=NOW) for one in statuses]))
    for one in found:
        # The library's release and its digest change with every update of its calendars.
        one.pop("calendar_version")
        one["why"] = [line for line in one["why"] if not line.startswith("Working days by")]

    assert found == json.loads((HERE / "many-clocks.json").read_text(encoding="utf-8"))
