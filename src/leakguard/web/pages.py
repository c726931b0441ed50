"""The pages of who is not logged in: no text of anybody stands in them unescaped, and they work without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from leakguard.web.console.reader import words_of
from leakguard.web.console.render import rendered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request


def page(
    request: Request, name: str, status: int, told: Mapping[str, Any], *, problem: str = "", next_step: str = ""
) -> Response:  # fmt: skip
    """One of the pages, `login` or `first`, in the language that the browser asks for."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query and request.method == "GET" else "")
    around = {"language": words_of(request).language, "problem": problem, "next_step": next_step, "here": here}
    return Response(rendered(f"outside/{name}.html", {**around, **told}), status, media_type="text/html; charset=utf-8")
