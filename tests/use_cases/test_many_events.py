"""Incidents with very many events: they are taken over whole, and one more costs no look at the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from leakguard.clocks import event_file, event_rows
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.event_file import parse_event_file
from leakguard.clocks.event_rows import MAX_EVENTS
from leakguard.clocks.rules import ClockRule
from leakguard.errors import BadFile
from leakguard.files import yaml_nodes
from leakguard.models.event_records import record_of_event
from leakguard.store.connection import Connection
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.incidents.incident_clocks import statuses
from leakguard.use_cases.incidents.incident_events import NewEvent, record_event
from leakguard.use_cases.incidents.incidents import open_incident
from support.ledgers import START, FakeClock, Tokens, exactly

ID = "IR-2026-0001"


class Counted:
    """What was asked of the database, and how many rows it gave."""

    def __init__(self) -> None:
        self.statements = self.rows = 0


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    count = Counted()
    real_rows, real_first = Connection.rows, Connection.first

    def some(self: Connection, *words: Any) -> Any:  # noqa: ANN401  (as there)
        found = list(real_rows(self, *words))
        count.statements += 1
        count.rows += len(found)
        return found

    def first(self: Connection, *words: Any) -> Any:  # noqa: ANN401  (as there)
        count.statements += 1
        return real_first(self, *words)

    monkeypatch.setattr(Connection, "rows", some)
    monkeypatch.setattr(Connection, "first", first)
    return count


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = SqlStore.open(str(tmp_path / "leakguard.db"), now=FakeClock(), token=Tokens())
    open_incident(opened, (), now=START, title="a test")
    yield opened
    opened.close()


def many(store: SqlStore, count: int) -> None:
    at = exactly(START - timedelta(hours=1))
    store.append(ID, [record_of_event(kind="note", occurred_at=at) for _ in range(count)])


@pytest.mark.parametrize("kind", ["note", "awareness", "discovery", "contained", "filed"])
def test_an_event_asks_the_database_for_as_much_in_a_large_incident_as_in_a_small_one(
    store: SqlStore, counted: Counted, kind: str
) -> None:
    asked = []
    for more in (10, 3_000):
        many(store, more)
        counted.statements = counted.rows = 0
        record_event(store, ID, NewEvent(kind=kind, reason="a test"), now=lambda: START)
        asked.append((counted.statements, counted.rows))

    assert asked[0][0] > 0
    assert asked[1][0] - asked[0][0] <= 1  # never a page of others
    assert asked[1][1] - asked[0][1] <= 1


def test_a_remark_about_awareness_looks_at_notices_alone(store: SqlStore, counted: Counted) -> None:
    from leakguard.use_cases.incidents.incident_brief import around_of  # noqa: PLC0415  (younger than the rest)

    many(store, 2_000)
    kept = record_event(store, ID, NewEvent(kind="awareness"), now=lambda: START)
    counted.rows = 0
    around_of(store, ID, kept)

    assert counted.rows == 0


def test_a_correction_in_a_large_incident_reads_what_corrects_alone(store: SqlStore, counted: Counted) -> None:
    first = record_event(store, ID, NewEvent(kind="awareness"), now=lambda: START)
    many(store, 2_000)
    counted.rows = 0
    new = NewEvent(kind="awareness", corrects=first.id, reason="the mail log")
    record_event(store, ID, new, now=lambda: START)

    assert counted.rows < 10


def events_text(count: int) -> str:
    lines = (f'  - {{id: e{number}, kind: note, occurred_at: "2026-05-24T00:00Z"}}' for number in range(count))
    return "\n".join(["events:", *lines])


def test_more_events_than_a_clock_file_may_have_are_imported() -> None:
    text = events_text(MAX_EVENTS + 1)

    assert len(parse_event_file(text, name="x", is_imported=True).events) == MAX_EVENTS + 1
    with pytest.raises(BadFile, match="more than 2,000 events"):
        parse_event_file(text, name="x")


def test_one_event_too_many_is_refused_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    assert event_rows.MAX_IMPORTED == 100_000
    monkeypatch.setattr("leakguard.clocks.event_file.MAX_IMPORTED", 3_000)

    assert len(parse_event_file(events_text(3_000), name="x", is_imported=True).events) == 3_000
    with pytest.raises(BadFile, match="more than 3,000 events"):
        parse_event_file(events_text(3_001), name="x", is_imported=True)


def test_a_file_to_import_is_bounded_in_characters_and_in_values(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadFile, match="longer than 33,554,432 characters"):
        parse_event_file("#" * (event_file.MAX_IMPORTED_CHARACTERS + 1), name="x", is_imported=True)
    monkeypatch.setattr(yaml_nodes, "MAX_NODES", 100)
    with pytest.raises(BadFile, match="holds more than 100 values"):
        parse_event_file(f"events: [{'0, ' * 300}0]", name="x", is_imported=True)


def test_ids_that_stand_twice_and_corrections_of_nothing_are_named_in_a_large_file() -> None:
    text = events_text(event_rows.MAX_EVENTS + 10)
    text += '\n  - {id: e5, kind: note, occurred_at: "2026-05-24T00:00Z", corrects: nothing, reason: x}'
    with pytest.raises(BadFile) as refused:
        parse_event_file(text, name="x", is_imported=True)

    said = [problem.text for problem in refused.value.problems]
    assert said == ["the id `e5` is used twice", "no other event of this file has that id"]


def test_corrections_of_one_file_follow_one_another_by_their_numbers(store: SqlStore) -> None:
    """All of them are recorded at one moment, and `E-10` comes before `E-9` by its letters."""
    many(store, 6)
    rule = ClockRule.model_validate({"id": "c", "anchor": "awareness", "amount": {"elapsed": "PT1H"}})
    at = [exactly(START - timedelta(hours=hours)) for hours in (5, 4, 3)]
    store.append(
        ID,
        [
            record_of_event(kind="awareness", occurred_at=when, reason="x", corrects=1 if number else None)
            for number, when in enumerate(at)
        ],
    )

    assert [record.sequence for record in store.of_kinds(("awareness",), ID)] == [8, 9, 10]
    assert statuses(store, ID, [rule], Calendars(), START)[0].work_by == START - timedelta(hours=2)
