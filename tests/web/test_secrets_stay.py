"""No secret of anybody is in a log, an error, a traceback, a printed line, a file, or on a command line of a child."""

from __future__ import annotations

import logging
import subprocess
import sys
import traceback
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pyotp
import pytest

from leakguard.accounts.rights import Role
from leakguard.logs import Value, log
from leakguard.models.people import BySource
from leakguard.web import dispatch
from leakguard.web.console.screens import SCREENS
from leakguard.web.listening import Quiet
from leakguard.web.operation import PREFIX
from leakguard.web.sessions import TOKEN_HEADER
from leakguard.web.who import Credentials
from support.accounts import PASSWORD
from support.door import ANNA, SAME, Served
from support.visitor import Visitor

WRONG = "wrong password canary 7421"
ODD = "lg_" + "Canary7421" + "a" * 33


class Kept:
    """Keeps every event that is logged."""

    def __init__(self, told: list[object]) -> None:
        self._told = told

    def write(self, level: str, event: str, fields: Mapping[str, Value]) -> None:
        self._told.append((level, event, dict(fields)))

    def bound(self, fields: Mapping[str, Value]) -> AbstractContextManager[object]:
        return nullcontext(fields)


def test_no_secret_is_in_a_log_an_answer_or_a_printed_line(
    served: Served, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    told: list[object] = []
    log.to(Kept(told))
    request.addfinalizer(lambda: log.to(None))
    token = served.token(ANNA, "read_incidents", "open_incidents", roles=frozenset(Role))
    answers: list[str] = []
    with caplog.at_level(logging.DEBUG):
        client, page = served.browser()
        program = served.client(authorization=f"Bearer {token}")
        secrets = [token, client.cookies["leakguard"], PASSWORD, WRONG, ODD]
        asks = [
            program.get(f"{PREFIX}/incidents"), program.post(f"{PREFIX}/incidents", content=token),
            program.get(f"{PREFIX}/incidents/{token}"),
            served.client().get(f"{PREFIX}/me", headers={"authorization": ODD}),
            served.client().post("/login", json={"name": ANNA, "password": WRONG}, headers=SAME),
            served.client().post("/login", json={"name": WRONG, "password": WRONG, "more": WRONG}, headers=SAME),
            client.post("/first", json={"link": ODD, "name": "x", "password": WRONG}, headers=SAME),
            client.post(f"{PREFIX}/incidents", json={"title": "a"}, headers={**SAME, TOKEN_HEADER: page}),
        ]  # fmt: skip
        monkeypatch.setattr(dispatch, "_handled", lambda *_: 1 / 0)
        asks.append(program.get(f"{PREFIX}/incidents"))
        answers = [one.text for one in asks]
    ours = [one.getMessage() for one in caplog.records if one.name != "httpx"]  # the tests' own client logs addresses
    everything = "\n".join((*answers[:2], *answers[3:], *ours, *capfd.readouterr(), str(told)))

    assert asks[-1].status_code == 500
    assert [secret for secret in secrets if secret in everything] == []


def test_what_logs_in_hides_its_secret_in_every_text_of_it() -> None:
    given = Credentials(secret=ODD, how=BySource.TOKEN)
    try:
        raise ValueError(given)  # noqa: TRY301  (the trace is what is looked at)
    except ValueError:
        told = traceback.format_exc()

    assert ODD not in told
    assert ODD not in repr(given)
    assert given.environment == {"LEAKGUARD_TOKEN": ODD}


def test_the_log_of_a_library_says_the_class_of_an_error_alone() -> None:
    told: list[object] = []
    log.to(Kept(told))
    try:
        logger = logging.Logger("x")  # noqa: LOG001  (one of its own)
        logger.addHandler(Quiet())
        logger.info(ODD)
        logger.warning(ODD)
        logger.error(ODD)
        try:
            raise ValueError(ODD)  # noqa: TRY301  (the trace is what is looked at)
        except ValueError:
            logger.exception(ODD)
    finally:
        log.to(None)

    assert told == [
        ("error", "request_failed", {"error": "ServerError"}), ("error", "request_failed", {"error": "ValueError"}),
    ]  # fmt: skip


def test_a_scan_gets_its_secret_by_the_environment_and_its_command_line_has_none(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[list[str], dict[str, str]]] = []

    class Child:
        def __init__(self, words: list[str], **how: Any) -> None:  # noqa: ANN401  (as what it stands for)
            started.append((words, how["env"]))

        def poll(self) -> int:
            return 0

    monkeypatch.setenv("LEAKGUARD_SESSION", ODD)
    monkeypatch.setattr("leakguard.web.jobs.subprocess.Popen", Child)
    token = served.token(ANNA, "start_scans", roles=frozenset(Role))
    client, page = served.browser()
    served.client(authorization=f"Bearer {token}").post(f"{PREFIX}/scans", json={})
    client.post(f"{PREFIX}/scans", json={}, headers={**SAME, TOKEN_HEADER: page})

    assert len(started) == 2
    (words, by_token), (_, by_session) = started
    assert words[:2] == [sys.executable, "-m"]
    assert token not in " ".join(words)
    assert (by_token["LEAKGUARD_TOKEN"], by_token.get("LEAKGUARD_SESSION")) == (token, None)
    assert (by_session["LEAKGUARD_SESSION"], by_session.get("LEAKGUARD_TOKEN")) == (client.cookies["leakguard"], None)


def test_no_secret_is_in_the_files_of_the_store(served: Served) -> None:
    token = served.token(ANNA, "read_incidents", roles=frozenset(Role))
    client, page = served.browser()
    client.post(f"{PREFIX}/incidents", json={"title": "a"}, headers={**SAME, TOKEN_HEADER: page})
    served.client(authorization=f"Bearer {token}").get(f"{PREFIX}/incidents", headers={"idempotency-key": "k"})
    kept = b"".join(one.read_bytes() for one in Path(served.folder).rglob("*") if one.is_file())

    assert kept
    assert [one for one in (token, client.cookies["leakguard"], page, PASSWORD) if one.encode() in kept] == []


def test_the_key_of_a_second_factor_is_on_the_page_that_shows_it_and_nowhere_else(
    served: Served, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    told: list[object] = []
    log.to(Kept(told))
    request.addfinalizer(lambda: log.to(None))
    pages = [one.path for one in SCREENS if "{" not in one.path]
    with caplog.at_level(logging.DEBUG):
        anna = Visitor(served, ANNA).open("/account")
        anna.send("/account/second-factor/begin", status=200)
        secret = str(anna.form("/account/second-factor").fields["secret"])
        before = [anna.client.get(path, headers=SAME).text for path in pages]
        unkept = [
            one for one in Path(served.folder).rglob("*") if one.is_file() and secret.encode() in one.read_bytes()
        ]
        anna.send("/account/second-factor", {"code": pyotp.TOTP(secret).at(served.time.now())})
        after = [anna.client.get(path, headers=SAME) for path in pages]
        api = [anna.client.get(f"{PREFIX}/{name}", headers=SAME).text for name in ("me", "account", "accounts")]
        with served.wiring() as wiring:
            entries = [str((one.subject, one.kind, one.content)) for one in wiring.store.read()]
            people = repr(wiring.store.people())
    ours = [one.getMessage() for one in caplog.records if one.name != "httpx"]
    everything = "\n".join(
        (*before, *[one.text for one in after], *api, *entries, people, *ours, *capfd.readouterr(), str(told))
    )

    assert len(secret) == 32
    assert unkept == []
    assert {one.status_code for one in after} == {200}
    assert secret not in everything


def test_core_files_are_forbidden_in_the_server_and_its_children() -> None:
    program = (
        "import resource, subprocess, sys\n"
        "from leakguard.web.server import _forbid_core_files\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))\n"
        "_forbid_core_files()\n"
        "ask = 'import resource; print(resource.getrlimit(resource.RLIMIT_CORE))'\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), flush=True)\n"
        "subprocess.run([sys.executable, '-c', ask], check=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.split("\n")[:2] == ["(0, 0)", "(0, 0)"]
