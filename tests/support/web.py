"""The API in process: a store with an account for each role, and a client that speaks as any of them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from leakguard.accounts.rights import Right, Role
from leakguard.errors import LeakGuardError, NotAllowed, NotFound, NotLoggedIn, RightMissing
from leakguard.models.people import BySource
from leakguard.settings import Settings
from leakguard.use_cases.accounts.api_tokens import add_token
from leakguard.use_cases.accounts.callers import Caller, refuse_without
from leakguard.use_cases.accounts.manage_accounts import NewAccount, add_account
from leakguard.web.call import RequestRefused
from leakguard.web.dispatch import AdmittedRequest, perform
from leakguard.web.jobs import Jobs
from leakguard.web.operation import PREFIX, Operation
from leakguard.web.operations import OPERATIONS
from leakguard.web.request_wiring import SharedWiring
from support.web_client import TestClient as TestClient  # noqa: PLC0414  (tests ask for it here)

WHO = "authorization"
"""The header by which the tests' door knows a caller: here a name stands in the place of a token."""
PEOPLE: Mapping[str, tuple[Role, ...]] = {
    "Ada Admin": (Role.ADMIN,), "Carl Commander": (Role.COMMANDER,), "Rita Responder": (Role.RESPONDER,),
    "Dora Officer": (Role.DPO,), "Cora Counsel": (Role.COUNSEL,), "Aron Auditor": (Role.AUDITOR,),
    "Vera Viewer": (Role.VIEWER,),
}  # fmt: skip
COMMANDER, RESPONDER, DPO, COUNSEL = "Carl Commander", "Rita Responder", "Dora Officer", "Cora Counsel"
AUDITOR, VIEWER, ADMIN = "Aron Auditor", "Vera Viewer", "Ada Admin"


@dataclass
class Web:
    """One server with its store."""

    folder: Path
    shared: SharedWiring
    jobs: Jobs
    callers: dict[str, Caller] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    seen: list[tuple[Operation, int, Any]] = field(default_factory=list)
    """Every operation that was answered, with its status and document, for the test of the shapes."""

    @cached_property
    def application(self) -> Starlette:
        """Made once, for its routes are many."""
        return application(self)

    def client(self, name: str | None = COMMANDER) -> TestClient:
        """A client that speaks as one of the people, or as nobody."""
        headers = {WHO: f"Bearer {name}"} if name is not None else {}
        return TestClient(self.application, base_url=f"http://localhost{PREFIX}", headers=headers)


def web_in(folder: Path, *, settings: Settings | None = None) -> Web:
    """A server in this folder, with an account for each role."""
    shared = SharedWiring(settings or Settings(store=str(folder / "leakguard.db"), zone="Asia/Shanghai", country="CN"))
    return Web(folder=folder, shared=shared, jobs=Jobs())


def people(web: Web, *, with_tokens: bool = False) -> Web:
    """Add the accounts; a token takes the longest, and few tests need one."""
    wiring = web.shared.for_caller(None)
    for name, roles in PEOPLE.items():
        person = add_account(wiring.store, wiring, NewAccount(name=name, roles=frozenset(roles)))
        caller = Caller(actor=person.actor, name=name, roles=frozenset(roles), how=BySource.TOKEN)
        web.callers[name] = caller
        if with_tokens:
            scopes = [right.value for right in Right if caller.may(right)]
            web.tokens[name] = add_token(wiring.store, wiring, caller, name="tests", scopes=scopes).secret
    wiring.close()
    return web


def application(web: Web) -> Starlette:
    """The server as an ASGI application; it knows a caller by a header alone."""
    routes = [Route(f"{PREFIX}{one.path}", _endpoint(web, one), methods=[one.method]) for one in OPERATIONS]
    routes.sort(key=lambda route: route.path.count("{"))
    return Starlette(routes=routes, exception_handlers={LeakGuardError: _problem})


def _endpoint(web: Web, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        name = request.headers.get(WHO, "").removeprefix("Bearer ")
        caller = web.callers.get(name)
        if operation.right is not None:
            if caller is None:
                raise NotLoggedIn("nobody is logged in", next_step="Send a token.")
            refuse_without(caller, operation.right)
        environment = {"LEAKGUARD_TOKEN": web.tokens[name]} if name in web.tokens else {}
        let = AdmittedRequest(
            caller=caller,
            wiring=lambda: web.shared.for_caller(caller),
            jobs=web.jobs,
            environment=environment,
        )
        response = await perform(operation, request, let)
        body = getattr(response, "body", None)
        if body is not None and response.media_type == "application/json":
            web.seen.append((operation, response.status_code, json.loads(body)))
        return response

    return endpoint


def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, LeakGuardError)
    kinds: tuple[tuple[type[LeakGuardError], int], ...] = (
        (RequestRefused, 422), (NotLoggedIn, 401), (RightMissing, 403), (NotFound, 404), (NotAllowed, 409),
    )  # fmt: skip
    status = next((code for kind, code in kinds if isinstance(error, kind)), 400)
    document: dict[str, Any] = {
        "type": "about:blank", "title": error.message.splitlines()[0], "status": status, "detail": error.message,
        "next_step": error.next_step,
    }  # fmt: skip
    if isinstance(error, RequestRefused):
        document["problems"] = [dataclasses.asdict(one) for one in error.problems]
    return JSONResponse(document, status, media_type="application/problem+json")


def each_role() -> Iterator[tuple[str, Role]]:
    """Everybody with their one role."""
    yield from ((name, role) for name, (role,) in PEOPLE.items())
