"""Events over the API: pages, increments from a number of the ledger, and the stream."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from leakguard.accounts.rights import EVENT_RIGHTS, RIGHTS, Right
from leakguard.frozen import replace
from leakguard.web.operations import BY_NAME
from support.web import COMMANDER, DPO, PEOPLE, RESPONDER, Web

FILED = {"obligation": "eu-gdpr-33-authority", "stage": "initial"}
SAME_ACT: Mapping[str, tuple[str, ...]] = {
    "close_incident": ("closed",),
    "reopen_incident": ("reopened",),
    "settle_place": ("place_settled",),
    "decide_duty": ("not_applicable", "applicable"),
    "skip_step": ("cancelled", "paused", "resumed", "extension_granted", "delay_notice_sent"),
    "file_notice": (
        "filed", "previous_submission", "acknowledged_by_authority", "subjects_notified", "individual_notice_sent",
    ),
}  # fmt: skip
"""By operation, the kinds of events that have the effect of it."""


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


def test_every_kind_that_does_what_an_operation_does_needs_the_right_of_the_operation() -> None:
    kinds = {kind: BY_NAME[name].right for name, named in SAME_ACT.items() for kind in named}

    assert dict(EVENT_RIGHTS) == kinds


@pytest.mark.parametrize("kind", sorted(EVENT_RIGHTS))
def test_an_event_is_taken_only_from_who_may_do_the_same_by_its_operation(web: Web, incident: str, kind: str) -> None:
    (operation,) = (name for name, named in SAME_ACT.items() if kind in named)
    needed = {Right.RECORD_EVENTS, BY_NAME[operation].right}
    for who, (role,) in PEOPLE.items():
        may = all(right is not None and role in RIGHTS[right] for right in needed)
        for path in ("events/preview", "events"):
            answer = web.client(who).post(f"/incidents/{incident}/{path}", json={"kind": kind})
            assert (answer.status_code == 403) is not may, (who, path, answer.text)


def test_a_token_that_may_record_events_closes_waives_and_files_nothing(web: Web, incident: str) -> None:
    scopes = frozenset({Right.READ_INCIDENTS, Right.RECORD_EVENTS})
    web.callers[DPO] = replace(web.callers[DPO], scopes=scopes)
    api = web.client(DPO)
    answers = {kind: api.post(f"/incidents/{incident}/events", json={"kind": kind}) for kind in EVENT_RIGHTS}

    assert {kind: answer.status_code for kind, answer in answers.items()} == dict.fromkeys(EVENT_RIGHTS, 403)
    assert "its scopes lack `close_incidents`" in answers["closed"].json()["detail"]
    assert api.post(f"/incidents/{incident}/events", json={"kind": "discovery"}).status_code == 201


def test_who_may_not_record_a_filing_neither_retracts_nor_rewrites_one(web: Web, incident: str) -> None:
    filed = web.client().get(f"/incidents/{incident}/events").json()["events"][2]["id"]
    for kind in ("retracted", "note"):
        body = {"kind": kind, "corrects": filed, "reason": "filed by mistake"}
        assert web.client(RESPONDER).post(f"/incidents/{incident}/events", json=body).status_code == 403
    assert web.client(DPO).post(f"/incidents/{incident}/events", json=body).status_code == 201


def test_an_incident_is_opened_with_a_filing_only_by_who_may_record_one(web: Web) -> None:
    event = {"kind": "filed", "occurred_at": "2026-05-24T10:00", "fields": dict(FILED)}
    body = {"title": "before we had this tool", "events": [event]}

    assert web.client(RESPONDER).post("/incidents", json=body).status_code == 403
    assert web.client(DPO).post("/incidents", json=body).status_code == 201


@pytest.mark.parametrize(
    ("kind", "fields", "why"),
    [
        ("awareness", {"decider": "Anna", "second_person": "Dr. Counsel"}, "confirms under their own login"),
        ("filed", {"obligation": "eu-gdpr-33-athority"}, "did you mean `eu-gdpr-33-authority`?"),
        ("incident_opened", {}, "recorded by the opening itself"),
    ],
)
def test_an_incident_is_not_opened_with_an_event_that_nobody_could_record(
    web: Web, kind: str, fields: dict[str, str], why: str
) -> None:
    """As for one event: a second person is one who logged in, and what it names has to be there."""
    body = {"title": "x", "events": [{"kind": kind, "occurred_at": "2026-05-24T10:00", "fields": fields}]}
    answer = web.client(DPO).post("/incidents", json=body)

    assert answer.status_code in {400, 422}
    assert why in answer.text
    assert web.client().get("/incidents").json()["incidents"] == []
