"""Pages: reads a page and its own scripts as a visitor's browser would, and says what they ship to everybody.

Only the site itself is asked: no other host, no form, no address below the page but scripts, source maps and usual
files of configuration. A redirect is followed on the same site alone. Other hosts that the page takes scripts from are
named, so that nobody takes these scripts for read.
"""

from __future__ import annotations

import resource
from collections.abc import Callable
from typing import Any, Self

from leakguard.models.observations import Reply
from leakguard.models.targets import Endpoint
from leakguard.ports import Request
from leakguard.probes.caller import Caller
from leakguard.probes.protocols.http.client import HttpResponse
from leakguard.probes.protocols.http.web_session import WebSession
from leakguard.probes.protocols.page.links import other_host, path_on_site
from leakguard.probes.protocols.page.site_reading import REDIRECTS, SiteReading
from leakguard.probes.session import SessionSetup, reply_to
from leakguard.shipped.reader import FileReader

_PAGE_CAP = 2 * 1024 * 1024
_MOST_REDIRECTS = 2
_FOR_BROWSERS = frozenset({404, 406})
_AS_BROWSERS = {"accept": "text/html, */*"}
"""For servers that show their page only to whoever asks for one."""
_ANY = {"accept": "*/*"}


class PageSession(WebSession):
    """Documents of `SiteReading`, with `requests` (what was asked) and `led_away` (whether it is another host's)."""

    kind = "page"

    def __init__(
        self, caller: Caller, endpoint: Endpoint, user_agent: str, *, new_reader: Callable[[], FileReader]
    ) -> None:
        super().__init__(caller, endpoint, user_agent)
        self._new_reader = new_reader
        self._requests: list[dict[str, Any]] = []

    @classmethod
    def on(cls, way: SessionSetup) -> Self:
        """A session with the forms that are looked for."""
        session = cls(way.caller(), way.endpoint, way.user_agent, new_reader=way.new_reader)
        if way.front is not None:
            session._client.front = way.front
        return session

    async def answer(self, request: Request, cap: int) -> Reply:
        """What the page at the path `what` ships, with its scripts."""
        self._requests = []
        page, path = await self._page(request.what or self._endpoint.path or "/", max(cap, _PAGE_CAP))
        document = None if page.status is None else await self._shipped(page, path)
        return reply_to(
            request, ended=page.ended, status=page.status, headers=page.headers, document=document,
            size_bytes=sum(inner["bytes"] for inner in self._requests), seconds=page.seconds,
        )  # fmt: skip

    async def _page(self, path: str, cap: int) -> tuple[HttpResponse, str]:
        """The page, and the path where it lies: behind up to two redirects on the same site."""
        page = await self._fetch(path, cap)
        if page.status in _FOR_BROWSERS:
            page = await self._fetch(path, cap, _AS_BROWSERS)
        for _ in range(_MOST_REDIRECTS):
            led = path_on_site(page.headers.get("location", ""), None, path, self._endpoint)
            if page.status not in REDIRECTS or led is None or led == path:
                break
            path, page = led, await self._fetch(led, cap, _AS_BROWSERS)
        return page, path

    async def _shipped(self, page: HttpResponse, path: str) -> dict[str, Any]:
        # Scripts hold keys and secrets: from now on no core file of this process may keep them.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        reading = SiteReading(
            fetch=lambda wanted, cap: self._fetch(wanted, cap, _ANY), endpoint=self._endpoint, path=path,
            reader=self._new_reader(),
        )  # fmt: skip
        led_away = page.status in REDIRECTS and bool(other_host(page.headers.get("location", ""), self._endpoint))
        return await reading.read(page) | {"led_away": led_away, "requests": self._requests}

    async def _fetch(self, path: str, cap: int, headers: dict[str, str] | None = None) -> HttpResponse:
        fetched = await self._client.fetch("GET", path, cap=cap, headers=headers)
        self._requests.append({"method": "GET", "what": path, "status": fetched.status, "bytes": fetched.size})
        return fetched
