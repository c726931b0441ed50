"""Findings are held against the entries that list them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.frozen import replace
from leakguard.ledger.canonical import canonical, from_canonical, sha256_hex
from leakguard.ledger.entries import CONTENT_ERASED
from leakguard.ledger.inventory import Inventory
from leakguard.ledger.stored_findings import FINDINGS_RECORDED, StoredFinding, finding_line, finding_text
from leakguard.ledger.verification_result import Discrepancy, DiscrepancyKind
from leakguard.models.findings import Size
from leakguard.models.wire import WireFinding, finding_to_json
from support.ledgers import changed, make_chain
from support.scans import finding_of

ITEMS = tuple(
    StoredFinding(id=f"F-{number}", run="R-1", sequence=1, position=number, text=f"text {number}")
    for number in range(3)
)


def compared(*items: StoredFinding) -> list[Discrepancy]:
    listed = [{"id": item.id, "sha256": sha256_hex(item.text)} for item in ITEMS]
    entries = make_chain({"findings": listed}, kind=FINDINGS_RECORDED, subject="R-1") + make_chain({})
    inventory = Inventory()
    assert list(inventory.watch(entries)) == entries
    return list(inventory.compare(items, lambda: entries))


def test_untouched_findings_match() -> None:
    assert compared(*ITEMS) == []


@pytest.mark.parametrize("change", [{"text": "text 9"}, {"id": "F-9"}, {"run": "R-2"}, {"text": "\udcff"}])
def test_a_changed_finding_is_named(change: dict[str, str]) -> None:
    other = changed(ITEMS[1], **change)

    found = compared(ITEMS[0], other, ITEMS[2])

    assert [doubt.kind for doubt in found] == [DiscrepancyKind.CHANGED_FINDING]
    assert found[0].text == f"finding {other.id} is not as entry 1 lists it"


def test_a_missing_finding_is_named() -> None:
    found = compared(ITEMS[0], ITEMS[2])

    assert [(doubt.kind, doubt.text) for doubt in found] == [
        (DiscrepancyKind.MISSING_FINDING, "finding F-1 is gone, and entry 1 lists it")
    ]


@pytest.mark.parametrize("run", ["R-0", "R-2"])
def test_a_finding_that_was_added_to_a_list_which_is_whole_is_named_alone(run: str) -> None:
    """Findings come run by run, so a forged one stands before or behind the whole list."""
    forged = replace(ITEMS[1], id="F-9", run=run)

    found = compared(*sorted([*ITEMS, forged], key=lambda item: item.run))

    assert [(doubt.kind, doubt.text) for doubt in found] == [
        (DiscrepancyKind.UNKNOWN_FINDING, "finding F-9 is listed by no entry of the ledger")
    ]


def test_findings_that_changed_places_are_named() -> None:
    first, second = (replace(ITEMS[number], position=1 - number) for number in (0, 1))

    found = compared(second, first, ITEMS[2])

    assert [doubt.kind for doubt in found] == [DiscrepancyKind.CHANGED_FINDING] * 2


def test_a_finding_that_no_entry_lists_is_named() -> None:
    found = compared(*ITEMS, replace(ITEMS[0], id="F-9", sequence=7))

    assert [doubt.kind for doubt in found] == [DiscrepancyKind.UNKNOWN_FINDING]


@pytest.mark.parametrize("content", ["{", "{}", '{"findings":[1]}', None])
def test_an_entry_that_lists_nothing_readable_vouches_for_nothing(content: str | None) -> None:
    entry = replace(make_chain({}, kind=FINDINGS_RECORDED)[0], content=content)
    inventory = Inventory()

    list(inventory.watch([entry]))

    assert [doubt.kind for doubt in inventory.compare(ITEMS[:1], lambda: [entry])] == [DiscrepancyKind.UNKNOWN_FINDING]


def test_a_listed_finding_whose_id_is_no_text_is_missing() -> None:
    entry = make_chain({"findings": [{"id": [], "sha256": 7}]}, kind=FINDINGS_RECORDED)[0]
    inventory = Inventory()

    list(inventory.watch([entry]))

    assert [doubt.kind for doubt in inventory.compare((), lambda: [entry])] == [DiscrepancyKind.MISSING_FINDING]


@given(st.text(st.characters(), max_size=20), st.integers(-(2**70), 2**70) | st.just(10**4000), st.floats())
def test_every_finding_has_a_text_whatever_a_host_said(words: str, count: int, share: float) -> None:
    """Half characters, endless numbers and what is no number at all have no place in JSON."""
    size = Size(records=count, bytes=share)  # type: ignore[arg-type]  # (a host may send what its kind never would)
    finding = finding_of(version=words, cluster_id=words, size=size)

    line = finding_line(finding)
    told = json.loads(line)

    assert from_canonical(finding_text(finding))["version"] == told["version"]
    assert line.isascii()
    assert line.isprintable()
    assert told["version"] == words.encode("utf-8", "replace").decode()
    assert told["size"]["records"] == (count if count.bit_length() < 100 else None)


def kinds_within(kind: Any, place: str, seen: set[type]) -> Iterator[tuple[str, str]]:  # noqa: ANN401  (of any value)
    """Each simple type within a type, and where its values stand in the text: as a `value`, an `item` or a `key`."""
    if isinstance(kind, msgspec.inspect.UnionType):
        inner = [(each, place) for each in kind.types]
    elif isinstance(kind, msgspec.inspect.DictType):
        inner = [(kind.key_type, "key"), (kind.value_type, "value")]
    elif isinstance(kind, msgspec.inspect.CollectionType):
        inner = [(kind.item_type, "item")]
    elif isinstance(kind, msgspec.inspect.StructType):
        inner = [] if kind.cls in seen else [(each.type, "value") for each in kind.fields]
        seen.add(kind.cls)
    else:
        yield type(kind).__name__, place
        return
    for each, where in inner:
        yield from kinds_within(each, where, seen)


def test_a_finding_holds_no_fractions_and_numbers_behind_a_colon_alone() -> None:
    """What writes its text in one pass looks for long numbers there, and would write `1.0` where `1` is canonical."""
    found = set(kinds_within(msgspec.inspect.type_info(WireFinding), "value", set()))

    assert ("IntType", "value") in found
    assert {kind for kind, _ in found} <= {
        "IntType", "StrType", "BoolType", "NoneType", "EnumType", "LiteralType", "DateType", "DateTimeType",
    }  # fmt: skip
    assert {place for kind, place in found if kind == "IntType"} == {"value"}


def test_what_a_text_can_hold_is_not_touched() -> None:
    finding = finding_of(version="1.0\x7f\x1b[31m\u202e<b>")

    assert finding_text(finding) == canonical(finding_to_json(finding))
    assert json.loads(finding_line(finding)) == finding_to_json(finding)
    assert "\x7f" not in finding_line(finding)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"sequences": [], "findings": ["F-1"]}, DiscrepancyKind.ERASED_CONTENT),
        ({"sequences": [1]}, DiscrepancyKind.MISSING_FINDING),
        ({"findings": 7}, DiscrepancyKind.MISSING_FINDING),
    ],
)
def test_a_finding_that_was_erased_on_purpose_is_not_missing(content: dict[str, object], kind: DiscrepancyKind) -> None:
    listed = [{"id": item.id, "sha256": sha256_hex(item.text)} for item in ITEMS]
    entries = make_chain({"findings": listed}, kind=FINDINGS_RECORDED, subject="R-1")
    entries += make_chain(content, kind=CONTENT_ERASED)
    inventory = Inventory()
    list(inventory.watch(entries))

    assert [doubt.kind for doubt in inventory.compare([ITEMS[0], ITEMS[2]], lambda: entries)] == [kind]
