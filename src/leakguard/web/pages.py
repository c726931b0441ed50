"""The pages of who is not logged in: no text of anybody stands in them unescaped, and they work without a script."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from leakguard.web.console.reader import words_of
from leakguard.web.console.render import rendered
from leakguard.web.console.screen import N_
from leakguard.web.forms import wants_page
from leakguard.web.marks import mark_page, request_id
from leakguard.web.operation import PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

_HTML = "text/html; charset=utf-8"
_KEPT = frozenset({"allow", "retry-after"})
_PLAIN = {
    404: (N_("There is no such page."), N_("Check the address, or begin at the first page.")),
    405: (N_("A form leads here, and no link."), N_("Begin at the first page.")),
    500: (
        N_("That is a bug in LeakGuard. Nothing that was stored is lost."),
        N_("Go back and try again. If it fails again, give the administrator of the server the number below."),
    ),
}
"""What a person reads for a status, and what to do next."""


def page(
    request: Request, name: str, status: int, context: Mapping[str, Any], *, problem: str = "", next_step: str = ""
) -> Response:  # fmt: skip
    """One of the pages, `login` or `first`, in the language that the browser asks for."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query and request.method == "GET" else "")
    around = {"language": words_of(request).language, "problem": problem, "next_step": next_step, "here": here}
    return Response(rendered(f"outside/{name}.html", {**around, **context}), status, media_type=_HTML)


def refusal_page(request: Request, refused: Response, *, problem: str = "", next_step: str = "") -> Response:
    """The same refusal as a page, where a browser asked for one; else as it is."""
    if not wants_page(request) or request.url.path.startswith(PREFIX):
        return refused
    mark_page(request)
    usual = _PLAIN.get(refused.status_code, _PLAIN[404])
    context = {"number": request_id(request) if refused.status_code == HTTPStatus.INTERNAL_SERVER_ERROR else ""}
    problem_text, then = (problem, next_step) if problem else usual
    made = page(request, "problem", refused.status_code, context, problem=problem_text, next_step=then)
    made.headers.update({name: value for name, value in refused.headers.items() if name in _KEPT})
    return made
