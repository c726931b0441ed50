"""The register as a screen reads it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from leakguard.frozen import replace
from leakguard.use_cases.incidents.incident_events import NewEvent, NoNameCheck, record_event
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.letters.file_notices import NewFiling, file_notice
from leakguard.use_cases.letters.register_rows import DECIDED, TOLD, RegisterRow, RegisterSearch, search_register
from support.each import for_each
from support.memory_store import MemoryStore
from support.notices import GDPR_33, NOW, book


@pytest.mark.parametrize(
    ("stages", "is_told"),
    [((), False), (("initial",), True), (("initial", "withdrawn"), False), (("initial", "withdrawn", "initial"), True)],
)
def test_a_withdrawn_notice_told_nobody(stages: tuple[str, ...], *, is_told: bool) -> None:
    """After a withdrawal the duty begins anew."""
    moment = NOW

    def now() -> datetime:
        return moment

    store = MemoryStore(now)
    opened = open_incident(store, (), now=NOW, title="a search server")
    for stage in stages:
        moment += timedelta(hours=1)
        file_notice(store, book(), opened.id, NewFiling(duty=GDPR_33, stage=stage, by="A"), now=now)
    found = {
        told: [row.id for row in search_register(store, RegisterSearch(told=told), after=0, limit=5).rows]
        for told in ("yes", "no")
    }

    assert found == ({"yes": [opened.id], "no": []} if is_told else {"yes": [], "no": [opened.id]})


FIELDS = {
    "filed": {"obligation": GDPR_33, "stage": "initial", "reference": "R77"},
    "applicable": {"obligation": GDPR_33},
    "not_applicable": {"obligation": GDPR_33},
}
"""What an event of this kind has to say."""


@for_each("kind", lambda: [*TOLD, *DECIDED, "awareness"])
@pytest.mark.parametrize("other", ["retracted", "note"])
def test_what_was_taken_back_stands_in_no_row(kind: str, other: str) -> None:
    """By an event of any kind that takes its place; the exported register says the same."""
    store, taken_back = recorded(kind, other)
    (row,) = rows(store)

    assert row == replace(rows(recorded()[0])[0], id=row.id)
    assert [one.id for one in rows(store, told="yes")] == []
    assert taken_back != row


def test_an_incident_of_which_the_reopening_was_taken_back_is_closed() -> None:
    store, _ = recorded("closed")
    event = record(store, "reopened")
    before = [one.state for one in rows(store)]
    record(store, "retracted", corrects=event)

    assert (before, [one.state for one in rows(store)]) == (["open"], ["closed"])
    assert [one.state for one in rows(store, state="closed")] == ["closed"]


def rows(store: MemoryStore, **asked: Any) -> tuple[RegisterRow, ...]:  # noqa: ANN401  (any part of a search)
    return search_register(store, RegisterSearch(**asked), after=0, limit=5).rows


def record(store: MemoryStore, kind: str, *, corrects: str | None = None) -> str:
    new = NewEvent(kind=kind, corrects=corrects, reason="as it is", fields=FIELDS.get(kind))
    names = NoNameCheck(reason="a test names the duty itself")
    return record_event(store, "IR-2026-0001", new, now=lambda: NOW, names=names).id


def recorded(kind: str = "", other: str = "") -> tuple[MemoryStore, RegisterRow | None]:
    """An incident with an event that another one took back, and its row before that."""
    store = MemoryStore(lambda: NOW)
    open_incident(store, (), now=NOW, title="a search server")
    event = record(store, kind) if kind else ""
    before = rows(store)[0] if kind else None
    if other:
        record(store, other, corrects=event)
    return store, before
