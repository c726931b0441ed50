"""Google Cloud Storage: may a stranger list, how much is there, and what else may they do; names are never asked for.

`list` asks for one entry without its name, `size` adds up the sizes of at most ten pages without names,
`permissions` asks which of a few permissions the caller holds, which changes nothing and needs none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from leakguard.models.observations import Ending
from leakguard.probes.protocols.gcs.reader import PERMISSIONS, GcsAnswer, read_answer
from leakguard.probes.protocols.object_store import InnerAnswer, ListedSession, Question

_OK = 200
_FIELDS = "fields=kind,nextPageToken,items(size)"
_TEST = "&".join(f"permissions={word}" for word in PERMISSIONS)


class GcsSession(ListedSession):
    """Documents as in the methods below, and `size` of the base."""

    kind = "gcs"
    page_query = f"maxResults=1000&{_FIELDS}"
    token_word = "pageToken"  # noqa: S105  (a parameter's name)

    def asking(self) -> Mapping[str, Question]:
        """How each of the `questions` is asked."""
        return {"list": self._list, "size": self.size, "permissions": self._permissions}

    def read(self, body: bytes) -> GcsAnswer:
        """Read one answer; raises `Garbled`."""
        return read_answer(body)

    def may_begin(self, body: bytes) -> bool:
        """Whether an answer that was cut off begins as the store's do."""
        return body.lstrip()[:1] == b"{"

    def folder(self, bucket: str) -> tuple[str, str]:
        """Where the listing of a bucket is."""
        return f"/storage/v1/b/{quote(bucket, safe='')}/o", f"/storage/v1/b/{bucket}/o"

    async def _list(self, bucket: str, cap: int) -> tuple[InnerAnswer, dict[str, Any]]:
        path, shown = self.folder(bucket)
        query = f"?maxResults=1&{_FIELDS}"
        asked = await self.get(path + query, shown + query, cap)
        if asked.listed and not asked.page.is_page:
            asked.ended = Ending.GARBLED
        listable = asked.listed and asked.fetched.status == _OK
        exists = True if listable else (False if asked.code == "notFound" else None)
        return asked, {"exists": exists, "listable": listable, "code": asked.code}

    async def _permissions(self, bucket: str, cap: int) -> tuple[InnerAnswer, dict[str, Any]]:
        """`held` are the permissions of a stranger, `answered` whether the store told."""
        path = f"/storage/v1/b/{quote(bucket, safe='')}/iam/testPermissions?{_TEST}"
        asked = await self.get(path, f"/storage/v1/b/{bucket}/iam/testPermissions", cap)
        answered = asked.listed and asked.fetched.status == _OK
        return asked, {"answered": answered, "held": list(asked.page.permissions) if answered else []}
