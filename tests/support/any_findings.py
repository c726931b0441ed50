"""Any finding, for hypothesis."""

from __future__ import annotations

from datetime import UTC

from hypothesis import strategies as st

from leakguard.models.findings import ExposedSince, Finding, Verdict
from leakguard.models.kinds import DataSeen, Growth

MOMENTS = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(fold=0))
_SINCE = st.builds(ExposedSince, earliest=st.none() | MOMENTS, latest=st.none() | MOMENTS)
_DATA = st.none() | st.builds(DataSeen, growth=st.none() | st.builds(Growth, since=MOMENTS))
FINDINGS = st.builds(
    Finding, observed_at=MOMENTS, exposed_since=_SINCE, verdict=st.builds(Verdict, data=st.none() | _DATA)
)
"""Every field is filled from its type, so that a field that is added later is tried as well."""
