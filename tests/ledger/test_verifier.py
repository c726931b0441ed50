"""Every way of tampering has its name, and nothing that is merely missing is called tampering."""

from __future__ import annotations

import random  # noqa: TID251  (hypothesis seeds it; no rule of ours depends on it)
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.frozen import names_of, replace
from leakguard.ledger.chain import chain
from leakguard.ledger.entries import CONTENT_ERASED, Entry, content_hash, manifest_hash
from leakguard.ledger.heads import Head, head_of
from leakguard.ledger.verification_result import Answer, DiscrepancyKind, Verification
from leakguard.ledger.verifier import verify
from support.ledgers import START, Tokens, changed, make_chain, make_record

CONTENTS = tuple({"n": number} for number in range(6))


def judged(entries: list[Entry], *, external: Head | None = None) -> Verification:
    """Verify against the head of an untouched ledger, unless told otherwise."""
    return verify(entries, external=external or head_of(make_chain(*CONTENTS)[-1]))


def kinds(found: Verification) -> list[tuple[DiscrepancyKind, int | None]]:
    return [(doubt.kind, doubt.sequence) for doubt in found.discrepancies]


def resealed(entry: Entry, **changes: object) -> Entry:
    """As a tamperer would do who knows the format: the entry's own hash fits again."""
    tampered = changed(entry, **changes)
    return replace(tampered, hash=manifest_hash(tampered))


def test_an_untouched_ledger_matches() -> None:
    found = judged(make_chain(*CONTENTS))

    assert (found.answer, found.discrepancies, found.entry_count, found.matching_count) == (Answer.MATCH, (), 6, 6)
    assert found.head == head_of(make_chain(*CONTENTS)[-1])


def test_an_empty_ledger_matches() -> None:
    found = verify([], external=None)

    assert (found.answer, found.head, found.entry_count) == (Answer.MATCH, None, 0)


def test_a_missing_entry_is_a_gap() -> None:
    entries = make_chain(*CONTENTS)
    del entries[2]

    found = judged(entries)

    assert kinds(found) == [(DiscrepancyKind.GAP, 4)]
    assert found.discrepancies[0].text == "entry 3 is missing before entry 4"


@pytest.mark.parametrize("number", [0, -5])
def test_an_entry_numbered_below_one_was_added(number: int) -> None:
    """No command reads it, and whoever lists the ledger by its numbers would never meet it."""
    entries = make_chain(*CONTENTS)

    found = judged([replace(entries[0], sequence=number), *entries])

    assert kinds(found) == [(DiscrepancyKind.OUT_OF_PLACE, number)]
    assert found.answer is Answer.MISMATCH


def test_missing_entries_are_one_gap() -> None:
    entries = make_chain(*CONTENTS)
    del entries[0:3]

    assert [doubt.text for doubt in judged(entries).discrepancies] == ["entries 1 to 3 are missing before entry 4"]


def test_entries_in_the_wrong_order_are_a_swap() -> None:
    entries = make_chain(*CONTENTS)
    entries[2], entries[3] = entries[3], entries[2]

    assert (DiscrepancyKind.OUT_OF_PLACE, 3) in kinds(judged(entries))


def test_a_number_that_comes_twice_is_a_swap_however_well_the_second_one_is_linked() -> None:
    first, second, *_ = make_chain(*CONTENTS)
    again = resealed(second, previous=second.hash)

    assert (DiscrepancyKind.OUT_OF_PLACE, 2) in kinds(judged([first, second, again]))


def test_doubts_come_in_the_order_of_the_entries_and_those_about_the_whole_at_the_end() -> None:
    entries = make_chain(*CONTENTS)
    entries[1] = changed(entries[1], kind="other")
    entries[3] = changed(entries[3], content='{"n":9}')

    assert kinds(judged(entries[:-1])) == [
        (DiscrepancyKind.CHANGED_MANIFEST, 2), (DiscrepancyKind.CHANGED_CONTENT, 4), (DiscrepancyKind.TAIL_CUT, None)
    ]  # fmt: skip


def test_no_fewer_than_none_of_the_entries_match() -> None:
    """The doubts may be more than the entries: what was seen once and is missing is one too."""
    third = make_chain(*CONTENTS)[2]
    seen = [Head(sequence=number, hash="0" * 64, recorded_at=third.recorded_at) for number in (1, 2, 3)]

    assert verify([third], external=seen[0], others=seen[1:]).matching_count == 0


def test_exchanged_numbers_are_a_swap() -> None:
    """In a database nothing stands in the wrong order: the numbers are exchanged instead."""
    entries = make_chain(*CONTENTS)
    entries[2], entries[3] = replace(entries[3], sequence=3), replace(entries[2], sequence=4)

    found = judged(entries)

    assert {(DiscrepancyKind.OUT_OF_PLACE, 3), (DiscrepancyKind.OUT_OF_PLACE, 4)} <= set(kinds(found))
    assert "entry 4 is where entry 3 should be" in [doubt.text for doubt in found.discrepancies]


