"""The first facts and the moment of awareness are recorded together: what fails between them leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from leakguard.errors import NotAllowed, NotFound, UsageProblem
from leakguard.models.events import Interval
from leakguard.models.records import KeptRecord, Record
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.incidents import first_facts
from leakguard.use_cases.incidents.first_facts import AWARE, FirstFacts, begin_facts
from leakguard.use_cases.incidents.incident_events import NewEvent
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.incidents.kept_facts import WRITTEN, last_facts
from support.ledgers import START, FakeClock, Tokens, make_record
from support.notices import book

ID = "IR-2026-0001"
NOW = FakeClock()
ANSWERS = {
    "organisation.name": "Example University", "organisation.role": "controller", "organisation.country": "DE",
    "obligated_as": ["controller"], "facts.exposure": {"value": True},
}  # fmt: skip


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore.open(str(tmp_path / "leakguard.db"), now=FakeClock(), token=Tokens())) as opened:
        open_incident(opened, (), now=START, title="a search server")
        yield opened


def begin(store: SqlStore, read: str | None = None, **answers: Any) -> FirstFacts:  # noqa: ANN401  (a fact has any form)
    aware = NewEvent(kind=AWARE, occurred_at=Interval(earliest=START, latest=START), reason="stated with the facts")
    return begin_facts(store, book(), ID, {**ANSWERS, **answers}, aware, read=read, now=NOW)


def kinds(store: SqlStore) -> list[str]:
    return [one.kind for one in store.read(ID)]


def test_both_are_recorded_side_by_side(store: SqlStore) -> None:
    before = len(kinds(store))
    done = begin(store)
    facts = last_facts(ID, store.read(ID))

    assert facts is not None
    assert done.answered.kept == facts
    assert (done.aware.kind, done.aware.id) == (AWARE, f"E-{facts.sequence + 1}")
    assert len(kinds(store)) == before + 2


@pytest.mark.parametrize("where", ["answer_facts", "record_event"])
def test_a_process_that_is_killed_at_either_leaves_neither(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    before = kinds(store)
    done = getattr(first_facts, where)

    def killed(*given: Any, **more: Any) -> None:  # noqa: ANN401  (as what it stands for)
        done(*given, **more)
        raise Killed

    monkeypatch.setattr(first_facts, where, killed)
    with pytest.raises(Killed):
        begin(store)
    assert kinds(store) == before

    monkeypatch.undo()
    begin(store)
    assert len(kinds(store)) == len(before) + 2


def test_an_event_that_is_refused_keeps_no_facts(store: SqlStore) -> None:
    before = kinds(store)
    far = Interval(earliest=START.replace(year=2099), latest=START.replace(year=2099))
    with pytest.raises(UsageProblem):
        begin_facts(store, book(), ID, ANSWERS, NewEvent(kind=AWARE, occurred_at=far), read=None, now=NOW)

    assert kinds(store) == before


def test_who_writes_in_between_is_seen_and_both_are_recorded_behind(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = SqlStore.append
    raced: list[object] = []

    def late(self: SqlStore, subject: str, records: Sequence[Record], **more: Any) -> tuple[KeptRecord, ...]:  # noqa: ANN401  (as what it stands for)
        if not raced:
            raced.append(append(self, subject, [make_record()]))
        return append(self, subject, records, **more)

    monkeypatch.setattr(SqlStore, "append", late)
    done = begin(store)

    assert raced
    assert kinds(store)[-2] == WRITTEN
    assert [one.sequence for one in store.read(ID)][-2:] == [done.answered.kept.sequence, int(done.aware.id[2:])]


def test_a_store_that_many_write_is_given_up(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:  # noqa: ANN401  (as what it stands for)
        raise NotAllowed("raced", next_step="")

    monkeypatch.setattr(SqlStore, "append", refused)
    with pytest.raises(NotAllowed, match="being written by many"):
        begin(store)


def test_facts_that_say_nothing_new_are_not_written_again(store: SqlStore) -> None:
    first = begin(store)
    again = begin(store, first.answered.kept.sha256)

    assert again.answered.kept == first.answered.kept
    assert kinds(store).count(WRITTEN) == 1


def test_an_incident_that_there_is_not_is_said(store: SqlStore) -> None:
    aware = NewEvent(kind=AWARE)
    with pytest.raises(NotFound):
        begin_facts(store, book(), "IR-2026-9999", ANSWERS, aware, read=None, now=NOW)
