"""Time stamps by a small authority of the tests' own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from leakguard.errors import UsageProblem
from leakguard.ledger.stamps import covers, request_for, verified
from support.stamping import StampingAuthority

NOTE = "leakguard-unsigned\n3\nroot\n"


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
