"""Metrics across incidents: nothing open is dropped, and each number can be added up again from the JSON."""

from __future__ import annotations

from datetime import timedelta

from leakguard.clocks.verdicts import State
from leakguard.frozen import replace
from leakguard.reports.measures import measures_of
from leakguard.reports.metrics import METHOD, IncidentFigures, metrics_json, metrics_of, metrics_sheet
from leakguard.reports.quantiles import Sample
from support.clock_files import file_of, moment
from support.reports import EVENTS, NOW, step

ONE = IncidentFigures(
    incident="IR-2026-0001", opened_at=moment("2026-05-23T23:40Z"), state="open",
    measures=measures_of(file_of(EVENTS, ()).events, (), NOW),
    clocks=(("remediate", State.MET_ON_TIME), ("cn-x.initial", State.MET_LATE), ("cn-y.initial", State.AT_RISK)),
    steps=(
        ("exposed", step("contain")), ("exposed", step("lead", "ready", ready_at=NOW - timedelta(hours=1))),
        ("exposed", step("tell", "skipped")), ("exposed", step("learn", "waiting", ready_at=None)),
    ),
    delays=(0.0, 60.0, 600.5), acknowledgements=(Sample(1200), Sample(30, is_open=True)), correction_count=1,
)  # fmt: skip
TWO = replace(
    ONE, incident="IR-2026-0002", state="closed", clocks=(("remediate", State.MISSED), ("remediate", State.OVERDUE)),
    correction_count=0,
)  # fmt: skip


def test_open_durations_are_counted_and_said_to_be_open() -> None:
    found = metrics_of([ONE, TWO], NOW)

    assert (found.durations["awareness_to_people"].count, found.durations["awareness_to_people"].open_count) == (2, 2)
    assert found.durations["awareness_to_people"].median is None
    assert found.durations["awareness_to_filing"].median == 13 * 3600 + 600
    assert found.durations["detection_to_awareness"].count == 0
    assert found.durations["alarm_to_acknowledgement"].open_count == 2
    assert found.durations["recording_delay"].median == 60


def test_clocks_are_counted_by_how_they_ended() -> None:
    clocks = {one.clock: one for one in metrics_of([ONE, TWO], NOW).clocks}

    assert (clocks["remediate"].met_on_time, clocks["remediate"].missed, clocks["remediate"].overdue) == (1, 1, 1)
    assert (clocks["cn-x.initial"].met_late, clocks["cn-y.initial"].running) == (1, 1)


def test_steps_are_measured_from_their_turn_on() -> None:
    steps = {one.step: one for one in metrics_of([ONE], NOW).steps}

    assert (steps["exposed/contain"].took.median, steps["exposed/contain"].late) == (91 * 60, 1)
    assert (steps["exposed/lead"].took.open_count, steps["exposed/lead"].late) == (1, 1)
    assert (steps["exposed/tell"].took.count, steps["exposed/learn"].took.count) == (0, 0)


def test_the_json_says_its_method_and_holds_what_it_was_made_of() -> None:
    told = metrics_json(metrics_of([ONE, TWO], NOW))
    filing = [one for one in told["incidents"][0]["measures"] if one["name"] == "awareness_to_filing"]

    assert (told["incident_count"], told["open_count"], told["correction_count"]) == (2, 1, 1)
    assert told["method"] == METHOD
    assert (filing[0]["from"], filing[0]["to"], filing[0]["most_seconds"]) == ("E-5", "E-10", 47400)
    assert told["known_at"] == "2026-05-25T02:00:00Z"


def test_the_sheet_has_a_row_for_each_duration_step_and_clock() -> None:
    sheet = metrics_sheet(metrics_of([ONE], NOW))
    rows = {(row[0], row[1]): dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows}

    assert rows["duration", "recording_delay"]["longest_seconds"] == 600
    assert rows["clock", "remediate"]["met_on_time"] == 1
    assert rows["step", "exposed/contain"]["late"] == 1
    assert rows["duration", "detection_to_awareness"]["median_seconds"] is None


def test_no_incident_at_all_is_no_error() -> None:
    told = metrics_json(metrics_of([], NOW))

    assert (told["incident_count"], told["clocks"], told["steps"]) == (0, [], [])
