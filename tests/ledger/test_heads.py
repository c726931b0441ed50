"""Heads as text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.ledger.heads import head_of, head_to_text, parse_head, printed_head, short, told_heads
from leakguard.ledger.notes import TreeHead, signed
from support.bundles import KEY, verifier
from support.ledgers import make_chain

GOOD = {"schema": "leakguard.head/1", "sequence": 1, "hash": "a" * 64, "recorded_at": "2026-05-24T01:00:00Z"}


def test_a_head_comes_back_as_it_was_written() -> None:
    head = head_of(make_chain({}, {})[-1])

    assert parse_head(head_to_text(head)) == head
    assert head.sequence == 2


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "other"}, {"sequence": 0}, {"sequence": True}, {"sequence": "1"}, {"hash": "A" * 64}, {"hash": 5},
        {"hash": "a" * 63}, {"recorded_at": None},
    ],
)  # fmt: skip
def test_a_head_that_is_none_proves_nothing(change: dict[str, object]) -> None:
    assert parse_head(json.dumps(GOOD)) is not None
    assert parse_head(json.dumps(GOOD | change)) is None


@given(st.text() | st.sampled_from(["[]", "{}", "null", "1", '"x"', "[" * 5000]))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert parse_head(text) is None


@pytest.mark.parametrize("text", ["12:0123456789abcdef", "entry 12, 0123456789abcdef", "第 12 条，0123456789abcdef"])
def test_a_printed_head_is_read_as_a_letter_or_a_mail_has_it(text: str) -> None:
    head = printed_head(text)

    assert head is not None
    assert (head.sequence, head.hash) == (12, "0123456789abcdef")
    assert short(head) == "entry 12, 0123456789abcdef"


def test_a_printed_head_whose_hash_begins_with_letters_is_read_whole() -> None:
    head = printed_head("entry 7, deadbeefdeadbeef")

    assert head is not None
    assert head.hash == "deadbeefdeadbeef"


def test_what_is_no_printed_head_is_none() -> None:
    assert printed_head("entry 12") is None


def test_every_head_of_a_second_place_is_read() -> None:
    """A git folder has notes, one behind the other; another disk has a head file; a letter has one in print."""
    entries = make_chain({}, {})
    notes = [TreeHead(size=n, root=b"r" * 32, hash=e.hash, recorded_at=e.recorded_at) for n, e in enumerate(entries, 1)]
    kept = "\n".join(signed(note.text, KEY) for note in notes)

    assert [(head.sequence, head.hash) for head in told_heads(kept)] == [(1, entries[0].hash), (2, entries[1].hash)]
    assert told_heads(head_to_text(head_of(entries[1]))) == (head_of(entries[1]),)
    assert told_heads("entry 12, 0123456789abcdef") == (printed_head("12:0123456789abcdef"),)
    assert told_heads("nothing") == ()
    told = verifier().told_heads
    assert [told(text) for text in (kept, head_to_text(head_of(entries[1])), "x 12, 0123456789abcdef", "")] == [
        [(1, entries[0].hash), (2, entries[1].hash)], [(2, entries[1].hash)], [(12, "0123456789abcdef")], []
    ]  # fmt: skip
