"""Findings at a glance, and what all runs together remember."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from leakguard.frozen import replace
from leakguard.models.findings import Outcome, Severity, Size
from leakguard.models.glances import CheckHistory, from_microseconds, glance_of, seen_of, to_microseconds
from support.findings import SEEN, make_finding


def test_a_glance_has_what_an_overview_needs() -> None:
    one = glance_of(make_finding())

    assert (one.id, one.place, one.datastore) == ("F-1", "mail.example.edu:9200", "elasticsearch")
    assert (one.records, one.bytes, one.is_exact) == (9_500_000_000, 8_400_000_000_000, False)
    assert (one.severity, one.version, one.is_open) == (Severity.CRITICAL, "6.8.23", True)


def test_what_has_no_size_has_no_numbers() -> None:
    finding = make_finding(outcome=Outcome.NOT_EXPOSED)
    one = glance_of(replace(finding, verdict=replace(finding.verdict, size=None)))

    assert (one.records, one.bytes, one.is_exact, one.is_open) == (None, None, True, False)


def test_what_is_open_or_states_a_size_is_remembered() -> None:
    finding = make_finding()
    closed = make_finding(outcome=Outcome.NOT_EXPOSED)
    place, endpoint = "mail.example.edu:9200", "127.0.0.1:9200 (mail.example.edu)"

    assert seen_of(finding) == CheckHistory("elasticsearch_open", place, endpoint, SEEN, 9_500_000_000)
    assert seen_of(closed) == CheckHistory("elasticsearch_open", place, endpoint, None, 9_500_000_000)
    assert seen_of(replace(finding, verdict=replace(finding.verdict, size=Size(bytes=1)))) is not None
    assert seen_of(replace(closed, verdict=replace(closed.verdict, size=None))) is None


@given(st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  (hypothesis adds the zone)
def test_a_moment_survives_the_way_through_a_number(moment: datetime) -> None:
    assert from_microseconds(to_microseconds(moment)) == moment
    assert to_microseconds(moment + timedelta(microseconds=1)) == to_microseconds(moment) + 1