@pytest.mark.parametrize(
    "name",
    ["subject", "kind", "occurred_earliest", "occurred_latest", "recorded_at", "flags", "content_sha256", "previous"],
)
def test_a_changed_field_of_the_manifest_is_named(name: str) -> None:
    entries = make_chain(*CONTENTS)
    entries[2] = changed(entries[2], **{name: getattr(entries[2], name) + "x"})

    found = judged(entries)

    assert (DiscrepancyKind.CHANGED_MANIFEST, 3) in kinds(found)
    assert found.answer is Answer.MISMATCH


def test_a_resealed_entry_no_longer_carries_the_next_one() -> None:
    entries = make_chain(*CONTENTS)
    entries[2] = resealed(entries[2], kind="awareness")

    assert kinds(judged(entries)) == [(DiscrepancyKind.WRONG_PREVIOUS, 4)]


def test_a_changed_content_is_named() -> None:
    entries = make_chain(*CONTENTS)
    entries[1] = replace(entries[1], content='{"n":99}')

    assert kinds(judged(entries)) == [(DiscrepancyKind.CHANGED_CONTENT, 2)]


@pytest.mark.parametrize("salt", ["zz", "\udcff", "00" * 32], ids=["no hex", "no text", "another"])
def test_a_changed_salt_is_a_changed_content(salt: str) -> None:
    entries = make_chain(*CONTENTS)
    entries[1] = replace(entries[1], salt=salt)

    assert kinds(judged(entries)) == [(DiscrepancyKind.CHANGED_CONTENT, 2)]


def test_content_that_is_gone_without_a_word_is_a_mismatch() -> None:
    entries = make_chain(*CONTENTS)
    entries[1] = replace(entries[1], content=None, salt=None)

    found = judged(entries)

    assert kinds(found) == [(DiscrepancyKind.MISSING_CONTENT, 2)]
    assert found.answer is Answer.MISMATCH


def test_content_that_was_erased_on_purpose_is_accounted_for_and_the_chain_still_holds() -> None:
    entries = make_chain(*CONTENTS)
    erasure = make_record(CONTENT_ERASED, {"sequences": [2], "reason": "a person asked for it"})
    entries += chain("IR-2026-0001", [erasure], last=entries[-1], now=START, random_hex=Tokens())
    entries[1] = replace(entries[1], content=None, salt=None)

    found = verify(entries, external=head_of(entries[-1]))

    assert kinds(found) == [(DiscrepancyKind.ERASED_CONTENT, 2)]
    assert (found.answer, found.matching_count) == (Answer.MATCH, 6)


@pytest.mark.parametrize("content", [{"sequences": 2}, {}, {"sequences": [3]}])
def test_an_erasure_that_names_something_else_excuses_nothing(content: dict[str, object]) -> None:
    entries = make_chain({"n": 1}, {"n": 2})
    entries += chain("S", [make_record(CONTENT_ERASED, content)], last=entries[-1], now=START, random_hex=Tokens())
    entries[1] = replace(entries[1], content=None)

    assert (DiscrepancyKind.MISSING_CONTENT, 2) in kinds(verify(entries, external=head_of(entries[-1])))


def test_an_erasure_that_lists_nothing_at_all_excuses_nothing() -> None:
    """Somebody who reseals an entry can write any text into it, even one that is no mapping."""
    entries = make_chain({"n": 1})
    entries += chain("S", [make_record(CONTENT_ERASED)], last=entries[-1], now=START, random_hex=Tokens())
    salt = entries[1].salt or ""
    entries[1] = resealed(entries[1], content="[1]", content_sha256=content_hash(salt, "[1]"))
    entries[0] = replace(entries[0], content=None)

    assert kinds(verify(entries, external=head_of(entries[-1]))) == [(DiscrepancyKind.MISSING_CONTENT, 1)]


def test_a_time_that_goes_backwards_is_named() -> None:
    entries = make_chain({"n": 1}, {"n": 2})
    entries[1] = resealed(entries[1], recorded_at="2026-05-24T00:59:59Z")

    assert kinds(verify(entries, external=head_of(entries[1]))) == [(DiscrepancyKind.TIME_BACKWARDS, 2)]


def test_a_cut_tail_is_found_with_the_head_that_was_kept() -> None:
    found = judged(make_chain(*CONTENTS)[:4])

    assert kinds(found) == [(DiscrepancyKind.TAIL_CUT, None)]
    assert found.discrepancies[0].text == (
        "the end was cut off: a kept head shows that entry 6 existed, but the ledger ends with entry 4"
    )


def test_a_ledger_that_was_emptied_is_a_cut_tail() -> None:
    for seen in make_chain(*CONTENTS)[0], make_chain(*CONTENTS)[-1]:
        assert kinds(judged([], external=head_of(seen))) == [(DiscrepancyKind.TAIL_CUT, None)]


def test_a_ledger_that_was_rewritten_as_a_whole_contradicts_the_head() -> None:
    rewritten = make_chain(*({"n": number + 1} for number in range(6)))

    assert kinds(judged(rewritten)) == [(DiscrepancyKind.HEAD_MISMATCH, 6)]


