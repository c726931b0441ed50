"""Any finding, for hypothesis."""

from __future__ import annotations

from datetime import UTC

from hypothesis import strategies as st

from leakguard.frozen import replace
from leakguard.models.findings import ExposedSince, Finding, Verdict
from leakguard.models.kinds import Category, DataSeen, Growth

MOMENTS = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(fold=0))
_SINCE = st.builds(ExposedSince, earliest=st.none() | MOMENTS, latest=st.none() | MOMENTS)
_COUNTS = st.none() | st.tuples(st.integers(), st.integers())
_CATEGORIES = st.builds(
    lambda category, counts: replace(category, count=counts[0], looked_at=counts[1]) if counts else category,
    st.builds(Category, count=st.none(), looked_at=st.none()),
    _COUNTS,
)
_DATA = st.none() | st.builds(
    DataSeen,
    categories=st.lists(_CATEGORIES, max_size=3).map(tuple),
    growth=st.none() | st.builds(Growth, since=MOMENTS),
)
FINDINGS = st.builds(
    Finding, observed_at=MOMENTS, exposed_since=_SINCE, verdict=st.builds(Verdict, data=st.none() | _DATA)
)
"""Every field is filled from its type, so that a field that is added later is tried as well."""
