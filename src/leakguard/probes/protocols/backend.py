"""What all backends that pages and apps talk to have in common: their tables, and the public key of a page of ours.

`inside` says what is judged by itself: the tables that the scope or a page names, or the backend to everybody. `table`
asks for one of them. The key goes to its backend alone, and none of it into what a reply tells.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from leakguard.checks.requests import Request as CheckRequest
from leakguard.frozen import as_dict, replace
from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import BackendPlace, Endpoint, join_host_port
from leakguard.ports import Request
from leakguard.probes.caller import Caller
from leakguard.probes.protocols.http.client import HttpResponse
from leakguard.probes.protocols.http.web_session import WebSession
from leakguard.probes.protocols.page.session import PageSession
from leakguard.probes.session import SessionSetup, reply_to
from leakguard.shipped.public_keys import KeyFinder, OwnWords, PublicKey

MOST_TABLES = 50
"""Of one backend that are asked for; the others are counted."""
INSIDE = "inside"
ANY = "*"
"""A name that no table has, which a rule for all names lets through."""
_SHIPPED = CheckRequest(id="page", method="shipped", what="")
_CAP = 64 * 1024
_TOO_MANY = 429
UNAVAILABLE = frozenset({_TOO_MANY, 500, 502, 503, 504})
"""Statuses that refuse nothing: the backend is busy, or does not get along."""


class BackendSession(WebSession):
    """Documents have `requests`: what was asked, without the key."""

    needs_key: ClassVar[bool] = False
    """Whether nothing can be asked without the key of a page."""
    own_words: ClassVar[OwnWords] = OwnWords()
    """What scripts say of this product alone."""
    has_whole: ClassVar[bool] = False
    """Whether a rule for all names has a verdict of its own, besides the tables."""

    def __init__(self, caller: Caller, endpoint: Endpoint, user_agent: str, *, way: SessionSetup) -> None:
        super().__init__(caller, endpoint, user_agent)
        self._way = way
        self._requests: list[dict[str, Any]] = []
        self.meant = endpoint.backend or BackendPlace()
        self.nonsense = f"lg{way.token(20)}"
        """A name that no table has."""
        self.key: PublicKey | None = None
        self._from_page: tuple[str, ...] = ()
        self._is_cut = False
        """Whether the page that names the backend was not read to its end, so that tables may be missing."""
        self.columns: Mapping[str, tuple[str, ...]] = {}
        """Those that a page asks for by name, by table."""
        self._full: HttpResponse | None = None
        """The answer by which the backend asked for fewer questions; then none is asked any more."""

    @classmethod
    def on(cls, way: SessionSetup) -> Self:
        """A session that may read pages as well."""
        return cls(way.caller(), way.endpoint, way.user_agent, way=way)

    async def answer(self, request: Request, cap: int) -> Reply:
        """One question; a table that the scope does not let us ask for is `BLOCKED`."""
        self._requests = []
        table = request.what.removeprefix(f"{self.meant.name}/")
        if self._endpoint.backend is None or (request.method != INSIDE and not self.meant.allows(table)):
            return reply_to(request, ended=Ending.BLOCKED)
        if request.method == INSIDE:
            await self._read_pages()
            fetched, document = await self.inside(cap)
            document |= self._tables_to_ask(document.pop("tables", ()))
        else:
            fetched, document = await self.table(table, cap) if self._full is None else (self._full, {"state": "busy"})
            document |= {"declared": table in self.meant.public, "any": table == ANY}
        return reply_to(
            request, ended=fetched.ended, status=fetched.status, document=document | {"requests": self._requests},
            size_bytes=fetched.size, seconds=fetched.seconds,
        )  # fmt: skip

    @abstractmethod
    async def inside(self, cap: int) -> tuple[HttpResponse, dict[str, Any]]:
        """Ask who is there, and how it answers for a name that cannot exist; `tables` are those that it names."""

    @abstractmethod
    async def table(self, table: str, cap: int) -> tuple[HttpResponse, dict[str, Any]]:
        """Ask for one table: without a row of it, and where that can be without a name."""

    async def get(self, path: str, *, cap: int = _CAP, method: str = "GET", **headers: str) -> HttpResponse:
        """Ask, and keep what the proof tells of it; the name that cannot exist is another one in each run."""
        asked = await self._client.fetch(
            method, path, cap=cap, headers={**self.login(), **headers}, page_key=self.bearer()
        )
        return self.noted(method, path.replace(self.nonsense, "<nonsense>"), asked)

    def noted(self, method: str, shown: str, fetched: HttpResponse) -> HttpResponse:
        """Keep what the proof tells of an exchange."""
        self._requests.append({"method": method, "what": shown, "status": fetched.status, "bytes": fetched.size})
        self._full = fetched if fetched.status == _TOO_MANY else self._full
        return fetched

    def login(self) -> dict[str, str]:
        """The headers by which a visitor's browser shows the public key."""
        return {}

    def bearer(self) -> str:
        """The public key, where a visitor's browser shows it as a bearer."""
        return ""

    @property
    def _words(self) -> tuple[str, ...]:
        """How a page names the backend."""
        place = self._endpoint
        return (self.meant.name or place.host or join_host_port(place.address, place.port),)

    def _tables_to_ask(self, tables: Iterable[str]) -> dict[str, Any]:
        """What is judged by itself: all that the scope lets us ask for."""
        value = self.key.value if self.key is not None else ""
        whole = (ANY,) if self.has_whole and self.meant.is_whole else ()
        wanted = dict.fromkeys((*whole, *self.meant.tables, *self._from_page, *tables))
        able = [each for each in wanted if self.meant.allows(each) and not (value and value in each)]
        names = [self.meant.inside(each) for each in able[:MOST_TABLES]]
        return {
            "names": names, "left_out": max(0, len(able) - MOST_TABLES), "is_unnamed": able == [ANY] or self._is_cut,
            "keys": [as_dict(self.key.shipped_key)] if self.key is not None else [],
        }  # fmt: skip

    async def _read_pages(self) -> None:
        """Read pages of ours, one after the other, until one names the backend, and ships its key if it needs one."""
        if not (self.needs_key or self.meant.is_whole):
            return
        for page in self.meant.pages:
            finder, is_cut = await self._read(page)
            self._is_cut = self.meant.is_whole and (is_cut if finder.names_backend else self._is_cut or is_cut)
            self.key = self.key or finder.key_for(self.project)
            if finder.names_backend:
                self._from_page, self.columns = finder.tables, finder.columns
                if self.key is not None or not self.needs_key:
                    break

    @property
    def project(self) -> str:
        """The project as a key may name it; empty where none does."""
        return self.meant.name

    async def _read(self, page: Endpoint) -> tuple[KeyFinder, bool]:
        """What the page ships, and whether it was not read to its end."""
        site = f"{page.scheme}://{join_host_port(page.host or page.address, page.port)}"
        finder = KeyFinder(
            self._way.new_reader(), site=site.removesuffix(":443"), names=self._words, words=self.own_words
        )
        caller = replace(self._way, endpoint=page, visit=None).caller()
        session = PageSession(caller, page, self._way.user_agent, new_reader=lambda: finder)
        try:
            read = await session.ask(_SHIPPED)
            document = read.document if isinstance(read.document, dict) else {}
        finally:
            await session.close()
        return finder, not document.get("complete")
