"""Steps over the API: one in full, run by a machine, another playbook, custody of evidence, and tasks page by page."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from support.web import AUDITOR, COMMANDER, COUNSEL, DPO, RESPONDER, VIEWER, Web


@pytest.fixture
def at(web: Web) -> str:
    api = web.client()
    incident = api.post("/incidents", json={"title": "a search server"}).json()["id"]
    api.post(f"/incidents/{incident}/events", json={"kind": "notice_received"})
    api.post(f"/incidents/{incident}/playbook", json={})
    return f"/incidents/{incident}"


def uploaded(web: Web, at: str, data: bytes = b"x") -> str:
    return str(web.client().post(f"{at}/evidence?name=es.yml", content=data).json()["items"][0]["id"])


def decided(web: Web, at: str) -> None:
    """The DPO has decided on awareness, and a second person has to agree."""
    item = uploaded(web, at)
    web.client().post(f"{at}/steps/take_command/done", json={"evidence": {"role_list": item}})
    web.client(DPO).post(f"{at}/steps/decide_awareness/done", json={"form": {"basis": "a working link"}})


def test_a_step_is_shown_with_what_may_prove_it_and_what_its_event_moves(web: Web, at: str) -> None:
    item, empty = uploaded(web, at), uploaded(web, at, b"")
    shown = web.client().get(f"{at}/steps/verify").json()
    proofs = {one["id"]: one for one in shown["proofs"]}

    assert proofs[item]["name"] == "es.yml"
    assert proofs[item]["size"] == 1
    assert empty not in proofs
    assert [one["kind"] for one in proofs.values() if one["kind"] != "file"] == ["notice_received"]
    assert {(one["does"], one["clock"]) for one in shown["moves"]} == {("ends", "remediate"), ("starts", "review")}
    assert shown["emits"]["kind"] == "remediation_verified"
    assert web.client().get(f"{at}/steps/verfy").json()["detail"].endswith("(did you mean `verify`?)")
    assert web.client(VIEWER).get(f"{at}/steps/verify").json()["proofs"] == []


def test_what_proves_nothing_is_not_offered(web: Web, at: str) -> None:
    api = web.client()
    note = api.post(f"{at}/events", json={"kind": "note", "fields": {"text": "they called"}}).json()["id"]
    wrong = api.post(f"{at}/events", json={"kind": "contained"}).json()["id"]
    api.post(f"{at}/events", json={"kind": "retracted", "corrects": wrong, "reason": "a mistake"})
    offered = {one["id"] for one in api.get(f"{at}/steps/contain").json()["proofs"]}

    assert note not in offered
    assert wrong not in offered


def test_who_may_confirm_is_anybody_else_with_the_right_and_the_asked_role_first(web: Web, at: str) -> None:
    decided(web, at)
    shown = web.client(DPO).get(f"{at}/steps/decide_awareness").json()
    names = [one["name"] for one in shown["may_confirm"]]

    assert names[0] == COUNSEL
    assert set(names) == {COUNSEL, COMMANDER, RESPONDER}
    assert [one["kind"] for one in shown["story"]] == ["step_claimed"]
    assert {one["name"] for one in shown["may_do"]} == {COUNSEL, COMMANDER, RESPONDER, DPO}


def test_who_has_to_agree_finds_it_among_their_tasks_and_who_did_it_does_not(web: Web, at: str) -> None:
    decided(web, at)
    found = {name: web.client(name).get("/tasks").json()["tasks"] for name in (COUNSEL, DPO)}

    assert [(one["step"], one["why"]) for one in found[COUNSEL]] == [("decide_awareness", "second")]
    assert found[DPO] == []
    assert web.client(COUNSEL).get("/counts").json()["my_tasks"] == 1


@pytest.mark.usefixtures("at")
def test_tasks_come_page_by_page_and_late_by_the_clock(web: Web) -> None:
    api = web.client()
    first = api.get("/tasks", params={"everybody": True, "limit": 1}).json()
    second = api.get("/tasks", params={"everybody": True, "limit": 1, "skip": 1}).json()

    assert (first["total"], first["late"]) == (2, 0)
    assert [one["tasks"][0]["step"] for one in (first, second)] == ["take_command", "contain"]
    now = web.shared.time.now
    web.shared.time.now = lambda: now() + timedelta(days=2)  # type: ignore[method-assign]
    assert api.get("/tasks", params={"everybody": True}).json()["late"] == 2


def test_the_texts_of_steps_come_in_the_readers_language(web: Web, at: str) -> None:
    step = web.client().get(f"{at}/steps/contain", params={"lang": "zh"}).json()["step"]
    listed = web.client().get(f"{at}/playbook", params={"lang": "zh"}).json()

    assert step["title"] == "关闭入口，但不删除任何内容"
    assert "所发现的端口" in step["do"][1]
    assert listed["title"] == "本单位的一个数据存储对所有人开放"


def test_a_move_to_another_playbook_is_shown_before_it_is_made(web: Web, at: str) -> None:
    api = web.client()
    shown = api.get(f"{at}/playbook/migration", params={"to": "ransomed-datastore"}).json()
    made = api.post(f"{at}/playbook/migration", json={"to": "ransomed-datastore", "reason": "a note"}).json()
    same = api.get(f"{at}/playbook/migration").json()

    assert (shown["moved"], made["moved"], same["changes"]) == (False, True, [])
    assert {"id": "read_note", "before": None, "after": "waiting"}.items() <= shown["stands"][1].items()
    assert api.get(f"{at}/playbook").json()["playbook"] == "ransomed-datastore"


def test_a_machine_does_the_automated_steps_as_who_asked_for_it(web: Web, at: str) -> None:
    api = web.client()
    both = dict.fromkeys(("config_before", "config_after"), uploaded(web, at))
    api.post(f"{at}/steps/contain/done", json={"evidence": both})
    refused = api.post(f"{at}/playbook/run", json={"step": "nothing"})
    no_right = web.client(DPO).post(f"{at}/playbook/run", json={"step": "verify"})
    begun = api.post(f"{at}/playbook/run", json={"step": "verify"}).json()
    twice = api.post(f"{at}/playbook/run", json={})
    until = time.monotonic() + 60
    while (found := api.get(f"/scans/{begun['id']}").json())["running"] and time.monotonic() < until:
        time.sleep(0.1)

    assert refused.status_code == 404
    assert (no_right.status_code, "`start_scans`" in no_right.json()["detail"]) == (403, True)
    assert (begun["what"], begun["incident"]) == ("steps", at.rpartition("/")[2])
    assert twice.status_code == 409
    assert not found["running"]
    assert [(one["step"], one["outcome"]) for one in found["result"]["acts"]] == [("verify", "gave_up")]
    assert (found["exit_code"], found["problem"]) == (3, None)


def test_custody_is_recorded_and_a_hand_over_by_another_is_a_gap(web: Web, at: str) -> None:
    item = uploaded(web, at)
    api = web.client(RESPONDER)
    sealed = api.post(f"/evidence/{item}/seal", json={"seal": "bag 17"}).json()["items"][0]
    twice = api.post(f"/evidence/{item}/seal", json={"seal": "bag 18"})
    handed = api.post(f"/evidence/{item}/hand-over", json={"to": "B. Expert"}).json()["items"][0]
    released = api.post(f"/evidence/{item}/release", json={"reason": "done"})

    assert sealed["seal"] == "bag 17"
    assert twice.status_code == 409
    assert (handed["holder"], handed["custody"][-1]["is_gap"]) == ("B. Expert", True)
    assert released.status_code == 403
    assert api.post("/evidence/IR-2026-0001/hold", json={"reason": "x"}).status_code == 404
    assert web.client(AUDITOR).post(f"/evidence/{item}/hold", json={"reason": "x"}).status_code == 403


def test_what_is_missing_of_a_step_is_named(web: Web, at: str) -> None:
    answer = web.client().post(f"{at}/steps/contain/done", json={"evidence": {"config_before": "EV-999"}})

    assert answer.status_code == 409
    assert "config_after" in answer.json()["detail"]


def test_the_second_of_two_reads_who_did_the_step(web: Web, at: str) -> None:
    item = uploaded(web, at)
    body = {"evidence": {"role_list": item}}
    web.client(RESPONDER).post(f"{at}/steps/take_command/done", json=body)
    answer = web.client().post(f"{at}/steps/take_command/done", json=body)

    assert f"is done already, by {RESPONDER}, at " in answer.json()["detail"]
