"""Sessions of browsers: the cookie, and the proof that a request comes from a page of ours.

A browser sends the cookie with every request, whoever made it. So a request with a cookie has to come from our own
origin by what the browser itself says, and one that changes something has to bring a token that only our pages know.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from leakguard.errors import LeakGuardError

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from leakguard.web.hosts import Site

TOKEN_HEADER = "x-leakguard-token"  # noqa: S105  (the name of a header)
TOKEN_FIELD = "form_token"  # noqa: S105  (the name of a field)
SAFE = frozenset({"GET", "HEAD"})
_MOST = 4096


class CrossSite(LeakGuardError):
    """The request was made by a page of somebody else, or does not show that it was not."""


def cookie_name(*, is_secure: bool) -> str:
    """What the cookie is called: with the prefix, no other host and no plain connection can set it."""
    return "__Host-leakguard" if is_secure else "leakguard"


def set_cookie(secret: str, expires_at: datetime, now: datetime, *, is_secure: bool) -> str:
    """The header that logs a browser in."""
    lasts = max(0, int((expires_at - now).total_seconds()))
    return _cookie(secret, lasts, is_secure=is_secure)


def end_cookie(*, is_secure: bool) -> str:
    """The header that takes the cookie away."""
    return _cookie("", 0, is_secure=is_secure)


def _cookie(value: str, lasts: int, *, is_secure: bool) -> str:
    secure = "; Secure" if is_secure else ""
    return f"{cookie_name(is_secure=is_secure)}={value}; Max-Age={lasts}; Path=/; HttpOnly; SameSite=Lax{secure}"


def session_secret(request: Request, *, is_secure: bool) -> str:
    """The secret in the cookie; empty without one, and where there are two, as somebody else then set one of them."""
    name = cookie_name(is_secure=is_secure)
    text = "; ".join(request.headers.getlist("cookie"))[:_MOST]
    pairs = (part.strip().partition("=") for part in text.split(";"))
    found = [value for key, _, value in pairs if key == name]
    return found[0] if len(found) == 1 else ""


def form_token(secret: str) -> str:
    """What our pages send with whatever changes something; it follows from the session, and does not give it away."""
    return hmac.new(secret.encode(), b"leakguard form token", hashlib.sha256).hexdigest()


def is_form_token(secret: str, given: str) -> bool:
    """Whether it is the one of the session."""
    return hmac.compare_digest(form_token(secret).encode(), given.encode("utf-8", "surrogateescape"))


def refuse_foreign_page(request: Request, site: Site, *, needs_proof: bool) -> None:
    """Raise `CrossSite` for a request that a page of another origin made.

    With `needs_proof`, one of which the browser says nothing is refused as well.
    """
    came, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    is_read = request.method in SAFE
    if came is not None and came not in ({"same-origin", "none"} if is_read else {"same-origin"}):
        raise _foreign("the browser says that a page of another site made it")
    if origin is not None and origin.lower() != site.origin(request.headers):
        raise _foreign("its Origin is another site")
    if needs_proof and not is_read and came is None and origin is None:
        raise _foreign("nothing says which page made it")


def refuse_without_token(secret: str, given: str) -> None:
    """Raise `CrossSite` unless the token of the session came with the request."""
    if not is_form_token(secret, given):
        raise _foreign("the token of the page is missing, or of another session")


def _foreign(why: str) -> CrossSite:
    return CrossSite(
        f"the request was not made by a page of this server: {why}",
        next_step="Load the page again. A program sends a token of its own: leakguard token add.",
    )
