"""What a request brings is read strictly: every problem at once, no path of this machine, nothing too long."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from leakguard.web import dispatch
from support.web import RESPONDER, Web


def incident_in(web: Web, title: str = "a search server") -> str:
    return str(web.client().post("/incidents", json={"title": title}).json()["id"])


def test_every_problem_of_a_document_is_named_with_its_place(web: Web) -> None:
    answer = web.client().post("/incidents", json={"titel": "x", "findings": "F-1", "again": "yes", "events": [{}]})
    named = {one["where"] for one in answer.json()["problems"]}

    assert answer.status_code == 422
    assert named == {
        "body.titel", "body.findings", "body.again", "body.events.0.kind", "body.events.0.occurred_at",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{", "is no JSON"), (b"[]", "should be an object"), (b'{"title": NaN}', "is no JSON"),
        (b"[" * 100_000, "nested too deep"),
        (b"\xff", "is no text in UTF-8"), (b'{"title": "\\ud800"}', "body"), (b'{"title": "a\\u0000b"}', "no text has"),
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused(web: Web, body: bytes, text: str) -> None:
    answer = web.client().post("/incidents", content=body)

    assert answer.status_code == 422, answer.text
    assert text in answer.json()["detail"]


def test_an_unknown_word_in_the_query_is_refused_and_a_wrong_one_is_named(web: Web) -> None:
    api = web.client()
    unknown = api.get("/incidents", params={"limit": "0", "oder": "x"}).json()
    none = api.get("/me", params={"x": "1"})

    assert {one["where"] for one in unknown["problems"]} == {"query.limit", "query.oder"}
    assert none.status_code == 422


def test_a_document_and_a_file_may_be_only_so_long(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    incident = incident_in(web)
    monkeypatch.setattr(dispatch, "MOST_BODY", 10)
    monkeypatch.setattr(dispatch, "MOST_UPLOAD", 10)
    api = web.client()

    assert api.post("/incidents", json={"title": "much too long"}).status_code == 422
    upload = api.post(f"/incidents/{incident}/evidence?name=a", content=b"x" * 11)
    assert upload.status_code == 422
    assert "on the machine itself" in upload.json()["next_step"]


def test_no_signs_that_a_text_cannot_have_reach_the_store(web: Web) -> None:
    answer = web.client().get("/incidents/IR%00-1")

    assert answer.status_code == 422, answer.text


def test_an_upload_is_answered_with_its_hash_and_comes_back_as_an_attachment(web: Web) -> None:
    incident, api = incident_in(web), web.client(RESPONDER)
    data = b"<script>alert(1)</script>" * 9
    item = api.post(f"/incidents/{incident}/evidence?name=../../etc/pa%22ss.html", content=data).json()["items"][0]
    back = api.get(f"/evidence/{item['id']}/content")

    assert item["sha256"] == hashlib.sha256(data).hexdigest()
    assert item["name"] == 'pa"ss.html'
    assert back.content == data
    assert back.headers["content-type"] == "application/octet-stream"
    assert back.headers["content-disposition"] == 'attachment; filename="pa-ss.html"'


def test_a_step_takes_no_file_of_the_server_as_evidence(web: Web, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("canary", encoding="utf-8")
    incident, api = incident_in(web), web.client()
    api.post(f"/incidents/{incident}/playbook", json={})
    answers = [
        api.post(f"/incidents/{incident}/steps/take_command/done", json={"evidence": {"role_list": given}})
        for given in (f"@{secret}", str(secret), f"../{secret.name}")
    ]

    assert [one.status_code for one in answers] == [409, 409, 409]
    assert all("no file is taken in here" in one.json()["detail"] for one in answers)
    assert api.get("/evidence").json()["items"] == []


def test_a_target_is_never_an_option_of_the_scan(web: Web) -> None:
    api = web.client()

    for target in ("--help", "-", "--from-nmap=/etc/passwd"):
        answer = api.post("/scans", json={"targets": [target]})
        assert answer.status_code == 400, answer.text
    assert api.get("/scans").json()["scans"] == []
