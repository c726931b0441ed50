"""Findings are held against the entries that list them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from leakguard.ledger.canonical import sha256_hex
from leakguard.ledger.items import FINDINGS_RECORDED, Inventory, KeptItem
from leakguard.ledger.verification import Doubt, DoubtKind
from support.ledgers import changed, make_chain

ITEMS = tuple(
    KeptItem(id=f"F-{number}", run="R-1", sequence=1, position=number, text=f"text {number}") for number in range(3)
)


def compared(*items: KeptItem) -> list[Doubt]:
    listed = [{"id": item.id, "sha256": sha256_hex(item.text)} for item in ITEMS]
    entries = make_chain({"findings": listed}, kind=FINDINGS_RECORDED, subject="R-1") + make_chain({})
    inventory = Inventory()
    assert list(inventory.watch(entries)) == entries
    return list(inventory.compare(items))


def test_untouched_findings_match() -> None:
    assert compared(*ITEMS) == []


@pytest.mark.parametrize("change", [{"text": "text 9"}, {"id": "F-9"}, {"run": "R-2"}, {"text": "\udcff"}])
def test_a_changed_finding_is_named(change: dict[str, str]) -> None:
    other = changed(ITEMS[1], **change)

    found = compared(ITEMS[0], other, ITEMS[2])

    assert [doubt.kind for doubt in found] == [DoubtKind.CHANGED_FINDING]
    assert found[0].text == f"finding {other.id} is not as entry 1 lists it"


def test_a_missing_finding_is_named() -> None:
    found = compared(ITEMS[0], ITEMS[2])

    assert [(doubt.kind, doubt.text) for doubt in found] == [
        (DoubtKind.MISSING_FINDING, "finding F-1 is gone, and entry 1 lists it")
    ]


def test_a_finding_that_no_entry_lists_is_named() -> None:
    found = compared(*ITEMS, replace(ITEMS[0], id="F-9", sequence=7))

    assert [doubt.kind for doubt in found] == [DoubtKind.UNKNOWN_FINDING]


@pytest.mark.parametrize("content", ["{", "{}", '{"findings":[1]}', None])
def test_an_entry_that_lists_nothing_readable_vouches_for_nothing(content: str | None) -> None:
    entry = replace(make_chain({}, kind=FINDINGS_RECORDED)[0], content=content)
    inventory = Inventory()

    list(inventory.watch([entry]))

    assert [doubt.kind for doubt in inventory.compare(ITEMS[:1])] == [DoubtKind.UNKNOWN_FINDING]
