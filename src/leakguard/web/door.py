"""The door: every request comes through it, and is refused before anything of it is read.

In this order: the host and the proxy, how much its address may ask, who it is, where the page is from that made it,
how much this caller may ask, and the right. Each answer leaves with the headers of `headers`, and a refusal is a
problem document.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from http import HTTPStatus
from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route, Router

from leakguard.errors import LeakGuardError
from leakguard.frozen import Frozen, field
from leakguard.logs import log
from leakguard.use_cases.accounts.callers import refuse_without
from leakguard.web import dispatch, limits
from leakguard.web.call import RequestRefused
from leakguard.web.dispatch import AdmittedRequest, perform
from leakguard.web.headers import answer_headers
from leakguard.web.limits import ADDRESS, CALLER, LOGIN, Limiter, Streams, TooLarge, patient
from leakguard.web.marks import KEEPS, PAGE, PART, mark_page, refuse_head, request_id
from leakguard.web.once import HEADER, AtWork, KeyedRequest, read_key
from leakguard.web.operation import PREFIX, BodyKind, Operation
from leakguard.web.operations import OPERATIONS
from leakguard.web.pages import refusal_page
from leakguard.web.problems import plain_problem, problem_document, problem_response
from leakguard.web.who import Credentials, caller_of, credentials_of, may_still

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from leakguard.use_cases.accounts.callers import Caller
    from leakguard.web.hosts import Site
    from leakguard.web.jobs import Jobs
    from leakguard.web.request_wiring import RequestWiring, SharedWiring

Endpoint = Callable[[Request], Awaitable["ASGIApp"]]
PAGES = frozenset({"docs", "docs_style"})
"""Operations whose answer is a page that we made."""
_STARTS = frozenset({"start_scan", "start_verification"})
"""Operations that start a process."""


class Limiters(Frozen):
    """What is counted in the memory of this process."""

    caller: Limiter
    address: Limiter
    login: Limiter
    streams: Streams = field(default_factory=Streams)
    at_work: AtWork = field(default_factory=AtWork)

    @classmethod
    def of(cls, clock: Callable[[], float]) -> Limiters:
        """New ones, by a clock of seconds that only grow."""
        return cls(caller=Limiter(CALLER, clock), address=Limiter(ADDRESS, clock), login=Limiter(LOGIN, clock))


class Door(Frozen):
    """What the door needs to let requests in."""

    site: Site
    shared: SharedWiring
    jobs: Jobs
    limiters: Limiters = field(default_factory=lambda: Limiters.of(time.monotonic))

    async def entered(self, operation: Operation, request: Request) -> ASGIApp:
        """The answer of an operation to a request that has come through `Guard`."""
        if operation.right is None:
            let = AdmittedRequest(caller=None, wiring=lambda: self.shared.for_caller(None), jobs=self.jobs)
            return await perform(operation, request, let)
        given = credentials_of(request, self.site)
        _refuse_too_long(operation, request)
        key = read_key(request.headers.getlist(HEADER)) if operation.is_writing else ""
        if key and operation.is_secret:
            raise RequestRefused("this operation keeps nothing, so it takes no idempotency key", ())
        with ExitStack() as closing:
            wiring = await to_thread.run_sync(self._wiring_of, operation, given, closing)
            caller = wiring.caller
            assert caller is not None  # noqa: S101  (`_wiring_of` found out)
            if operation.is_stream:
                closing.enter_context(self.limiters.streams.one(caller.actor))
            let = AdmittedRequest(
                caller=caller, wiring=lambda: wiring, jobs=self.jobs, environment=given.environment,
                once=self._once(operation, caller, key, request_id(request)) if key else None,
                still=lambda: may_still(wiring, given, operation.right),
            )  # fmt: skip
            response = await perform(operation, request, let)
            return _ClosingResponse(response, closing.pop_all())

    def _wiring_of(self, operation: Operation, given: Credentials, closing: ExitStack) -> RequestWiring:
        """A wiring that records as who sent the request, if they may."""
        wiring = self.shared.for_caller(None)
        closing.callback(wiring.close)
        caller = caller_of(wiring, given)
        self.limiters.caller.take(caller.actor)
        if operation.right is not None:
            refuse_without(caller, operation.right)
        vars(wiring)["store"] = wiring.existing_store
        wiring.speak_for(caller)
        return wiring

    def _once(self, operation: Operation, caller: Caller, key: str, identifier: str) -> KeyedRequest:
        return KeyedRequest(
            at_work=self.limiters.at_work, actor=caller.actor, key=key, starts_process=operation.name in _STARTS,
            explain=lambda error: problem_document(error, identifier),
        )  # fmt: skip


class _ClosingResponse:
    """An answer, and what is let go of once it was sent, or nobody wants it any more."""

    def __init__(self, response: ASGIApp, closing: ExitStack) -> None:
        self._response, self._closing = response, closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._closing:
            await self._response(scope, receive, send)


def _refuse_too_long(operation: Operation, request: Request) -> None:
    """Refuse by what the request says of its length; what it does not say is counted as it arrives."""
    length = request.headers.get("content-length", "0")
    most = dispatch.MOST_UPLOAD if operation.takes is BodyKind.FILE else dispatch.MOST_BODY
    if operation.takes is not BodyKind.NOTHING and (not length.isdecimal() or int(length[:20]) > most):
        raise TooLarge(f"the body may have {most:,} bytes", next_step="Send less at once.")


class Guard:
    """Around all routes: host, proxy, rate, headers, the log, and an answer to whatever goes wrong."""

    def __init__(self, app: Router, door: Door) -> None:
        self._app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["app"] = self  # then the routes raise what `plain_problem` says, and answer nothing of their own
        scope["leakguard.request_id"] = identifier = self._door.shared.token(8)
        began, status, has_begun = time.monotonic(), 500, False

        async def sent(message: Message) -> None:
            nonlocal status, has_begun
            if message["type"] == "http.response.start":
                status, has_begun = message["status"], True
                self._dress(message, scope, identifier)
            await send(message)

        with log.bound(request_id=identifier):
            try:
                self._refuse(scope)
                await self._app(scope, patient(receive), sent)
            except LeakGuardError as error:
                refused = problem_response(error, identifier)
                page = refusal_page(Request(scope), refused, problem=error.message, next_step=error.next_step)
                await self._say(page, scope, receive, sent, has_begun=has_begun)
            except HTTPException as error:
                refused = plain_problem(error.status_code, identifier, self._further(error, scope))
                await self._say(refusal_page(Request(scope), refused), scope, receive, sent, has_begun=has_begun)
            except Exception as error:  # noqa: BLE001  (the one place: a bug tells its class alone, no word of a request)
                log.error("request_failed", error=type(error).__name__)
                page = refusal_page(Request(scope), plain_problem(500, identifier))
                await self._say(page, scope, receive, sent, has_begun=has_begun)
            part = str(scope.get(PART, "none"))
            log.info("request_answered", part=part, code=status, seconds=time.monotonic() - began)

    def _refuse(self, scope: Scope) -> None:
        headers, peer = Headers(scope=scope), (scope.get("client") or ("", 0))[0]
        size = sum(len(name) + len(value) + 4 for name, value in scope["headers"]) + len(scope.get("raw_path") or b"")
        if size + len(scope["query_string"]) > limits.MOST_HEADERS:
            raise TooLarge("the headers of this request are too long", next_step="Send fewer of them.")
        self._door.site.refuse_strangers(headers, peer)
        scope["leakguard.address"] = address = self._door.site.address(headers, peer)
        self._door.limiters.address.take(address)

    def _further(self, error: HTTPException, scope: Scope) -> dict[str, str]:
        """The headers of a refusal; of a wrong method those that any route of this path takes (RFC 9110, 10.2.1)."""
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            routes = (route for route in self._app.routes if isinstance(route, Route))
            taken = (route.methods or () for route in routes if route.matches(scope)[0] is not Match.NONE)
            headers["Allow"] = ", ".join(sorted({name for methods in taken for name in methods} - {scope["method"]}))
        return headers

    def _dress(self, message: Message, scope: Scope, identifier: str) -> None:
        headers = MutableHeaders(scope=message)
        more = answer_headers(
            is_page=bool(scope.get(PAGE)), is_secure=self._door.site.is_secure, request_id=identifier,
            keeps=str(scope.get(KEEPS, "")),
        )  # fmt: skip
        for name, value in more.items():
            headers[name] = value

    @staticmethod
    async def _say(response: Response, scope: Scope, receive: Receive, send: Send, *, has_begun: bool) -> None:
        """An answer that has begun becomes no other one: the connection is cut, so that nobody takes it for whole."""
        if has_begun:
            raise _AnswerCutOff
        await response(scope, receive, send)


class _AnswerCutOff(Exception):
    """An answer failed after it had begun."""


def application(door: Door, more: tuple[Route, ...] = ()) -> ASGIApp:
    """The server as an ASGI application; `more` are the pages and the logins."""
    routes = [
        Route(f"{PREFIX}{operation.path}", _endpoint(door, operation), methods=[operation.method])
        for operation in OPERATIONS
    ]
    routes.sort(key=lambda route: route.path.count("{"))
    return Guard(Router([*routes, *more], redirect_slashes=False), door)


def _endpoint(door: Door, operation: Operation) -> Endpoint:
    async def endpoint(request: Request) -> ASGIApp:
        request.scope[PART] = operation.name
        if operation.is_stream:
            refuse_head(request)  # it would begin, and nobody read it
        if operation.name in PAGES:
            mark_page(request)
        return await door.entered(operation, request)

    return endpoint
