"""HTTP: `GET` and `HEAD` of a path, and the whole questions of `gate.py`."""

from __future__ import annotations

from functools import cached_property
from typing import Self

from leakguard.checks.protocols import OF_PAGES
from leakguard.frozen import replace
from leakguard.models.observations import Reply
from leakguard.ports import Request
from leakguard.probes.protocols.http.client import HttpResponse, about_of
from leakguard.probes.protocols.http.gate import QUESTIONS
from leakguard.probes.protocols.http.page_tables import TablesOfPage
from leakguard.probes.protocols.http.web_session import WebSession
from leakguard.probes.session import SessionSetup, reply_to


class HttpSession(WebSession):
    """One web server. `Reply.status`, `headers` and `body` are as they came; redirects are told, not followed."""

    kind = "http"

    way: SessionSetup
    """By which pages are reached."""

    @classmethod
    def on(cls, way: SessionSetup) -> Self:
        """A session that may read other pages of the scope as well."""
        session = super().on(way)
        session.way = way
        return session

    @cached_property
    def _tables_of_page(self) -> TablesOfPage:
        return TablesOfPage(self.way, self._caller)

    async def answer(self, request: Request, cap: int) -> Reply:
        """GET or HEAD of the path `what`, or a question by its name: then everything is constant, and `what` told."""
        if request.method in OF_PAGES:
            return await self._tables_of_page.answer(request, cap)
        if request.method in QUESTIONS:
            asked = await self._client.question(request.method, cap=cap, about=about_of(request.what))
            reply = reply_of(request, asked)
            return replace(reply, method=QUESTIONS[request.method].method)
        headers = self._tables_of_page.filled(request.headers) if request.headers else request.headers
        fetched = await self._client.fetch(request.method, request.what, cap=cap, headers=headers)
        return reply_of(request, fetched)


def reply_of(request: Request, fetched: HttpResponse) -> Reply:
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
