"""Time stamps by a small authority of the tests' own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import UsageProblem
from leakguard.ledger.stamps import covers, request_for, verified, with_sorted_certificates
from support.examples import examples
from support.stamping import StampingAuthority

NOTE = "leakguard-unsigned\n3\nroot\n"


def der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return bytes((tag, 0x81, len(body))) + body


def chained(*certificates: bytes) -> bytes:
    """The skeleton of an answer."""
    number = b"\x02\x01\x03"
    signed = der(0x30, number, der(0x31), der(0x30, b"\x06\x01b", b"\x06\x01a"), der(0xA0, *certificates), der(0x31))
    return der(0x30, der(0x30, number), der(0x30, b"\x06\x01x", der(0xA0, signed)))


CHAINED = chained(b"\x04\x02bb", b"\x04\x01a")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> StampingAuthority:
    return StampingAuthority(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(scope="module")
def answer(authority: StampingAuthority) -> bytes:
    return authority.answer(request_for(NOTE))


def test_an_answer_verifies_and_tells_its_time_and_who_gave_it(authority: StampingAuthority, answer: bytes) -> None:
    stamp = verified(NOTE, answer, authority.roots)

    assert covers(NOTE, answer)
    assert stamp.authority == "CN=Test Stamping Authority"
    assert stamp.at > datetime(2026, 1, 1, tzinfo=UTC)
    assert stamp.serial


def test_an_answer_whose_certificates_stand_in_the_order_of_openssl_verifies(authority: StampingAuthority) -> None:
    """Signer first, chain behind it: many authorities answer like that, and DER would have them sorted."""
    answer = authority.answer(request_for(NOTE), with_chain=True)

    assert with_sorted_certificates(answer) != answer
    assert sorted(with_sorted_certificates(answer)) == sorted(answer)
    assert verified(NOTE, answer, authority.roots).authority == "CN=Test Stamping Authority"


@examples(200)
@given(at=st.integers(0, 60), put=st.binary(max_size=6), cut=st.integers(0, 60))
def test_whatever_an_answer_holds_its_order_is_no_bug(at: int, put: bytes, cut: int) -> None:
    """Only the order of bytes ever changes; what is no answer is left for its reader to name."""
    damaged = CHAINED[:at] + put + CHAINED[at + len(put) : cut]

    assert sorted(with_sorted_certificates(damaged)) == sorted(damaged)


def test_only_the_certificates_of_an_answer_are_sorted() -> None:
    assert with_sorted_certificates(CHAINED) == chained(b"\x04\x01a", b"\x04\x02bb")
    assert with_sorted_certificates(with_sorted_certificates(CHAINED)) == with_sorted_certificates(CHAINED)


def test_an_answer_over_another_head_does_not_verify(authority: StampingAuthority, answer: bytes) -> None:
    assert not covers(f"{NOTE}!", answer)
    with pytest.raises(UsageProblem, match="Mismatch between messages"):
        verified(f"{NOTE}!", answer, authority.roots)


def test_an_answer_that_none_of_the_roots_vouches_for_does_not_verify(tmp_path: Path, answer: bytes) -> None:
    with pytest.raises(UsageProblem, match="does not verify") as caught:
        verified(NOTE, answer, StampingAuthority(tmp_path).roots)

    assert "ErrorStack" not in caught.value.message


@pytest.mark.parametrize("cut", [0, 1, 40, 400])
def test_half_an_answer_is_none(authority: StampingAuthority, answer: bytes, cut: int) -> None:
    with pytest.raises(UsageProblem, match="no answer"):
        verified(NOTE, answer[:cut], authority.roots)


def test_roots_that_are_none_are_refused(answer: bytes) -> None:
    with pytest.raises(UsageProblem, match="no certificate"):
        verified(NOTE, answer, b"-----")


def test_the_same_root_may_be_named_twice(authority: StampingAuthority, answer: bytes) -> None:
    assert verified(NOTE, answer, authority.roots * 2).serial
