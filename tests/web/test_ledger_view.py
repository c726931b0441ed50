"""The ledger from its end on: who recorded what, heads with what vouches for them, and erasures."""

from __future__ import annotations

import pytest

from support.web import COMMANDER, COUNSEL, DPO, RESPONDER, VIEWER, Web

pytestmark = pytest.mark.untraced


@pytest.fixture
def at(web: Web) -> str:
    incident = web.client().post("/incidents", json={"title": "a search server"}).json()["id"]
    web.client(RESPONDER).post(f"/incidents/{incident}/comments", json={"text": "by the responder"})
    web.client(COUNSEL).post(f"/incidents/{incident}/comments", json={"text": "CANARY", "privileged": True})
    return str(incident)


def test_the_latest_entry_stands_first_and_says_who_recorded_it(web: Web, at: str) -> None:
    told = web.client(VIEWER).get("/ledger/latest", params={"subject": at}).json()["entries"]

    assert [(one["kind"], one["by"]) for one in told] == [("comment_added", RESPONDER), ("incident_opened", COMMANDER)]
    assert told[0]["by_id"] == web.callers[RESPONDER].actor


def test_entries_are_found_by_kind_and_by_person_page_by_page(web: Web, at: str) -> None:
    api = web.client()
    for number in range(3):
        api.post(f"/incidents/{at}/comments", json={"text": f"number {number}"})
    first = api.get("/ledger/latest", params={"person": COMMANDER, "kind": "comment_added", "limit": 2}).json()
    second = api.get(
        "/ledger/latest", params={"person": web.callers[COMMANDER].actor, "limit": 2, "before": first["before"]}
    ).json()
    nobody = api.get("/ledger/latest", params={"person": "Nobody Known"}).json()

    assert [one["kind"] for one in first["entries"]] == ["comment_added"] * 2
    assert second["entries"][0]["sequence"] < first["entries"][-1]["sequence"]
    assert nobody == {"entries": [], "before": None}


@pytest.mark.usefixtures("at")
def test_who_wrote_a_privileged_comment_is_not_told(web: Web) -> None:
    told = web.client(VIEWER).get("/ledger/latest").json()["entries"]
    hidden = next(one for one in told if one["subject"].startswith("privileged/"))

    assert (hidden["by"], hidden["by_id"]) == (None, None)
    assert "CANARY" not in str(told)


@pytest.mark.usefixtures("at")
def test_a_head_that_was_kept_is_listed_with_what_vouches_for_it(web: Web) -> None:
    before = web.client(VIEWER).get("/ledger/heads").json()
    kept = web.client().post("/ledger/heads").json()
    after = web.client(VIEWER).get("/ledger/heads").json()

    assert before["heads"] == []
    assert kept["failures"] == []
    assert [(one["short"], one["signed_by"], one["stamps"]) for one in after["heads"]] == [(kept["short"], None, [])]


def test_what_was_erased_is_listed_with_the_reason(web: Web, at: str) -> None:
    item = web.client().post(f"/incidents/{at}/evidence?name=a.txt", content=b"x").json()["items"][0]["id"]
    refused = web.client().post("/evidence/redactions", json={"names": [item], "reason": "not mine to say"})
    erased = web.client(DPO).post("/evidence/redactions", json={"names": [item], "reason": "request 17"})
    told = web.client().get("/evidence/redactions").json()["redactions"]

    assert (refused.status_code, erased.status_code) == (403, 201)
    assert [(f"EV-{one['entries'][0]}", one["by"], one["reason"]) for one in told] == [(item, DPO, "request 17")]
