"""Claims of a JSON web token, read from whatever stands where one was expected."""

from __future__ import annotations

import pytest

from leakguard.shipped.reader import claims_of


@pytest.mark.parametrize(
    ("token", "claims"),
    [
        (b"e30.eyJyb2xlIjoiYW5vbiIsIm4iOjF9.x", {"role": "anon"}),
        (b"e30.W10.x", {}),
        (b"e30.bm90IGpzb24.x", {}),
        (b"e30.\xff\xff.x", {}),
        (b"e30." + b"W" * 5000 + b".x", {}),
        (b"one.two", {}),
    ],
)
def test_claims_are_texts_of_an_object_and_nothing_else(token: bytes, claims: dict[str, str]) -> None:
    assert claims_of(token) == claims
