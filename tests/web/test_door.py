"""The door: who is let in, what every answer carries, and that a refusal comes before anything is read."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from leakguard.accounts.rights import Role
from leakguard.errors import StoreUnusable
from leakguard.web import door, limits
from leakguard.web.hosts import ServeOptions
from leakguard.web.limits import Rate
from leakguard.web.openapi import REFUSALS
from leakguard.web.operation import PREFIX
from leakguard.web.operations import OPERATIONS
from leakguard.web.problems import STATUSES
from leakguard.web.request_wiring import RequestWiring
from support.door import ANNA, SAME, Served, served_in
from support.now_page import opened
from support.visitor import Visitor

pytestmark = pytest.mark.untraced

ALL = frozenset(Role)
PROBLEM = "application/problem+json"


def bearer(served: Served, *scopes: str, name: str = ANNA) -> str:
    return f"Bearer {served.token(name, *scopes, roles=ALL)}"


def test_every_answer_has_the_headers_that_bind_a_browser(served: Served) -> None:
    client = served.client()
    answers = [
        client.get(f"{PREFIX}/health"), client.get(f"{PREFIX}/docs"), client.get(f"{PREFIX}/me"),
        client.get("/nothing"), client.get("/login"), client.delete(f"{PREFIX}/me"),
        client.get("/", headers={"host": "evil.example"}),
    ]  # fmt: skip
    always = {
        "cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
    }  # fmt: skip

    assert [one.status_code for one in answers] == [200, 200, 401, 404, 200, 405, 421]
    for one in answers:
        assert {name: one.headers[name] for name in always} == always
        assert "default-src 'none'" in one.headers["content-security-policy"]
        assert "unsafe" not in one.headers["content-security-policy"]
        assert "access-control-allow-origin" not in one.headers
        assert len(one.headers["x-request-id"]) == 8
        assert "server" not in one.headers
    assert "sandbox" in answers[0].headers["content-security-policy"]
    assert "form-action 'self'" in answers[1].headers["content-security-policy"]


def test_a_refusal_is_a_problem_document_with_the_next_step(served: Served) -> None:
    client = served.client()
    for answer in (client.get(f"{PREFIX}/me"), client.get("/nothing"), client.put(f"{PREFIX}/me")):
        told = answer.json()

        assert answer.headers["content-type"] == PROBLEM
        assert told["status"] == answer.status_code
        assert told["instance"] == f"urn:leakguard:request:{answer.headers['x-request-id']}"
        assert told["title"]
        assert told["next_step"]
    assert client.get(f"{PREFIX}/me").headers["www-authenticate"].startswith("Bearer")
    assert client.put(f"{PREFIX}/me").headers["allow"] == "GET, HEAD"
    assert client.put(f"{PREFIX}/incidents").headers["allow"] == "GET, HEAD, POST"


def test_what_is_unknown_has_the_next_step_of_the_command_line(served: Served) -> None:
    answer = served.client(authorization=bearer(served, "read_incidents")).get(f"{PREFIX}/incidents/IR-2026-0099")

    assert answer.status_code == 404
    assert "leakguard incident list" in answer.json()["next_step"]


def test_nothing_but_a_few_operations_answers_without_a_login(served: Served) -> None:
    client = served.client()
    for one in OPERATIONS:
        answer = client.request(one.method, PREFIX + one.path.replace("{", "").replace("}", ""))

        assert (answer.status_code == 401) == (one.right is not None), one.name


def test_a_token_does_no_more_than_its_scopes(served: Served) -> None:
    client = served.client(authorization=bearer(served, "read_incidents"))

    assert client.get(f"{PREFIX}/incidents").status_code == 200
    refused = client.post(f"{PREFIX}/incidents", json={"title": "x"})
    assert refused.status_code == 403
    assert "open_incidents" in refused.json()["title"]


@pytest.mark.parametrize(
    "given", ["Basic YTpi", "Bearer", "Bearer lg_short", "Bearer lg_" + "a" * 43, "lg_" + "a" * 43, "Bearer é"]
)
def test_what_is_no_token_opens_nothing(served: Served, given: str) -> None:
    answer = served.client().get(f"{PREFIX}/me", headers={"authorization": given.encode("latin-1")})

    assert answer.status_code == 401
    assert "a" * 43 not in answer.text


def test_an_upload_that_the_disk_has_no_room_for_says_so(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    client = served.client(authorization=bearer(served, "open_incidents", "add_evidence"))
    incident = client.post(f"{PREFIX}/incidents", json={"title": "a search server"}).json()["id"]
    monkeypatch.setattr("tempfile.TemporaryFile", partial(Path("/dev/full").open, "wb"))
    answer = client.post(f"{PREFIX}/incidents/{incident}/evidence?name=a", content=b"x" * 11)

    assert answer.status_code == 503, answer.text
    assert "cannot keep the upload" in answer.json()["title"]
    assert "TMPDIR" in answer.json()["next_step"]
    assert "/dev/full" not in answer.text


def test_a_revoked_token_opens_nothing_from_the_next_request_on(served: Served) -> None:
    client = served.client(authorization=bearer(served, "read_incidents"))
    assert client.get(f"{PREFIX}/incidents").status_code == 200
    with served.wiring() as wiring:
        (row,) = wiring.store.tokens()
        wiring.store.revoke_token(row.id, [], at=wiring.now())

    assert client.get(f"{PREFIX}/incidents").status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil.example", "127.0.0.2"])
def test_a_forged_host_is_refused_whatever_else_the_request_has(served: Served, host: str) -> None:
    client = served.client(authorization=bearer(served, "read_incidents"))
    answer = client.get(f"{PREFIX}/incidents", headers={"host": host})

    assert answer.status_code == 421
    assert "evil" not in answer.text


def test_behind_a_proxy_only_the_proxy_is_answered(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    behind = served_in(served.folder, monkeypatch, asked=ServeOptions(proxy="192.0.2.10", hosts=("lg.example.edu",)))
    base = "https://lg.example.edu"

    assert behind.client(base=base).get(f"{PREFIX}/health").status_code == 403
    answer = behind.client(base=base, come_from=("192.0.2.10", 1)).get(f"{PREFIX}/health")
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"]


def test_a_caller_and_an_address_may_ask_only_so_often(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    caller, address = Rate(burst=20, each_second=20), Rate(burst=40, each_second=40)
    monkeypatch.setattr(door, "CALLER", caller)
    monkeypatch.setattr(door, "ADDRESS", address)
    served = served_in(served.folder, monkeypatch)
    served.add("Cem Aksoy", Role.COMMANDER)
    served.add("Dora Olsen", Role.COMMANDER)
    mine, other = (
        served.client(authorization=bearer(served, "read_incidents", name=name)) for name in ("Cem Aksoy", "Dora Olsen")
    )
    answers = [mine.get(f"{PREFIX}/incidents?unknown=1").status_code for _ in range(caller.burst + 1)]
    refused = mine.get(f"{PREFIX}/incidents")

    assert answers == [422] * caller.burst + [429]
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert other.get(f"{PREFIX}/incidents").status_code == 200
    left = [served.client().get(f"{PREFIX}/health").status_code for _ in range(address.burst)]
    assert left[-1] == 429
    elsewhere = served.client(come_from=("127.0.0.9", 1))
    assert elsewhere.get(f"{PREFIX}/health").status_code == 200


def test_an_address_may_ask_at_least_as_often_as_a_caller() -> None:
    """It may be that of a whole office."""
    assert limits.CALLER.burst < limits.ADDRESS.burst
    assert limits.CALLER.each_second < limits.ADDRESS.each_second


def test_a_body_and_headers_that_are_too_long_are_refused_before_they_are_read(served: Served) -> None:
    client = served.client(authorization=bearer(served, "open_incidents", "add_evidence"))
    said = {"content-length": "2000001", "content-type": "application/json"}
    document = client.post(f"{PREFIX}/incidents", content=iter([b"{}"]), headers=said)
    odd = client.post(f"{PREFIX}/incidents", content=iter([b"{}"]), headers={"content-length": "-1"})
    file = client.post(
        f"{PREFIX}/incidents/IR-2026-0001/evidence?name=a", content=iter([b"a"]), headers={"content-length": str(2**40)}
    )
    headers = client.get(f"{PREFIX}/health", headers={"x-long": "a" * limits.MOST_HEADERS})

    assert [one.status_code for one in (document, odd, file, headers)] == [413] * 4


def test_a_bug_says_its_class_in_the_log_and_no_word_to_anybody(
    served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    canary = "canary 7421"
    secret = bearer(served, "read_incidents")

    def broken(*_: Any) -> None:  # noqa: ANN401  (as what it stands for)
        raise ZeroDivisionError(canary, secret)

    monkeypatch.setattr(RequestWiring, "speak_for", broken)
    with caplog.at_level(logging.DEBUG):
        answer = served.client(authorization=secret).get(f"{PREFIX}/incidents")
    said = answer.text + caplog.text + "".join(capfd.readouterr())

    assert answer.status_code == 500
    assert answer.headers["content-type"] == PROBLEM
    assert canary not in said
    assert secret[7:] not in said


def test_a_store_that_cannot_be_used_is_503_and_not_a_bug(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: RequestWiring) -> None:
        raise StoreUnusable("the disk is full", next_step="Free it.")

    secret = bearer(served, "read_incidents")
    monkeypatch.setattr(RequestWiring, "existing_store", property(gone))
    answer = served.client(authorization=secret).get(f"{PREFIX}/incidents")

    assert (answer.status_code, answer.json()["next_step"]) == (503, "Free it.")


def test_a_monitor_asks_for_a_page_or_an_answer_by_head(served: Served) -> None:
    """The server sends the body of neither; here it only has to be answered as `GET` is."""
    anna = Visitor(served, ANNA).client
    for client, path in (
        (served.client(), f"{PREFIX}/health"), (served.client(), "/login"), (served.client(), "/"),
        (served.client(), f"{PREFIX}/me"), (served.client(), "/nothing"), (anna, "/"), (anna, f"{PREFIX}/incidents"),
        (anna, "/incidents/none"),
    ):  # fmt: skip
        assert client.head(path, headers=SAME).status_code == client.get(path, headers=SAME).status_code, path


def test_nothing_is_read_for_a_head(served: Served) -> None:
    opened(served)
    anna = Visitor(served, ANNA).client
    path = f"{PREFIX}/register?as=csv"
    got, asked = anna.get(path, headers=SAME), anna.head(path, headers=SAME)

    assert (asked.status_code, asked.headers["content-type"]) == (200, got.headers["content-type"])
    assert got.content
    assert not asked.content


def test_head_neither_logs_in_nor_begins_to(served: Served) -> None:
    assert served.client().head("/login/proxy").status_code == 405


def test_a_stream_takes_no_head_so_that_none_runs_for_nobody(served: Served) -> None:
    assert (
        served.client(authorization=bearer(served, "read_incidents")).head(f"{PREFIX}/events/stream").status_code == 405
    )


def test_the_documents_statuses_are_those_that_the_door_gives() -> None:
    assert {str(status) for _, status in STATUSES} - {"408", "421"} <= REFUSALS.keys()
