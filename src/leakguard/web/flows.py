"""Logins of several steps: what a step leaves for the next one, in the memory of this process, for a few minutes.

A browser holds a random id in a cookie; what it stands for works once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request

LASTS = timedelta(minutes=10)
MOST = 1_000
"""Flows that are remembered; the oldest are forgotten first."""


class Flows:
    """The flows of this server; safe in threads."""

    def __init__(self, make: Callable[[int], str]) -> None:
        """`make` makes so many random hex digits."""
        self._make, self._lock = make, Lock()
        self._kept: OrderedDict[str, tuple[datetime, Mapping[str, str]]] = OrderedDict()

    def begin(self, values: Mapping[str, str], now: datetime) -> str:
        """Remember what a step left; returns the id."""
        identifier = self._make(64)
        with self._lock:
            self._kept[identifier] = (now + LASTS, values)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return identifier

    def end(self, identifier: str, now: datetime) -> Mapping[str, str]:
        """What the step before left, once; empty for what is unknown or took too long."""
        with self._lock:
            until, values = self._kept.pop(identifier, (now, {}))
        return values if now < until else {}


def flow_cookie(identifier: str, *, is_secure: bool) -> str:
    """The header that gives a browser the id, or with an empty one takes it away."""
    secure = "; Secure" if is_secure else ""
    lasts = int(LASTS.total_seconds()) if identifier else 0
    return f"{_name(is_secure=is_secure)}={identifier}; Max-Age={lasts}; Path=/; HttpOnly; SameSite=Lax{secure}"


def flow_id(request: Request, *, is_secure: bool) -> str:
    """The id that a browser sends; empty without one."""
    return request.cookies.get(_name(is_secure=is_secure), "")[:64]


def _name(*, is_secure: bool) -> str:
    return "__Host-leakguard-login" if is_secure else "leakguard-login"
