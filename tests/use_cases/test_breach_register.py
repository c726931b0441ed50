"""The register of breaches, over a whole ledger."""

from __future__ import annotations

from datetime import UTC, datetime

from leakguard.models.events import Interval
from leakguard.models.records import Record
from leakguard.notices.register import sheet_json
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.incidents.kept_facts import WRITTEN, write_facts
from leakguard.use_cases.letters.breach_register import breach_register
from leakguard.use_cases.letters.given_facts import FactsQuery, read_given
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


FACTS = """incident: IR-2026-0001
organisation: {name: Example University, country: CN}
obligated_as: [controller]
facts:
  breach_description: {value: a search server was open}
  breach_date: {value: 2026-06-11}
  discovery_date: {value: "2026-06-12T05:00"}
"""


def test_what_was_written_can_be_read_and_registered() -> None:
    """What a writing is checked by is what it is read by."""
    store = MemoryStore(lambda: NOW)
    opened = open_incident(store, (), now=NOW, title="a search server", zone="Asia/Shanghai")
    kept = write_facts(store, book(), opened.id, FACTS, read=None, now=lambda: NOW)
    asked = FactsQuery(name="facts", text=kept.text, incident=opened.id)
    sheet = breach_register(book(), (), store, obligated_as=("controller",), now=NOW)
    (row,) = sheet_json(sheet)

    assert read_given(asked, book(), store, now=lambda: NOW).facts.zone == "Asia/Shanghai"
    assert row["what_happened"] == "a search server was open"
    assert row["breach_from_utc"] == "2026-06-10T16:00:00Z"
    assert sheet.remarks == ()


def test_facts_that_cannot_be_read_are_told_in_the_row_of_their_incident_alone() -> None:
    """A later version may read less than the one that kept them."""
    store = MemoryStore(lambda: NOW)
    for title in ("one", "two"):
        open_incident(store, (), now=NOW, title=title, zone="Asia/Shanghai")
    at = Interval(earliest=NOW, latest=NOW)
    bad = FACTS + "".join(f"  no_such_fact_{number}: {{value: 1}}\n" for number in range(5))
    store.append("IR-2026-0001", (Record(kind=WRITTEN, occurred_at=at, content={"text": bad}),))
    write_facts(store, book(), "IR-2026-0002", FACTS, read=None, now=lambda: NOW)
    sheet = breach_register(book(), (), store, obligated_as=("controller",), now=NOW)
    first, second = sheet_json(sheet)

    assert second["what_happened"] == "a search server was open"
    assert str(first["what_happened"]).startswith("its facts cannot be read")
    assert "no_such_fact_0" in str(first["what_happened"])
    assert str(first["what_happened"]).endswith("; and 2 more")
    assert sheet.remarks == (f"IR-2026-0001: {first['what_happened']}",)
