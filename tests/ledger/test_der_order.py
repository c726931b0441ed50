"""The certificates of a time stamp in the order that DER asks for; whatever else comes stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.ledger.stamps import with_sorted_certificates

SEQUENCE, SET, CONTEXT_0 = 0x30, 0x31, 0xA0
ONE, TWO, THREE = b"\x30\x01\x03", b"\x30\x01\x01", b"\x30\x02\x01\x02"


def element(tag: int, *parts: bytes) -> bytes:
    """One element of DER around others."""
    body = b"".join(parts)
    return bytes([tag]) + (bytes([len(body)]) if len(body) < 128 else b"\x82" + len(body).to_bytes(2, "big")) + body


def answer(*certificates: bytes, tag: int = CONTEXT_0) -> bytes:
    """An answer as authorities give it, as far as the order of its certificates is concerned."""
    signed = element(SEQUENCE, b"\x02\x01\x03", element(SET), element(SEQUENCE), element(tag, *certificates))
    content = element(SEQUENCE, b"\x06\x01\x2a", element(CONTEXT_0, signed))
    return element(SEQUENCE, element(SEQUENCE, b"\x02\x01\x00"), content)


@pytest.mark.parametrize("padding", [b"", bytes(200)], ids=["short lengths", "long lengths"])
def test_certificates_are_sorted(padding: bytes) -> None:
    large = element(SEQUENCE, padding)

    assert with_sorted_certificates(answer(THREE, ONE, large, TWO)) == answer(*sorted([THREE, ONE, large, TWO]))


def test_an_answer_without_certificates_stays_as_it_is() -> None:
    assert with_sorted_certificates(answer(TWO, ONE, tag=SET)) == answer(TWO, ONE, tag=SET)


@pytest.mark.parametrize(
    "told",
    [
        b"", b"\x30", b"<html>sorry</html>", element(SEQUENCE), answer(ONE, TWO)[:-1], answer(ONE) + b"\x00",
        element(SEQUENCE, element(SEQUENCE, b"\x02\x01\x02")), b"\x30\x80\x00\x00", b"\x30\x85\x00\x00\x00\x00\x00",
    ],
)  # fmt: skip
def test_what_is_no_answer_stays_as_it_is(told: bytes) -> None:
    assert with_sorted_certificates(told) == told


@given(st.binary(max_size=200) | st.lists(st.binary(max_size=20)).map(lambda parts: answer(*parts)))
def test_nothing_is_added_or_lost_whatever_comes(told: bytes) -> None:
    assert sorted(with_sorted_certificates(told)) == sorted(told)
