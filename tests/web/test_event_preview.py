"""What an event would do is told before it is recorded, and nothing is recorded by asking."""

from __future__ import annotations

from typing import Any

import pytest

from support.notices import CAC
from support.web import DPO, VIEWER, Web

pytestmark = pytest.mark.untraced

GDPR = "eu-gdpr-33-authority"


@pytest.fixture
def incident(web: Web) -> str:
    return str(web.client().post("/incidents", json={"title": "a search server"}).json()["id"])


def preview(web: Web, incident: str, **body: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
    answer = web.client(DPO).post(f"/incidents/{incident}/events/preview", json=body)
    assert answer.is_success, answer.text
    return answer.json()


def record(web: Web, incident: str, **body: Any) -> str:  # noqa: ANN401  (JSON holds anything)
    answer = web.client(DPO).post(f"/incidents/{incident}/events", json=body)
    assert answer.is_success, answer.text
    return str(answer.json()["id"])


def does(document: Any) -> dict[str, str]:  # noqa: ANN401  (JSON holds anything)
    return {one["clock"]: one["does"] for one in document["changes"]}


def test_a_preview_names_the_clocks_that_the_event_then_starts(web: Web, incident: str) -> None:
    told = preview(web, incident, kind="discovery")
    head = web.client().get("/events").json()["next"]
    kept = record(web, incident, kind="discovery")
    clocks = {one["id"]: one for one in web.client().get(f"/incidents/{incident}/clocks").json()["clocks"]}

    assert told["event"]["id"] == kept == f"E-{head + 1}"
    assert does(told)[f"{CAC}.initial"] == "starts"
    assert {name for name, one in clocks.items() if one["anchor_event"] == kept} == set(does(told))


def test_asking_records_nothing(web: Web, incident: str) -> None:
    before = web.client().get("/events").json()["next"]
    preview(web, incident, kind="discovery")

    assert web.client().get("/events").json()["next"] == before


def test_a_filing_ends_its_clock_and_a_take_back_opens_it_again(web: Web, incident: str) -> None:
    record(web, incident, kind="discovery")
    filing = {"kind": "filed", "fields": {"obligation": CAC, "stage": "initial"}}
    assert does(preview(web, incident, **filing))[f"{CAC}.initial"] == "ends"
    kept = record(web, incident, **filing)

    back = preview(web, incident, kind="retracted", corrects=kept, reason="filed by mistake")
    assert does(back)[f"{CAC}.initial"] == "runs_again"


def test_what_starts_nothing_any_more_stops(web: Web, incident: str) -> None:
    kept = record(web, incident, kind="discovery")
    back = preview(web, incident, kind="retracted", corrects=kept, reason="it was another server")

    assert does(back)[f"{CAC}.initial"] == "stops"


def test_a_correction_moves_the_limit(web: Web, incident: str) -> None:
    kept = record(web, incident, kind="discovery")
    moved = preview(web, incident, kind="discovery", corrects=kept, at="2026-01-01T00:00Z", reason="log was read")
    one = next(one for one in moved["changes"] if one["clock"] == f"{CAC}.initial")

    assert one["after"]["work_by"] < one["before"]["work_by"]


def test_pausing_ruling_out_and_bringing_back_are_told_as_such(web: Web, incident: str) -> None:
    record(web, incident, kind="notice_received")
    pause = {"kind": "paused", "fields": {"clock": "remediate", "basis": "the police asked for it"}}
    assert does(preview(web, incident, **pause)) == {"remediate": "pauses"}
    record(web, incident, **pause)
    assert does(preview(web, incident, kind="resumed", fields={"clock": "remediate"})) == {"remediate": "resumes"}
    out = {"kind": "not_applicable", "fields": {"obligation": CAC}, "reason": "no network operator"}
    assert set(does(preview(web, incident, **out)).values()) == {"rules_out"}
    record(web, incident, **out)
    back = {"kind": "applicable", "fields": {"obligation": CAC}, "reason": "it is one after all"}
    assert set(does(preview(web, incident, **back)).values()) == {"applies_again"}


def test_an_event_that_moves_nothing_says_so(web: Web, incident: str) -> None:
    assert preview(web, incident, kind="note", fields={"text": "called the hoster"})["changes"] == []


def test_awareness_long_after_the_first_notice_is_said(web: Web, incident: str) -> None:
    record(web, incident, kind="notice_received", at="2026-05-01T08:00Z", reason="read only today")
    told = preview(web, incident, kind="awareness")

    assert told["since_first_notice_seconds"] > 0
    assert preview(web, incident, kind="note", fields={"text": "x y"})["since_first_notice_seconds"] is None


def test_a_preview_is_refused_as_the_event_would_be(web: Web, incident: str) -> None:
    api = web.client(DPO)
    late = api.post(f"/incidents/{incident}/events/preview", json={"kind": "discovery", "at": "2026-01-01T00:00Z"})
    wrong = api.post(
        f"/incidents/{incident}/events/preview",
        json={"kind": "filed", "fields": {"obligation": "no-such-duty", "stage": "initial"}},
    )
    viewer = web.client(VIEWER).post(f"/incidents/{incident}/events/preview", json={"kind": "discovery"})

    assert (late.status_code, wrong.status_code, viewer.status_code) == (400, 400, 403)


def test_the_kinds_say_what_they_would_do_now_and_what_they_need(web: Web, incident: str) -> None:
    kinds = {one["kind"]: one for one in web.client(VIEWER).get(f"/incidents/{incident}/event-kinds").json()["kinds"]}
    effects = {one["clock"]: one["does"] for one in kinds["discovery"]["effects"]}

    assert effects[f"{CAC}.initial"] == "starts"
    assert kinds["extension_granted"]["needed"] == [["until"], ["clock", "obligation"]]


def test_a_line_of_the_timeline_says_how_late_it_was_written_down(web: Web, incident: str) -> None:
    record(web, incident, kind="notice_received", at="2026-05-01T08:00Z", reason="read only today")
    record(web, incident, kind="note", fields={"text": "called the hoster"})
    lines = web.client().get(f"/incidents/{incident}/timeline").json()["lines"]
    late = {one["kind"]: one["late_seconds"] for one in lines}

    assert late["notice_received"] > 900
    assert late["note"] is None
