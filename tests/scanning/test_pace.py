"""How fast a store grows, by two looks at the same place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leakguard.models.findings import Finding, Size
from leakguard.scanning.pace import growth_between
from support.scans import NOW, finding_of


def seen(hours: float, size: Size | None, run: str = "R-2") -> Finding:
    return finding_of(observed_at=NOW + timedelta(hours=hours), size=size, run=run)


BEFORE = seen(0, Size(records=1000, bytes=5), run="R-1")


@pytest.mark.parametrize(
    ("after", "records", "octets", "per_day"),
    [
        (seen(24, Size(records=1240, bytes=9)), 240, 4, 240),
        (seen(12, Size(records=1240)), 240, None, 480),
        (seen(24, Size(records=400)), -600, None, -600),
        (seen(24, Size(bytes=9)), None, 4, None),
        (seen(0.5, Size(records=1240)), 240, None, None),
    ],
)
def test_growth_is_the_difference_and_a_rate_where_time_has_passed(
    after: Finding, records: int | None, octets: int | None, per_day: int | None
) -> None:
    growth = growth_between(BEFORE, after)

    assert growth is not None
    assert (growth.records, growth.bytes, growth.records_per_day) == (records, octets, per_day)
    assert (growth.since, growth.run) == (NOW, "R-1")


@pytest.mark.parametrize("after", [seen(0, Size(records=1)), seen(-1, Size(records=1)), seen(1, None), seen(1, Size())])
def test_without_a_size_or_in_the_wrong_order_nothing_is_said(after: Finding) -> None:
    assert growth_between(BEFORE, after) is None
