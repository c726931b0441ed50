"""Metrics in columns: 80 characters are enough, and a name is never cut."""

from __future__ import annotations

from typing import Any

from leakguard.outputs.metrics_table import metrics_text

DURATION: dict[str, Any] = {
    "name": "notice_to_proof", "count": 12, "open": 3, "median_seconds": 90061.0, "p75_seconds": 59,
    "p90_seconds": None,
}  # fmt: skip
CLOCK: dict[str, Any] = {
    "clock": "remediate",
    "met_on_time": 1,
    "met_late": 2,
    "missed": 3,
    "overdue": 4,
    "running": 5,
    "not_applicable": 6,
}
STEP = "exposed-datastore-24h/preserve_evidence\x1b[31m"
METRICS: dict[str, Any] = {
    "incident_count": 12, "open_count": 3, "correction_count": 1, "known_at": "2026-05-24T07:00:00Z",
    "durations": [DURATION, {**DURATION, "name": "nothing_yet", "count": 0}], "clocks": [CLOCK],
    "steps": [{**DURATION, "step": STEP, "late": 2, "median_seconds": 0.4}],
}  # fmt: skip


def test_each_row_stands_under_its_headings() -> None:
    lines = metrics_text(METRICS).splitlines()

    assert lines[0] == "12 incidents, 3 of them open, as known at 2026-05-24T07:00:00Z"
    assert "notice to proof                   12    3      1 d 1 h         59 s            -" in lines
    assert "remediate                            1     2       3        4     5     6" in lines
    assert not any("nothing" in line for line in lines)
    assert max(map(len, lines)) <= 80


def test_a_long_name_has_a_line_of_its_own_and_moves_no_cursor() -> None:
    lines = metrics_text(METRICS).splitlines()

    assert lines[-2].startswith("exposed-datastore-24h/preserve_evidence")
    assert lines[-1].split() == ["12", "3", "0", "s", "2"]
    assert "\x1b" not in "".join(lines)


def test_a_step_that_nobody_did_or_has_open_is_left_out() -> None:
    """All of its steps were left out by two people: it was ready, and nothing was measured."""
    nothing = {**DURATION, "step": "exposed-datastore-24h/contain", "late": 0, "count": 0}
    told = metrics_text({**METRICS, "steps": [nothing, *METRICS["steps"]]})

    assert "contain" not in told
    assert told.splitlines()[-1].split() == ["12", "3", "0", "s", "2"]


def test_without_incidents_there_are_headings_alone() -> None:
    told = metrics_text({**METRICS, "durations": [], "clocks": [], "steps": []})

    assert told.splitlines()[-1].split() == ["HOW", "LONG", "N", "OPEN", "MEDIAN", "P75", "P90"]
