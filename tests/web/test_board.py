"""The board of all incidents: what runs, the most urgent first, and nothing that has ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leakguard.use_cases.alerts.board import Board
from leakguard.use_cases.alerts.time_sources import SteppedTime
from support.notices import CAC
from support.web import DPO, VIEWER, Web

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
