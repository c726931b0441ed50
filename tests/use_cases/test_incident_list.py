"""The list of incidents that a server remembers, where the store refuses a read in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.errors import StoreUnusable
from leakguard.models.event_records import record_of_event
from leakguard.models.events import exactly
from leakguard.models.incidents import IncidentState
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.reports.incident_list import IncidentList
from support.findings import SEEN, make_finding
from support.ledgers import Tokens


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore.open(str(tmp_path / "store.db"), now=lambda: SEEN, token=Tokens())) as made:
        made.save_findings("R-1", [make_finding("F-1", run="R-1"), make_finding("F-2", run="R-1")], {})
        yield made


def opened(store: SqlStore, finding: str) -> str:
    return open_incident(store, tuple(store.findings(ids=[finding])), now=SEEN, title=f"about {finding}").id


@pytest.mark.parametrize("read", ["head", "of_kinds", "findings"])
def test_a_refused_first_read_loses_no_incident(store: SqlStore, monkeypatch: pytest.MonkeyPatch, read: str) -> None:
    first = opened(store, "F-1")
    listed = IncidentList()

    refuse_once(store, monkeypatch, listed, read)

    assert [line.id for line in listed.lines(store)] == [first]


@pytest.mark.parametrize("read", ["head", "read_after", "of_kinds", "findings"])
def test_a_refused_later_read_loses_no_incident_and_no_change(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    first = opened(store, "F-1")
    listed = IncidentList()
    assert [line.state for line in listed.lines(store)] == [IncidentState.OPEN]
    store.append(first, (record_of_event(kind="closed", occurred_at=exactly(SEEN), reason="all is done"),))
    second = opened(store, "F-2")

    refuse_once(store, monkeypatch, listed, read)

    states = {line.id: line.state for line in listed.lines(store)}
    assert states == {first: IncidentState.CLOSED, second: IncidentState.OPEN}


def refuse_once(store: SqlStore, monkeypatch: pytest.MonkeyPatch, listed: IncidentList, read: str) -> None:
    """One call of the list while the store refuses this read."""

    def refused(*_: object, **__: object) -> object:
        raise StoreUnusable("the database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(store, read, refused)
        with pytest.raises(StoreUnusable):
            listed.lines(store)
