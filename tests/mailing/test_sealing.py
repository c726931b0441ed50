"""One entry vouches for many letters, and for each of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from leakguard.errors import UsageProblem
from leakguard.frozen import replace
from leakguard.ledger.canonical import sha256_hex
from leakguard.mailing.message_ids import PATTERN, message_id
from leakguard.mailing.pace import Pace, parse_rate
from leakguard.mailing.sealing import bounce_fields, is_proved, leaf_of, proof_of, seal_fields
from leakguard.models.deliveries import Bounce, Delivery, DeliveryState
from support.ledgers import START


def sent(number: int) -> Delivery:
    return Delivery(
        incident="IR-2026-0001", batch="b" * 64, key=f"key{number}", state=DeliveryState.SENT,
        at=START + timedelta(seconds=number), message_id=f"lg.{number:040x}@university.example", digest="d" * 64,
        code=250, queue_id="Q1",
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_each_letter_is_proved_by_its_path(count: int) -> None:
    together = [sent(number) for number in range(count)]
    entry = seal_fields(together)
    for one in together:
        place, path = proof_of(one, together)
        assert is_proved(one, place, path, entry)
        assert not is_proved(replace(one, code=251), place, path, entry)
        assert not is_proved(one, place, path, {**entry, "root": "0" * 64})

    assert (entry["leaves"], entry["first_at"]) == (count, "2026-05-24T01:00:00Z")
    assert entry["last_at"] == f"2026-05-24T01:00:0{count - 1}Z"


@pytest.mark.parametrize(
    "changes",
    [{"batch": "c" * 64}, {"key": "k"}, {"message_id": "lg.1"}, {"digest": "e" * 64}, {"code": 550}, {"queue_id": "Q2"},
     {"reason": "later"}, {"at": START}],
)  # fmt: skip
def test_the_proof_of_a_letter_is_none_of_one_that_differs_in_anything(changes: dict[str, Any]) -> None:
    together = [sent(number) for number in range(1, 4)]
    place, path = proof_of(together[1], together)

    assert not is_proved(replace(together[1], **changes), place, path, seal_fields(together))


def test_records_and_roots_are_those_that_the_ledgers_of_older_releases_hold() -> None:
    assert sha256_hex(leaf_of(sent(0)).decode()) == "68ead70530f16afe41e35ad38f28e58f48487d66feed3f640577c0d69d393392"
    bounced = [Bounce(message_id=f"lg.{n}", status=f"{5 - n}.0.0", is_final=n == 0) for n in range(2)]
    assert bounce_fields(bounced) == {
        "count": 2,
        "by_status": {"4.0.0": 1, "5.0.0": 1},
        "root": "b2866945c3a719adbbdb2878c21d7a3a0defaf557349163f1486ef6b0d392ad7",
    }


@pytest.mark.parametrize(
    "entry",
    [{}, {"root": "x", "leaves": 1}, {"root": "00" * 32, "leaves": "many"}, {"root": "00" * 32, "leaves": None}],
)
def test_an_entry_that_says_nothing_proves_nothing(entry: dict[str, object]) -> None:
    assert not is_proved(sent(0), 0, (), entry)


def test_a_letter_that_is_not_among_them_has_no_proof() -> None:
    with pytest.raises(ValueError, match="is not in list"):
        proof_of(sent(9), [sent(0)])


def test_an_entry_without_letters_has_no_times() -> None:
    assert seal_fields([]) == {"leaves": 0, "root": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}


def test_the_record_of_a_letter_holds_no_address() -> None:
    assert b"mail.example" not in leaf_of(sent(0))
    assert b'"message_id":"lg.' in leaf_of(sent(0))


def test_what_came_back_is_counted_by_status_in_any_order() -> None:
    some = [Bounce(message_id=f"lg.{n}", status="5.1.1", is_final=True) for n in range(3)]
    fields = bounce_fields(some)

    assert (fields["count"], fields["by_status"]) == (3, {"5.1.1": 3})
    assert fields == bounce_fields(some[::-1])


def test_the_same_letter_to_the_same_person_has_the_same_message_id() -> None:
    first = message_id("b", "d", "k", domain="university.example")

    assert first == message_id("b", "d", "k", domain="university.example")
    others = [message_id(*words, domain="x.example") for words in (("c", "d", "k"), ("b", "e", "k"), ("b", "d", "l"))]
    assert len({one.partition("@")[0] for one in (first, *others)}) == 4
    assert PATTERN.fullmatch(f"<{first}>")
    assert message_id("b", "d", "k", domain="<>\r\n").endswith("@leakguard.invalid")


@pytest.mark.parametrize(("text", "rate"), [("5/s", 5), (" 30/min ", 0.5), ("3600/h", 1), ("0.5/s", 0.5)])
def test_a_rate_is_read(text: str, rate: float) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "5", "0/s", "-1/s", "5/day", "x/s"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem):
        parse_rate(text)


def test_waits_are_doubled_up_to_the_longest() -> None:
    assert [Pace().wait(number) for number in (1, 2, 3, 9, 99)] == [5, 10, 20, 300, 300]
