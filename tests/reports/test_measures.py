"""Measures of one incident: ranges where times are rough, open where nothing ended, one set for each cycle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from leakguard.reports.measures import DEFINITIONS, Measure, budget_share, measures_of, share_over_threshold
from leakguard.reports.quantiles import Sample
from support.clock_files import Row, file_of, moment, stand
from support.reports import EVENTS, NOW, clock, english

HOUR = 3600
PROMISE: Row = {"anchor": "first(awareness)", "amount": {"elapsed": "PT10H"}, "end": "first(closed)"}


def measured(events: Sequence[Row], now: datetime = NOW, acknowledged: Sequence[str] = ()) -> dict[Any, Measure]:
    found = measures_of(file_of(events, ()).events, [moment(text) for text in acknowledged], now)
    return {(one.name, one.cycle) if one.cycle > 1 else one.name: one for one in found}


def event(kind: str, at: object, **fields: object) -> Row:
    return {"kind": kind, "occurred_at": at, **fields}


def test_a_rough_time_makes_a_range() -> None:
    exposure = measured(EVENTS)["exposure"]
    day = 24 * HOUR

    assert (exposure.start and exposure.start.id, exposure.end and exposure.end.id) == ("E-2", "E-9")
    assert exposure.least_seconds == pytest.approx(1 * day + 13 * HOUR, abs=60)
    assert exposure.most_seconds == 5 * day + 13 * HOUR


def test_what_was_corrected_counts_as_it_is_believed_now() -> None:
    filing = measured(EVENTS)["awareness_to_filing"]

    assert (filing.start and filing.start.id, filing.most_seconds) == ("E-5", 13 * HOUR + 10 * 60)


def test_what_has_not_ended_is_open_and_as_long_as_until_now() -> None:
    told = measured(EVENTS)["awareness_to_people"]

    assert (told.is_open, told.least_seconds) == (True, 33 * HOUR + 50 * 60)
    assert told.sample == Sample(33 * HOUR + 50 * 60, is_open=True)


def test_what_never_ended_is_as_long_as_until_the_closing() -> None:
    events = [event("awareness", "2026-05-24T00:00Z"), event("closed", "2026-05-24T02:00Z")]

    assert measured(events)["awareness_to_filing"].sample == Sample(2 * HOUR, is_open=True)


def test_what_never_began_has_no_number() -> None:
    detection = measured(EVENTS)["detection_to_awareness"]

    assert (detection.start, detection.most_seconds, detection.sample) == (None, None, None)


def test_awareness_before_detection_counts_as_zero_and_says_so() -> None:
    """A notice of somebody else may come first."""
    events = [event("awareness", "2026-05-24T00:00Z"), event("detected", "2026-05-24T02:00Z")]
    found = measured(events)["detection_to_awareness"]

    assert (found.is_reversed, found.least_seconds, found.most_seconds) == (True, 0, 0)


def test_a_notice_is_acknowledged_by_the_first_alarm_after_it_that_somebody_took_over() -> None:
    early, late, later = "2026-05-23T14:00Z", "2026-05-23T15:00Z", "2026-05-23T16:00Z"

    assert measured(EVENTS, acknowledged=[early, later, late])["notice_to_acknowledgement"].most_seconds == HOUR / 2
    assert measured(EVENTS, acknowledged=[early])["notice_to_acknowledgement"].is_open
    assert measured([], acknowledged=[early])["notice_to_acknowledgement"].sample is None


def test_a_reopened_incident_has_measures_for_each_cycle() -> None:
    events = [
        event("notice_received", "2026-05-20T00:00Z"), event("contained", "2026-05-20T03:00Z"),
        event("closed", "2026-05-20T05:00Z"), event("notice_received", "2026-05-22T00:00Z"),
        event("reopened", "2026-05-22T01:00Z"), event("contained", "2026-05-22T02:00Z"),
    ]  # fmt: skip
    found = measured(events, acknowledged=["2026-05-20T01:00Z", "2026-05-22T00:10Z"])

    assert found["notice_to_containment"].most_seconds == 3 * HOUR
    assert found["notice_to_containment", 2].most_seconds == 2 * HOUR
    assert found["notice_to_acknowledgement"].most_seconds == HOUR
    assert found["notice_to_acknowledgement", 2].most_seconds == 600
    assert found["opening_to_closing", 2].is_open


OPENED = [
    event("incident_opened", "2026-05-01T00:00Z"), event("exposure_first_seen", "2026-05-01T00:00Z"),
]  # fmt: skip
DAY = 24 * HOUR


@pytest.mark.parametrize("sight", ["exposure_seen_again", "exposure_spread"])
def test_an_exposure_seen_again_after_a_proof_is_open_until_the_next_proof(sight: str) -> None:
    events = [*OPENED, event("remediation_verified", "2026-05-02T00:00Z"), event(sight, "2026-05-06T00:00Z")]
    proved = [*events, event("verified_all_vantages", "2026-05-08T00:00Z")]

    assert measured(events)["exposure"].sample == Sample(
        (NOW - moment("2026-05-01T00:00Z")).total_seconds(), is_open=True
    )
    assert measured(proved)["exposure"].sample == Sample(7 * DAY)
    assert measured(events[:-1])["exposure"].sample == Sample(1 * DAY)


def test_a_proof_before_the_reopening_ends_nothing() -> None:
    """It was of the cycle before, which it ends, although it came after its closing."""
    events = [
        *OPENED, event("closed", "2026-05-02T00:00Z"), event("remediation_verified", "2026-05-03T00:00Z"),
        event("contained", "2026-05-03T00:00Z"), event("exposure_seen_again", "2026-05-10T00:00Z"),
        event("notice_received", "2026-05-10T00:00Z"), event("reopened", "2026-05-11T00:00Z"),
    ]  # fmt: skip
    found, until_now = measured(events), (NOW - moment("2026-05-10T00:00Z")).total_seconds()

    assert found["exposure"].sample == Sample(2 * DAY)
    for name in ("exposure", "detection_to_containment", "notice_to_containment", "notice_to_proof"):
        assert found[name, 2].sample == Sample(until_now, is_open=True), name
        assert not found[name, 2].is_reversed


def test_a_containment_before_the_notice_counts_as_zero_in_its_own_cycle() -> None:
    events = [event("contained", "2026-05-24T00:00Z"), event("notice_received", "2026-05-24T02:00Z")]

    assert measured(events)["notice_to_containment"].is_reversed


def test_an_acknowledgement_of_the_next_cycle_is_none_of_this() -> None:
    events = [
        event("notice_received", "2026-05-01T00:00Z"), event("closed", "2026-05-02T00:00Z"),
        event("reopened", "2026-05-10T00:00Z"), event("notice_received", "2026-05-10T00:00Z"),
    ]  # fmt: skip
    found = measured(events, acknowledged=["2026-05-10T01:00Z"])

    assert found["notice_to_acknowledgement"].sample == Sample(1 * DAY, is_open=True)
    assert found["notice_to_acknowledgement", 2].sample == Sample(HOUR)


def test_every_measure_has_a_name_and_a_definition_in_words() -> None:
    words = english()

    assert all(words(f"measure.{name}") and words(f"measure.{name}.means") for name in DEFINITIONS)


@pytest.mark.parametrize(
    ("now", "share", "over"),
    [
        ("2026-05-24T04:00Z", 0.4, 0.0),
        ("2026-05-24T10:00Z", 1.0, 0.5),
        ("2026-05-24T20:00Z", 2.0, 0.75),
        ("2026-05-24T00:00Z", 0.0, 0.0),
    ],
)
def test_a_clock_tells_how_much_of_its_time_is_used_and_how_much_lay_behind_its_first_warning(
    now: str, share: float, over: float
) -> None:
    status = stand([event("awareness", "2026-05-24T00:00Z")], PROMISE, now)

    assert budget_share(status) == pytest.approx(share)
    assert share_over_threshold(status) == pytest.approx(over)


def test_an_ended_clock_is_measured_at_its_end() -> None:
    events = [event("awareness", "2026-05-24T00:00Z"), event("closed", "2026-05-24T06:00Z")]
    status = stand(events, PROMISE, "2026-05-30T00:00Z")

    assert budget_share(status) == pytest.approx(0.6)
    assert share_over_threshold(status) == pytest.approx(1 / 6)


def test_a_clock_without_a_limit_or_an_anchor_has_no_shares() -> None:
    counting = clock({"anchor": "first(awareness)", "amount": {"none": True}, "end": "first(closed)"})
    latent = clock({"anchor": "first(reopened)", "amount": {"elapsed": "PT1H"}, "end": "first(closed)"})

    assert [budget_share(counting), share_over_threshold(counting)] == [None, None]
    assert [budget_share(latent), share_over_threshold(latent)] == [None, None]
