"""The story in two lanes: every label can be read, and every thing that was said once is still there."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.clocks.times import zone_of
from leakguard.models.events import Interval
from leakguard.reports.timeline_layout import BREAK, ROW, lay_out
from leakguard.reports.timeline_svg import HEAD, MOST_DRAWN, PART, timeline_figures
from leakguard.reports.values import Happening
from support.reports import HOSTILE, drawn, english, happenings, texts_of

pytestmark = pytest.mark.untraced

START = datetime(2026, 5, 24, tzinfo=UTC)
ZONE = zone_of("Asia/Shanghai")
minutes = st.integers(0, 5000)


@st.composite
def stories(draw: st.DrawFn) -> list[Happening]:
    found = []
    for number in range(draw(st.integers(1, 12))):
        at, rough, late = draw(minutes), draw(st.sampled_from([0, 0, 0, 300])), draw(st.sampled_from([0, 0, 5, 900]))
        found.append(thing(number, at, until=at + rough, recorded=at + late))
    return sorted(found, key=lambda one: one.at.earliest)


def thing(number: int, at: float, *, until: float | None = None, recorded: float | None = None) -> Happening:
    first, last, written = (
        START + timedelta(minutes=when)
        for when in (at, at if until is None else until, at if recorded is None else recorded)
    )
    return Happening(id=f"E-{number}", kind="note", at=Interval(earliest=first, latest=last), recorded_at=written)


@given(stories())
def test_no_two_labels_of_a_lane_overlap_and_time_never_runs_upwards(story: list[Happening]) -> None:
    layout = lay_out(story)

    for heights in ([one.earliest for one in layout.placed], [one.recorded for one in layout.placed]):
        assert all(b - a >= ROW - 1e-9 for a, b in pairwise(sorted(heights)))
    ordered = sorted(layout.placed, key=lambda one: one.earliest)
    assert [one.happening.at.earliest for one in ordered] == sorted(one.at.earliest for one in story)
    assert all(one.latest >= one.earliest and one.recorded >= one.earliest for one in layout.placed)
    assert layout.height > max(one.recorded for one in layout.placed)


@given(stories())
def test_what_was_recorded_at_once_has_a_level_line(story: list[Happening]) -> None:
    assert all(
        one.recorded == one.earliest
        for one in lay_out(story).placed
        if one.happening.recorded_at == one.happening.at.earliest
    )


@given(stories(), st.integers(60, 300))
def test_pages_hold_everything_once_and_cut_no_label(story: list[Happening], most: int) -> None:
    layout = lay_out(story)
    cuts = layout.cuts(most)
    labels = [y for one in layout.placed for y in (one.earliest, one.recorded)]

    assert cuts[0][0] == 0
    assert cuts[-1][1] == layout.height
    assert all(a[1] == b[0] for a, b in pairwise(cuts))
    assert all(end - start <= most for start, end in cuts)
    assert all(sum(start <= y < end for start, end in cuts) == 1 for y in labels)


def test_a_long_silence_is_told_unless_something_may_have_happened_in_it() -> None:
    silent = lay_out([thing(1, 0), thing(2, 60 * 24)])
    covered = lay_out([thing(1, 0, until=60 * 24, recorded=60 * 24), thing(2, 60 * 24)])

    assert [one.lasts for one in silent.breaks] == [timedelta(days=1)]
    assert silent.placed[1].earliest - silent.placed[0].earliest >= BREAK
    assert covered.breaks == ()


def test_labels_say_when_it_happened_when_it_was_recorded_and_how_much_later() -> None:
    (figure,) = timeline_figures(happenings(), ZONE, english())
    said = texts_of(figure)

    assert "when it happened" in said
    assert "notice received  ·  23 May 22:30" in said
    assert "E-3  ·  24 May 07:42  ·  9 h 12 min later" in said
    assert "exposure started  ·  19 May 00:00 to 22 May 23:59" in said
    assert "E-1  ·  24 May 07:40" in said


def test_what_was_corrected_stays_struck_through_and_an_arc_leads_on() -> None:
    (figure,) = timeline_figures(happenings(), ZONE, english())

    assert "E-4  ·  superseded by E-5" in texts_of(figure)
    assert figure.svg.count('text-decoration="line-through"') == 1
    assert len(re.findall(r'<path [^>]*data-line="link"', figure.svg)) == 1


def test_a_rough_time_that_was_corrected_is_a_pale_bar() -> None:
    old = thing(1, 0, until=300)
    story = [
        Happening(id="E-1", kind="awareness", at=old.at, recorded_at=START, superseded_by="E-2"),
        Happening(id="E-2", kind="awareness", at=thing(2, 60).at, recorded_at=START, corrects="E-1"),
    ]
    (figure,) = timeline_figures(story, ZONE, english())

    assert 'fill-opacity="0.35"' in figure.svg


def test_a_step_beside_its_event_is_not_drawn_and_a_foreign_correction_draws_no_arc() -> None:
    steps = [Happening(id="E-2", kind="step_done", at=thing(1, 0).at, recorded_at=START, is_drawn=False)]
    stray = [Happening(id="E-3", kind="note", at=thing(1, 0).at, recorded_at=START, corrects="E-99")]

    assert timeline_figures(steps, ZONE, english()) == ()
    assert 'data-line="link"' not in timeline_figures(stray, ZONE, english())[0].svg


def test_a_long_story_comes_in_parts_that_fit_on_a_page_each() -> None:
    figures = timeline_figures([thing(number, number * 3) for number in range(MOST_DRAWN + 50)], ZONE, english())
    said = [line for figure in figures for line in texts_of(figure)]

    assert len(figures) > 1
    assert all(figure.height <= HEAD + PART + 1 for figure in figures)
    assert figures[0].title.endswith(f"part 1 of {len(figures)}")
    assert sum(line.startswith(f"E-{MOST_DRAWN - 1}  ") for line in said) == 1
    assert not [line for line in said if line.startswith(f"E-{MOST_DRAWN}  ")]
    assert len({figure.name for figure in figures}) == len(figures)


def test_hostile_words_stay_words() -> None:
    (figure,) = timeline_figures(happenings(), ZONE, english())

    assert "<img" not in figure.svg
    assert any(line.startswith("note: <img src=x") for line in texts_of(figure))
    assert HOSTILE[-1] not in figure.svg


def test_a_screen_reader_finds_title_and_description() -> None:
    (figure,) = timeline_figures(happenings(), ZONE, english())
    root = drawn(figure)
    named = {element.get("id"): element.text for element in root}

    assert root.get("role") == "img"
    assert [bool(named[one]) for one in str(root.get("aria-labelledby")).split()] == [True, True]
