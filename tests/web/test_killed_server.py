"""The server is killed in the middle of writes, again and again, while clients repeat what was not answered.

Each request has a key and is repeated until it is answered. Nothing may be lost, and nothing doubled.
"""

from __future__ import annotations

import os
import random  # noqa: TID251  (the same moments each time)
import threading
import time
from collections import Counter
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from leakguard.accounts.rights import Role
from leakguard.ledger.verification_result import Answer
from leakguard.models.records import KeptRecord
from leakguard.settings import Settings
from leakguard.use_cases.accounts.api_tokens import add_token
from leakguard.use_cases.accounts.callers import Caller
from leakguard.use_cases.accounts.manage_accounts import NewAccount, add_account
from leakguard.use_cases.proofs.evidence import verify_store
from leakguard.web.request_wiring import SharedWiring
from support.accounts import PASSWORD
from support.web_process import WebProcess, start

pytestmark = [pytest.mark.long, pytest.mark.enable_socket, pytest.mark.timeout(3600)]
KILLS = max(4, int(os.environ.get("LEAKGUARD_KILLS", "0")))
"""LEAKGUARD_KILLS=200 for the whole two hundred, which takes minutes."""
CLIENTS = 3


class Servers:
    """One server after the other, on one store."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, threading.Lock()
        self.now = start(folder)
        self.all, self.kills = [self.now], 0

    def kill(self) -> None:
        """Kill the present one, and start the next."""
        self.now.kill()
        self.kills += 1
        fresh = start(self._folder)
        with self._lock:
            self.now = fresh
        self.all.append(fresh)

    def end(self) -> None:
        """End the last one, and let go of them all."""
        self.now.end()
        for one in self.all:
            if one.process.stdout is not None:
                one.process.stdout.close()

    @property
    def current(self) -> WebProcess:
        with self._lock:
            return self.now


def repeated(servers: Servers, token: str, path: str, document: Any, key: str) -> Any:  # noqa: ANN401  (JSON)
    """What one request led to: its answer, or what the ledger has of it where the answer was lost."""
    headers = {"authorization": f"Bearer {token}", "idempotency-key": key}
    given_up = time.monotonic() + 120
    while time.monotonic() < given_up:
        try:
            status, told = servers.current.ask(path, document, headers)
        except (OSError, ValueError, HTTPException):  # it was killed before, or in the middle of its answer
            time.sleep(0.05)
            continue
        if status == 201:
            return told["id"]
        if status == 409 and told.get("recorded"):
            return told["recorded"][0]["subject"]
        if status in {409, 429}:
            time.sleep(0.2)
            continue
        raise AssertionError((status, told))
    return None


def test_nothing_is_lost_and_nothing_doubled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    token = _token(tmp_path)
    servers, luck = Servers(tmp_path), random.Random(7)  # noqa: S311  (moments of kills, the same each time)
    answered: dict[str, str] = {}
    is_over = threading.Event()

    def work(client: int) -> None:
        number = 0
        while not is_over.is_set():
            title = f"client {client} request {number}"
            found = repeated(servers, token, "/api/v1/incidents", {"title": title}, f"k-{client}-{number}")
            assert found is not None, title
            answered[title] = found
            number += 1

    threads = [threading.Thread(target=work, args=(client,)) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(KILLS):
            time.sleep(luck.uniform(0.05, 0.6))
            servers.kill()
    finally:
        is_over.set()
        for thread in threads:
            thread.join(200)
        servers.end()

    wiring = SharedWiring(Settings(store=str(tmp_path / "leakguard.db"))).for_caller(None)
    opened = [one for one in wiring.store.read() if one.kind == "incident_opened"]
    titles = Counter(title_of(one) for one in opened)
    verified = verify_store(wiring.store)
    wiring.close()
    assert not any(thread.is_alive() for thread in threads)
    assert servers.kills == KILLS
    assert len(answered) > KILLS
    assert {title for title, count in titles.items() if count > 1} == set()
    assert {title_of(one): one.subject for one in opened} == answered
    assert verified.answer is Answer.MATCH


def title_of(record: KeptRecord) -> str:
    return str(record.content["fields"]["title"])


def _token(folder: Path) -> str:
    wiring = SharedWiring(Settings(store=str(folder / "leakguard.db"))).for_caller(None)
    roles = frozenset({Role.ADMIN, Role.COMMANDER})
    person = add_account(wiring.store, wiring, NewAccount(name="Anna Berg", roles=roles, password=PASSWORD))
    caller = Caller(actor=person.actor, name=person.name, roles=roles)
    secret = add_token(wiring.store, wiring, caller, name="kills", scopes=["open_incidents"]).secret
    wiring.close()
    return secret
