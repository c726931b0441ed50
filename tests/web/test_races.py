"""Several clients at once: each thing is done once, and the ledger verifies."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from leakguard.errors import StoreUnusable
from leakguard.intake.naming import named_in
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.incidents import incidents as incidents_made
from leakguard.use_cases.intake import take_in, to_incident
from support.findings import make_finding
from support.web import COMMANDER, DPO, RESPONDER, Web

pytestmark = pytest.mark.untraced


@pytest.fixture
def at(web: Web) -> str:
    incident = web.client().post("/incidents", json={"title": "a search server"}).json()["id"]
    return f"/incidents/{incident}"


def test_two_clients_race_for_one_step_and_one_of_them_has_done_it(web: Web, at: str) -> None:
    boss = web.client()
    boss.post(f"{at}/playbook", json={})
    item = boss.post(f"{at}/evidence?name=roles.txt", content=b"who does what").json()["items"][0]["id"]
    clients = [web.client(name) for name in (COMMANDER, RESPONDER, DPO, COMMANDER)]
    with ThreadPoolExecutor(len(clients)) as pool:
        body = {"evidence": {"role_list": item}}
        answers = list(pool.map(lambda one: one.post(f"{at}/steps/take_command/done", json=body), clients))
    entries = boss.get("/ledger/entries", params={"subject": at.rpartition("/")[2], "limit": 1000}).json()["entries"]

    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    assert [one["kind"] for one in entries].count("step_done") == 1
    assert boss.post("/ledger/verify", json={}).json()["answer"] == "match"


def test_many_clients_open_incidents_at_once_and_each_has_a_number_of_its_own(web: Web) -> None:
    clients = [web.client(name) for name in (COMMANDER, RESPONDER, DPO)] * 4
    with ThreadPoolExecutor(len(clients)) as pool:
        ids = [one.json()["id"] for one in pool.map(lambda one: one.post("/incidents", json={"title": "x"}), clients)]
    verified = web.client().post("/ledger/verify", json={}).json()

    assert len(set(ids)) == len(clients)
    assert (verified["answer"], verified["doubts"]) == ("match", [])


def test_uploads_at_once_are_kept_apart(web: Web, at: str) -> None:
    files = [bytes([65 + number]) * 3_000_000 for number in range(4)]
    with ThreadPoolExecutor(len(files)) as pool:
        items = list(pool.map(lambda data: web.client().post(f"{at}/evidence?name=x", content=data).json(), files))
    back = [web.client().get(f"/evidence/{one['items'][0]['id']}/content").content for one in items]

    assert back == files
    assert web.client().post("/ledger/verify", json={}).json()["answer"] == "match"


ARRIVED = {"aware_at": "arrival"}


def new_report(web: Web) -> str:
    text = json.dumps({"text": "http://192.0.2.7:9200/ is open", "name": "Zo", "email": "finder@example.org"})
    return f"/reports/{web.client().post('/reports', content=text).json()['id']}"


def incidents(web: Web) -> list[str]:
    return [one["id"] for one in web.client().get("/incidents").json()["incidents"]]


def test_two_people_hand_one_report_over_at_once_and_it_is_one_incident(web: Web) -> None:
    report = new_report(web)
    clients = [web.client(name) for name in (COMMANDER, RESPONDER, DPO, COMMANDER)]
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(lambda one: one.post(f"{report}/incident", json=ARRIVED), clients))

    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    assert len(incidents(web)) == 1


def test_a_report_that_is_handed_over_while_another_person_does_it_is_one_incident(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, opening = new_report(web), incidents_made.opening_records
    others = [web.client(DPO)]

    def after_the_other(*found: Any, **about: Any) -> object:  # noqa: ANN401  (as it was called)
        if others:
            assert others.pop().post(f"{report}/incident", json=ARRIVED).status_code == 201
        return opening(*found, **about)

    monkeypatch.setattr(to_incident, "opening_records", after_the_other)
    late = web.client(RESPONDER).post(f"{report}/incident", json=ARRIVED)

    assert (late.status_code, late.json()["detail"]) == (409, f"RP-2026-0001 is {incidents(web)[0]} already")
    assert len(incidents(web)) == 1


def found(web: Web) -> str:
    wiring = web.shared.for_caller(None)
    wiring.store.save_findings("R-1", [make_finding("F-1a2b3c4d", run="R-1")], {})
    wiring.close()
    return "F-1a2b3c4d"


def test_an_incident_that_is_opened_while_another_person_opens_it_about_the_same_finding_is_refused(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    about, opening = {"findings": [found(web)]}, incidents_made.opening_records
    others = [web.client(DPO)]

    def after_the_other(*findings: Any, **told: Any) -> object:  # noqa: ANN401  (as it was called)
        if others:
            assert others.pop().post("/incidents", json=about).status_code == 201
        return opening(*findings, **told)

    monkeypatch.setattr(incidents_made, "opening_records", after_the_other)
    late = web.client(RESPONDER).post("/incidents", json=about)
    (first,) = incidents(web)

    assert late.status_code == 409
    assert late.json()["detail"].startswith(f"{first} is already about ")
    assert web.client().post("/incidents", json=about | {"again": True}).status_code == 201


def test_a_report_is_not_handed_over_about_a_finding_that_another_person_opens_an_incident_about(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, finding, opening = new_report(web), found(web), incidents_made.opening_records
    others = [web.client(DPO)]

    def after_the_other(*findings: Any, **told: Any) -> object:  # noqa: ANN401  (as it was called)
        if others:
            assert others.pop().post("/incidents", json={"findings": [finding]}).status_code == 201
        return opening(*findings, **told)

    monkeypatch.setattr(to_incident, "opening_records", after_the_other)
    late = web.client(RESPONDER).post(f"{report}/incident", json=ARRIVED | {"findings": [finding]})
    (first,) = incidents(web)

    assert late.status_code == 409
    assert late.json()["detail"].startswith(f"{first} is already about ")


def test_a_hand_over_that_fails_behind_its_first_entries_leaves_no_incident(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, write = new_report(web), vars(SqlStore)["_write"]

    def fails_at_the_report(self: SqlStore, connection: object, subject: str, *more: object, **when: object) -> object:
        if subject.startswith("RP-"):
            raise StoreUnusable("the disk is full", next_step="Free some.")
        return write(self, connection, subject, *more, **when)

    with monkeypatch.context() as broken:
        broken.setattr(SqlStore, "_write", fails_at_the_report)
        failed = web.client(RESPONDER).post(f"{report}/incident", json=ARRIVED)

    assert "the disk is full" in failed.json()["detail"]
    assert incidents(web) == []
    assert web.client(DPO).post(f"{report}/incident", json=ARRIVED).status_code == 201
    assert web.client().post("/ledger/verify", json={}).json()["answer"] == "match"


def test_a_mail_that_two_people_take_in_at_once_is_one_report(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    mail, named = b"Message-ID: <1@example.org>\r\nSubject: open\r\n\r\n192.0.2.7:9200 is open", named_in
    others = [web.client(DPO)]

    def after_the_other(text: str) -> object:
        if others:
            assert others.pop().post("/reports", content=mail).status_code == 201
        return named(text)

    monkeypatch.setattr(take_in, "named_in", after_the_other)
    late = web.client(RESPONDER).post("/reports", content=mail).json()

    assert (late["id"], late["new"]) == ("RP-2026-0001", False)
    assert len(web.client().get("/reports").json()["reports"]) == 1
