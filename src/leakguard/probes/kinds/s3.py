"""Object stores with S3's interface: may a stranger list, and how much is there; never a key, never an object.

`service` asks for the list of buckets, `list` proves the right to list with zero keys, `size` adds up the sizes of at
most ten pages, `acl` reads the grants.
The names of buckets come from the owner: one that is not named in the endpoint is not asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Endpoint
from leakguard.ports import Request
from leakguard.probes.caller import Caller
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.formats.s3_xml import S3Answer, read_answer
from leakguard.probes.kinds.http_client import Fetched
from leakguard.probes.kinds.web import WebSession
from leakguard.probes.session import reply_to

_PAGES = 10
_PAGE_CAP = 4 * 1024 * 1024
"""A page of 1,000 entries with keys of the longest kind (1,024 bytes) is about 1.5 MB."""
_ABSENT = frozenset({"NoSuchBucket", "InvalidBucketName"})
_ELSEWHERE = frozenset({"PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed"})


@dataclass(kw_only=True, slots=True)
class _Asked:
    """One inner question and what its answer said."""

    fetched: Fetched
    answer: S3Answer = field(default_factory=S3Answer)
    ended: Ending = Ending.COMPLETE


class S3Session(WebSession):
    """Documents as in the methods below, each with `requests`: what was asked, without keys or tokens."""

    questions = frozenset({"service", "list", "size", "acl"})

    def __init__(self, caller: Caller, endpoint: Endpoint, user_agent: str) -> None:
        super().__init__(caller, endpoint, user_agent)
        self._requests: list[dict[str, Any]] = []

    async def answer(self, request: Request, cap: int) -> Reply:
        """One question; a bucket that the owner did not name is `BLOCKED`."""
        questions = {"service": self._service, "list": self._list, "size": self._size, "acl": self._acl}
        if request.method != "service" and request.what not in self._endpoint.buckets:
            return reply_to(request, ended=Ending.BLOCKED)
        self._requests = []
        asked, document = await questions[request.method](request.what, cap)
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

    async def _service(self, _bucket: str, cap: int) -> tuple[_Asked, dict[str, Any]]:
        asked = await self._get("/", "/", cap)
        lists = asked.answer.root == "ListAllMyBucketsResult"
        return asked, {"code": asked.answer.code, "lists_buckets": lists, "buckets": asked.answer.buckets}

    async def _list(self, bucket: str, cap: int) -> tuple[_Asked, dict[str, Any]]:
        query = "?list-type=2&max-keys=0"
        asked = await self._get(self._path(bucket) + query, f"/{bucket}{query}", cap)
        code, listed = asked.answer.code, asked.answer.root == "ListBucketResult"
        listable = True if listed else (None if code in _ELSEWHERE else False)
        return asked, {
            "exists": _exists(code, listed=listed),
            "listable": listable,
            "code": code,
            "key_count": asked.answer.objects,
        }

    async def _size(self, bucket: str, _cap: int) -> tuple[_Asked, dict[str, Any]]:
        total = {"objects": 0, "bytes": 0, "pages": 0}
        token: str | None = None
        for page in range(1, _PAGES + 1):
            query = "?list-type=2&max-keys=1000"
            shown = f"/{bucket}{query}" + (f"&continuation-token=<page {page}>" if token else "")
            after = f"&continuation-token={quote(token, safe='')}" if token else ""
            asked = await self._get(self._path(bucket) + query + after, shown, _PAGE_CAP)
            if asked.ended is not Ending.COMPLETE or asked.answer.root != "ListBucketResult":
                break
            total["objects"] += asked.answer.objects
            total["bytes"] += asked.answer.bytes
            total["pages"] = page
            token = asked.answer.token
            if not asked.answer.truncated or token is None:
                break
        return self._summed(asked, total)

    def _summed(self, last: _Asked, total: dict[str, int]) -> tuple[_Asked, dict[str, Any]]:
        """Pages that were read count, even if a later one could not be."""
        whole = last.ended is Ending.COMPLETE and last.answer.root == "ListBucketResult" and not last.answer.truncated
        if total["pages"]:
            last.ended = Ending.COMPLETE
        known: dict[str, Any] = total if total["pages"] else {"objects": None, "bytes": None, "pages": 0}
        return last, {**known, "complete": whole, "code": last.answer.code}

    async def _acl(self, bucket: str, cap: int) -> tuple[_Asked, dict[str, Any]]:
        asked = await self._get(f"{self._path(bucket)}?acl", f"/{bucket}?acl", cap)
        grants = {who: sorted(rights) for who, rights in asked.answer.grants.items()}
        return asked, {"readable": asked.answer.root == "AccessControlPolicy", **grants, "code": asked.answer.code}

    async def _get(self, path: str, shown: str, cap: int) -> _Asked:
        fetched = await self._client.fetch("GET", path, cap=cap)
        self._requests.append({"method": "GET", "what": shown, "status": fetched.status, "bytes": fetched.size})
        if fetched.ended is not Ending.COMPLETE:
            return _Asked(fetched=fetched, ended=fetched.ended)
        try:
            return _Asked(fetched=fetched, answer=read_answer(fetched.body))
        except Garbled:
            return _Asked(fetched=fetched, ended=Ending.GARBLED)

    def _path(self, bucket: str) -> str:
        """The bucket is in the host name, as providers like it, or in the path."""
        in_host = (self._endpoint.host or "").startswith(f"{bucket}.")
        return "/" if in_host else f"/{quote(bucket, safe='')}"


def _exists(code: str | None, *, listed: bool) -> bool | None:
    """Some stores answer `AccessDenied` for names that do not exist, so that code proves nothing."""
    if listed or code in _ELSEWHERE:
        return True
    return False if code in _ABSENT else None
