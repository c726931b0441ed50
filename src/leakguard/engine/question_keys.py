"""Keys of questions: what tells one from another, so that none is asked twice in a round."""

from __future__ import annotations

from typing import Any

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.requests import Request

FRONT = ("GET", "/", ())
"""The question for the front page, as `key_of` has it."""


def key_of_first(definition: CheckDefinition) -> tuple[Any, ...] | None:
    """The key of the first question, where it is the same for every host."""
    first = definition.probe.requests[0].constant
    return key_of(first) if first is not None else None


def key_of(request: Request) -> tuple[Any, ...]:
    """A question but for its id and its cap; hardly any has headers."""
    headers = tuple(sorted(request.headers.items())) if request.headers else ()
    return request.method, request.what, headers
