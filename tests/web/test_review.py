"""The review over the API: what happened against what was promised, and actions until they are done."""

from __future__ import annotations

import pytest

from support.web import COMMANDER, DPO, RESPONDER, VIEWER, Web


@pytest.fixture
def at(web: Web) -> str:
    api = web.client()
    incident = api.post("/incidents", json={"title": "a search server"}).json()["id"]
    path = f"/incidents/{incident}"
    for kind, when in (("notice_received", "2026-05-24T01:00Z"), ("awareness", "2026-05-24T02:00Z")):
        assert api.post(f"{path}/events", json={"kind": kind, "at": when, "reason": "told late"}).is_success
    assert api.post(f"{path}/playbook", json={}).is_success
    return path


def test_a_review_tells_times_limits_and_what_is_left(web: Web, at: str) -> None:
    told = web.client(VIEWER).get(f"{at}/review").json()
    measures = {one["name"]: one for one in told["measures"]}

    assert measures["notice_to_containment"]["open"] is True
    assert told["missed"], "limits of May are over"
    assert all(one["state"] in {"overdue", "missed", "met_late"} for one in told["missed"])
    assert told["reviewed"] is False
    assert {one["area"] for one in told["unfinished"]} >= {"steps", "clocks"}


def test_a_lesson_that_is_recorded_stands_in_the_review(web: Web, at: str) -> None:
    web.client().post(f"{at}/events", json={"kind": "lessons_recorded", "reason": "the template opened the port"})
    told = web.client(VIEWER).get(f"{at}/review").json()

    assert told["reviewed"] is True
    assert [one["text"] for one in told["lessons"]] == ["the template opened the port"]


def test_an_action_stays_on_the_list_of_its_owner_until_it_is_done(web: Web, at: str) -> None:
    body = {"title": "close the port", "owner": RESPONDER, "due": "2020-12-31"}
    refused = web.client(RESPONDER).post(f"{at}/actions", json=body)
    made = web.client(DPO).post(f"{at}/actions", json=body).json()
    mine = web.client(RESPONDER).get("/actions", params={"mine": True}).json()["actions"]
    others = web.client(COMMANDER).get("/actions", params={"mine": True}).json()["actions"]
    done = web.client(RESPONDER).post(f"{at}/actions/{made['id']}/done", json={"note": "live"}).json()

    assert refused.status_code == 403
    assert [(one["id"], one["late"], one["incident_title"]) for one in mine] == [(made["id"], True, "a search server")]
    assert others == []
    assert (done["state"], done["ended_by"]) == ("done", RESPONDER)
    assert web.client().get("/actions").json()["actions"] == []
    assert [one["state"] for one in web.client().get(f"{at}/actions").json()["actions"]] == ["done"]
