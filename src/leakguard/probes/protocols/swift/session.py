"""OpenStack Swift: one HEAD tells whether a stranger may list a container, and how much is in it.

A bucket is called `AUTH_tenant/container`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from leakguard.probes.formats.reading import whole_number
from leakguard.probes.protocols.object_store import BucketSession, InnerAnswer, Question

_LISTED = frozenset({200, 204})
_REFUSED = frozenset({401, 403})
_ABSENT = 404


class SwiftSession(BucketSession):
    """Documents as in the method below."""

    kind = "swift"

    def asking(self) -> Mapping[str, Question]:
        """How each of the `questions` is asked."""
        return {"container": self._container}

    async def _container(self, bucket: str, cap: int) -> tuple[InnerAnswer, dict[str, Any]]:
        """`is_swift` if the answer has Swift's own headers; `objects` and `bytes` as the container states them."""
        asked = await self.head(f"/v1/{quote(bucket)}", f"/v1/{bucket}", cap)
        status, headers = asked.fetched.status, asked.fetched.headers
        objects = whole_number(headers.get("x-container-object-count", ""))
        is_swift = objects is not None or headers.get("x-trans-id", "").startswith("tx")
        return asked, {
            "is_swift": is_swift,
            "listable": True if status in _LISTED and objects is not None else (False if status in _REFUSED else None),
            "exists": False if status == _ABSENT else None,
            "objects": objects,
            "bytes": whole_number(headers.get("x-container-bytes-used", "")),
        }
