"""What all object stores have in common: the bucket is one of ours, pages are added up, and no name is kept."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol
from urllib.parse import quote

from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Endpoint
from leakguard.models.texts import is_text
from leakguard.ports import Request
from leakguard.probes.caller import Caller
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.http.client import HttpResponse
from leakguard.probes.protocols.http.web_session import WebSession
from leakguard.probes.session import aside, reply_to

PAGES = 10
"""Pages that are read at most of one listing."""
PAGE_CAP = 4 * 1024 * 1024
"""A page of 1,000 entries with keys of the longest kind (1,024 bytes) is about 1.5 MB."""


class Page(Protocol):
    """What an answer says in numbers and fixed words."""

    @property
    def objects(self) -> int:
        """How many entries this page lists."""

    @property
    def bytes(self) -> int:
        """Their sizes together."""

    @property
    def extensions(self) -> Mapping[str, int]:
        """How many names end in which usual way; the names themselves are dropped while reading."""

    @property
    def token(self) -> str | None:
        """Where the next page starts; goes back to the host and nowhere else."""

    @property
    def code(self) -> str | None:
        """The store's word for a refusal."""

    @property
    def is_listing(self) -> bool:
        """Whether this is a page of a bucket's listing."""

    @property
    def goes_on(self) -> bool:
        """Whether there are more pages."""


@dataclass(kw_only=True, slots=True)
class InnerAnswer:
    """One inner question and what its answer said."""

    fetched: HttpResponse
    page: Any = None
    """A `Page`, once there is one."""
    ended: Ending = Ending.COMPLETE

    @property
    def listed(self) -> bool:
        """Whether the answer is a page of a listing."""
        return self.page is not None and self.page.is_listing

    @property
    def code(self) -> str | None:
        """The store's word for a refusal."""
        return self.page.code if self.page is not None else None


Question = Callable[[str, int], Awaitable[tuple[InnerAnswer, dict[str, Any]]]]


class BucketSession(WebSession):
    """Asks for buckets of ours; documents have `requests`: what was asked, without keys or tokens."""

    for_the_service: ClassVar[frozenset[str]] = frozenset()
    """Questions that need no bucket."""

    def __init__(self, caller: Caller, endpoint: Endpoint, user_agent: str) -> None:
        super().__init__(caller, endpoint, user_agent)
        self._requests: list[dict[str, Any]] = []
        self._is_begun = False
        """Whether an answer that could not be read began as the store's do."""

    async def answer(self, request: Request, cap: int) -> Reply:
        """One question; a bucket that the owner did not name is `BLOCKED`."""
        if request.method not in self.for_the_service and request.what not in self._endpoint.buckets:
            return reply_to(request, ended=Ending.BLOCKED)
        self._requests, self._is_begun = [], False
        asked, document = await self.asking()[request.method](request.what, cap)
        known = asked.ended is Ending.COMPLETE
        return reply_to(
            request,
            ended=asked.ended,
            status=asked.fetched.status,
            headers=asked.fetched.headers,
            document=document | {"requests": self._requests} if known else None,
            size_bytes=sum(inner["bytes"] for inner in self._requests),
            seconds=asked.fetched.seconds,
        )

    def has_begun(self, reply: Reply) -> bool:
        """An answer in HTTP that is none of a store is another product's, unless it began as the store's do."""
        return (
            self._is_begun if reply.ended is Ending.GARBLED and reply.status is not None else super().has_begun(reply)
        )

    @abstractmethod
    def asking(self) -> Mapping[str, Question]:
        """How each of the `questions` is asked."""

    async def head(self, path: str, shown: str, cap: int) -> InnerAnswer:
        """Ask for the head of an answer; `shown` is what the proof tells of it."""
        return await self.fetch("HEAD", path, shown, cap)

    async def fetch(self, method: str, path: str, shown: str, cap: int) -> InnerAnswer:
        """Ask, and keep what the proof tells of it."""
        fetched = await self._client.fetch(method, path, cap=cap)
        self._requests.append({"method": method, "what": shown, "status": fetched.status, "bytes": fetched.size})
        self._is_begun = self._is_begun or fetched.ended is Ending.GARBLED
        return InnerAnswer(fetched=fetched, ended=fetched.ended)


class ListedSession(BucketSession):
    """A store whose buckets are listed page by page."""

    page_query: ClassVar[str]
    """Asks for one page of a listing."""
    token_word: ClassVar[str]
    """The parameter that names the next page."""

    @abstractmethod
    def read(self, body: bytes) -> Page:
        """Read one answer; raises `Garbled`."""

    @abstractmethod
    def may_begin(self, body: bytes) -> bool:
        """Whether an answer that was cut off begins as the store's do: a long page of anybody else is none of it."""

    @abstractmethod
    def folder(self, bucket: str) -> tuple[str, str]:
        """The path of a bucket's listing, and the same as a person may see it."""

    async def size(self, bucket: str, _cap: int) -> tuple[InnerAnswer, dict[str, Any]]:
        """`objects`, `bytes` and `pages` of at most ten pages, `complete` if that was all, `code` of a refusal.

        `extensions` counts how names end, where any has a usual end.
        """
        total = {"objects": 0, "bytes": 0, "pages": 0}
        extensions = Counter[str]()
        path, shown = self.folder(bucket)
        token: str | None = None
        for number in range(1, PAGES + 1):
            after = f"&{self.token_word}={quote(token, safe='')}" if token else ""
            shown_after = f"&{self.token_word}=<page {number}>" if token else ""
            query = f"?{self.page_query}"
            asked = await self.get(f"{path}{query}{after}", f"{shown}{query}{shown_after}", PAGE_CAP)
            if not asked.listed:
                break
            total["objects"] += asked.page.objects
            total["bytes"] += asked.page.bytes
            total["pages"] = number
            extensions.update(asked.page.extensions)
            token = asked.page.token
            if not asked.page.goes_on or not is_text(token):
                break
        asked, document = _summed(asked, total)
        return asked, document | ({"extensions": dict(extensions)} if extensions else {})

    async def get(self, path: str, shown: str, cap: int) -> InnerAnswer:
        """Ask, and read the answer."""
        asked = await self.fetch("GET", path, shown, cap)
        if asked.ended is Ending.CAPPED and not self.may_begin(asked.fetched.body):
            asked.ended = Ending.GARBLED
        if asked.ended is not Ending.COMPLETE:
            return asked
        try:
            asked.page = await aside(lambda: self.read(asked.fetched.body), asked.fetched.size)
        except Garbled:
            asked.ended, self._is_begun = Ending.GARBLED, self.may_begin(asked.fetched.body)
        return asked


def _summed(last: InnerAnswer, total: dict[str, int]) -> tuple[InnerAnswer, dict[str, Any]]:
    """Pages that were read count, even if a later one could not be."""
    whole = last.listed and not last.page.goes_on
    if total["pages"]:
        last.ended = Ending.COMPLETE
    known: dict[str, Any] = total if total["pages"] else {"objects": None, "bytes": None, "pages": 0}
    return last, {**known, "complete": whole, "code": last.code}
