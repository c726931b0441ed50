"""What is written on a request while it is answered: what it is called, from where it comes, what its answer is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.requests import Request

PAGE, PART, KEEPS = "leakguard.is_page", "leakguard.part", "leakguard.keeps"
"""Whether the answer is a page that we made; what was asked for; how long a browser may keep it."""


def request_id(request: Request) -> str:
    """What this request is called in the log and in its answer."""
    return str(request.scope.get("leakguard.request_id", ""))


def address_of(request: Request) -> str:
    """From where it comes."""
    return str(request.scope.get("leakguard.address", ""))


def mark_page(request: Request) -> None:
    """Say that the answer is a page that we made."""
    request.scope[PAGE] = True


def refuse_head(request: Request) -> None:
    """Refuse a `HEAD` of what does something once it is opened, such as a stream or a login at a provider."""
    if request.method == "HEAD":
        raise HTTPException(405)
