"""Numbers that stand in a text which is no JSON: pages, XML, metrics. Asked of whole answers alone; never raises."""

from __future__ import annotations

import math
import re

from leakguard.checks.naming import Place

_MOST_DIGITS = 19
"""No store counts further; see `sizes.MAX_NUMBER`."""


def number_in(body: bytes, place: Place) -> float | int | None:
    """What `place` asks of the text, or `None` where a metric has no sample or a number is none."""
    if place.metric:
        return _sum_of_metric(body, place.metric)
    if place.count:
        return body.count(place.count.encode())
    numbers = _numbers_behind(body, place.sum_behind or place.count_behind)
    return sum(numbers) if place.sum_behind else len(numbers)


def _numbers_behind(body: bytes, text: str) -> list[int]:
    found = re.findall(re.escape(text.encode()) + rb"(\d{1,%d})(?!\d)" % _MOST_DIGITS, body)
    return [int(each) for each in found]


def _sum_of_metric(body: bytes, name: str) -> float | None:
    """Each sample is a line: the name, labels in braces, which may hold braces, and a number."""
    lines = re.findall(rb"^" + re.escape(name.encode()) + rb"(?:\{[^\n]*\})? (\S+)", body, re.MULTILINE)
    try:
        total = math.fsum(float(each) for each in lines)
    except (ValueError, OverflowError):
        return None
    return total if lines and math.isfinite(total) else None
