"""Keys of requests: two requests with the same key get the same answer, so that a round sends one."""

from __future__ import annotations

from typing import Any

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.requests import Request

FRONT = ("GET", "/", ())
"""The key of the request for the front page."""


def key_of_first(definition: CheckDefinition) -> tuple[Any, ...] | None:
    """The key of the first request, if it is the same for every host; else `None`."""
    first = definition.probe.requests[0].constant
    return key_of(first) if first is not None else None


def key_of(request: Request) -> tuple[Any, ...]:
    """Method, path (or the arguments of a command), and headers of a request: all that is sent to the host."""
    headers = tuple(sorted(request.headers.items())) if request.headers else ()
    return request.method, request.what, headers
