"""Pages: reads a page and its own scripts as a visitor's browser would, and says what they ship to everybody.

Only the site itself is asked: no other host, no form, no address below the page but scripts, source maps and usual
files of configuration. A redirect is followed on the same site alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import Any, Self

from leakguard.frozen import Frozen, as_dict
from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Endpoint
from leakguard.ports import Request
from leakguard.probes.caller import Caller
from leakguard.probes.protocols.http.client import Fetched
from leakguard.probes.protocols.http.web_session import WebSession
from leakguard.probes.protocols.page.links import chunks_of_script, path_on_site, scripts_of_page, source_map_of
from leakguard.probes.protocols.webroot.file_reader import is_page
from leakguard.probes.session import NewReader, SessionSetup, aside, reply_to
from leakguard.shipped.reader import ShippedReader

MOST_FILES = 60
"""Scripts, maps and files of configuration of one site that are asked for, whatever comes back; a large application
loads some forty at once."""
MOST_BYTES = 30 * 1024 * 1024
"""Of all of them together."""
FILE_CAP = 5 * 1024 * 1024
_PAGE_CAP = 2 * 1024 * 1024
_DEEPEST = 2
"""Scripts of the page are read, and the scripts that those name."""
CONFIGURATION = ("/config.json", "/config.js", "/env.js", "/runtime-config.js", "/__/firebase/init.json")
"""Where pages usually keep what differs from one installation to the next; Firebase Hosting answers the last one."""
_OK = 200
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 2


class _Wanted(Frozen):
    """A file to read."""

    path: str
    depth: int
    """0 for what the page itself names, or for configuration."""
    is_map: bool = False


class PageSession(WebSession):
    """Documents as in `_shipped`, with `requests`: what was asked."""

    kind = "page"

    def __init__(self, caller: Caller, endpoint: Endpoint, user_agent: str, *, new_reader: NewReader) -> None:
        super().__init__(caller, endpoint, user_agent)
        self._new_reader = new_reader
        self._requests: list[dict[str, Any]] = []
        self._bytes = 0

    @classmethod
    def on(cls, way: SessionSetup) -> Self:
        """A session with the forms that are looked for."""
        session = cls(way.caller(), way.endpoint, way.user_agent, new_reader=way.new_reader)
        if way.front is not None:
            session._client.front = way.front
        return session

    async def answer(self, request: Request, cap: int) -> Reply:
        """What the page at the path `what` ships, with its scripts."""
        self._requests, self._bytes = [], 0
        page, path = await self._page(request.what or self._endpoint.path or "/", cap)
        document = None if page.status is None else await self._shipped(page, path)
        return reply_to(
            request, ended=page.ended, status=page.status, headers=page.headers,
            document=None if document is None else document | {"requests": self._requests},
            size_bytes=sum(inner["bytes"] for inner in self._requests), seconds=page.seconds,
        )  # fmt: skip

    async def _page(self, path: str, cap: int) -> tuple[Fetched, str]:
        """The page, and the path where it lies: behind up to two redirects on the same site."""
        page = await self._fetch(path, max(cap, _PAGE_CAP))
        for _ in range(_MOST_REDIRECTS):
            led = path_on_site(page.headers.get("location", ""), None, path, self._endpoint)
            if page.status not in _REDIRECTS or led is None or led == path:
                break
            path, page = led, await self._fetch(led, max(cap, _PAGE_CAP))
        return page, path

    async def _shipped(self, page: Fetched, path: str) -> dict[str, Any]:
        """`is_page`; how many files and maps were read, whether all were, and what they hold, by kinds and places."""
        reader = self._new_reader()
        told: dict[str, Any] = {
            "is_page": page.status == _OK and is_page(page.body), "files": 0, "maps": 0, "elsewhere": 0,
            "complete": page.ended is Ending.COMPLETE,
        }  # fmt: skip
        if told["is_page"]:
            await aside(lambda: reader.read(page.body, path), page.size)
            await self._read_all(self._named_by(page, path, told), path, reader, told)
        found = reader.shipped
        told["complete"] = told["complete"] and not found.left_out
        return told | {
            "secrets": [as_dict(one) for one in found.secrets],
            "backends": [as_dict(one) for one in found.backends],
            "tables": [as_dict(one) for one in found.tables],
        }

    def _named_by(self, page: Fetched, path: str, told: dict[str, Any]) -> Iterator[_Wanted]:
        for link in scripts_of_page(page.body):
            found = path_on_site(link, None, path, self._endpoint)
            if found is None:
                told["elsewhere"] += 1
            else:
                yield _Wanted(path=found, depth=0)
        yield from (_Wanted(path=each, depth=_DEEPEST) for each in CONFIGURATION)

    async def _read_all(self, first: Iterator[_Wanted], page: str, reader: ShippedReader, told: dict[str, Any]) -> None:
        waiting, known, asked = deque[_Wanted](), set[str](), 0
        _add(waiting, known, first)
        while waiting:
            if asked >= MOST_FILES or self._bytes >= MOST_BYTES:
                told["complete"] = False
                return
            wanted, asked = waiting.popleft(), asked + 1
            fetched = await self._fetch(wanted.path, FILE_CAP)
            if fetched.ended is not Ending.COMPLETE:
                told["complete"] = False
            if fetched.status is None:
                return  # the time is spent, or the host is gone
            if fetched.status == _OK and not is_page(fetched.body):
                told["maps" if wanted.is_map else "files"] += 1
                further = await aside(partial(self._read, fetched, wanted, page, reader), fetched.size)
                _add(waiting, known, iter(further))

    def _read(self, fetched: Fetched, wanted: _Wanted, page: str, reader: ShippedReader) -> list[_Wanted]:
        """Look through one file; what it names besides."""
        reader.read(fetched.body, wanted.path)
        if wanted.is_map:
            return []
        links = chunks_of_script(fetched.body) if wanted.depth < _DEEPEST else ()
        paths = (path_on_site(link, wanted.path, page, self._endpoint) for link in links)
        found = [_Wanted(path=path, depth=wanted.depth + 1) for path in paths if path is not None]
        at = source_map_of(fetched.body)
        mapped = path_on_site(at, wanted.path, page, self._endpoint) if at else None
        return found if mapped is None else [_Wanted(path=mapped, depth=_DEEPEST, is_map=True), *found]

    async def _fetch(self, path: str, cap: int) -> Fetched:
        fetched = await self._client.fetch("GET", path, cap=cap)
        self._requests.append({"method": "GET", "what": path, "status": fetched.status, "bytes": fetched.size})
        self._bytes += fetched.size
        return fetched


def _add(waiting: deque[_Wanted], known: set[str], found: Iterator[_Wanted]) -> None:
    """Keep what is new; one more than may be asked for is enough to know that not all was read."""
    for one in found:
        if len(known) > MOST_FILES:
            return
        if one.path not in known:
            known.add(one.path)
            waiting.append(one)
