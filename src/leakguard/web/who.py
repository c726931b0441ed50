"""Who sends a request: the account of its token, or of its session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.errors import LeakGuardError, NotLoggedIn
from leakguard.frozen import Frozen
from leakguard.models.people import BySource
from leakguard.use_cases.accounts.callers import Caller, refuse_without, who_of_session, who_of_token
from leakguard.web.sessions import SAFE, TOKEN_HEADER, refuse_foreign_page, refuse_without_token, session_secret
from leakguard.wiring.accounts import SESSION, TOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from leakguard.accounts.rights import Right
    from leakguard.web.hosts import Site
    from leakguard.web.request_wiring import RequestWiring

PROXY = "proxy:"
"""How an account is linked that a proxy knows by name: `proxy:li.wei`."""
_BEARER = "bearer "
_NEXT = "Log in at /login, or send a token: Authorization: Bearer lg_..."


class Credentials(Frozen, hidden=("secret",)):
    """What a request logs in with."""

    secret: str
    how: BySource
    vouched: str = ""
    """Whom the named proxy says that this is."""

    @property
    def environment(self) -> Mapping[str, str]:
        """What a child process needs to act as the same account."""
        return {TOKEN if self.how is BySource.TOKEN else SESSION: self.secret}


def credentials_of(request: Request, site: Site) -> Credentials:
    """What a request logs in with: its token, else its cookie. Raises `NotLoggedIn` without either, `CrossSite`."""
    given = request.headers.getlist("authorization")
    if given:
        if len(given) > 1 or not given[0].lower().startswith(_BEARER):
            raise NotLoggedIn("only a bearer token is taken here", next_step=_NEXT)
        return Credentials(secret=given[0][len(_BEARER) :].strip(), how=BySource.TOKEN)
    secret = session_secret(request, is_secure=site.is_secure)
    if not secret:
        raise NotLoggedIn("nobody is logged in", next_step=_NEXT)
    refuse_foreign_page(request, site, needs_proof=True)
    if request.method not in SAFE:
        refuse_without_token(secret, request.headers.get(TOKEN_HEADER, ""))
    return Credentials(secret=secret, how=BySource.SESSION, vouched=site.vouched(request.headers))


def page_credentials(request: Request, site: Site) -> Credentials:
    """What a browser that asks for a page logs in with: its cookie. A link of another site may lead to a page.

    Raises `NotLoggedIn` without a cookie, and `CrossSite` for what another site's page asks for in any other way.
    """
    secret = session_secret(request, is_secure=site.is_secure)
    if not secret:
        raise NotLoggedIn("nobody is logged in", next_step=_NEXT)
    is_opened = (
        request.headers.get("sec-fetch-mode") == "navigate" and request.headers.get("sec-fetch-dest") == "document"
    )
    if request.method not in SAFE or not is_opened:
        refuse_foreign_page(request, site, needs_proof=True)
    return Credentials(secret=secret, how=BySource.SESSION, vouched=site.vouched(request.headers))


def caller_of(wiring: RequestWiring, given: Credentials) -> Caller:
    """Whose they are; raises `NotLoggedIn` for what opens nothing."""
    store, now = wiring.existing_store, wiring.login_now()
    if given.how is BySource.TOKEN:
        return who_of_token(store, given.secret, now)
    caller = who_of_session(store, given.secret, now)
    if given.vouched:
        person = store.person(caller.actor)
        if person is None or (person.external and person.external != f"{PROXY}{given.vouched}"):
            raise NotLoggedIn("the proxy says that this is somebody else", next_step="Log in again: /login")
    return caller


def may_still(wiring: RequestWiring, given: Credentials, right: Right | None) -> bool:
    """Whether who opened a stream may still read it: logged in, enabled, and with the right."""
    try:
        caller = caller_of(wiring, given)
        if right is not None:
            refuse_without(caller, right)
    except LeakGuardError:
        return False
    return True
