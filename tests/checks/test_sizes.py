"""Sizes: numbers that a host states, and those that are not believed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.judge import judge
from leakguard.checks.sizes import count_of
from leakguard.models.findings import Size
from support.check_files import check, observation, reply


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (9_500_000_000, 9_500_000_000),
        (8_400_000_000_000, 8_400_000_000_000),
        (2**63 - 1, 2**63 - 1),
        (2**63, None),
        (-1, None),
        ("4294967297", 4_294_967_297),
        ("-1", None),
        ("1.5", None),
        ("6.3kb", None),
        ("", None),
        ("٣", None),
        ("9" * 19, None),
        ("9" * 20, None),
        (24576.0, 24576),
        (0.5, None),
        (float("nan"), None),
        (float("inf"), None),
        (-0.0, 0),
        (1e300, None),
        (True, None),
        (None, None),
        ([1], None),
        ({}, None),
    ],
)
def test_a_count_is_believed_only_if_it_can_be_one(value: Any, expected: int | None) -> None:  # noqa: ANN401 (JSON holds anything)
    assert count_of(value) == expected


@given(st.integers() | st.floats() | st.text() | st.booleans() | st.none() | st.lists(st.integers()))
def test_a_count_is_never_negative_and_never_absurd(value: object) -> None:
    found = count_of(value)

    assert found is None or 0 <= found < 2**63


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'[{"n": 4294967296, "b": 1}]', Size(records=4_294_967_296, bytes=1, collections=1, method="sums")),
        (b'[{"n": -4, "b": 1}]', Size(records=None, bytes=1, collections=1, method="sums")),
        (b'[{"n": 1e999, "b": "x"}]', Size(records=None, bytes=None, collections=1, method="sums")),
        (b"[]", Size(records=0, bytes=0, collections=0, method="sums")),
    ],
)
def test_a_size_keeps_what_can_be_believed(body: bytes, expected: Size) -> None:
    assert judge(check(), observation(reply("root"), reply("list", body))).size == expected


def test_no_number_no_size() -> None:
    """An alternative that gives nothing leaves the size unknown instead of empty."""
    text_check = CheckDefinition({**check().stated, "measure": []})

    assert judge(text_check, observation(reply("root"), reply("list", b"[]"))).size is None
