"""What the lab's servers were asked, so that a demo or a test can prove what nobody asked for."""

from __future__ import annotations

from enum import StrEnum

from leakguard.frozen import Frozen


class Sort(StrEnum):
    """What a request would do to a real server."""

    LOOKS = "looks"
    """Names, counts, versions."""
    READS_RECORDS = "reads_records"
    WRITES = "writes"
    LOGS_IN = "logs_in"
    """It carried a user name or a password."""


class Ask(Frozen):
    """One request that a server of the lab received."""

    server: str
    method: str
    what: str
    sort: Sort


class AskLog:
    """All requests in the order in which they came; one thread appends, any thread reads."""

    def __init__(self) -> None:
        self._asks: list[Ask] = []

    def note(self, server: str, method: str, what: str, sort: Sort) -> None:
        """Keep one request."""
        self._asks.append(Ask(server=server, method=method, what=what, sort=sort))

    def all(self, sort: Sort | None = None) -> tuple[Ask, ...]:
        """A copy: all requests, or those of one sort."""
        return tuple(ask for ask in tuple(self._asks) if sort is None or ask.sort == sort)
