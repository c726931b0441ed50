"""Heads as text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.ledger.heads import (
    HeadWithSignature,
    head_of,
    head_to_text,
    heads_in_any_text,
    heads_in_file,
    heads_in_print,
    latest_head_in_file,
    print_form,
)
from leakguard.ledger.notes import TreeHead, to_note
from support.bundles import KEY, verifier
from support.ledgers import make_chain

GOOD = {"schema": "leakguard.head/1", "sequence": 1, "hash": "a" * 64, "recorded_at": "2026-05-24T01:00:00Z"}


def test_a_head_comes_back_as_it_was_written() -> None:
    head = head_of(make_chain({}, {})[-1])

    assert latest_head_in_file(head_to_text(head)) == head
    assert head.sequence == 2


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "other"}, {"sequence": 0}, {"sequence": True}, {"sequence": "1"}, {"hash": "A" * 64}, {"hash": 5},
        {"hash": "a" * 63}, {"recorded_at": None},
    ],
)  # fmt: skip
def test_a_head_that_is_none_proves_nothing(change: dict[str, object]) -> None:
    assert latest_head_in_file(json.dumps(GOOD)) is not None
    assert latest_head_in_file(json.dumps(GOOD | change)) is None


@given(st.text() | st.sampled_from(["[]", "{}", "null", "1", '"x"', "[" * 5000]))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert latest_head_in_file(text) is None


@given(
    st.dictionaries(
        st.sampled_from(["sequence", "hash", "recorded_at", "signed_by", "signature", "schema"]),
        st.text() | st.integers() | st.none() | st.sampled_from([KEY.public.text, "a" * 64, "\ud800"]),
    )
)
def test_no_head_of_somebody_else_breaks_the_reader_or_passes_for_signed(change: dict[str, object]) -> None:
    found = heads_in_file(json.dumps(GOOD | change) + "\n" + json.dumps(GOOD))

    assert found is not None
    assert found.signed is None or found.signed.signer is None


def test_a_signed_head_comes_back_and_no_part_of_it_can_be_changed() -> None:
    head = head_of(make_chain({}, {})[-1])
    text = head_to_text(head, key=KEY)
    found = heads_in_file(text)

    assert found is not None
    assert found.signed is not None
    assert (found.latest, found.signed.head, found.signed.signer) == (head, head, KEY.public)
    for change in ({"sequence": 3}, {"hash": "a" * 64}, {"recorded_at": "2026-05-24T01:00:01Z"}):
        forged = heads_in_file(json.dumps(json.loads(text) | change))
        assert forged is not None
        assert forged.signed is not None
        assert forged.signed.signer is None


def test_a_head_without_the_key_keeps_the_signed_one_behind_it() -> None:
    first, second = (head_of(entry) for entry in make_chain({}, {}))
    signed_first = heads_in_file(head_to_text(first, key=KEY))
    assert signed_first is not None
    found = heads_in_file(head_to_text(second, last_signed=signed_first.signed))

    assert found is not None
    assert (found.latest, found.signed) == (second, signed_first.signed)


@pytest.mark.parametrize("text", ["12:0123456789abcdef", "entry 12, 0123456789abcdef", "第 12 条，0123456789abcdef"])
def test_a_printed_head_is_read_as_a_letter_or_a_mail_has_it(text: str) -> None:
    (head,) = heads_in_print(text)

    assert (head.sequence, head.hash) == (12, "0123456789abcdef")
    assert print_form(head) == "entry 12, 0123456789abcdef"


def test_a_printed_head_whose_hash_begins_with_letters_is_read_whole() -> None:
    (head,) = heads_in_print("entry 7, deadbeefdeadbeef")

    assert head.hash == "deadbeefdeadbeef"


def test_what_is_no_printed_head_is_none() -> None:
    assert heads_in_print("entry 12") == ()


TWO = "entry 12, 0123456789abcdef and entry 20, fedcba9876543210"


@pytest.mark.parametrize(
    ("text", "heads"),
    [
        ("Tel. +49 30 12345678\nledger head: entry 12, 0123456789abcdef", [(12, "0123456789abcdef")]),
        ("Tel. +49 30 12345678\nKopf: 12, 0123456789abcdef", [(12, "0123456789abcdef")]),
        ("Tel. +49 30 12345678, and nothing else", []),
        ("Invoice 7, DE89370400440532013000", []),
        ("Ref. 7 deadbeef\nentry 12, 01234567", [(12, "01234567")]),
        ("Tel. +49 30 12345678\n第 12 条，01234567", [(12, "01234567")]),
        ("12:01234567\n", [(12, "01234567")]),
        (TWO, [(12, "0123456789abcdef"), (20, "fedcba9876543210")]),
        (TWO.replace("entry ", "").replace(",", ":"), [(12, "0123456789abcdef"), (20, "fedcba9876543210")]),
    ],
)
def test_no_telephone_number_is_read_as_a_head_and_every_printed_head_is(
    text: str, heads: list[tuple[int, str]]
) -> None:
    """A number that passes for a head would make a sound ledger look tampered with."""
    assert [(head.sequence, head.hash) for head in heads_in_any_text(text)] == heads
    assert verifier().told_heads(text) == heads


def test_every_head_of_a_second_place_is_read() -> None:
    """A git folder has notes, one behind the other; another disk has a head file; a letter has one in print."""
    entries = make_chain({}, {})
    notes = [TreeHead(size=n, root=b"r" * 32, hash=e.hash, recorded_at=e.recorded_at) for n, e in enumerate(entries, 1)]
    kept = "\n".join(to_note(note.text, KEY) for note in notes)

    assert [(head.sequence, head.hash) for head in heads_in_any_text(kept)] == [
        (1, entries[0].hash),
        (2, entries[1].hash),
    ]
    assert heads_in_any_text(head_to_text(head_of(entries[1]))) == (head_of(entries[1]),)
    assert heads_in_any_text("entry 12, 0123456789abcdef") == heads_in_print("12:0123456789abcdef")
    assert heads_in_any_text("nothing") == ()
    told = verifier().told_heads
    assert [told(text) for text in (kept, head_to_text(head_of(entries[1])), "x 12, 0123456789abcdef", "")] == [
        [(1, entries[0].hash), (2, entries[1].hash)], [(2, entries[1].hash)], [(12, "0123456789abcdef")], []
    ]  # fmt: skip


def test_a_signature_that_is_no_base64_is_by_nobody() -> None:
    head = HeadWithSignature(head=head_of(make_chain({})[-1]), key=KEY.public.text, signature="no base64!")

    assert not head.is_by(KEY.public)
    assert head.signer is None
