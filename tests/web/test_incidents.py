"""Incidents over the API."""

from __future__ import annotations

from support.web import COMMANDER, Web


def test_an_incident_is_opened_listed_and_shown(web: Web) -> None:
    api = web.client()
    opened = api.post("/incidents", json={"title": "a search server"})
    shown = api.get(f"/incidents/{opened.json()['id']}")
    listed = api.get("/incidents").json()

    assert opened.status_code == 201, opened.text
    assert shown.json()["title"] == "a search server"
    assert [one["id"] for one in listed["incidents"]] == [opened.json()["id"]]
    assert shown.json()["events"][0]["by"] == COMMANDER
