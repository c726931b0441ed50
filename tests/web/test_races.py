"""Several clients at once: each thing is done once, and the ledger verifies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

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
