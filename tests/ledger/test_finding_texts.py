"""The text that is written in one pass is the canonical one, or there is none."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given

from leakguard.errors import UsageProblem
from leakguard.frozen import replace
from leakguard.ledger.canonical import MAX_SAFE, canonical
from leakguard.ledger.finding_texts import quick_text
from leakguard.models.finding_json import finding_to_json
from leakguard.models.findings import (
    Answer,
    Finding,
    Permission,
    Reach,
    ReachVerdict,
    ReasonCode,
    Right,
    SeverityAxes,
    Size,
    Stranger,
)
from leakguard.models.kinds import Category, DataSeen, Growth, People, Sensitive
from leakguard.models.observations import TlsSeen
from support.any_findings import FINDINGS
from support.scans import NOW, finding_of


def reference(finding: Finding) -> str | None:
    """What the walk through the plain values gives; nothing for what JSON cannot hold."""
    try:
        return canonical(finding_to_json(finding))
    except UsageProblem:
        return None


@given(FINDINGS)
def test_one_pass_writes_what_the_walk_writes(finding: Finding) -> None:
    usual = replace(finding, tls=None, reach=(), verdict=replace(finding.verdict, permissions=()))

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
    with_code = finding_of(reason_code=ReasonCode.UNREADABLE)
    assert quick_text(with_code) == reference(with_code) is not None
    assert quick_text(finding_of(size=None)) == reference(finding_of(size=None))


def test_what_is_told_of_the_data_is_written_in_one_pass() -> None:
    by_name = Category(category="contact.phone", where="index mail-* (2) field 手机", by="field_name")
    counted = Category(category="payment.card", where="field pan", by="value", count=3, looked_at=10)
    sensitive = Sensitive(
        category="payment.card",
        standard="GB/T 45574-2025",
        version="2025",
        data_class="金融账户信息",
        confidence="primary",
    )
    everything = DataSeen(
        categories=(by_name, counted), sensitive=(sensitive, sensitive), sampled='10 values of "mail" were looked at',
        people=People(low=None, high=7, method="at most one person for each record"),
        growth=Growth(since=NOW, run="R-20261124-000001", records=-3, bytes=None, records_per_day=0),
    )  # fmt: skip
    nothing: dict[str, Any] = {"categories": (), "sensitive": (), "sampled": "", "people": None, "growth": None}
    less = [replace(everything, **{part: empty}) for part, empty in nothing.items()]

    for data in (everything, *less, DataSeen()):
        finding = finding_of(data=data)
        assert quick_text(finding) == reference(finding) is not None


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
