"""HTTP: `GET` and `HEAD` of a path, and the whole questions of `gate.py`."""

from __future__ import annotations

from leakguard.frozen import replace
from leakguard.models.observations import Reply
from leakguard.ports import Request
from leakguard.probes.protocols.http.client import Fetched
from leakguard.probes.protocols.http.gate import QUESTIONS
from leakguard.probes.protocols.http.web_session import WebSession
from leakguard.probes.session import reply_to


class HttpSession(WebSession):
    """One web server. `Reply.status`, `headers` and `body` are as they came; redirects are told, not followed."""

    kind = "http"

    async def answer(self, request: Request, cap: int) -> Reply:
        """GET or HEAD of the path `what`, or a question by its name: then everything is constant, and `what` told."""
        if request.method in QUESTIONS:
            reply = reply_of(request, await self._client.question(request.method, cap=cap))
            return replace(reply, method=QUESTIONS[request.method].method)
        fetched = await self._client.fetch(request.method, request.what, cap=cap, headers=request.headers)
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
