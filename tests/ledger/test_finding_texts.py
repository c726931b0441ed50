"""The text that is written in one pass is the canonical one, or there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import UsageProblem
from leakguard.ledger.canonical import MAX_SAFE, canonical
from leakguard.ledger.finding_texts import quick_text
from leakguard.models.finding_json import finding_to_json
from leakguard.models.findings import (
    Answer,
    ExposedSince,
    Finding,
    Permission,
    Reach,
    ReachVerdict,
    Right,
    SeverityAxes,
    Size,
    Stranger,
    Verdict,
)
from leakguard.models.kinds import DataSeen, Growth
from leakguard.models.observations import TlsSeen
from support.scans import finding_of

MOMENTS = st.datetimes(timezones=st.just(UTC))
SINCE = st.builds(ExposedSince, earliest=st.none() | MOMENTS, latest=st.none() | MOMENTS)
GROWTH = st.builds(Growth, since=MOMENTS)
DATA = st.none() | st.builds(DataSeen, growth=st.none() | GROWTH)
FINDINGS = st.builds(
    Finding, observed_at=MOMENTS, exposed_since=SINCE, verdict=st.builds(Verdict, data=st.none() | DATA)
)
"""Every field is filled from its type, so that a field that is added later is held against the walk as well."""


def reference(finding: Finding) -> str | None:
    """What the walk through the plain values gives; nothing for what JSON cannot hold."""
    try:
        return canonical(finding_to_json(finding))
    except UsageProblem:
        return None


@given(FINDINGS)
def test_one_pass_writes_what_the_walk_writes(finding: Finding) -> None:
    usual = replace(finding, tls=None, verdict=replace(finding.verdict, permissions=(), data=None))

    assert quick_text(finding) in {None, reference(finding)}
    assert quick_text(usual) in {None, reference(usual)}


def test_a_usual_finding_is_written_in_one_pass() -> None:
    finding = finding_of(
        size=Size(records=MAX_SAFE, bytes=0, collections=None, exact=False, method="as stated\n\x00 by the härte"),
        severity_axes=SeverityAxes(authority="read", volume="9.5 billion", sensitivity="unknown", aggravation="none"),
        version='1.0"\\\x7f\u2028', cluster_id="abc",
    )  # fmt: skip

    assert quick_text(finding) == reference(finding) is not None
    assert quick_text(replace(finding, references=())) == reference(replace(finding, references=()))
    assert quick_text(finding_of(size=None)) == reference(finding_of(size=None))


@pytest.mark.parametrize(
    "rare",
    [
        {"size": Size(records=MAX_SAFE + 1)},
        {"size": Size(records=-MAX_SAFE - 1)},
        {"size": Size(records=True)},
        {"size": Size(records=1.5)},  # type: ignore[arg-type]  # (a store may hold what its kind never would)
        {"size": Size(exact=1)},  # type: ignore[arg-type]  # (as above)
        {"tls": TlsSeen(version="TLSv1.3")},
        {"permissions": (Permission(who=Stranger.EVERYONE, right=Right.LIST, answer=Answer.ALLOWED),)},
        {"reach": (Reach(target="s3://campus", verdict=ReachVerdict.OPEN, vantage="local"),)},
        {"version": "half a character: \udcff"},
        {"version": 7},
    ],
)
def test_what_is_rare_is_left_to_the_walk(rare: dict[str, Any]) -> None:
    assert quick_text(finding_of(**rare)) is None


def test_a_time_without_a_zone_is_left_to_the_walk() -> None:
    finding = replace(finding_of(), observed_at=datetime(2026, 11, 26))  # noqa: DTZ001  (the very point)

    assert quick_text(finding) is None
