"""Comments, tasks and rosters over the API."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from zipfile import ZipFile

import pytest

from leakguard.ledger.heads import print_form
from support.bundles import PROGRAM
from support.web import ADMIN, AUDITOR, COMMANDER, COUNSEL, DPO, RESPONDER, VIEWER, Web

pytestmark = pytest.mark.untraced


@pytest.fixture
def at(web: Web) -> str:
    api = web.client()
    incident = api.post("/incidents", json={"title": "a search server"}).json()["id"]
    api.post(f"/incidents/{incident}/playbook", json={})
    return f"/incidents/{incident}"


def test_counsels_privileged_comments_are_shown_to_who_may_read_them_and_go_nowhere_else(web: Web, at: str) -> None:
    counsel = web.client(COUNSEL)
    kept = counsel.post(f"{at}/comments", json={"text": "CANARY we may be liable", "privileged": True})
    refused = web.client(DPO).post(f"{at}/comments", json={"text": "not for me to say", "privileged": True})
    counsel.post(f"{at}/comments", json={"text": "everybody may read this", "step": "contain"})
    viewer = web.client(VIEWER)
    places = (f"{at}/comments", at, f"{at}/timeline", "/events?limit=1000", "/ledger/entries?limit=1000")
    told = [viewer.get(place).text for place in places]
    bundle = web.client(AUDITOR).post("/evidence/export", json={"to": "the auditor"})

    assert (kept.status_code, refused.status_code) == (201, 403)
    assert "comment_privileged" in refused.json()["detail"]
    assert [one["privileged"] for one in counsel.get(f"{at}/comments").json()["comments"]] == [True, False]
    assert viewer.get(f"{at}/comments").json()["withheld"] == 1
    assert not any("CANARY" in text for text in told)
    assert bundle.status_code == 200
    assert b"CANARY" not in bundle.content


def test_a_bundle_names_who_sent_a_report_only_to_who_may_read_that(web: Web) -> None:
    for report in (
        {"text": "192.0.2.7:9200 is open", "name": "CANARY Finder", "email": "canary@finder.example"},
        {"text": "192.0.2.8:9200 is open, says nobody"},
    ):
        assert web.client().post("/reports", content=json.dumps(report)).is_success
    contents, readme = dict[str, bytes](), dict[str, str]()
    for name in (AUDITOR, COUNSEL, COMMANDER):
        place = web.folder / f"{name}.zip"
        place.write_bytes(web.client(name).post("/evidence/export", json={"to": "the court"}).content)
        with closing(web.shared.for_caller(None)) as wiring, ZipFile(place) as bundle:
            head = wiring.store.head()
            contents[name] = bundle.read("contents.jsonl")
            readme[name] = " ".join(bundle.read("README.txt").decode().split())
        assert head is not None
        ran = subprocess.run([sys.executable, PROGRAM, place, "--head", print_form(head)], check=False)
        assert ran.returncode == 0, name

    for name in (AUDITOR, COUNSEL):
        assert b"canary" not in contents[name].lower()
        assert b"192.0.2.8" in contents[name]
        assert "holds everything but reports that name who sent them," in readme[name]
    assert b"canary@finder.example" in contents[COMMANDER]
    assert "holds everything that was recorded," in readme[COMMANDER]


def test_a_step_that_is_assigned_is_a_task_of_that_person(web: Web, at: str) -> None:
    assigned = web.client().post(f"{at}/steps/contain/assign", json={"to": RESPONDER})
    mine = web.client(RESPONDER).get("/tasks").json()["tasks"]
    step = next(one for one in assigned.json()["steps"] if one["id"] == "contain")

    assert step["assigned_to"]["name"] == RESPONDER
    assert [(one["step"], one["why"]) for one in mine] == [("contain", "assigned")]
    assert web.client(DPO).get("/tasks").json()["tasks"] == []
    assert len(web.client(DPO).get("/tasks", params={"everybody": True}).json()["tasks"]) == 2


def test_who_may_not_assign_steps_to_others_may_take_one(web: Web, at: str) -> None:
    api = web.client(RESPONDER)
    other = api.post(f"{at}/steps/contain/assign", json={"to": DPO})
    own = api.post(f"{at}/steps/contain/assign", json={"to": RESPONDER})

    assert (other.status_code, own.status_code) == (403, 200), own.text


@pytest.mark.usefixtures("at")
def test_tonights_commander_is_on_call_and_has_her_roles_tasks(web: Web) -> None:
    api = web.client(ADMIN)
    shift = api.post("/oncall", json={"role": "commander", "people": [COMMANDER], "until": "2099-01-01T09:00"})
    told = web.client(VIEWER).get("/oncall").json()
    late = api.post("/oncall", json={"role": "commander", "people": [DPO], "until": "2020-01-01T09:00"})

    assert shift.status_code == 201, shift.text
    assert [(one["role"], [each["name"] for each in one["holders"]]) for one in told["roles"]] == [
        ("commander", [COMMANDER])
    ]
    assert late.status_code == 400
    assert [(one["step"], one["why"]) for one in web.client().get("/tasks").json()["tasks"]] == [
        ("take_command", "role")
    ]


def test_requests_share_what_a_calendar_on_the_web_said(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leakguard.wiring.Wiring.calendar", lambda _: object())
    first, second = (web.shared.for_caller(None).calendar() for _ in range(2))

    assert first is second
