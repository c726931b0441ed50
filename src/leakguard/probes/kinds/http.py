"""HTTP: `GET` and `HEAD` of a path."""

from __future__ import annotations

from leakguard.models.observations import Reply
from leakguard.models.targets import Endpoint
from leakguard.ports import Request
from leakguard.probes.caller import Caller
from leakguard.probes.kinds.http_client import Fetched, HttpClient
from leakguard.probes.session import KindSession, reply_to


class HttpSession(KindSession):
    """One web server. `Reply.status`, `headers` and `body` are as they came; redirects are told, not followed."""

    plain_name = "http"
    tls_name = "https"

    def __init__(self, caller: Caller, endpoint: Endpoint, user_agent: str) -> None:
        super().__init__(caller)
        self.client = HttpClient(caller, endpoint, user_agent)

    async def answer(self, request: Request, cap: int) -> Reply:
        """GET or HEAD; anything else is a bug and raises `ForbiddenCommand`."""
        fetched = await self.client.fetch(request.method, request.what, cap=cap, headers=request.headers)
        return reply_of(request, fetched)


def reply_of(request: Request, fetched: Fetched) -> Reply:
    """The answer with its body."""
    return reply_to(
        request,
        ended=fetched.ended,
        status=fetched.status,
        headers=fetched.headers,
        body=fetched.body,
        size_bytes=fetched.size,
        seconds=fetched.seconds,
    )
