"""Pace: how fast a store grows, by two looks at the same place."""

from __future__ import annotations

from datetime import timedelta

from leakguard.models.findings import Finding
from leakguard.models.kinds import Growth

SHORTEST = timedelta(hours=1)
"""Between looks that are closer together a rate by the day is chance."""


def growth_between(before: Finding, after: Finding) -> Growth | None:
    """What came in since an earlier look; `None` where neither size is known of both, or the looks are not in order."""
    then, now = before.verdict.size, after.verdict.size
    passed = after.observed_at - before.observed_at
    if then is None or now is None or passed <= timedelta(0):
        return None
    records, octets = _difference(then.records, now.records), _difference(then.bytes, now.bytes)
    if records is None and octets is None:
        return None
    rate = None if records is None or passed < SHORTEST else round(records * (timedelta(days=1) / passed))
    return Growth(since=before.observed_at, run=before.run, records=records, bytes=octets, records_per_day=rate)


def _difference(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before
