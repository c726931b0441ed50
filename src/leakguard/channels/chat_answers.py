"""Services that answer HTTP 200 to a message they refuse, and say so in the body alone.

DingTalk, WeCom, Feishu and Lark give a code there, which is 0 for success; Synology Chat gives `success`. apprise
reads the status alone of some of them, so a refused alert would count as one that arrived.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

import requests

_CODES = {"dingtalk": "errcode", "wecombot": "errcode", "feishu": "code", "lark": "code", "synology": "success"}
"""By module of apprise, the field of the body that says how it went."""
_FINE: dict[str, tuple[object, ...]] = {"success": (None, True)}
_ZERO = (None, 0, "0")
_WORDS = ("errmsg", "msg", "error")
_refusals: ContextVar[list[str] | None] = ContextVar("refusals", default=None)


@contextmanager
def refusals_read(service: object) -> Iterator[list[str]]:
    """Meanwhile a refusal in a body counts as one; gives what the bodies said. `service` is one of apprise."""
    name = type(service).__module__
    field = _CODES.get(name.rpartition(".")[2])
    if field is not None and not isinstance(getattr(sys.modules[name], "requests", None), _Reading):
        vars(sys.modules[name])["requests"] = _Reading(field)
    refusals: list[str] = []
    token = _refusals.set(refusals)
    try:
        yield refusals
    finally:
        _refusals.reset(token)


class _Reading:
    """Stands for `requests` in a module of apprise, and reads the body of each answer."""

    def __init__(self, field: str) -> None:
        self._field = field

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (whatever the library has)
        return getattr(requests, name)

    def post(self, *args: Any, **options: Any) -> requests.Response:  # noqa: ANN401  (the library's)
        """As the library's own, but a refusal in the body gets the status of one."""
        reply = requests.post(*args, **options)  # noqa: S113  (apprise gives the timeout)
        said = _refusal(reply, self._field) if reply.ok else ""
        if said:
            reply.status_code = HTTPStatus.BAD_REQUEST
            refusals = _refusals.get()
            if refusals is not None:
                refusals.append(said)
        return reply


def _refusal(reply: requests.Response, field: str) -> str:
    """Code and words of a refusal; empty if the body has none, or is not what the service documents."""
    try:
        body = reply.json()
    except ValueError:
        return ""
    if not isinstance(body, dict) or body.get(field) in _FINE.get(field, _ZERO):
        return ""
    words = next((str(body[word]) for word in _WORDS if body.get(word)), "")
    return f"{field} {body[field]} {words}".strip()
