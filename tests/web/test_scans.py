"""Scans that requests start: children of the server, with the rights of whoever asked and with no other."""

from __future__ import annotations

import asyncio

import pytest

from leakguard.web import jobs
from leakguard.web.routes.events import change_json
from leakguard.web.streams import follow
from support.web import COMMANDER, RESPONDER, Web
from support.web_world import scope_file

pytestmark = pytest.mark.untraced


def test_only_so_many_scans_run_beside_each_other(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_AT_ONCE", 0)
    answer = web.client(RESPONDER).post("/scans", json={})

    assert answer.status_code == 409
    assert "GET /api/v1/scans" in answer.json()["next_step"]


def test_a_child_never_gets_what_the_server_itself_logs_in_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAKGUARD_TOKEN", "lg_of_the_server")
    monkeypatch.setenv("LEAKGUARD_SESSION", "of the server")

    assert not jobs.SECRETS & jobs.environment_of({}).keys()
    assert jobs.environment_of({"LEAKGUARD_TOKEN": "lg_of_the_caller"})["LEAKGUARD_TOKEN"] == "lg_of_the_caller"


def test_a_scan_that_the_scope_refuses_says_why(web: Web) -> None:
    scope_file(web.folder)
    api = web.client(RESPONDER)
    started = api.post("/scans", json={"targets": ["192.0.2.7:9200"]}).json()
    web.jobs.one(started["id"]).process.wait(60)
    ended = api.get(f"/scans/{started['id']}").json()

    assert (ended["running"], ended["exit_code"], ended["run"]) == (False, 2, None)
    assert "192.0.2.7" in ended["problem"]
    assert [one["id"] for one in api.get("/scans").json()["scans"]] == [started["id"]]


def test_what_is_recorded_while_a_stream_is_open_comes_at_once(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leakguard.web.streams.PAUSE", 0.01)
    incident = web.client().post("/incidents", json={"title": "a search server"}).json()["id"]
    wiring = web.shared.for_caller(web.callers[COMMANDER])
    head = wiring.store.head()
    assert head is not None

    async def first_change() -> bytes:
        stream = follow(wiring, head.sequence, ("IR-", None), change_json)
        assert await anext(stream) == b"retry: 2000\n\n"
        coming = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.05)
        assert not coming.done()
        await asyncio.to_thread(web.client().post, f"/incidents/{incident}/events", json={"kind": "note"})
        return await asyncio.wait_for(coming, 30)

    found = asyncio.run(first_change())
    wiring.close()

    assert f"id: {head.sequence + 1}\nevent: change\n" in found.decode()
    assert '"kind": "note"' in found.decode()
