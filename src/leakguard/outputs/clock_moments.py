"""Moments in sentences about clocks, as the list of clocks shows them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
_LOCAL = re.compile(rf"({_STAMP}) \([A-Z][a-z]+day, ({_STAMP})\)")
_ALONE = re.compile(_STAMP)
_SIGN = re.compile(r"[\u4e00-\u9fff]")
"""A sentence in Chinese names the day of the week itself."""


def moment_text(moment: datetime) -> str:
    """`Thu 2026-12-03 13:03:48 +08:00`, or `Thu 2026-12-03 05:03:48 UTC`."""
    return f"{moment:%a} {_day_and_time(moment)}"


def said_moments(sentence: str) -> str:
    """The sentence with each moment in this form; a local one has its moment in UTC behind it."""
    if _SIGN.search(sentence):
        return _ALONE.sub(lambda found: _day_and_time(datetime.fromisoformat(found[0])), sentence)
    text = _LOCAL.sub(r"\1 (\2)", sentence)
    return _ALONE.sub(lambda found: moment_text(datetime.fromisoformat(found[0])), text)


def _day_and_time(moment: datetime) -> str:
    zone = "UTC" if moment.tzinfo is UTC else moment.isoformat()[-6:]
    return f"{moment:%Y-%m-%d %H:%M:%S} {zone}"