def test_a_head_of_a_missing_entry_takes_nothing_from_those_that_match() -> None:
    entries = make_chain(*CONTENTS)
    left = [entry for entry in entries if entry.sequence != 2]

    found = verify(left, external=head_of(entries[-1]), others=[head_of(entries[1])])

    assert kinds(found) == [(DiscrepancyKind.HEAD_MISMATCH, 2), (DiscrepancyKind.GAP, 3)]
    assert found.matching_count == len([entry for entry in left if entry.sequence != 3])


def test_each_head_that_anybody_kept_is_held_against_the_ledger() -> None:
    """Somebody who can replace the kept head cannot replace what was printed in a letter."""
    entries, other = make_chain(*CONTENTS), make_chain({"n": 99}, {"n": 98})
    printed = [head_of(entries[2]), head_of(other[1])]

    assert verify(entries, external=head_of(entries[-1]), others=printed[:1]).discrepancies == ()
    found = verify(entries, external=head_of(entries[-1]), others=printed)
    assert kinds(found) == [(DiscrepancyKind.HEAD_MISMATCH, 2)]


def test_a_head_may_be_kept_as_the_beginning_of_its_hash_and_as_no_other_part() -> None:
    entries = make_chain(*CONTENTS)
    kept = head_of(entries[-1])

    assert judged(entries, external=replace(kept, hash=kept.hash[:16])).answer is Answer.MATCH
    assert kinds(judged(entries, external=replace(kept, hash=kept.hash[-16:]))) == [(DiscrepancyKind.HEAD_MISMATCH, 6)]


def test_a_head_that_lags_behind_is_fine() -> None:
    """The head is written after the commit, so a kill in between leaves it behind."""
    entries = make_chain(*CONTENTS)

    assert judged(entries, external=head_of(entries[2])).answer is Answer.MATCH


def test_without_a_head_the_end_is_not_verifiable_and_nothing_is_accused() -> None:
    found = verify(make_chain(*CONTENTS), external=None)

    assert kinds(found) == [(DiscrepancyKind.NO_HEAD, None)]
    assert (found.answer, found.matching_count) == (Answer.NOT_VERIFIABLE, 6)


def test_a_mismatch_outweighs_what_cannot_be_verified() -> None:
    entries = make_chain(*CONTENTS)
    entries[1] = replace(entries[1], content="{}")

    assert verify(entries, external=None).answer is Answer.MISMATCH


def test_an_entry_that_is_no_text_any_more_is_a_changed_entry() -> None:
    entries = make_chain(*CONTENTS)
    entries[2] = replace(entries[2], kind="\udcff", recorded_at="\udcff")

    assert (DiscrepancyKind.CHANGED_MANIFEST, 3) in kinds(judged(entries))


def test_a_ledger_changed_in_very_many_places_is_still_judged_quickly() -> None:
    entries = [replace(entry, subject="x") for entry in make_chain(*({"n": number} for number in range(300)))]

    found = judged(entries)

    assert sum(doubt.kind is DiscrepancyKind.CHANGED_MANIFEST for doubt in found.discrepancies) == 300


TEXTS = [name for name in names_of(Entry) if name != "sequence"]


@given(place=st.integers(0, 5), name=st.sampled_from(TEXTS), at=st.integers(0, 200), by=st.integers(1, 90))
def test_no_single_character_changes_unseen(*, place: int, name: str, at: int, by: int) -> None:
    entries = make_chain(*CONTENTS)
    text = getattr(entries[place], name) or "x"
    spot = at % len(text)
    other = text[:spot] + chr((ord(text[spot]) + by) % 128) + text[spot + 1 :]
    entries[place] = changed(entries[place], **{name: other})

    found = judged(entries)

    assert found.answer is Answer.MISMATCH or _same_salt(name, text, other)


def _same_salt(name: str, text: str, other: str) -> bool:
    """A salt is hex: another spelling of the same bytes is the same salt."""
    return name == "salt" and other.casefold() == text.casefold()


@given(st.randoms(use_true_random=False))
def test_any_loss_insertion_or_reordering_is_found(chance: random.Random) -> None:
    entries = make_chain(*CONTENTS)
    tampered = list(entries)
    what = chance.choice(["drop", "double", "move"])
    place = chance.randrange(6)
    taken = tampered.pop(place)
    if what == "double":
        tampered.insert(place, taken)
        tampered.insert(chance.randrange(7), taken)
    elif what == "move":
        tampered.insert(chance.choice([other for other in range(6) if other != place]), taken)

    assert judged(tampered).answer is Answer.MISMATCH


def test_entries_recorded_over_time_match() -> None:
    entries: list[Entry] = []
    for hour in range(5):
        last = entries[-1] if entries else None
        entries += chain("S", [make_record()], last=last, now=START + timedelta(hours=hour), random_hex=Tokens())

    assert verify(entries, external=head_of(entries[-1])).answer is Answer.MATCH
