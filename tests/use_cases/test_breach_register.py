"""The register of breaches, over a whole ledger."""

from __future__ import annotations

from datetime import UTC, datetime

from leakguard.models.events import Interval
from leakguard.models.records import Record
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.letters.breach_register import breach_register
from support.memory_store import MemoryStore
from support.notices import NOW, book


def test_what_is_no_incident_has_no_row_but_moves_the_head() -> None:
    store = MemoryStore(lambda: NOW)
    open_incident(store, (), now=NOW, title="a search server")
    moment = datetime(2026, 6, 12, tzinfo=UTC)
    store.append("R-1", (Record(kind="scan_started", occurred_at=Interval(earliest=moment, latest=moment)),))
    sheet = breach_register(book(), (), store, obligated_as=("controller",), now=NOW)
    (row,) = sheet.rows

    assert row[:2] == ("IR-2026-0001", "a search server")
    assert str(row[-2]).startswith("1 ")
    assert str(row[-1]).startswith("2 ")
