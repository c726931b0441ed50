"""Names of tables in the page of the very same server, and the public words by which scripts name an application."""

from __future__ import annotations

import re
from collections.abc import Mapping

from leakguard.frozen import replace
from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Endpoint
from leakguard.ports import Request
from leakguard.probes.caller import Caller
from leakguard.probes.protocols.page.session import PageSession
from leakguard.probes.session import reply_to
from leakguard.shipped.forms import ShippedForms
from leakguard.shipped.reader import ShippedReader

_WORD = rb"""["'`]([A-Za-z0-9_.-]{1,128})["'`]"""
_CALL = re.compile(rb"""\.initialize\(\s{0,4}%(word)s(?:\s{0,4},\s{0,4}%(word)s)?""" % {b"word": _WORD})
_HEADER = re.compile(rb"""(?i:x-parse-application-id)["'`]?\s{0,4}[:,]\s{0,4}%(word)s""" % {b"word": _WORD})
_REACH = 320
_MOST_TRIES = 200


class _Reader(ShippedReader):
    """Names of tables, and the words of Parse."""

    def __init__(self) -> None:
        super().__init__(ShippedForms(secrets=(), backends=()), key=b"")
        self.public: dict[str, str] = {}

    def read(self, text: bytes, where: str) -> None:
        """See `ShippedReader`."""
        super().read(text, where)
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


class TablesOfPage:
    """Reads the page of a named place once; what its scripts say of an application stays here, for headers alone."""

    def __init__(self, caller: Caller, endpoint: Endpoint, user_agent: str) -> None:
        self._reader = _Reader()
        self._is_named = endpoint.named or endpoint.host is not None
        self._meant = endpoint.backend
        self._session = PageSession(caller, endpoint, user_agent, new_reader=lambda: self._reader)

    async def answer(self, request: Request, cap: int) -> Reply:
        """`tables`, `is_page`, `complete`; all empty at a place that nobody named, whose page is not read.

        The tables that the scope names stand before those of the page; where it names a part alone, no other does.
        """
        if not self._is_named:
            return reply_to(request, ended=Ending.COMPLETE, document={"tables": [], "is_page": False}, size_bytes=0)
        reply = await self._session.page_at("/", request, cap)
        meant = self._meant
        if meant is None or not isinstance(reply.document, dict):
            return reply
        named = [{"name": each, "where": "scope"} for each in meant.tables]
        found = [each for each in reply.document.get("tables", ()) if meant.allows(each["name"])]
        told = [*named, *(each for each in found if each["name"] not in meant.tables)]
        return replace(reply, document={**reply.document, "tables": told})

    def filled(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """The headers with the words of the page in the place of their names; without those that the page lacks."""
        known = {name: value.strip("{}") for name, value in headers.items() if value.startswith("{")}
        return {
            name: self._reader.public[known[name]] if name in known else value
            for name, value in headers.items()
            if name not in known or known[name] in self._reader.public
        }
