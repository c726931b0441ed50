"""Reads the scripts of one page: those that it names, those that they name, source maps and files of configuration.

How many, how large and how deep is bounded whatever the site sends. Scripts on other hosts are counted, never fetched.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from leakguard.frozen import Frozen, as_dict
from leakguard.models.observations import Ending
from leakguard.models.targets import Endpoint
from leakguard.probes.protocols.http.client import HttpResponse
from leakguard.probes.protocols.page.links import (
    chunks_of_script,
    other_host,
    path_on_site,
    scripts_of_page,
    source_map_of,
)
from leakguard.probes.protocols.webroot.file_reader import is_page
from leakguard.probes.session import aside
from leakguard.shipped.reader import FileReader

MOST_FILES = 60
"""Scripts, maps and files of configuration of one site that are asked for, whatever comes back; a large application
loads some forty at once."""
MOST_BYTES = 30 * 1024 * 1024
"""Of all of them together, as they travel or unpacked, whichever is more."""
FILE_CAP = 5 * 1024 * 1024
_DEEPEST = 2
"""Scripts of the page are read, and the scripts that those name."""
CONFIGURATION = (
    "/config.json", "/config.js", "/env.js", "/runtime-config.js", "/__/firebase/init.json",
    "/firebase-messaging-sw.js",
)  # fmt: skip
"""Where pages usually keep what differs from one installation to the next; Firebase Hosting answers the last but one,
and the last is where Firebase's own client looks for a worker, which no page names."""
MOST_HOSTS = 20
"""Other hosts that are named."""
OK = 200
_SCRIPTS = (".js", ".mjs", ".map")
"""Ends of paths that a person may name in a page's place."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_POLICIES = ("content-security-policy", "content-security-policy-report-only")

Fetch = Callable[[str, int], Awaitable[HttpResponse]]
"""Asks for a path of the site, and reads so many bytes of the answer."""


class _Wanted(Frozen):
    """A file to read."""

    path: str
    depth: int = 0
    """0 for what the page itself names, and for configuration."""
    is_map: bool = False
    is_named: bool = True
    """Whether the page or a script names it; files of configuration may be there or not."""
    is_led_to: bool = False
    """Whether a redirect led there: a second one is not followed."""


@dataclass(slots=True, kw_only=True)
class SiteReading:
    """One page with its scripts; `read` may be called once."""

    fetch: Fetch
    endpoint: Endpoint
    path: str
    """Where the page lies."""
    reader: FileReader
    is_page: bool = False
    complete: bool = True
    files: int = 0
    scripts: int = 0
    maps: int = 0
    elsewhere: int = 0
    hosts: dict[str, None] = field(default_factory=dict)
    _bytes: int = 0
    _waiting: deque[_Wanted] = field(default_factory=deque)
    _known: set[str] = field(default_factory=set)

    async def read(self, page: HttpResponse) -> dict[str, Any]:
        """Read all of it; see `document`."""
        self.is_page = page.status == OK and is_page(page.body)
        self.complete = page.ended is Ending.COMPLETE
        self._bytes = page.size
        if self.is_page:
            await aside(partial(self._read_page, page), page.size)
            self._add(self._named_by(page))
            self._add(_Wanted(path=each, depth=_DEEPEST, is_named=False) for each in CONFIGURATION)
        elif page.status == OK and self.path.endswith(_SCRIPTS):
            self.is_page = True  # of one script, which a person named
            self._known.add(self.path)
            await self._take(page, _Wanted(path=self.path))
        await self._read_all()
        return self.document()

    def document(self) -> dict[str, Any]:
        """How much was read and whether it was all, which hosts were left out, and what was found: kinds and places."""
        found = self.reader.shipped
        return {
            "is_page": self.is_page, "files": self.files, "scripts": self.scripts, "maps": self.maps,
            "elsewhere": self.elsewhere, "hosts": list(self.hosts), "complete": self.complete and not found.left_out,
            "secrets": [as_dict(secret) for secret in found.secrets],
            "backends": [as_dict(backend) for backend in found.backends],
            "tables": [as_dict(table) for table in found.tables],
        }  # fmt: skip

    def _read_page(self, page: HttpResponse) -> None:
        self.reader.read(page.body, self.path)
        for name in _POLICIES:
            self.reader.read(page.headers.get(name, "").encode(), f"{self.path} ({name})")

    def _named_by(self, page: HttpResponse) -> Iterator[_Wanted]:
        for link in scripts_of_page(page.body):
            wanted = self._on_site(link, None, _Wanted(path=""))
            if wanted is not None:
                yield wanted

    def _on_site(self, link: str, of_script: str | None, like: _Wanted) -> _Wanted | None:
        """What the link leads to on the site; counts it where it leads to another host."""
        path = path_on_site(link, of_script, self.path, self.endpoint)
        if path is not None:
            return _Wanted(path=path, depth=like.depth, is_led_to=like.is_led_to)
        host = other_host(link, self.endpoint)
        if host:
            self.elsewhere += 1
            if len(self.hosts) < MOST_HOSTS:
                self.hosts[host] = None
        elif not link.startswith(("data:", "blob:", "javascript:")):
            self.complete = False
        return None

    async def _read_all(self) -> None:
        asked = 0
        while self._waiting:
            if asked >= MOST_FILES or self._bytes >= MOST_BYTES:
                self.complete = False
                return
            wanted, asked = self._waiting.popleft(), asked + 1
            fetched = await self.fetch(wanted.path, FILE_CAP)
            self._bytes += max(fetched.size, len(fetched.body))
            if fetched.ended is not Ending.COMPLETE:
                self.complete = False
            if fetched.status is None:
                return  # the time is spent, or the host is gone
            if fetched.status in REDIRECTS and wanted.is_named:
                self._follow(fetched, wanted)
            if fetched.status == OK and fetched.ended is not Ending.GARBLED and not is_page(fetched.body):
                await self._take(fetched, wanted)

    async def _take(self, fetched: HttpResponse, wanted: _Wanted) -> None:
        """Count and look through one file."""
        self.maps += wanted.is_map
        self.files += not wanted.is_map
        self.scripts += wanted.is_named and not wanted.is_map
        self._add(iter(await aside(partial(self._read_file, fetched, wanted), fetched.size)))

    def _follow(self, fetched: HttpResponse, wanted: _Wanted) -> None:
        """Once, on the same site; a second redirect leaves the file unread."""
        like = _Wanted(path="", depth=wanted.depth, is_led_to=True)
        led = None if wanted.is_led_to else self._on_site(fetched.headers.get("location", ""), wanted.path, like)
        if led is not None:
            self._add(iter([led]))
        elif wanted.is_led_to:
            self.complete = False

    def _read_file(self, fetched: HttpResponse, wanted: _Wanted) -> list[_Wanted]:
        """Look through one file; what it names besides."""
        self.reader.read(fetched.body, wanted.path)
        if wanted.is_map:
            return []
        links = chunks_of_script(fetched.body) if wanted.depth < _DEEPEST else ()
        paths = (path_on_site(link, wanted.path, self.path, self.endpoint) for link in links)
        found = [_Wanted(path=path, depth=wanted.depth + 1) for path in paths if path is not None]
        at = source_map_of(fetched.body)
        mapped = path_on_site(at, wanted.path, self.path, self.endpoint) if at else None
        return found if mapped is None else [_Wanted(path=mapped, depth=_DEEPEST, is_map=True), *found]

    def _add(self, found: Iterator[_Wanted]) -> None:
        """Keep what is new; one more than may be asked for is enough to know that not all was read."""
        for wanted in found:
            if len(self._known) > MOST_FILES:
                return
            if wanted.path not in self._known:
                self._known.add(wanted.path)
                self._waiting.append(wanted)
