"""Rows outside the ledger, held against what its entries list."""

from __future__ import annotations

import pytest

from leakguard.ledger.chain import chain
from leakguard.ledger.entries import Entry
from leakguard.ledger.listed_rows import (
    LISTS_ALL_ROWS,
    ROW_LISTING_STARTED,
    ListedRows,
    is_intact,
    listed_row,
    row_listing_started_record,
    rows_record,
)
from leakguard.ledger.stored_findings import FINDINGS_RECORDED
from leakguard.ledger.verification_result import DiscrepancyKind
from leakguard.models.records import Record
from support.ledgers import START, Tokens, changed, make_record

TABLE = "deliveries"
ROW = listed_row(TABLE, ["b1", "key1"], ["b1", "key1", "sent"])


def ledger(*records: Record, begins: str = LISTS_ALL_ROWS) -> tuple[Entry, ...]:
    return chain("IR-2026-0001", records, last=None, now=START, random_hex=Tokens(), first_entry_flag=begins)


def listed(entries: tuple[Entry, ...]) -> ListedRows:
    rows = ListedRows()
    assert tuple(rows.watch(entries)) == entries
    return rows


def test_a_row_as_listed_raises_no_doubt() -> None:
    assert list(listed(ledger(rows_record([ROW], now=START))).discrepancies([ROW])) == []


def test_a_row_whose_values_no_text_can_hold_is_never_as_listed() -> None:
    """Such as half a character, which only an editor of the database can have written."""
    edited = listed_row(TABLE, ["b1", "key1"], ["b1", "key1", "\ud800"])

    (doubt,) = listed(ledger(rows_record([ROW], now=START))).discrepancies([edited])

    assert doubt.kind is DiscrepancyKind.CHANGED_ROW


def test_a_list_that_somebody_spoilt_lists_only_what_can_be_read() -> None:
    record = rows_record([ROW], now=START)
    spoilt = make_record(record.kind, {"rows": ["x", [TABLE], *record.content["rows"]]})

    assert list(listed(ledger(spoilt)).discrepancies([ROW])) == []


def test_content_that_is_no_mapping_lists_nothing() -> None:
    entry = ledger(rows_record([ROW], now=START))[0]
    broken = (changed(entry, content="[]"), changed(entry, content="{", sequence=2))

    (doubt,) = listed(broken).discrepancies([ROW])

    assert doubt.kind is DiscrepancyKind.UNKNOWN_ROW


@pytest.mark.parametrize("rows", [7, ["x"], "x", {TABLE: "x", "run_states": [1]}])
def test_an_upgrade_whose_counts_somebody_spoilt_lists_only_what_can_be_read(rows: object) -> None:
    spoilt = make_record(ROW_LISTING_STARTED, {"rows": rows})

    assert list(listed(ledger(spoilt, begins="")).discrepancies([])) == []


def test_content_that_is_no_text_lists_nothing() -> None:
    """The column of a database can hold bytes too."""
    entry = changed(ledger(make_record(FINDINGS_RECORDED))[0], content=b'{"states":{"0":"ab"}}')

    assert list(listed((entry,)).discrepancies([])) == []


def test_rows_of_a_run_whose_name_is_no_text_are_reported() -> None:
    entry = changed(ledger(make_record(FINDINGS_RECORDED, {"states": {"0": "ab"}}))[0], subject=b"run")

    (doubt,) = listed((entry,)).discrepancies([])

    assert doubt.kind is DiscrepancyKind.MISSING_ROW


def test_rows_of_an_earlier_release_that_nothing_lists_are_not_covered_and_not_called_planted() -> None:
    (doubt,) = listed(ledger(make_record(), begins="")).discrepancies([ROW])

    assert doubt.kind is DiscrepancyKind.NOT_COVERED
    assert "1 row of `deliveries` came from an earlier release" in doubt.text


def test_an_upgrade_says_from_which_entry_on_rows_are_listed() -> None:
    entries = ledger(
        make_record(),
        row_listing_started_record({TABLE: 1, "run_states": 0}, now=START),
        rows_record([ROW], now=START),
        begins="",
    )

    (doubt,) = listed(entries).discrepancies([ROW])

    assert doubt.kind is DiscrepancyKind.NOT_COVERED
    assert "no entry before 2 lists them" in doubt.text


def test_an_entry_is_whole_only_with_its_own_hash_and_its_own_content() -> None:
    entry = ledger(make_record(content={"a": 1}))[0]

    assert is_intact(entry)
    assert is_intact(changed(entry, salt=None, content=None))
    assert not is_intact(changed(entry, content='{"a":2}'))
    assert not is_intact(changed(entry, kind="other"))


def test_a_store_that_lists_from_its_first_entry_cannot_pass_for_an_older_one() -> None:
    entries = ledger(row_listing_started_record({}, now=START))

    (doubt,) = listed(entries).discrepancies([])

    assert doubt.kind is DiscrepancyKind.UNKNOWN_ROW
    assert "somebody made the store look as if" in doubt.text
