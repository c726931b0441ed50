"""Chaining records behind the last entry."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leakguard.errors import LedgerBroken
from leakguard.frozen import replace
from leakguard.ledger.chain import chain
from leakguard.ledger.entries import GENESIS, content_hash, kept_record, manifest, manifest_hash
from support.ledgers import START, Tokens, changed, make_chain, make_record


def test_each_entry_names_the_hash_of_the_one_before() -> None:
    first, second, third = make_chain({"a": 1}, {"a": 2}, {"a": 3})

    assert (first.previous, second.previous, third.previous) == (GENESIS, first.hash, second.hash)
    assert [entry.sequence for entry in (first, second, third)] == [1, 2, 3]


def test_the_hash_is_taken_over_the_manifest_and_the_manifest_holds_no_content() -> None:
    entry = make_chain({"secret": "canary-7f3a"})[0]

    assert entry.hash == manifest_hash(entry)
    assert "canary-7f3a" not in repr(manifest(entry))
    assert entry.salt is not None
    assert entry.content is not None
    assert entry.content_sha256 == content_hash(entry.salt, entry.content)


def test_equal_contents_have_different_hashes() -> None:
    """Without a salt of its own, the hash of a short content could be guessed after it was erased."""
    first, second = make_chain({"a": 1}, {"a": 1})

    assert first.content == second.content
    assert first.content_sha256 != second.content_sha256


def test_a_clock_that_was_set_back_is_flagged_and_never_shows_in_the_order() -> None:
    last = make_chain({"a": 1})[0]

    after = chain("S", [make_record(), make_record()], last=last, now=START - timedelta(hours=1), random_hex=Tokens())

    assert [entry.recorded_at for entry in after] == ["2026-05-24T01:00:00.000001Z"] * 2
    assert [entry.flags for entry in after] == ["clock_stepped_back clock=2026-05-24T00:00:00Z"] * 2


def test_an_equal_time_is_no_step_back() -> None:
    last = make_chain({"a": 1})[0]

    assert chain("S", [make_record()], last=last, now=START, random_hex=Tokens())[0].flags == ""


def test_an_end_with_an_unreadable_time_is_refused() -> None:
    last = replace(make_chain({})[0], recorded_at="yesterday")

    with pytest.raises(LedgerBroken, match="entry 1 of the ledger is unreadable"):
        chain("S", [make_record()], last=last, now=START, random_hex=Tokens())


def test_a_record_comes_back_as_it_was_given() -> None:
    entry = make_chain({"n": 2**70, "list": [1, "two"]})[0]

    kept = kept_record(entry)

    assert kept.content == {"n": 2**70, "list": [1, "two"]}
    assert (kept.sequence, kept.subject, kept.kind, kept.hash) == (1, "IR-2026-0001", "note", entry.hash)
    assert kept.occurred_at.earliest == kept.recorded_at == START


def test_erased_content_reads_as_empty() -> None:
    entry = replace(make_chain({"a": 1})[0], content=None, salt=None)

    assert kept_record(entry).content == {}


@pytest.mark.parametrize(
    "change",
    [{"content": "{"}, {"content": "[1]"}, {"recorded_at": "never"}, {"occurred_latest": ""}],
    ids=["no JSON", "no mapping", "no time", "empty time"],
)
def test_an_unreadable_entry_says_so(change: dict[str, str]) -> None:
    with pytest.raises(LedgerBroken, match="unreadable"):
        kept_record(changed(make_chain({"a": 1})[0], **change))
