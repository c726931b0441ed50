"""Masks: a name that may hold a value is looked into, and one that cannot is shown as it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakguard.sensitivity import masks
from leakguard.sensitivity.masks import shown_name
from leakguard.sensitivity.values import sure_kinds

pytestmark = pytest.mark.untraced

SIGNS = st.text("0123456789abcdefox_.-", min_size=1, max_size=23)
PIECES = st.lists(
    st.sampled_from(["00", "86", "138", "1.1.1", "8.8.8.8", "aa", "ab-cd", "ef-", "xox", "b-", "sk_live_", "-", "."]),
    min_size=1, max_size=9,
).map("".join)  # fmt: skip


def is_taken_as_it_is(name: str) -> bool:
    return masks._PLAIN.fullmatch(name) is not None  # noqa: SLF001  (the very claim)


@settings(max_examples=1000)
@given(SIGNS | PIECES)
def test_no_name_that_is_taken_as_it_is_holds_a_value(name: str) -> None:
    if is_taken_as_it_is(name):
        assert sure_kinds(name) == ()


@pytest.mark.parametrize(
    "name", ["customers", "mail-2019.05.21", "logs-00ab12", "user_profile", "a" * 23, "t-1-2-3-4", "2019-05-21_x.y"]
)
def test_the_usual_names_are_taken_as_they_are(name: str) -> None:
    assert is_taken_as_it_is(name)
    assert shown_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "xoxb-abcdefghijkl", "ab-cd-ef-ab-cd-ef", "8.8.8.8", "13812345678", "0033612345678", "a@b.example", "eyJa.b",
        "sk_live_abcdefghijklmnop", "123-45-6789", "Ab", "", "a" * 24, "手机",
    ],
)  # fmt: skip
def test_what_may_be_a_value_is_looked_into(name: str) -> None:
    assert not is_taken_as_it_is(name)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("xoxb-abcdefghijkl", "[a name that holds credentials.secret]"),
        ("ab-cd-ef-ab-cd-ef", "[a name that holds profile.device]"),
        ("mail-8.8.8.8", "[a name that holds location.ip_address]"),
        ("13812345678", "[a name that holds contact.phone]"),
        ("batch-123456789", "batch-[number]"),
        ("bell\x07", "bell\N{REPLACEMENT CHARACTER}"),
        ("a" * 61, "a" * 59 + "…"),
        ("a" * 60, "a" * 60),
    ],
)
def test_a_name_is_shown_without_what_it_holds(name: str, shown: str) -> None:
    assert shown_name(name) == shown


@pytest.mark.parametrize("sign", ["\x1b", "\u202e", "\ud800", "\ue000", "\u0378", "\u2028", "\u2029"])
def test_a_sign_that_moves_the_cursor_or_shows_nothing_is_never_shown(sign: str) -> None:
    assert shown_name(f"a{sign}b") == "a\N{REPLACEMENT CHARACTER}b"
