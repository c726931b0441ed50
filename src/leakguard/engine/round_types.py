"""The type of a round, and the connection on which its questions are asked."""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol

from leakguard.checks.requests import Request
from leakguard.engine.examination import CheckResult
from leakguard.models.observations import Reply, TlsSeen

Round = Generator[Request, Reply, list[CheckResult]]
"""A sans-I/O generator: yields requests, receives the reply to each, and returns the results of the checks."""


class RoundConnection(Protocol):
    """The connection of a round; `ports.Session` implements it, and `PLAIN_HTTP` for a connection of the sweep."""

    @property
    def transport(self) -> str:
        """`http`, `https`, `tcp` or `tls`, once known."""

    @property
    def tls(self) -> TlsSeen | None:
        """The certificate that was shown, if any."""

    @property
    def is_connected(self) -> bool:
        """Whether the connection of the last answer is still open, so that another question needs no new one."""
