"""Algolia: what the key of a page may do, by its own list of rights; never a record, a search or a list of keys.

A key for searching and one for everything look alike. So the key asks for itself alone: the answer lists its rights.
One that may not ask that is asked for the first of the indexes, which a key for searching may not list either.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from leakguard.checks.replies import json_in
from leakguard.probes.protocols.backend import UNAVAILABLE, BackendSession
from leakguard.probes.protocols.http.client import HttpResponse
from leakguard.shipped.public_keys import OwnWords

_OK, _REFUSED = 200, frozenset({401, 403, 404})
_RIGHT = re.compile(r"[A-Za-z]{1,40}")
MOST_RIGHTS = 40
_HOST = ".algolia.net"


class AlgoliaSession(BackendSession):
    """Documents have `state`: `told`, `lists`, `refused`, `missing`, `busy` or `unknown`; `rights` of the key."""

    kind = "algolia"

    needs_key: ClassVar[bool] = True
    own_words: ClassVar[OwnWords] = OwnWords(
        key_kind="algolia_key",
        key=re.compile(rb"""["'`](?P<value>[0-9a-f]{32})["'`]"""),
        calls=(b".initIndex(", b"indexName", b"/1/indexes/"),
        names=re.compile(
            rb"""(?:\.initIndex\(\s{0,4}["'`]|indexName["'`]?\s{0,4}:\s{0,4}["'`]|/1/indexes/)([A-Za-z0-9_.-]{1,100})"""
        ),
    )

    @property
    def project(self) -> str:
        """The name of the application, which stands in the name of its host."""
        host = self._endpoint.host or ""
        return host.partition("-")[0].upper() if host.endswith(_HOST) else self.meant.name

    @property
    def _words(self) -> tuple[str, ...]:
        return (self.project,)

    def login(self) -> dict[str, str]:
        """As the official client shows itself."""
        if self.key is None:
            return {}
        return {"x-algolia-application-id": self.project, "x-algolia-api-key": self.key.value}

    async def inside(self, cap: int) -> tuple[HttpResponse, dict[str, Any]]:
        """`product` and `state`, with the `rights` that the key has."""
        if self.key is None:
            return await self.get(f"/1/keys/{self.nonsense}", cap=cap), _document("missing")
        asked = await self._of_key(cap)
        rights = _rights_in(asked)
        if rights is not None:
            return asked, _document("told", rights)
        if asked.status not in _REFUSED:
            return asked, _document("busy" if asked.status in UNAVAILABLE else "unknown")
        listed = await self.get("/1/indexes?page=0&hitsPerPage=1", cap=cap)
        items = json_in(listed.body) if listed.status == _OK else None
        if isinstance(items, dict) and isinstance(items.get("items"), list):
            return listed, _document("lists", ("listIndexes",))
        return listed, _document("refused" if listed.status in _REFUSED else "unknown")

    async def _of_key(self, cap: int) -> HttpResponse:
        """What the key is; it stands in the path there, and is left out of what is told."""
        value = self.key.value if self.key is not None else ""
        asked = await self._client.fetch("GET", f"/1/keys/{value}", cap=cap, headers=self.login())
        return self.noted("GET", "/1/keys/<key>", asked)

    async def table(self, table: str, cap: int) -> tuple[HttpResponse, dict[str, Any]]:  # noqa: ARG002  (as the base)
        """Indexes are not asked for one by one: what the key may do holds for all that it names."""
        return await self.inside(cap)


def _document(state: str, rights: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"product": state in {"told", "lists", "refused"}, "state": state, "rights": list(rights)}


def _rights_in(asked: HttpResponse) -> tuple[str, ...] | None:
    document = json_in(asked.body) if asked.status == _OK else None
    rights = document.get("acl") if isinstance(document, dict) else None
    if not isinstance(rights, list):
        return None
    return tuple(right for right in rights[:MOST_RIGHTS] if isinstance(right, str) and _RIGHT.fullmatch(right))
