"""Object stores with S3's interface: may a stranger list, and how much is there; never a key, never an object.

`service` asks for the list of buckets, `list` proves the right to list without looking at a key, `size` adds up the
sizes of at most ten pages, `acl` reads the grants.
The names of buckets come from the owner: one that is not named in the endpoint is not asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from leakguard.models.observations import Ending
from leakguard.probes.protocols.object_store import InnerAnswer, ListedSession, Question
from leakguard.probes.protocols.s3.reader import S3Answer, read_answer

_ABSENT = frozenset({"NoSuchBucket", "InvalidBucketName"})
_ELSEWHERE = frozenset({"PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed"})
_REFUSED = frozenset({401, 403})
_DENIED = "AccessDenied"
_NO_KEYS = "?list-type=2&max-keys=0"
_WANTS_A_KEY = frozenset({"InvalidArgument", "InvalidRequest"})
"""Alibaba's OSS, RustFS and Ozone take `max-keys` from one on alone."""


class S3Session(ListedSession):
    """Documents as in the methods below, and `size` of the base."""

    kind = "s3"
    page_query = "list-type=2&max-keys=1000"
    token_word = "continuation-token"  # noqa: S105  (a parameter's name)
    for_the_service = frozenset({"service"})

    def asking(self) -> Mapping[str, Question]:
        """How each of the `questions` is asked."""
        return {"service": self._service, "list": self._list, "size": self.size, "acl": self._acl}

    def read(self, body: bytes) -> S3Answer:
        """Read one answer; raises `Garbled`."""
        return read_answer(body)

    def may_begin(self, body: bytes) -> bool:
        """Whether an answer that was cut off begins as the store's do."""
        return S3Answer.may_begin(body)

    def folder(self, bucket: str) -> tuple[str, str]:
        """The bucket is in the host name, as providers like it, or in the path."""
        in_host = (self._endpoint.host or "").startswith(f"{bucket}.")
        return "/" if in_host else f"/{quote(bucket, safe='')}", f"/{bucket}"

    async def _service(self, _bucket: str, cap: int) -> tuple[InnerAnswer, dict[str, Any]]:
        """A proxy may keep the front page for itself, and pass on the rest: one bucket of ours shows that."""
        asked = await self.get("/", "/", cap)
        if asked.ended is Ending.GARBLED and asked.fetched.status is not None and await self._is_behind(cap):
            asked.ended = Ending.COMPLETE
        page = asked.page or S3Answer()
        lists = page.root == "ListAllMyBucketsResult"
        return asked, {"code": page.code, "lists_buckets": lists, "buckets": page.buckets}

    async def _is_behind(self, cap: int) -> bool:
        """Whether an object store answers for the first of our buckets."""
        for bucket in self._endpoint.buckets[:1]:
            path, shown = self.folder(bucket)
            return (await self.get(path + _NO_KEYS, shown + _NO_KEYS, cap)).page is not None
        return False

    async def _list(self, bucket: str, cap: int) -> tuple[InnerAnswer, dict[str, Any]]:
        """A listing of zero keys proves the right to list; one of a single key where the store knows no such listing.

        Only a refusal is one: a store that is busy, or does not understand the question, has refused nothing.
        """
        path, shown = self.folder(bucket)
        for most in (0, 1):
            query = f"?list-type=2&max-keys={most}"
            asked = await self.get(path + query, shown + query, cap)
            if asked.code not in _WANTS_A_KEY:
                break
        page = asked.page or S3Answer()
        exists = _exists(page.code, listed=page.is_listing)
        return asked, {"exists": exists, "listable": _listable(asked), "code": page.code, "key_count": page.objects}

    async def _acl(self, bucket: str, cap: int) -> tuple[InnerAnswer, dict[str, Any]]:
        path, shown = self.folder(bucket)
        asked = await self.get(f"{path}?acl", f"{shown}?acl", cap)
        page = asked.page or S3Answer()
        grants = {who: sorted(rights) for who, rights in page.grants.items()}
        return asked, {"readable": page.root == "AccessControlPolicy", **grants, "code": page.code}


def _listable(asked: InnerAnswer) -> bool | None:
    if asked.listed:
        return True
    if asked.code is None or asked.code in _ELSEWHERE:
        return None
    return False if asked.fetched.status in _REFUSED or asked.code in {_DENIED, *_ABSENT} else None


def _exists(code: str | None, *, listed: bool) -> bool | None:
    """Some stores answer `AccessDenied` for names that do not exist, so that code proves nothing."""
    if listed or code in _ELSEWHERE:
        return True
    return False if code in _ABSENT else None
