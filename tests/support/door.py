"""The real door in process: cheap passwords, a clock that is moved, and clients that come from this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from leakguard.accounts.rights import Role
from leakguard.models.accounts import Person
from leakguard.models.web_settings import WebSettings
from leakguard.settings import Settings
from leakguard.use_cases.accounts.api_tokens import add_token
from leakguard.use_cases.accounts.callers import Caller
from leakguard.use_cases.accounts.manage_accounts import NewAccount, add_account
from leakguard.web.door import Door, Limiters, application
from leakguard.web.hosts import ServeOptions, site_of
from leakguard.web.jobs import Jobs
from leakguard.web.request_wiring import RequestWiring, SharedWiring
from leakguard.web.server import login_routes
from leakguard.wiring.accounts import AccountWiring
from support.accounts import CHEAP, PASSWORD
from support.ledgers import FakeClock
from support.web_client import TestClient

HERE = ("127.0.0.1", 50_000)
ANNA, BEN = "Anna Berg", "Ben Cole"
SAME = {"sec-fetch-site": "same-origin"}
"""What a browser sends with a request of our own page."""


class MovedTime:
    """Time that stands until it is moved."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.seconds = 0.0

    def now(self) -> datetime:
        return self.clock.at

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.wait(timedelta(seconds=seconds))

    def wait(self, time: timedelta) -> None:
        self.clock.at += time
        self.seconds += time.total_seconds()


@dataclass(slots=True)
class Served:
    """One server with its store."""

    folder: Path
    door: Door
    app: Any
    time: MovedTime
    people: dict[str, Person] = field(default_factory=dict)

    def client(
        self, *, base: str = "http://localhost", come_from: tuple[str, int] = HERE, **headers: str
    ) -> TestClient:
        """A browser, or a program, that has not logged in."""
        spelt = {name.replace("_", "-"): value for name, value in headers.items()}
        return TestClient(self.app, base_url=base, client=come_from, headers=spelt, follow_redirects=False)

    @contextmanager
    def wiring(self) -> Iterator[RequestWiring]:
        """A wiring of nobody, to prepare the store with."""
        made = self.door.shared.for_caller(None)
        try:
            yield made
        finally:
            made.close()

    def add(self, name: str, *roles: Role, mail: str = "", external: str = "") -> Person:
        """An account with the password of all tests."""
        with self.wiring() as wiring:
            new = NewAccount(name=name, mail=mail, roles=frozenset(roles), password=PASSWORD, external=external)
            self.people[name] = add_account(wiring.store, wiring, new)
        return self.people[name]

    def methods(self, name: str) -> list[str]:
        """How the sessions of an account began, the newest first."""
        with self.wiring() as wiring:
            found = wiring.store.sessions_of(self.people[name].actor, now=wiring.login_now())
        return [one.method for one in found]

    def token(self, name: str, *scopes: str, roles: frozenset[Role]) -> str:
        """A token of an account."""
        caller = Caller(actor=self.people[name].actor, name=name, roles=roles)
        with self.wiring() as wiring:
            return add_token(wiring.store, wiring, caller, name="tests", scopes=scopes).secret

    def browser(self, name: str = ANNA, **more: Any) -> tuple[TestClient, str]:  # noqa: ANN401  (as what it stands for)
        """A browser that logged in, and the token of its pages."""
        client = self.client(**more)
        answer = client.post("/login", json={"name": name, "password": PASSWORD}, headers=SAME)
        assert answer.status_code == 200, answer.text
        return client, str(answer.json()["form_token"])


def served_in(
    folder: Path, patch: pytest.MonkeyPatch, *, asked: ServeOptions | None = None, web: WebSettings | None = None,
    environment: Mapping[str, str] | None = None, settings: Settings | None = None,
) -> Served:  # fmt: skip
    """A server in this folder, with an empty store."""
    patch.chdir(folder)
    patch.setattr(AccountWiring, "password_cost", CHEAP)
    time = MovedTime()
    usual = Settings(store=str(folder / "leakguard.db"), zone="Asia/Shanghai", country="CN", stated_web=web)
    shared = SharedWiring(settings or usual)
    shared.time = time
    door = Door(site=site_of(asked or ServeOptions()), shared=shared, jobs=Jobs(), limiters=Limiters.of(time.monotonic))
    app = application(door, login_routes(door, environment or {}))
    made = Served(folder=folder, door=door, app=app, time=time)
    with made.wiring() as wiring:
        wiring.store.head()
    return made


def set_cookies(answer: Any) -> list[str]:  # noqa: ANN401  (httpx's own)
    """The headers that set cookies."""
    return [value for name, value in answer.headers.multi_items() if name == "set-cookie"]
