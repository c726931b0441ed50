"""Instants as text, in one spelling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.moments import from_z, to_z

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(1900, 1, 2), datetime(9000, 1, 1), timezones=ZONES)  # noqa: DTZ001  (bounds are naive by the library's wish)


def test_an_instant_is_written_in_utc() -> None:
    paris = timezone(timedelta(hours=1))

    assert to_z(datetime(2026, 11, 24, 16, 58, 20, tzinfo=paris)) == "2026-11-24T15:58:20Z"
    assert to_z(datetime(2026, 11, 24, 15, 58, 20, 5, tzinfo=UTC)) == "2026-11-24T15:58:20.000005Z"


def test_a_time_without_a_zone_names_no_instant() -> None:
    with pytest.raises(ValueError, match="zone"):
        to_z(datetime(2026, 11, 24))  # noqa: DTZ001  (the very thing that must be refused)


@given(INSTANTS)
def test_an_instant_survives_the_round_trip(moment: datetime) -> None:
    assert from_z(to_z(moment)) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Z",
        "2026-11-24",
        "2026-11-24T15:58:20",
        "2026-11-24T15:58:20+01:00",
        "2026-11-24T15:58Z",
        "20261124T155820Z",
    ],
)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"RFC 3339|Invalid isoformat"):
        from_z(text)


@pytest.mark.parametrize("value", [5, None, b"2026-11-24T15:58:20Z"])
def test_what_is_no_text_is_no_time(value: Any) -> None:  # noqa: ANN401  (a changed column holds anything)
    with pytest.raises(ValueError, match="no text"):
        from_z(value)
