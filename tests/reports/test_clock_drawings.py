"""The drawing of clocks: bars from anchor to limit, pauses, warnings, marks that need no colour, and axes that fit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.clocks.times import zone_of
from leakguard.reports.axis import MOST_TICKS, Axis, axis_over, ticks
from leakguard.reports.gantt_rows import MOST_ROWS, in_groups, row_of
from leakguard.reports.gantt_svg import clock_figures, clock_title, ending_words
from leakguard.reports.svg import COLOURS
from support.colours import contrast
from support.reports import (
    ANNUAL,
    ARGUABLE,
    COUNTING,
    EVENTS,
    FOUR_HOURS,
    MISSED,
    NOW,
    PROMISE,
    REVIEW,
    clock,
    english,
    texts_of,
)

UTC_ZONE = zone_of("UTC")
START = datetime(2026, 3, 1, tzinfo=UTC)
LATENT = {"anchor": "first(reopened)", "amount": {"elapsed": "PT1H"}, "end": "first(closed)"}


def test_a_row_has_what_was_allowed_what_was_used_and_where_it_paused() -> None:
    row = row_of(clock(PROMISE))

    assert row is not None
    assert row.due - row.start == timedelta(hours=25)
    assert sum((end - start for start, end in row.allowed), timedelta()) == timedelta(hours=24)
    assert [end - start for start, end in row.pauses] == [timedelta(hours=1)]
    assert sum((end - start for start, end in row.used), timedelta()) == timedelta(hours=13, minutes=30)
    assert len(row.thresholds) == 4
    assert not row.has_failed


def test_a_clock_that_has_not_begun_or_has_no_limit_has_no_row() -> None:
    assert row_of(clock(LATENT)) is None
    assert row_of(clock(COUNTING)) is None


def test_a_clock_that_was_decided_not_to_apply_ends_with_the_decision() -> None:
    decided = {"kind": "not_applicable", "clock": "clock", "occurred_at": "2026-05-24T01:00Z"}
    row = row_of(clock(REVIEW | {"anchor": "first(awareness)"}, events=(*EVENTS, decided)))

    assert row is not None
    assert row.until == datetime(2026, 5, 24, 1, tzinfo=UTC)


def test_a_clock_that_ends_at_its_anchor_used_nothing() -> None:
    row = row_of(clock(PROMISE | {"end": "first(notice_received)"}))

    assert row is not None
    early = row_of(clock(REVIEW | {"anchor": "first(remediation_verified)", "end": "first(contained)"}))
    assert early is not None
    assert early.used == ()


def test_short_and_long_clocks_have_an_axis_of_their_own() -> None:
    rows = [row for rule in (PROMISE, REVIEW, ANNUAL, MISSED) if (row := row_of(clock(rule))) is not None]

    assert [len(group) for group in in_groups(rows)] == [2, 1, 1]
    assert [len(group) for group in in_groups(rows[:1] * (MOST_ROWS + 1))] == [MOST_ROWS, 1]


def test_each_state_is_told_in_words_and_by_a_mark() -> None:
    rules = {"remediate": PROMISE, "cn-x.initial": FOUR_HOURS, "late": MISSED, "later": ARGUABLE}
    (figure,) = clock_figures([clock(rule, name) for name, rule in rules.items()], NOW, UTC_ZONE, english())
    said = texts_of(figure)

    assert "met on time, 10 h 30 min to spare" in said
    assert "met late, 9 h 10 min over" in said
    assert "overdue, 23 h 50 min over" in said
    assert "at risk, 1 d 14 h left" in said or "running, 1 d 14 h left" in said
    assert "this report" in said
    assert [word in said for word in ("ended in time", "paused", "latest reading of the law")] == [True, True, True]
    assert "remediate" not in said[0]


def test_clocks_without_a_limit_are_not_drawn() -> None:
    assert clock_figures([clock(COUNTING), clock(LATENT)], NOW, UTC_ZONE, english()) == ()


def test_the_legend_stands_once_and_the_moment_of_the_report_only_where_the_axis_holds_it() -> None:
    figures = clock_figures([clock(PROMISE), clock(REVIEW)], NOW + timedelta(days=365), UTC_ZONE, english())
    said = [texts_of(figure) for figure in figures]

    assert [figure.title.rpartition(", ")[2] for figure in figures] == ["drawing 1 of 2", "drawing 2 of 2"]
    assert ["ended in time" in one for one in said] == [False, True]
    assert [one for one in said if "this report" in one] == []


def test_a_year_long_axis_tells_the_year() -> None:
    (figure,) = clock_figures([clock(ANNUAL)], NOW, UTC_ZONE, english())

    assert any("2026" in line or "2027" in line for line in texts_of(figure))


@pytest.mark.parametrize(
    ("rule", "name", "title"),
    [
        (PROMISE, "remediate", "Closed, and proved closed"),
        (FOUR_HOURS, "cn-x.first_word", "Measures, Art. 4 (first word)"),
        (MISSED, "bare", "bare"),
    ],
)
def test_a_clock_is_called_by_its_title_its_law_or_its_id(rule: dict[str, Any], name: str, title: str) -> None:
    assert clock_title(clock(rule, name), english()) == title


def test_a_clock_without_a_limit_says_its_state_alone() -> None:
    assert ending_words(clock(COUNTING), english()) == "running"


def test_a_long_name_is_cut_and_its_id_stays() -> None:
    rules = {"remediate": PROMISE | {"title": "word " * 40}, "x" * 70: PROMISE | {"title": "Name " * 20}}
    (figure,) = clock_figures([clock(rule, name) for name, rule in rules.items()], NOW, UTC_ZONE, english())
    said = texts_of(figure)

    assert any(line.startswith("word word") and line.endswith("…remediate") for line in said)
    assert any(line.startswith("Name Name") and line.endswith("x…") for line in said)


@given(
    st.integers(1, 4000 * 24 * 60), st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"])
)
def test_ticks_are_few_inside_the_axis_and_in_order(minutes: int, zone: str) -> None:
    axis = axis_over(START, START + timedelta(minutes=minutes), left=10, width=700)
    found = ticks(axis, zone_of(zone))

    assert len(found) <= MOST_TICKS + 3
    assert list(found) == sorted(set(found))
    assert all(10 <= axis.x(moment) <= 710 for moment in found)


def test_a_long_axis_has_its_ticks_at_local_midnights() -> None:
    """Berlin put its clocks forward on 29 March 2026: a tick every 24 hours would drift by one."""
    zone = zone_of("Europe/Berlin")
    axis = axis_over(datetime(2026, 3, 25, tzinfo=UTC), datetime(2026, 4, 3, tzinfo=UTC), left=0, width=100)

    assert {moment.astimezone(zone).hour for moment in ticks(axis, zone)} == {0}


def test_what_lies_outside_stands_at_the_edge() -> None:
    axis = Axis(start=START, end=START + timedelta(hours=1), left=5, width=10)

    assert [axis.x(START - timedelta(days=1)), axis.x(START + timedelta(days=1))] == [5, 15]


@pytest.mark.parametrize("colour", ["ink", "soft", "run", "good", "risk", "bad", "link"])
def test_every_colour_of_a_text_can_be_read_on_paper(colour: str) -> None:
    """WCAG 2.2, 1.4.3 asks for 4.5 to 1."""
    assert contrast(COLOURS[colour], COLOURS["paper"]) >= 4.5
