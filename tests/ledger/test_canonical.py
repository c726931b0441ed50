"""One spelling for every value, and nothing lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import UsageProblem
from leakguard.ledger.canonical import MAX_SAFE, canonical, from_canonical, from_canonical_integers

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT | st.just("$int"), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_every_value_comes_back_as_it_was(value: object) -> None:
    assert from_canonical(canonical(value)) == value


SAFE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_SAFE, MAX_SAFE)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(TEXT.filter(lambda key: not key.startswith("$")), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(SAFE)
def test_the_short_way_writes_what_the_library_for_the_standard_writes(value: Any) -> None:  # noqa: ANN401  (JSON holds anything)
    assert canonical(value) == rfc8785.dumps(value).decode()


@pytest.mark.parametrize(
    "value",
    [
        {"\uffff": 1, "\U00010000": 2}, {"a": 1.0, "b": 1e21, "c": -0.0}, {"x": '\x00\x1f\x7f\u2028"\\/'}, {"é": "é"},
        [True, 1, False, 0, None], {}, [], [{}], ((1,), {"k": ()}), MAX_SAFE, -MAX_SAFE,
    ],
)  # fmt: skip
def test_where_the_two_ways_could_part_they_do_not(value: Any) -> None:  # noqa: ANN401  (as above)
    """The order of keys beyond the first plane, forms of numbers, control characters, empty containers."""
    assert canonical(value) == rfc8785.dumps(value).decode()


def test_a_ring_is_refused() -> None:
    ring: list[Any] = []
    ring.append(ring)

    with pytest.raises(UsageProblem, match="cannot be kept"):
        canonical(ring)


@pytest.mark.parametrize("text", ['{"\\u0024int":"9007199254740992"}', '{"$int":"9007199254740992"}'])
def test_a_tag_is_known_however_it_is_spelt(text: str) -> None:
    assert from_canonical(text) == 2**53


@given(st.dictionaries(TEXT, st.integers(), min_size=2, max_size=5))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    turned = dict(reversed(list(value.items())))

    assert canonical(turned) == canonical(value)


WHOLE = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT | st.just("$int"), inner, max_size=4),
    max_leaves=20,
)


@given(WHOLE)
def test_a_value_without_fractions_is_read_in_a_shorter_way_as_well(value: object) -> None:
    assert repr(from_canonical_integers(canonical(value))) == repr(from_canonical(canonical(value)))


@given(st.text() | st.sampled_from(['{"a"', '["\\ud800"]', '{"$int":"9"}', '{"a":NaN}', "[1e999]"]))
def test_what_is_no_canonical_text_is_read_the_longer_way(text: str) -> None:
    def read(reader: Callable[[str], object]) -> str:
        try:
            return repr(reader(text))
        except ValueError as error:
            return type(error).__name__

    assert read(from_canonical_integers) == read(from_canonical)


def test_integers_beyond_a_double_stay_whole() -> None:
    assert canonical(2**53 - 1) == "9007199254740991"
    assert canonical(2**53) == '{"$int":"9007199254740992"}'
    assert from_canonical(canonical([2**63, -(2**200)])) == [2**63, -(2**200)]


def test_a_mapping_that_looks_like_a_large_integer_is_not_taken_for_one() -> None:
    value = {"$int": "9007199254740992"}

    assert canonical(value) != canonical(2**53)
    assert from_canonical(canonical(value)) == value


def test_a_true_is_no_number() -> None:
    assert canonical({"a": True, "b": 1}) == '{"a":true,"b":1}'


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), "\ud800", {"\udfff": 1}, {1: 2}, object(), 10**4001, b"bytes"],
    ids=["nan", "inf", "surrogate", "surrogate key", "integer key", "object", "digits", "bytes"],
)
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(UsageProblem, match="cannot be kept as JSON") as refused:
        canonical(value)

    assert refused.value.next_step


def test_endless_nesting_is_refused() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]

    with pytest.raises(UsageProblem, match="cannot be kept"):
        canonical(value)
