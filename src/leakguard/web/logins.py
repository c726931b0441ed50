"""Logging in and out with a browser, or as a program that has no token: routes beside `/api/v1`.

Each login makes a new session and ends the one that the browser brought, so that nobody can give it one before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from leakguard.accounts.rights import Role
from leakguard.accounts.sessions import Kind
from leakguard.errors import CodeNeeded, LeakGuardError, NotLoggedIn
from leakguard.models.moments import to_z
from leakguard.models.people import LoginMethod
from leakguard.outputs.accounts import caller_json
from leakguard.use_cases.accounts.callers import read_registry
from leakguard.use_cases.accounts.first_links import use_first_link
from leakguard.use_cases.accounts.log_in import LoggedIn, log_in, log_in_as, log_out, open_session
from leakguard.use_cases.accounts.manage_accounts import NewAccount
from leakguard.web.console.outside import ROLES, SAID
from leakguard.web.forms import local_path, read_form, wants_page
from leakguard.web.marks import address_of, mark_page, refuse_head, request_id
from leakguard.web.pages import page
from leakguard.web.problems import problem_response, status_of
from leakguard.web.sessions import (
    TOKEN_FIELD,
    TOKEN_HEADER,
    end_cookie,
    form_token,
    refuse_foreign_page,
    refuse_without_token,
    session_secret,
    set_cookie,
)
from leakguard.web.who import PROXY, caller_of, credentials_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from leakguard.web.door import Door
    from leakguard.web.request_wiring import RequestWiring

_BY_PASSKEY = "Log in with the passkey."
AT_ONCE = 2
"""Logins that hash at the same time, each with 64 MiB."""
Result = TypeVar("Result")


class Logins:
    """The routes."""

    def __init__(self, door: Door, *, provider: str = "", has_passkeys: bool = False) -> None:
        """`provider` is what the OpenID provider is called; empty without one."""
        self.door, self._provider, self._has_passkeys = door, provider, has_passkeys
        self._hashing = CapacityLimiter(AT_ONCE)

    def routes(self) -> tuple[Route, ...]:
        """Every route."""
        return (
            Route("/login", self.login_page, methods=["GET"]),
            Route("/login", self.login, methods=["POST"]),
            Route("/login/proxy", self.login_by_proxy, methods=["GET"]),
            Route("/logout", self.logout, methods=["POST"]),
            Route("/session", self.session, methods=["GET"]),
            Route("/first", self.first_page, methods=["GET"]),
            Route("/first", self.first, methods=["POST"]),
        )

    async def session(self, request: Request) -> Response:
        """Who is logged in, and the token that whatever changes something has to bring."""
        refuse_foreign_page(request, self.door.site, needs_proof=False)
        return JSONResponse(await self._session(request))

    async def _session(self, request: Request) -> dict[str, Any]:
        secret = session_secret(request, is_secure=self.door.site.is_secure)
        if not secret:
            raise NotLoggedIn("nobody is logged in", next_step="Log in: /login")
        given = credentials_of(request, self.door.site) if "authorization" not in request.headers else None
        if given is None:
            raise NotLoggedIn("a token is no session", next_step="Leave the header Authorization out.")
        caller = await self.run(lambda wiring: caller_of(wiring, given))
        return {"account": caller_json(caller), TOKEN_FIELD: form_token(secret)}

    async def login_page(self, request: Request) -> Response:
        """The form."""
        has_accounts = await self.run(lambda wiring: read_registry(wiring.existing_store).has_accounts)
        return self._login_page(request, 200, is_first=not has_accounts, to=request.query_params.get("to", ""))

    def _login_page(
        self, request: Request, status: int, error: LeakGuardError | None = None, *, name: str = "",
        is_first: bool = False, to: str = "",
    ) -> Response:  # fmt: skip
        mark_page(request)
        values = {
            "name": name, "to": local_path(to), "first": is_first, "passkeys": self._has_passkeys,
            "provider": self._provider, "proxy": self.door.site.vouched(request.headers),
            "asks_code": isinstance(error, CodeNeeded) and error.next_step != _BY_PASSKEY,
            "said": SAID.get(request.query_params.get("said", ""), ""),
        }  # fmt: skip
        problem, next_step = (error.message, error.next_step) if error is not None else ("", "")
        return page(request, "login", status, values, problem=problem, next_step=next_step)

    async def login(self, request: Request) -> Response:
        """Log in by name, password and the code of a second factor."""
        refuse_foreign_page(request, self.door.site, needs_proof=False)
        self.door.limiters.login.take(address_of(request))
        form = await read_form(request, ("name", "password", "code", "to"))
        address = address_of(request)

        def entered(wiring: RequestWiring) -> LoggedIn:
            store = wiring.existing_store
            found = log_in(
                store, wiring, form["name"], form["password"], form["code"], kind=Kind.WEB, address=address
            )  # fmt: skip
            person = store.person(found.caller.actor)
            if person is not None and not person.totp and store.passkeys(person.actor):
                log_out(store, found.secret, wiring.now())
                raise CodeNeeded("this account has a passkey as second factor", next_step=_BY_PASSKEY)
            return found

        try:
            found = await self.run(entered, limiter=self._hashing)
        except NotLoggedIn as error:
            if not wants_page(request):
                raise
            return self._login_page(request, status_of(error), error, name=form["name"][:200], to=form["to"])
        return await self.welcome(request, found, to=form["to"])

    async def login_by_proxy(self, request: Request) -> Response:
        """Log in whom the named proxy vouches for."""
        refuse_head(request)
        vouched = self.door.site.vouched(request.headers)
        if not vouched:
            raise NotLoggedIn("the proxy does not say who you are", next_step="Log in at the proxy, or here: /login")
        found = await self.run(
            lambda wiring: log_in_as(
                wiring.existing_store, wiring, f"{PROXY}{vouched}", kind=Kind.WEB, method=LoginMethod.PROXY
            )
        )
        return await self.welcome(request, found)

    async def logout(self, request: Request) -> Response:
        """End the session at once."""
        site = self.door.site
        secret = session_secret(request, is_secure=site.is_secure)
        refuse_foreign_page(request, site, needs_proof=True)
        form = await read_form(request, (TOKEN_FIELD,))
        refuse_without_token(secret, form[TOKEN_FIELD] or request.headers.get(TOKEN_HEADER, ""))
        await self.run(lambda wiring: log_out(wiring.existing_store, secret, wiring.now()))
        response = RedirectResponse("/login", 303) if wants_page(request) else JSONResponse({"account": None})
        response.headers.append("set-cookie", end_cookie(is_secure=site.is_secure))
        response.headers["clear-site-data"] = '"cache", "cookies", "storage"'
        return response

    async def first_page(self, request: Request) -> Response:
        """The form of the first account; the link is not used up by it."""
        mark_page(request)
        values = {"link": request.query_params.get("link", ""), "name": "", "mail": "", **_roles({})}
        return page(request, "first", 200, values)

    async def first(self, request: Request) -> Response:
        """Make the first admin by the link that a new store printed, and log in."""
        refuse_foreign_page(request, self.door.site, needs_proof=False)
        self.door.limiters.login.take(address_of(request))
        form = await read_form(request, ("link", "name", "mail", "password", *ROLES))

        def made(wiring: RequestWiring) -> LoggedIn:
            roles = frozenset(Role(role) for role in ROLES if form[role])
            new = NewAccount(name=form["name"], mail=form["mail"], password=form["password"], roles=roles)
            person = use_first_link(wiring.existing_store, wiring, form["link"], _needing_password(new))
            return open_session(wiring.existing_store, wiring, person.actor, kind=Kind.WEB, method=LoginMethod.PASSWORD)

        try:
            found = await self.run(made, limiter=self._hashing)
        except LeakGuardError as error:
            if not wants_page(request):
                return problem_response(error, request_id(request))
            mark_page(request)
            values = {**{name: form[name] for name in ("link", "name", "mail")}, **_roles(form)}
            return page(request, "first", status_of(error), values, problem=error.message, next_step=error.next_step)
        return await self.welcome(request, found, to="/welcome")

    async def welcome(self, request: Request, found: LoggedIn, to: str = "/") -> Response:
        """The answer to who logged in: the new session, and the end of the one that the browser brought."""
        site, now = self.door.site, self.door.shared.login_now()
        before = session_secret(request, is_secure=site.is_secure)
        if before:
            await self.run(lambda wiring: log_out(wiring.existing_store, before, now))
        document = {
            "account": caller_json(found.caller), TOKEN_FIELD: form_token(found.secret),
            "expires_at": to_z(found.expires_at),
        }  # fmt: skip
        response = RedirectResponse(local_path(to), 303) if wants_page(request) else JSONResponse(document)
        response.headers.append("set-cookie", set_cookie(found.secret, found.expires_at, now, is_secure=site.is_secure))
        return response

    async def run(self, act: Callable[[RequestWiring], Result], limiter: CapacityLimiter | None = None) -> Result:
        """Do something with a wiring of its own, in a thread."""

        def acted() -> Result:
            wiring = self.door.shared.for_caller(None)
            try:
                return act(wiring)
            finally:
                wiring.close()

        return await to_thread.run_sync(acted, limiter=limiter)


def _needing_password(new: NewAccount) -> NewAccount:
    """The first admin logs in by a password: an empty one would lock everybody out."""
    from leakguard.accounts.passwords import refuse_weak  # noqa: PLC0415  (it is asked for once in a store's life)

    refuse_weak(new.password)
    return new


def _roles(form: Mapping[str, str]) -> dict[str, Any]:
    """What the form of the first account asks besides, and what was chosen."""
    return {"roles": tuple(ROLES.items()), "chosen": {role: bool(form.get(role)) for role in ROLES}}
