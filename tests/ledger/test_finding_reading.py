"""The finding that is read in one pass is the one of the slower reader, or there is none."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given

from leakguard.errors import BadFile, UsageProblem
from leakguard.frozen import replace
from leakguard.ledger.canonical import MAX_SAFE, canonical, from_canonical_whole
from leakguard.ledger.finding_reading import quick_finding
from leakguard.models.finding_json import finding_from_json, finding_to_json
from leakguard.models.findings import (
    Answer,
    Finding,
    Permission,
    Reach,
    ReachVerdict,
    ReasonCode,
    Right,
    Size,
    Stranger,
)
from leakguard.models.kinds import Category, DataSeen, Growth, People, Sensitive
from leakguard.models.observations import TlsSeen
from support.any_findings import FINDINGS
from support.scans import NOW, finding_of

SENSITIVE = Sensitive(category="payment.card", standard="GB/T", version="2025", data_class="x", confidence="y")
EVERYTHING = DataSeen(
    categories=(Category(category="payment.card", where="field pan", by="value", count=3, looked_at=10),),
    sensitive=(SENSITIVE, SENSITIVE), sampled="10 values were looked at", people=People(low=None, high=7, method="m"),
    growth=Growth(since=NOW, run="R-20261124-000001", records=-3, bytes=None, records_per_day=0),
)  # fmt: skip


def text_of(finding: Finding) -> str | None:
    try:
        return canonical(finding_to_json(finding))
    except UsageProblem:
        return None


@given(FINDINGS)
def test_one_pass_reads_what_the_slower_reader_reads(finding: Finding) -> None:
    usual = replace(finding, tls=None, reach=(), verdict=replace(finding.verdict, permissions=()))

    for text in filter(None, map(text_of, (finding, usual))):
        assert quick_finding(text) in {None, finding_from_json(from_canonical_whole(text))}


@pytest.mark.parametrize("data", [None, DataSeen(), EVERYTHING, DataSeen(sampled="nothing")])
def test_a_usual_finding_is_read_in_one_pass(data: DataSeen | None) -> None:
    text = text_of(finding_of(size=Size(records=MAX_SAFE, exact=False, method="härte"), data=data)) or ""

    assert quick_finding(text) == finding_from_json(from_canonical_whole(text)) is not None


def test_a_reason_code_is_read_in_one_pass() -> None:
    finding = finding_of(reason_code=ReasonCode.UNREADABLE)

    assert quick_finding(text_of(finding) or "") == finding


@pytest.mark.parametrize(
    "rare",
    [
        {"size": Size(records=MAX_SAFE + 1)},
        {"tls": TlsSeen(version="TLSv1.3")},
        {"permissions": (Permission(who=Stranger.EVERYONE, right=Right.LIST, answer=Answer.ALLOWED),)},
        {"reach": (Reach(target="s3://campus", verdict=ReachVerdict.OPEN, vantage="local"),)},
        {"version": "$1"},
    ],
)
def test_what_is_rare_is_left_to_the_slower_reader(rare: dict[str, Any]) -> None:
    text = text_of(finding_of(**rare)) or ""

    assert quick_finding(text) is None
    assert finding_from_json(from_canonical_whole(text)) is not None


@pytest.mark.parametrize(
    "wrong", [{"outcome": "open"}, {"port": "9200"}, {"observed_at": "yesterday"}, {"schema": "another/1"}, {"size": 7}]
)
def test_what_is_none_of_ours_is_left_to_the_reader_that_says_why(wrong: dict[str, Any]) -> None:
    value = finding_to_json(finding_of()) | wrong

    assert quick_finding(json.dumps(value)) is None


@pytest.mark.parametrize("text", ["", "{}", "[", "7", "\udcff"])
def test_what_is_no_json_of_a_finding_is_none(text: str) -> None:
    assert quick_finding(text) is None


def test_a_time_that_another_hand_wrote_is_no_time_of_ours() -> None:
    value = finding_to_json(finding_of()) | {"observed_at": datetime(2026, 11, 26).isoformat()}  # noqa: DTZ001  (the very point)

    assert quick_finding(json.dumps(value)) is None
    with pytest.raises(BadFile):
        finding_from_json(value)
