"""What the sessions that speak HTTP share."""

from __future__ import annotations

from typing import Self

from leakguard.models.targets import Endpoint
from leakguard.probes.caller import Caller
from leakguard.probes.protocols.http.client import HttpClient
from leakguard.probes.session import KindSession, SessionSetup


class WebSession(KindSession):
    """A session that asks by HTTP."""

    plain_name = "http"
    tls_name = "https"

    def __init__(self, caller: Caller, endpoint: Endpoint, user_agent: str) -> None:
        super().__init__(caller)
        self._endpoint = endpoint
        self._client = HttpClient(caller, endpoint, user_agent)

    @classmethod
    def on(cls, way: SessionSetup) -> Self:
        """A session that tells the host who asks."""
        session = cls(way.caller(), way.endpoint, way.user_agent)
        if way.front is not None:
            session._client.front = way.front
        return session
