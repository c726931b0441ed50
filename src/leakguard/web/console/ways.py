"""Where a request leads that is answered by no page of its own: the login, or the page of a form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from starlette.responses import RedirectResponse, Response

from leakguard.web.console.screens import SCREEN

if TYPE_CHECKING:
    from starlette.requests import Request

    from leakguard.web.console.screen import Act


def to_screen(act: Act) -> Callable[[Request], Awaitable[Response]]:
    """Back to the page on which the form of this act stands."""

    async def endpoint(request: Request) -> Response:
        path = SCREEN[act.screen].path
        for name, value in request.path_params.items():
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        return RedirectResponse("/" if "{" in path else path, 303)

    return endpoint


def login_behind(act: Act, request: Request) -> str:
    """The login, which says that what was sent is not recorded, and then leads to the page of the form."""
    filled = {name: quote(value, safe="") for name, value in request.path_params.items()}
    return f"/login?{urlencode({'to': SCREEN[act.screen].path.format(**filled), 'said': 'unsent'})}"


def login_path(request: Request) -> str:
    """The login, which then leads back to the page."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/login" if path == "/" else f"/login?{urlencode({'to': path})}"
