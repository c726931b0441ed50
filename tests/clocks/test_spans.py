"""Stretches of time: what is left of one outside the holes in it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from leakguard.clocks.spans import without

DAY = datetime.fromisoformat("2026-11-28T00:00:00+00:00")


def hours(*pairs: tuple[int, int]) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((DAY + timedelta(hours=start), DAY + timedelta(hours=end)) for start, end in pairs)


@pytest.mark.parametrize(
    ("holes", "left"),
    [
        ((), ((8, 16),)),
        (((2, 8), (16, 20)), ((8, 16),)),
        (((6, 10),), ((10, 16),)),
        (((14, 18),), ((8, 14),)),
        (((10, 11), (12, 13)), ((8, 10), (11, 12), (13, 16))),
        (((8, 16),), ()),
        (((2, 20),), ()),
    ],
)
def test_what_is_left_lies_in_the_span_and_outside_every_hole(
    holes: tuple[tuple[int, int], ...], left: tuple[tuple[int, int], ...]
) -> None:
    (span,) = hours((8, 16))

    assert without(span, hours(*holes)) == hours(*left)
