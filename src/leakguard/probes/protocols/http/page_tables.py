"""Names of tables in pages of ours that talk to a server, and the public words by which they name an application."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from leakguard.checks.protocols import PAGE_TABLES
from leakguard.checks.requests import Request as PageRequest
from leakguard.frozen import as_dict, replace
from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Endpoint, origins_of
from leakguard.ports import Request
from leakguard.probes.caller import Caller
from leakguard.probes.session import KindSession, SessionSetup, reply_to, session_of
from leakguard.shipped.forms import ShippedForms
from leakguard.shipped.reader import ShippedReader

_WORD = rb"""["'`]([A-Za-z0-9_.-]{1,128})["'`]"""
_CALL = re.compile(rb"""\.initialize\(\s{0,4}%(word)s(?:\s{0,4},\s{0,4}%(word)s)?""" % {b"word": _WORD})
_HEADER = re.compile(rb"""(?i:x-parse-application-id)["'`]?\s{0,4}[:,]\s{0,4}%(word)s""" % {b"word": _WORD})
_REACH = 320
_MOST_TRIES = 200


class _Reader(ShippedReader):
    """Names of tables, and the words of Parse."""

    def __init__(self, names: frozenset[str] = frozenset()) -> None:
        """`names` are the words by which a script names the server."""
        super().__init__(ShippedForms(secrets=(), backends=()), key=b"")
        self._names = tuple(f"/{name}".encode() for name in names)
        self.names_server = False
        self.public: dict[str, str] = {}

    def read(self, text: bytes, where: str) -> None:
        """See `ShippedReader`."""
        super().read(text, where)
        self.names_server = self.names_server or any(name in text for name in self._names)
        for literal, form in ((b".initialize(", _CALL), (b"arse-", _HEADER), (b"ARSE-", _HEADER)):
            tried, at = 0, text.find(literal)
            while at >= 0 and tried < _MOST_TRIES and "parse_application" not in self.public:
                self._keep_public(form.search(text, max(0, at - len(literal)), at + _REACH))
                tried, at = tried + 1, text.find(literal, at + len(literal))

    def _keep_public(self, found: re.Match[bytes] | None) -> None:
        if found is not None:
            names = ("parse_application", "parse_key")
            words = zip(names, found.groups(), strict=False)
            self.public = {name: word.decode("ascii") for name, word in words if word}

    @property
    def table_documents(self) -> list[dict[str, Any]]:
        """Each table with `by`, the call that names it: of two products on one page, each has calls of its own."""
        return [{**as_dict(table), "by": call} for call, table in self.tables_by_call]


class TablesOfPage:
    """Reads pages once; what their scripts say of an application stays here, for headers to this server alone."""

    def __init__(self, way: SessionSetup, caller: Caller) -> None:
        """`way` leads to the server and to the pages of the scope; `caller` is the connection to the server."""
        self._own, self._public = _Reader(), dict[str, str]()
        self._endpoint, self._way, self._meant = way.endpoint, way, way.endpoint.backend
        self._session = _page_session(replace(way, shared=caller), self._own)
        self._elsewhere: list[dict[str, Any]] | None = None
        self._is_cut = False

    async def answer(self, request: Request, cap: int) -> Reply:
        """`tables`, `is_page`, `complete`; all empty at a place that nobody named, for which no page is read.

        The tables that the scope names stand before those of pages; where it names a part alone, no other does.
        """
        nothing = reply_to(request, ended=Ending.COMPLETE, document={"tables": [], "is_page": False}, size_bytes=0)
        if not (self._endpoint.named or self._endpoint.host is not None):
            return nothing
        reply, found = nothing, []
        if request.method == PAGE_TABLES:
            reply = await _read_page(self._session, f"{request.what.rstrip('/')}/", request, cap)
            self._public = {**self._own.public, **self._public}
            found = self._own.table_documents
        if not isinstance(reply.document, dict):
            reply = replace(nothing, ended=reply.ended, status=reply.status)
        found = [*found, *await self._of_other_pages(request, cap)]
        complete = bool(reply.document.get("complete", True)) and not self._is_cut
        return replace(reply, document={**reply.document, "tables": self._allowed(found), "complete": complete})

    def _allowed(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        meant = self._meant
        if meant is None:
            return found
        named = [{"name": table, "where": "scope"} for table in meant.tables]
        able = (each for each in found if meant.allows(each["name"]))
        return [*named, *(each for each in able if each["name"] not in meant.tables)]

    async def _of_other_pages(self, request: Request, cap: int) -> list[dict[str, Any]]:
        """The tables of the first page of the scope that names this server, if a page besides its own does."""
        if self._elsewhere is None:
            self._elsewhere = []
            async for reader, is_cut in self._read_others(request, cap):
                self._is_cut = is_cut if reader.names_server else self._is_cut or is_cut
                if reader.names_server:
                    self._elsewhere, self._public = reader.table_documents, {**reader.public, **self._public}
                    break
        return self._elsewhere

    async def _read_others(self, request: Request, cap: int) -> AsyncIterator[tuple[_Reader, bool]]:
        meant, own = self._meant, (self._endpoint.address, self._endpoint.port)
        for page in self._endpoint.pages if meant is None else meant.pages:
            if (page.address, page.port) != own:
                yield await self._read(page, request, cap)

    async def _read(self, page: Endpoint, request: Request, cap: int) -> tuple[_Reader, bool]:
        """What the page tells, and whether it was not read to its end."""
        reader = _Reader(origins_of(self._endpoint))
        session = _page_session(replace(self._way, endpoint=page, visit=None), reader)
        try:
            read = await _read_page(session, page.path or "/", request, cap)
            document = read.document if isinstance(read.document, dict) else {}
        finally:
            await session.close()
        return reader, not document.get("complete")

    def filled(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """The headers with the words of the pages in the place of their names; without those that they lack."""
        known = {name: value.strip("{}") for name, value in headers.items() if value.startswith("{")}
        return {
            name: self._public[known[name]] if name in known else value
            for name, value in headers.items()
            if name not in known or known[name] in self._public
        }


def _page_session(way: SessionSetup, reader: _Reader) -> KindSession:
    """A session that reads pages by `reader`. By its name: it is built on the client of this package."""
    return session_of("page").on(replace(way, front=None, new_reader=lambda: reader))


async def _read_page(session: KindSession, path: str, request: Request, cap: int) -> Reply:
    """The answer to `request`: what the page at `path` ships."""
    asked = PageRequest(id=request.id, method=request.method, what=path)
    return replace(await session.answer(asked, cap), what=request.what)
