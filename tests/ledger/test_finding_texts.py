"""The canonical text of a finding: what the walk by hand writes, to the byte, and the same finding when it is read."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.frozen import replace
from leakguard.ledger.canonical import MAX_SAFE
from leakguard.ledger.stored_findings import finding_from_text, finding_text
from leakguard.models.findings import (
    Answer,
    ExposedSince,
    Finding,
    Permission,
    Proof,
    ProofRequest,
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
from leakguard.models.wire import finding_to_json
from support.any_findings import FINDINGS
from support.scans import NOW, finding_of
from support.walked_findings import walked, walked_text

SENSITIVE = Sensitive(category="payment.card", standard="GB/T", version="2025", data_class="金融", confidence="primary")
EVERYTHING = DataSeen(
    categories=(
        Category(category="contact.phone", where="index mail-* (2) field 手机", by="field_name"),
        Category(category="payment.card", where="field pan", by="value", count=3, looked_at=10),
    ),
    sensitive=(SENSITIVE, SENSITIVE), sampled='10 values of "mail" were looked at',
    people=People(low=None, high=7, method="at most one person a record"),
    growth=Growth(since=NOW, run="R-20261124-000001", records=-3, bytes=None, records_per_day=0),
)  # fmt: skip
NOTHING: dict[str, Any] = {"categories": (), "sensitive": (), "sampled": "", "people": None, "growth": None}
RIGHTS = (Permission(who=Stranger.EVERYONE, right=Right.LIST, answer=Answer.ALLOWED),)
OUTSIDE = (Reach(target="s3://campus", verdict=ReachVerdict.OPEN, vantage="local"),)
MOST_DIGITS = 4_000
"""Between what a text holds and what Python writes in decimal at all."""
WORDS = st.text(st.characters() | st.characters(categories=["Cs"]), max_size=30)
"""Of any characters: halves of some as well, which no text can hold."""
COUNTS = st.none() | st.integers(-(2**80), 2**80) | st.sampled_from([MAX_SAFE, MAX_SAFE + 1, -MAX_SAFE - 1, 10**15])
ODD = {
    "words": st.builds(
        lambda words: {"version": words, "reason": words, "product": words or None}, WORDS
    ),
    "counts": st.builds(
        lambda a, b, method: {"size": Size(records=a, bytes=b, method=method)}, COUNTS, COUNTS, WORDS
    ),
}  # fmt: skip


@given(FINDINGS)
def test_any_finding_has_the_text_that_the_walk_writes_and_is_read_back(finding: Finding) -> None:
    """Ledgers of every release hold the hash of that text."""
    expected = walked_text(finding)
    assert expected is not None

    assert finding_text(finding) == expected
    assert walked(finding_from_text(expected)) == json.loads(json.dumps(walked(finding)))


@given(st.one_of(*ODD.values()))
def test_words_and_counts_of_any_kind_have_the_text_that_the_walk_writes(odd: dict[str, Any]) -> None:
    finding = finding_of(**odd)
    expected = walked_text(finding)

    text = finding_text(finding)

    if expected is None:
        assert "?" in text, "half a character is left out"
    else:
        assert text == expected
        assert finding_from_text(text) == finding


def test_every_character_is_escaped_as_the_walk_escapes_it() -> None:
    """In blocks, so that it takes no minute: all but halves of characters."""
    for start in range(0, 0x110000, 0x1000):
        words = "".join(chr(code) for code in range(start, start + 0x1000) if not 0xD800 <= code <= 0xDFFF)
        finding = finding_of(version=words)

        assert finding_text(finding) == walked_text(finding), hex(start)


@pytest.mark.parametrize(
    "data", [None, DataSeen(), EVERYTHING, *(replace(EVERYTHING, **{part: none}) for part, none in NOTHING.items())]
)
def test_what_is_told_of_the_data_is_written_and_read_back(data: DataSeen | None) -> None:
    finding = finding_of(data=data)

    assert finding_text(finding) == walked_text(finding)
    assert finding_from_text(finding_text(finding)) == finding_of(data=None if data == DataSeen() else data)


@pytest.mark.parametrize(
    "fields",
    [
        {"size": Size(records=MAX_SAFE, bytes=0, exact=False, method="as stated\n\x00 by the härte")},
        {"size": Size(records=MAX_SAFE + 1)},
        {"size": Size(records=-MAX_SAFE - 1)},
        {"size": None},
        {"severity_axes": SeverityAxes(authority="read", volume="9.5", sensitivity="unknown", aggravation="none")},
        {"version": '1.0"\\\x7f\u2028', "cluster_id": "$1"},
        {"version": 'looks like a number":12345678901234567890'},
        {"tls": TlsSeen(version="TLSv1.3")},
        {"permissions": RIGHTS},
        {"reach": OUTSIDE},
        {"reason_code": ReasonCode.UNREADABLE},
        {"references": ()},
        {"proof": Proof(requests=(ProofRequest(method="GET", what="/", status=None, bytes=10**16),))},
    ],
)
def test_what_is_rare_is_written_as_the_walk_writes_it_and_read_back(fields: dict[str, Any]) -> None:
    finding = finding_of(**fields)

    assert finding_text(finding) == walked_text(finding) is not None
    assert finding_from_text(finding_text(finding)) == finding


@pytest.mark.parametrize("words", ["half \udcff a character", "\ud800", "whole \U0001f600"])
@pytest.mark.parametrize("digits", [1, 20, 3_600, 5_000])
def test_what_no_text_can_hold_is_left_out(words: str, digits: int) -> None:
    """Half a character becomes a question mark; a number of more digits than Python reads becomes none."""
    count = 10 ** (digits - 1)
    finding = finding_of(version=words, reason=words, size=Size(records=count))

    read = finding_from_text(finding_text(finding)).verdict

    shown = words.encode("utf-8", "replace").decode()
    assert (read.version, read.reason) == (shown, shown)
    assert read.size == Size(records=count if digits < MOST_DIGITS else None)


def test_a_time_of_another_zone_is_written_in_utc() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=8)))
    growth = Growth(since=there, run="R-1", records=1, bytes=None, records_per_day=None)
    since = ExposedSince(earliest=there, latest=there)
    finding = replace(finding_of(data=DataSeen(growth=growth)), observed_at=there, exposed_since=since)

    assert finding_text(finding) == walked_text(finding)
    assert finding_from_text(finding_text(finding)) == finding


def test_a_time_without_a_zone_is_no_instant() -> None:
    finding = replace(finding_of(), observed_at=datetime(2026, 11, 26))  # noqa: DTZ001  (the very point)

    with pytest.raises(ValueError, match="no instant"):
        finding_text(finding)


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "open"},
        {"port": "9200"},
        {"observed_at": "yesterday"},
        {"observed_at": "2026-11-26T00:00:00"},
        {"schema": "another/1"},
        {"size": 7},
        {"version": 7},
        {"categories": [{"category": "a", "where": "b", "by": "value", "count": 3}]},
    ],
)
def test_what_is_none_of_ours_is_refused(wrong: dict[str, Any]) -> None:
    value = finding_to_json(finding_of()) | wrong

    with pytest.raises(BadFile):
        finding_from_text(json.dumps(value))


@pytest.mark.parametrize("text", ["", "{}", "[", "7", "\udcff", "[" * 100_000, '{"$int":"x"}', '["$"]', '{"$int":"1"}'])
def test_what_is_no_json_of_a_finding_is_refused(text: str) -> None:
    with pytest.raises(BadFile):
        finding_from_text(text)
