"""Heads that were kept before, against the entries of today."""

from __future__ import annotations

from typing import Any

from leakguard.ledger.kept_heads import Roots, kept_head_discrepancies, sizes_in
from leakguard.ledger.merkle import EMPTY, Tree
from leakguard.ledger.notes import TreeHead, to_note
from leakguard.ledger.verification_result import DiscrepancyKind
from support.bundles import KEY
from support.ledgers import changed, make_chain

ENTRIES = make_chain({"n": 1}, {"n": 2}, {"n": 3})
TREE = Tree(bytes.fromhex(entry.hash) for entry in ENTRIES)


def kept(size: int = 2, **changes: Any) -> dict[str, str]:  # noqa: ANN401  (any field)
    values = {
        "size": size,
        "root": TREE.root(size),
        "hash": ENTRIES[size - 1].hash,
        "recorded_at": "2026-05-24T01:00:00Z",
    }
    head = TreeHead(**{**values, "origin": KEY.name, **changes})
    return {"note": to_note(head.text, KEY), "key": KEY.public.text}


def doubts(*contents: dict[str, str]) -> list[DiscrepancyKind]:
    roots = Roots(sizes_in(contents))
    assert len(list(roots.watch(ENTRIES))) == 3
    return [doubt.kind for doubt in kept_head_discrepancies(contents, roots)]


def test_a_head_of_an_earlier_day_fits() -> None:
    assert doubts(kept(), kept(3), {"note": kept()["note"].partition("\n\n")[0] + "\n"}) == []


def test_another_root_another_entry_and_a_head_beyond_the_end_do_not_fit() -> None:
    beyond = kept()["note"].replace("\n2\n", "\n9\n")

    assert doubts(kept(root=EMPTY), kept(hash="0" * 64), {"note": beyond}, {}) == [DiscrepancyKind.CHANGED_ROOT] * 4


def test_a_wrong_signature_is_told_apart_from_a_wrong_root() -> None:
    assert doubts(kept() | {"key": ""}, kept() | {"key": "x"}) == [DiscrepancyKind.WRONG_SIGNATURE] * 2


def test_an_entry_whose_hash_is_none_breaks_no_more_than_the_roots() -> None:
    roots = Roots({3})
    list(roots.watch([ENTRIES[0], changed(ENTRIES[1], hash="zz"), changed(ENTRIES[2], hash=None)]))

    assert roots.size == 3
    assert roots.found[3][1] != TREE.root()
    assert roots.root != TREE.root()


def test_the_texts_name_the_entry_at_which_a_head_was_kept() -> None:
    contents = (kept(root=EMPTY), kept() | {"key": ""})
    roots = Roots(sizes_in(contents))
    list(roots.watch(ENTRIES))

    assert [doubt.text for doubt in kept_head_discrepancies(contents, roots)] == [
        "the head that was kept at entry 2 does not match the entries as they are now",
        "the signature of the head that was kept at entry 2 is wrong",
    ]
