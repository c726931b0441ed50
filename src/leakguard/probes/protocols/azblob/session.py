"""Azure Blob Storage: may a stranger list a container, and how much is there; names of blobs are dropped while reading.

`list` asks for one entry, `size` adds up the sizes of at most ten pages, `access` asks for the container's own setting.
A bucket is called `account/container`; Microsoft's hosts carry the account in their name, others in the path.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from leakguard.probes.protocols.azblob.reader import AzureAnswer
from leakguard.probes.protocols.object_store import InnerAnswer, ListedSession, Question

_OK = 200
_SETTINGS = frozenset({"container", "blob"})


class AzureBlobSession(ListedSession):
    """Documents as in the methods below, and `size` of the base."""

    kind = "azblob"
    page_query = "restype=container&comp=list&maxresults=1000"
    token_word = "marker"  # noqa: S105  (a parameter's name)

    def asking(self) -> Mapping[str, Question]:
        """How each of the `questions` is asked."""
        return {"list": self._list, "size": self.size, "access": self._access}

    def read(self, body: bytes) -> AzureAnswer:
        """Read one answer; raises `Garbled`."""
        return AzureAnswer.read(body)

    def may_begin(self, body: bytes) -> bool:
        """Whether an answer that was cut off begins as the store's do."""
        return AzureAnswer.may_begin(body)

    def folder(self, bucket: str) -> tuple[str, str]:
        """The account is in the host name or in the path."""
        account, _, container = bucket.partition("/")
        in_host = (self._endpoint.host or "").startswith(f"{account}.")
        path = f"/{quote(container, safe='')}"
        return path if in_host else f"/{quote(account, safe='')}{path}", f"/{bucket}"

    async def _list(self, bucket: str, cap: int) -> tuple[InnerAnswer, dict[str, Any]]:
        """A container that is private and one that does not exist are refused with the same words."""
        path, shown = self.folder(bucket)
        query = "?restype=container&comp=list&maxresults=1"
        asked = await self.get(path + query, shown + query, cap)
        exists = True if asked.listed else (False if asked.code == "ContainerNotFound" else None)
        return asked, {"exists": exists, "listable": asked.listed, "code": asked.code}

    async def _access(self, bucket: str, cap: int) -> tuple[InnerAnswer, dict[str, Any]]:
        """`setting`: `container`, `blob`, or nothing where a stranger is not told; the answer has no body."""
        path, shown = self.folder(bucket)
        asked = await self.head(f"{path}?restype=container", f"{shown}?restype=container", cap)
        access = asked.fetched.headers.get("x-ms-blob-public-access")
        setting = access if asked.fetched.status == _OK and access in _SETTINGS else None
        return asked, {"setting": setting}
