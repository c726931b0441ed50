"""Requests that are sent again with the same key: nothing is done twice, also where the server died in between."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest

from leakguard.accounts.rights import Role
from leakguard.frozen import replace
from leakguard.store.sql_store import SqlStore
from leakguard.web import door as door_module
from leakguard.web import once
from leakguard.web.call import Answer, Call
from leakguard.web.door import Door, application
from leakguard.web.once import AtWork, KeyedRequest
from leakguard.web.operation import PREFIX
from leakguard.web.operations import BY_NAME
from support.door import ANNA, BEN, Served
from support.killing import Killed
from support.web_client import TestClient

INCIDENTS = f"{PREFIX}/incidents"
NEW = {"title": "a search server"}
SCOPES = (
    "open_incidents",
    "read_incidents",
    "record_events",
    "do_steps",
    "start_scans",
    "export_evidence",
    "verify_ledger",
)


@pytest.fixture
def api(served: Served) -> TestClient:
    client = served.client(authorization=f"Bearer {served.token(ANNA, *SCOPES, roles=frozenset(Role))}")
    client.portal = None  # each request has a loop of its own, which dies with the server
    return client


def opened(api: TestClient) -> int:
    return len(api.get(INCIDENTS).json()["incidents"])


def test_the_same_key_and_body_get_the_same_answer_and_do_nothing_again(api: TestClient) -> None:
    first, second = (api.post(INCIDENTS, json=NEW, headers={"idempotency-key": "k-1"}) for _ in range(2))
    other = api.post(INCIDENTS, json=NEW, headers={"idempotency-key": "k-2"})

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert ("idempotency-replayed" in first.headers, second.headers["idempotency-replayed"]) == (False, "true")
    assert other.json()["id"] != first.json()["id"]
    assert opened(api) == 2


@pytest.mark.parametrize("path", ["/incidents", "/incidents?x=1", "/ledger/verify"])
def test_the_same_key_with_another_request_is_refused(api: TestClient, path: str) -> None:
    key = {"idempotency-key": "k-1"}
    api.post(INCIDENTS, json=NEW, headers=key)
    answer = api.post(f"{PREFIX}{path}", json={"title": "other"} if path == "/incidents" else {}, headers=key)

    assert answer.status_code == 422
    assert opened(api) == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 201, "a\x00"])
def test_what_is_no_key_is_refused(api: TestClient, key: str) -> None:
    assert api.post(INCIDENTS, json=NEW, headers={"idempotency-key": key.encode("latin-1")}).status_code == 422
    assert opened(api) == 0


def test_two_keys_are_none(api: TestClient) -> None:
    headers = [("idempotency-key", "a"), ("idempotency-key", "b")]

    assert api.post(INCIDENTS, json=NEW, headers=headers).status_code == 422


def test_keys_of_two_people_are_not_one(served: Served, api: TestClient) -> None:
    ben = served.client(authorization=f"Bearer {served.token(BEN, *SCOPES[:2], roles=frozenset({Role.DPO}))}")
    mine, theirs = (one.post(INCIDENTS, json=NEW, headers={"idempotency-key": "k"}) for one in (api, ben))

    assert mine.json()["id"] != theirs.json()["id"]


def test_a_refusal_that_recorded_nothing_is_tried_again(api: TestClient) -> None:
    key = {"idempotency-key": "k"}
    path = f"{INCIDENTS}/IR-2026-0001/events"
    missing = api.post(path, json={"kind": "contained"}, headers=key)
    api.post(INCIDENTS, json=NEW)
    found = api.post(path, json={"kind": "contained"}, headers=key)

    assert (missing.status_code, found.status_code) == (404, 201)


def test_an_answer_that_is_a_file_is_not_kept_and_the_work_not_done_again(api: TestClient) -> None:
    incident = api.post(INCIDENTS, json=NEW).json()["id"]
    asked = {"incident": incident, "to": "the authority"}
    first, second = (
        api.post(f"{PREFIX}/evidence/export", json=asked, headers={"idempotency-key": "k"}) for _ in range(2)
    )

    assert (first.status_code, second.status_code) == (200, 409)
    assert "new key" in second.json()["next_step"]


def test_a_long_answer_is_not_kept(api: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "MOST_ANSWER", 10)
    told = [api.post(INCIDENTS, json=NEW, headers={"idempotency-key": "k"}).status_code for _ in range(2)]

    assert told == [201, 409]
    assert opened(api) == 1


def test_a_key_is_forgotten_after_a_day(served: Served, api: TestClient) -> None:
    api.post(INCIDENTS, json=NEW, headers={"idempotency-key": "k"})
    served.time.wait(once.KEPT_FOR + timedelta(seconds=1))

    assert "idempotency-replayed" not in api.post(INCIDENTS, json=NEW, headers={"idempotency-key": "k"}).headers
    assert opened(api) == 2


def dying(monkeypatch: pytest.MonkeyPatch, method: str, *, when: str, at: int = 1) -> None:
    """Let the server die once, before or after the `at`th call of a method of the store; it cleans nothing up."""
    real: Callable[..., Any] = getattr(SqlStore, method)
    calls = [0]

    def killed(self: SqlStore, *args: Any, **named: Any) -> Any:  # noqa: ANN401  (as what it stands for)
        calls[0] += 1
        if calls[0] != at:
            return real(self, *args, **named)
        if when == "after":
            real(self, *args, **named)
        monkeypatch.setattr(SqlStore, "forget_request", lambda *_: None)
        monkeypatch.setattr(SqlStore, "recorded_by_request", lambda *_: None)
        raise Killed

    monkeypatch.setattr(SqlStore, method, killed)


def sent_to_a_dying_server(api: TestClient, monkeypatch: pytest.MonkeyPatch, method: str, when: str) -> None:
    with monkeypatch.context() as patch:
        dying(patch, method, when=when)
        with pytest.raises(BaseException):  # noqa: B017, PT011  (a group holds it)
            api.post(INCIDENTS, json=NEW, headers={"idempotency-key": "k"})


@pytest.mark.parametrize(
    ("method", "when"),
    [("begin_request", "before"), ("begin_request", "after"), ("work_for", "after"), ("append", "before")],
)
def test_a_request_that_died_before_it_recorded_anything_is_done_by_the_next(
    api: TestClient, monkeypatch: pytest.MonkeyPatch, method: str, when: str
) -> None:
    sent_to_a_dying_server(api, monkeypatch, method, when)
    answer = api.post(INCIDENTS, json=NEW, headers={"idempotency-key": "k"})

    assert answer.status_code == 201, answer.text
    assert opened(api) == 1


@pytest.mark.parametrize(("method", "when"), [("append", "after"), ("answer_request", "before")])
def test_a_request_that_died_behind_its_record_is_refused_with_what_it_recorded(
    api: TestClient, monkeypatch: pytest.MonkeyPatch, method: str, when: str
) -> None:
    sent_to_a_dying_server(api, monkeypatch, method, when)
    told = [api.post(INCIDENTS, json=NEW, headers={"idempotency-key": "k"}) for _ in range(2)]
    (recorded,) = told[0].json()["recorded"]

    assert [one.status_code for one in told] == [409, 409]
    assert (recorded["kind"], recorded["subject"]) == ("incident_opened", "IR-2026-0001")
    assert f"after={recorded['sequence'] - 1}" in told[0].json()["next_step"]
    assert opened(api) == 1


def test_a_request_that_died_behind_its_answer_is_answered(api: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    sent_to_a_dying_server(api, monkeypatch, "answer_request", "after")
    answer = api.post(INCIDENTS, json=NEW, headers={"idempotency-key": "k"})

    assert (answer.status_code, answer.headers["idempotency-replayed"]) == (201, "true")
    assert opened(api) == 1


def test_whether_a_scan_was_started_by_a_server_that_died_is_said_to_be_unknown(
    served: Served, api: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def started(_: Call) -> Answer:
        raise Killed

    one = replace(BY_NAME["start_scan"], handler=started)
    told = {"authorization": api.headers["authorization"]}
    other = TestClient(application_with(served.door, one), base_url="http://localhost", headers=told)
    other.portal = None  # as above
    with monkeypatch.context() as patch:
        patch.setattr(SqlStore, "forget_request", lambda *_: None)
        with pytest.raises(BaseException):  # noqa: B017, PT011  (as above)
            other.post(f"{PREFIX}/scans", json={}, headers={"idempotency-key": "k"})
    answer = api.post(f"{PREFIX}/scans", json={}, headers={"idempotency-key": "k"})

    assert answer.status_code == 409
    assert "nobody knows" in answer.json()["title"]


def application_with(door: Door, operation: Any) -> Any:  # noqa: ANN401  (as what it stands for)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(door_module, "OPERATIONS", (operation,))
        return application(door)


def test_while_the_first_request_is_at_work_the_second_is_told_to_come_back(
    api: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, began, go = KeyedRequest._worked, Event(), Event()  # noqa: SLF001  (the part that is made to fail)

    def slow(self: KeyedRequest, *args: Any) -> Any:  # noqa: ANN401  (as what it stands for)
        began.set()
        assert go.wait(20)
        return real(self, *args)

    monkeypatch.setattr(KeyedRequest, "_worked", slow)
    key = {"idempotency-key": "k"}
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(api.post, INCIDENTS, json=NEW, headers=key)
        assert began.wait(20)
        second = api.post(INCIDENTS, json=NEW, headers=key)
        go.set()

    assert (first.result().status_code, second.status_code) == (201, 409)
    assert second.headers["retry-after"] == "2"
    assert opened(api) == 1


def test_another_server_that_takes_a_slow_request_over_lets_the_slow_one_record_nothing(
    served: Served, api: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = replace(served.door, limiters=replace(served.door.limiters, at_work=AtWork()))
    other = TestClient(
        application(door), base_url="http://localhost", headers={"authorization": api.headers["authorization"]}
    )
    real, began, go = SqlStore.append, Event(), Event()
    key = {"idempotency-key": "k"}

    def slow(self: SqlStore, *args: Any, **named: Any) -> Any:  # noqa: ANN401  (as what it stands for)
        if not began.is_set():
            began.set()
            assert go.wait(20)
        return real(self, *args, **named)

    monkeypatch.setattr(SqlStore, "append", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(api.post, INCIDENTS, json=NEW, headers=key)
        assert began.wait(20)
        second = other.post(INCIDENTS, json=NEW, headers=key)
        go.set()

    assert (first.result().status_code, second.status_code) == (409, 201)
    assert opened(api) == 1


def test_two_clients_race_for_one_step_and_one_entry_results(served: Served, api: TestClient) -> None:
    incident = api.post(INCIDENTS, json=NEW).json()["id"]
    api.post(f"{INCIDENTS}/{incident}/playbook", json={})
    item = (
        served.client(authorization=f"Bearer {served.token(ANNA, 'add_evidence', roles=frozenset(Role))}")
        .post(f"{INCIDENTS}/{incident}/evidence?name=a.txt", content=b"roles")
        .json()["items"][0]["id"]
    )
    ben = served.client(authorization=f"Bearer {served.token(BEN, 'do_steps', roles=frozenset({Role.DPO}))}")
    start = Barrier(2)

    def done(client: TestClient) -> int:
        start.wait(20)
        body = {"evidence": {"role_list": item}}
        return int(client.post(f"{INCIDENTS}/{incident}/steps/take_command/done", json=body).status_code)

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(done, (api, ben)))
    with served.wiring() as wiring:
        entries = [one for one in wiring.store.read(incident) if one.kind == "step_done"]

    assert told[0] in {200, 201}
    assert told[1] == 409
    assert len(entries) == 1
