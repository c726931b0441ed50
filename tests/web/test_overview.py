"""The incidents at a glance: the list by urgency, the head of one, and who has to be notified."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from leakguard.use_cases.alerts.time_sources import SteppedTime
from support.findings import make_finding
from support.notices import CAC, settled
from support.web import COMMANDER, DPO, RESPONDER, VIEWER, Web

pytestmark = pytest.mark.untraced

FINDING = "F-1a2b3c4d"


def opened(web: Web, title: str, **more: Any) -> str:  # noqa: ANN401  (JSON holds anything)
    return str(web.client().post("/incidents", json={"title": title, **more}).json()["id"])


def told(web: Web, incident: str, kind: str) -> None:
    assert web.client().post(f"/incidents/{incident}/events", json={"kind": kind}).is_success


def found(web: Web, **asked: Any) -> list[str]:  # noqa: ANN401  (JSON holds anything)
    answer = web.client(VIEWER).get("/overview", params=asked)
    assert answer.is_success, answer.text
    return [one["id"] for one in answer.json()["incidents"]]


def test_what_is_due_first_stands_first_and_what_is_closed_last(web: Web) -> None:
    calm, urgent, gone = (opened(web, title) for title in ("a bucket", "a search server", "a laptop"))
    told(web, urgent, "discovery")
    areas = ["playbook", "steps", "clocks", "duties", "letters", "review"]
    closing = {"reason": "it was a drill of ours", "despite": areas}
    assert web.client().post(f"/incidents/{gone}/close", json=closing).is_success

    assert found(web) == [urgent, calm, gone]
    assert found(web, state="open") == [urgent, calm]
    assert found(web, state="closed") == [gone]


def test_a_late_incident_is_counted_and_stands_before_one_that_is_due(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = opened(web, "a bucket")
    told(web, late, "discovery")
    monkeypatch.setattr(web.shared, "time", SteppedTime(web.shared.now() + timedelta(hours=20)))
    due = opened(web, "a search server")
    told(web, due, "discovery")
    page = web.client().get("/overview").json()

    assert [one["id"] for one in page["incidents"]] == [late, due]
    assert (page["late"], page["incidents"][0]["late"] > 0, page["incidents"][1]["late"]) == (1, True, 0)


def test_words_severity_and_pages_choose_what_is_listed(web: Web) -> None:
    names = [opened(web, f"search server {number}") for number in range(3)]
    other = opened(web, "a bucket")

    assert set(found(web, text="SEARCH server")) == set(names)
    assert found(web, text=other) == [other]
    assert found(web, severity="critical") == []
    first = web.client().get("/overview", params={"limit": 3}).json()
    rest = web.client().get("/overview", params={"limit": 3, "after": first["next"]}).json()
    assert len(first["incidents"]) + len(rest["incidents"]) == first["count"] == len(names) + 1
    assert rest["next"] is None


def test_mine_is_what_i_opened_lead_or_have_a_step_of(web: Web) -> None:
    api = web.client()
    mine = str(web.client(RESPONDER).post("/incidents", json={"title": "mine"}).json()["id"])
    other = opened(web, "not mine")
    asked = {"mine": True}
    assert [one["id"] for one in web.client(RESPONDER).get("/overview", params=asked).json()["incidents"]] == [mine]
    api.post(f"/incidents/{other}/playbook", json={})
    assert api.post(f"/incidents/{other}/steps/contain/assign", json={"to": RESPONDER}).is_success
    listed = web.client(RESPONDER).get("/overview", params=asked).json()["incidents"]
    assert {one["id"] for one in listed} == {mine, other}
    assert api.post(f"/incidents/{other}/steps/take_command/assign", json={"to": COMMANDER}).is_success
    assert {one["id"]: one["lead"] for one in api.get("/overview").json()["incidents"]}[other] == COMMANDER


def test_a_reopened_incident_is_open_in_the_list(web: Web) -> None:
    incident = opened(web, "a bucket")
    areas = ["playbook", "steps", "clocks", "duties", "letters", "review"]
    web.client().post(f"/incidents/{incident}/close", json={"reason": "closed for now", "despite": areas})
    assert found(web, state="open") == []
    web.client().post(f"/incidents/{incident}/reopen", json={"reason": "it is back again"})
    assert found(web, state="open") == [incident]


def test_the_head_says_of_an_empty_incident_that_nothing_is_stated(web: Web) -> None:
    head = web.client(VIEWER).get(f"/incidents/{opened(web, 'a bucket')}/overview").json()

    assert {head[name]["state"] for name in ("what", "how_much", "people", "since")} == {"unstated"}
    assert (head["severity"], head["lead"], head["opened_by"]) == (None, None, COMMANDER)
    assert head["counts"]["steps"] == 0


def test_the_head_tells_what_the_findings_and_the_facts_tell(web: Web) -> None:
    wiring = web.shared.for_caller(None)
    wiring.store.save_findings("R-1", [make_finding(FINDING, run="R-1")], {})
    wiring.close()
    incident = opened(web, "a search server", findings=[FINDING])
    before = web.client().get(f"/incidents/{incident}/overview").json()
    web.client(DPO).put(f"/incidents/{incident}/facts", json={**settled(), "events": []})
    web.client().post(f"/incidents/{incident}/playbook", json={})
    head = web.client().get(f"/incidents/{incident}/overview").json()

    assert [one["finding"] for one in before["places"]] == [FINDING]
    assert before["severity"] == before["places"][0]["severity"]
    assert before["since"]["first_seen"] is not None
    assert not before["has_facts"]
    assert head["has_facts"]
    assert {"category", "en", "zh"} == set(head["what"]["categories"][0])
    assert head["counts"]["steps"] > 0 == head["counts"]["steps_done"]


def test_a_text_with_its_reason_stands_in_both_languages(web: Web) -> None:
    incident = opened(web, "a search server")
    facts = settled()
    facts["facts"]["subject_count"] = {"unknown": {"en": "being counted", "zh": "正在统计"}}
    facts["facts"]["data_categories"] = {"unknown": "nobody has looked"}
    web.client(DPO).put(f"/incidents/{incident}/facts", json={**facts, "events": []})
    head = web.client().get(f"/incidents/{incident}/overview").json()

    assert head["people"]["reason"] == {"en": "being counted", "zh": "正在统计"}
    assert head["what"]["reason"] == {"en": "nobody has looked", "zh": "nobody has looked"}


def test_without_facts_everybody_whose_law_is_watched_is_listed_as_undecided(web: Web) -> None:
    incident = opened(web, "a search server")
    told(web, incident, "discovery")
    document = web.client().get(f"/incidents/{incident}/notifications").json()

    assert not document["by_facts"]
    assert {one["applies"] for one in document["notices"]} == {"needs_fact"}
    assert document["notices"][0]["state"] == "due"


def test_with_facts_what_applies_stands_first_and_what_was_filed_is_done(web: Web) -> None:
    incident = opened(web, "a search server")
    told(web, incident, "discovery")
    web.client(DPO).put(f"/incidents/{incident}/facts", json={**settled(), "events": []})
    web.client(DPO).post(f"/incidents/{incident}/filings", json={"duty": CAC, "stage": "initial"})
    document = web.client().get(f"/incidents/{incident}/notifications").json()
    answers = [one["applies"] for one in document["notices"]]
    states = {f"{one['duty']}.{one['stage']}": one["state"] for one in document["notices"]}

    assert document["by_facts"]
    assert answers == sorted(answers, key=lambda one: one != "yes")
    assert states[f"{CAC}.initial"] == "done"
