"""Sizes: numbers that a host states about itself, believed only when they can be true."""

from __future__ import annotations

import math
import re
from typing import Any

from leakguard.checks.definitions import CheckDefinition, Measure
from leakguard.checks.naming import NamePlace, Place
from leakguard.checks.replies import View
from leakguard.models.findings import Size
from leakguard.models.observations import Ending

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
        total = math.fsum(float(line) for line in lines)
    except (ValueError, OverflowError):
        return None
    return total if lines and math.isfinite(total) else None


MAX_NUMBER = 2**63 - 1
"""No store counts further, and no system that takes findings holds more; a larger number is a joke or an attack."""
_MAX_DIGITS = 19


def measure(definition: CheckDefinition, view: View) -> Size | None:
    """The size by the first alternative that gives a number, or `None`."""
    for way in definition.measure:
        if way.when.holds_for(view):
            size = _size(way, view)
            if size is not None:
                return size
    return None


def count_of(value: Any) -> int | None:  # noqa: ANN401  (JSON holds anything)
    """A count from a number or from digits; `None` for what cannot be a count."""
    if isinstance(value, str):
        is_digits = value.isascii() and value.isdigit() and len(value) <= _MAX_DIGITS
        value = int(value) if is_digits else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not (math.isfinite(value) and value.is_integer()):
        return None
    return int(value) if 0 <= value <= MAX_NUMBER else None


def found_at(place: Place | NamePlace | None, view: View) -> Any:  # noqa: ANN401  (JSON holds anything)
    """The value at `place`, or `None` where there is no such answer."""
    if place is None:
        return None
    reply = view.answered(place.request)
    if reply is None:
        return None
    if isinstance(place, Place) and place.header:
        return reply.header(place.header)
    if isinstance(place, Place) and not place.path:
        return number_in(reply.first.body, place) if reply.ended is Ending.COMPLETE else None
    return reply.at(place.path)


def _size(way: Measure, view: View) -> Size | None:
    records = count_of(found_at(way.records, view))
    octets = count_of(found_at(way.bytes, view))
    collections = count_of(found_at(way.collections, view))
    if records is None and octets is None and collections is None:
        return None
    return Size(records=records, bytes=octets, collections=collections, exact=way.exact, method=way.method)
