"""Events over the API: pages, increments from a number of the ledger, and the stream."""

from __future__ import annotations

import json

import pytest

from support.web import COMMANDER, Web

FILED = {"obligation": "eu-gdpr-33-authority", "stage": "initial"}


@pytest.fixture
def incident(web: Web) -> str:
    events = [
        {"kind": "notice_received", "occurred_at": "2026-05-23T22:30", "source": "e-mail", "reason": "read later"},
        {"kind": "filed", "occurred_at": "2026-05-24T10:00", "fields": dict(FILED)},
    ]  # fmt: skip
    answer = web.client().post("/incidents", json={"title": "before we had this tool", "events": events})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_an_incident_is_opened_with_events_that_were_written_down_before(web: Web, incident: str) -> None:
    shown = web.client().get(f"/incidents/{incident}").json()
    told = {one["kind"]: one for one in shown["events"]}

    assert told["notice_received"]["occurred_at"]["earliest"] == "2026-05-23T14:30:00Z"
    assert told["filed"]["fields"] == FILED


def test_pages_go_on_where_the_one_before_ended(web: Web, incident: str) -> None:
    api = web.client()
    first = api.get(f"/incidents/{incident}/events", params={"limit": 2}).json()
    second = api.get(f"/incidents/{incident}/events", params={"limit": 2, "after": first["next"]}).json()

    assert [one["kind"] for one in first["events"]] == ["incident_opened", "notice_received"]
    assert [one["kind"] for one in second["events"]] == ["filed"]
    assert second["next"] is None


def test_incidents_are_listed_page_by_page_while_others_are_opened(web: Web, incident: str) -> None:
    api = web.client()
    other = api.post("/incidents", json={"title": "another"}).json()["id"]
    first = api.get("/incidents", params={"limit": 1}).json()
    third = api.post("/incidents", json={"title": "a third"}).json()["id"]
    rest = api.get("/incidents", params={"after": first["next"]}).json()

    assert [one["id"] for one in first["incidents"]] == [incident]
    assert [one["id"] for one in rest["incidents"]] == [other, third]


def test_increments_miss_nothing_and_double_nothing(web: Web, incident: str) -> None:
    api = web.client()
    seen, after = [], 0
    while True:
        page = api.get("/events", params={"after": after, "limit": 2}).json()
        seen += [one["sequence"] for one in page["changes"]]
        after = page["next"]
        if not page["more"]:
            break
    api.post(f"/incidents/{incident}/playbook", json={})
    more = api.get("/events", params={"after": after}).json()["changes"]

    assert seen == sorted(set(seen))
    assert len(seen) == 3
    assert [(one["kind"], one["event"]) for one in more] == [("playbook_started", None)]


def test_a_request_looks_at_so_many_entries_alone_and_says_that_it_goes_on(
    web: Web, incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leakguard.web.routes.events.MOST_LOOKED", 3)
    first = web.client().get("/events", params={"incident": incident}).json()

    assert (first["changes"], first["next"], first["more"]) == ([], 3, True)


def test_the_stream_says_that_something_else_was_recorded_without_saying_what(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr("leakguard.web.streams.LASTS", 0.0)
    api = web.client()
    text = api.get("/events/stream").text
    last = web.client().get("/counts").json()["ledger"]["entries"]

    assert f'id: {last}\nevent: moved\ndata: {{"sequence": {last}}}\n\n' in text
    assert "account_added" not in text


def test_the_stream_goes_on_behind_the_last_event_that_was_seen(
    web: Web, incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leakguard.web.streams.LASTS", 0.0)
    api = web.client()
    whole = api.get("/events/stream")
    ids = [int(line[4:]) for line in whole.text.splitlines() if line.startswith("id: ")]
    rest = api.get("/events/stream", headers={"Last-Event-ID": str(ids[-2])}, params={"incident": incident})
    data = [json.loads(line[6:]) for line in rest.text.splitlines() if line.startswith("data: ")]

    assert whole.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert len(ids) == 3
    assert [one["kind"] for one in data] == ["filed"]


def test_a_correction_names_what_it_supersedes_and_who_recorded_it(web: Web, incident: str) -> None:
    api = web.client()
    old = api.get(f"/incidents/{incident}/events").json()["events"][1]["id"]
    asked = {"kind": "notice_received", "at": "2026-05-22", "corrects": old, "reason": "mail log read"}
    new = api.post(f"/incidents/{incident}/events", json=asked).json()

    assert (new["corrects"], new["by"], new["by_source"]) == (old, COMMANDER, "token")
    assert new["by_id"].startswith("acc_")


def test_closing_by_an_event_is_refused_as_closing_is(web: Web, incident: str) -> None:
    api = web.client()
    refused = api.post(f"/incidents/{incident}/events", json={"kind": "closed"})
    named = {one["area"] for one in api.get(f"/incidents/{incident}/missing").json()["missing"]}

    assert refused.status_code == 409
    assert "playbook" in named
    assert api.get(f"/incidents/{incident}").json()["state"] == "open"
