"""Scans that requests start: children of the server, with the rights of whoever asked and with no other."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime

import pytest

from leakguard.accounts.rights import Right
from leakguard.frozen import replace
from leakguard.settings import Settings
from leakguard.use_cases.accounts.api_tokens import add_token
from leakguard.web import jobs
from leakguard.web.routes import scans
from leakguard.web.routes.events import change_json
from leakguard.web.streams import follow
from leakguard.wiring.accounts import job_in
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


def test_each_job_has_the_run_that_it_began_itself_and_one_that_began_none_has_none(web: Web) -> None:
    scope_file(web.folder)
    with closing(web.shared.for_caller(None)) as wiring:
        caller = web.callers[RESPONDER]
        scopes = [Right.READ_FINDINGS.value, Right.START_SCANS.value]
        web.tokens[RESPONDER] = add_token(wiring.store, wiring, caller, name="tests", scopes=scopes).secret
    api = web.client(RESPONDER)

    def start(target: str) -> str:
        return str(api.post("/scans", json={"targets": [target]}).json()["id"])

    def run_of(job: str) -> str | None:
        web.jobs.one(job).process.wait(120)
        shown = api.get(f"/scans/{job}").json()
        return str(shown["run"]) if shown["run"] is not None else None

    refused, first, second = start("192.0.2.7:9200"), start("127.0.0.1:1"), start("127.0.0.1:2")
    runs = {run_of(first): "127.0.0.1:1", run_of(second): "127.0.0.1:2"}

    assert run_of(refused) is None
    with closing(web.shared.for_caller(None)) as wiring:
        began = {one.subject: one.content["targets"] for one in wiring.store.of_kinds(["run_started"])}
    assert began == {run: [target] for run, target in runs.items()}


@pytest.mark.parametrize(
    ("stated", "job"), [("S-0123456789ab", "S-0123456789ab"), ("", ""), ("S-1", ""), ("S-0123456789abc", "")]
)
def test_a_process_does_a_job_only_where_the_server_named_one(stated: str, job: str) -> None:
    assert job_in({"LEAKGUARD_JOB": stated}) == job


def job_that_printed(result: bytes, said: bytes = b"") -> jobs.Job:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    told, errors = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115  (closed by `forget`)
    for file, words in ((told, result), (errors, said)):
        file.write(words)
        file.flush()
    return jobs.Job(
        id="S-1", what="verification", by="acc_x", started_at=datetime(2026, 5, 24, tzinfo=UTC), behind=0,
        process=ended, errors=errors, output=told,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "result", "why"),
    [
        (b'{"closed": 1}\n', {"closed": 1}, ""), (b" \n", None, ""), (b'{"clos', None, "was cut off"),
        (b"[" * 100_000, None, "was cut off"), (b"[" + b" " * 64 + b"]", None, "more than 64 bytes"),
    ],
)  # fmt: skip
def test_a_result_that_is_cut_off_or_too_long_is_named(
    monkeypatch: pytest.MonkeyPatch, printed: bytes, result: object, why: str
) -> None:
    if b"  " in printed:
        monkeypatch.setattr(jobs, "MOST_RESULT", 64)
        monkeypatch.setattr(scans, "MOST_RESULT", 64)
    job = job_that_printed(printed)
    found, unread = scans.result_of(job)
    job.forget()

    assert found == result
    assert why in unread
    assert bool(why) == bool(unread)


def test_of_what_a_child_said_only_the_end_is_read() -> None:
    job = job_that_printed(b"", b"x" * 10_000 + b" the end\n")
    said = job.last_words()
    job.forget()

    assert said.endswith("x the end")
    assert len(said) < jobs.MOST_SAID


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


def test_a_child_works_in_the_store_of_its_server_also_in_a_drill() -> None:
    """There, the environment names no store; a URL with a password stays off the command line everywhere else."""
    named = Settings(store="elsewhere.db", store_by="--store")

    assert scans.store_words(replace(named, drill=True)) == ["--store", "elsewhere.db"]
    assert scans.store_words(named) == []
    assert scans.store_words(Settings(drill=True)) == []
