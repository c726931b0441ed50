"""The board of all incidents: what runs, the most urgent first, and nothing that has ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from leakguard.errors import StoreUnusable
from leakguard.models.events import Interval
from leakguard.models.records import Record
from leakguard.settings import Settings
from leakguard.use_cases.alerts.board import Board
from leakguard.use_cases.alerts.time_sources import SteppedTime
from support.notices import CAC
from support.web import DPO, VIEWER, Web, web_in

pytestmark = pytest.mark.untraced

INITIAL = f"{CAC}.initial"


def open_one(web: Web, title: str) -> str:
    api = web.client()
    incident = str(api.post("/incidents", json={"title": title}).json()["id"])
    for kind in ("notice_received", "discovery"):
        api.post(f"/incidents/{incident}/events", json={"kind": kind})
    return incident


def rows(web: Web) -> list[tuple[str, str, str]]:
    found = web.client(VIEWER).get("/clocks").json()["clocks"]
    return [(one["incident"], one["id"], one["state"]) for one in found]


def test_the_board_has_the_clocks_of_all_incidents_the_most_urgent_first(web: Web) -> None:
    first, second = open_one(web, "a search server"), open_one(web, "a bucket")
    told = web.client(VIEWER).get("/clocks").json()
    limits = [one["work_by"] for one in told["clocks"] if one["work_by"]]

    assert rows(web)[:2] == [(first, INITIAL, "running"), (second, INITIAL, "running")]
    assert limits == sorted(limits)
    assert told["count"] == len(told["clocks"])
    assert web.client(VIEWER).get("/clocks", params={"limit": 1}).json()["count"] == told["count"]


def test_what_was_filed_is_gone_from_the_board_at_once(web: Web) -> None:
    incident, other = open_one(web, "a search server"), open_one(web, "a bucket")
    assert (incident, INITIAL, "running") in rows(web)
    web.client(DPO).post(f"/incidents/{incident}/filings", json={"duty": CAC, "stage": "initial"})

    assert (incident, INITIAL, "running") not in rows(web)
    assert (other, INITIAL, "running") in rows(web)


def test_a_limit_that_passes_by_itself_is_over_on_the_board(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    incident = open_one(web, "a search server")
    assert rows(web)[0] == (incident, INITIAL, "running")
    later = SteppedTime(web.shared.now() + timedelta(hours=5))
    monkeypatch.setattr(web.shared, "time", later)

    assert rows(web)[0] == (incident, INITIAL, "overdue")


def test_the_kept_board_is_the_one_that_a_new_one_reckons(web: Web) -> None:
    open_one(web, "a search server")
    rows(web)
    open_one(web, "a bucket")
    wiring = web.shared.for_caller(None)
    new = Board().rows(wiring.store, wiring.bundled, wiring.reach, wiring.now()).every
    wiring.close()

    assert [(one.incident, one.clock.id, one.clock.state.value) for one in new] == rows(web)


@dataclass
class RefusingOnce:
    """A store that refuses to read one incident, once."""

    store: Any
    incident: str
    refused: int = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (whatever the store has)
        return getattr(self.store, name)

    def read(self, subject: str) -> Any:  # noqa: ANN401  (as the store does)
        if subject == self.incident and not self.refused:
            self.refused += 1
            raise StoreUnusable("the database is locked", next_step="Try again.")
        return self.store.read(subject)


def test_an_incident_that_could_not_be_read_is_reckoned_at_the_next_request(web: Web) -> None:
    first, second = open_one(web, "a search server"), open_one(web, "a bucket")
    wiring = web.shared.for_caller(None)
    board = Board()

    def incidents(store: Any) -> set[str]:  # noqa: ANN401  (a store)
        return {one.incident for one in board.rows(store, wiring.bundled, wiring.reach, wiring.now()).every}

    def refused(incident: str) -> None:
        store = RefusingOnce(wiring.store, incident)
        with pytest.raises(StoreUnusable):
            incidents(store)
        assert store.refused

    refused(second)
    assert incidents(wiring.store) == {first, second}
    third = open_one(web, "a share")
    refused(third)
    assert incidents(wiring.store) == {first, second, third}
    wiring.close()


def test_an_incident_whose_entries_make_no_sense_hides_no_other(web: Web) -> None:
    first = open_one(web, "a search server")
    wiring = web.shared.for_caller(None)
    at = Interval(earliest=wiring.now(), latest=wiring.now())
    wiring.store.append("IR-2026-0099", (Record(kind="incident_opened", occurred_at=at, content={"zone": "Nowhere"}),))
    wiring.close()

    assert {incident for incident, _, _ in rows(web)} == {first}


def test_without_a_country_the_counts_the_search_and_the_alerts_are_all_but_those_of_laws(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = open_one(web, "a search server")
    report = b"From: F <f@example.org>\r\nSubject: open\r\n\r\n192.0.2.7:9200 is open"
    assert web.client().post("/reports", content=report).status_code == 201
    bare = web_in(tmp_path, settings=Settings(store=str(tmp_path / "leakguard.db"), zone="Asia/Shanghai"))
    bare.callers = web.callers
    for shared in (web.shared, bare.shared):
        monkeypatch.setattr(shared, "time", SteppedTime(web.shared.now() + timedelta(days=15)))
    known, unknown = (one.client(VIEWER).get("/counts").json() for one in (web, bare))
    alerts, own = (one.client(VIEWER).get("/alerts").json() for one in (web, bare))
    found = bare.client(VIEWER).get("/search", params={"q": "search server"}).json()
    promised = [clock["id"] for alert in alerts["alerts"] for clock in alert["clocks"] if not clock["law"]]
    bare.jobs.close()

    assert (known.pop("laws_known"), unknown.pop("laws_known"), own["laws_known"]) == (True, False, False)
    assert known.pop("late_clocks") > unknown.pop("late_clocks") == len(promised) > 0
    assert known | {"now": ""} == unknown | {"now": ""}
    assert [clock["id"] for alert in own["alerts"] for clock in alert["clocks"]] == promised
    assert own["others"] == alerts["others"] != []
    assert [group["found"][0]["incident"]["id"] for group in found["groups"]] == [incident]
    assert bare.seen[-1][1] == 200
