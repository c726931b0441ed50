"""Incidents over the API."""

from __future__ import annotations

from support.web import COMMANDER, Web
from support.web_shapes import validator_of


def test_an_incident_is_opened_listed_and_shown(web: Web) -> None:
    api = web.client()
    opened = api.post("/incidents", json={"title": "a search server"})
    shown = api.get(f"/incidents/{opened.json()['id']}")
    listed = api.get("/incidents").json()

    assert opened.status_code == 201, opened.text
    assert shown.json()["title"] == "a search server"
    assert [one["id"] for one in listed["incidents"]] == [opened.json()["id"]]
    assert shown.json()["events"][0]["by"] == COMMANDER


def test_the_report_is_an_attachment_in_every_form_and_its_document_is_as_declared(web: Web) -> None:
    api = web.client()
    incident = api.post("/incidents", json={"title": "a search server"}).json()["id"]
    page = api.get(f"/incidents/{incident}/report", params={"verify": False})
    told = api.get(f"/incidents/{incident}/report", params={"as": "json"})
    chinese = api.get(f"/incidents/{incident}/report", params={"verify": False, "lang": "zh"})
    early = api.get(f"/incidents/{incident}/report", params={"at": "2020-01-01T00:00"})

    assert page.text.lower().startswith("<!doctype html>")
    assert page.headers["content-disposition"] == f'attachment; filename="{incident}.html"'
    assert [error.message for error in validator_of("Report").iter_errors(told.json())] == []
    assert "时间线" in chinese.text
    assert "时间线" not in page.text
    assert told.json()["incident"] == incident
    assert early.status_code == 400
