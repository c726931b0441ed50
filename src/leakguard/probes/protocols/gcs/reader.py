"""The JSON of Google Cloud Storage: sizes, counts, codes and known permissions; names are never asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from leakguard.frozen import Frozen, field
from leakguard.probes.formats.reading import Garbled, whole_number

PERMISSIONS = (
    "storage.objects.list",
    "storage.objects.get",
    "storage.objects.create",
    "storage.objects.delete",
    "storage.buckets.getIamPolicy",
    "storage.buckets.setIamPolicy",
)
"""What is asked about; the host's own words beyond these are dropped."""
_LONGEST = 64
_SIGNS = (b"{", b"[", b",", b":")
_MOST_SIGNS = 50_000
"""A page of 1,000 sizes has 4,000 of them; four mebibytes of empty lists would take half a second to read."""


class GcsAnswer(Frozen):
    """What one answer says, in numbers and fixed words."""

    code: str | None = None
    objects: int = 0
    bytes: int = 0
    is_page: bool = False
    """Whether it names itself a list of objects, as any other JSON without an error does not."""
    token: str | None = None
    """Where the next page starts; goes back to the host and nowhere else."""
    permissions: tuple[str, ...] = ()
    extensions: Mapping[str, int] = field(default_factory=dict)
    """None are known: names are not asked for."""

    @property
    def is_listing(self) -> bool:
        """An answer without an error; with the fields that we ask for, an empty bucket is an empty object."""
        return self.code is None

    @property
    def goes_on(self) -> bool:
        """Whether there are more pages."""
        return self.token is not None


def read_answer(body: bytes) -> GcsAnswer:
    """Read one answer; raises `Garbled` for what is no object of JSON, or holds more than a page does."""
    if sum(map(body.count, _SIGNS)) > _MOST_SIGNS:
        raise Garbled("more than a page holds")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Garbled("not JSON") from error
    if not isinstance(found, dict):
        raise Garbled("not an object")
    if "error" in found:
        return GcsAnswer(code=_code(found["error"]))
    sizes = [whole_number(str(item.get("size"))) or 0 for item in _dicts(found.get("items"))]
    token = found.get("nextPageToken")
    held = found.get("permissions")
    return GcsAnswer(
        is_page=found.get("kind") == "storage#objects",
        objects=len(sizes),
        bytes=sum(sizes),
        token=token if isinstance(token, str) and token else None,
        permissions=tuple(word for word in PERMISSIONS if isinstance(held, list) and word in held),
    )


def _dicts(items: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  (JSON holds anything)
    yield from (item for item in items if isinstance(item, dict)) if isinstance(items, list) else ()


def _code(error: Any) -> str:  # noqa: ANN401  (JSON holds anything)
    """The reason's word, such as `notFound`; anything else is `Unknown`."""
    reasons = [item.get("reason") for item in _dicts(error.get("errors"))] if isinstance(error, dict) else []
    word = reasons[0] if reasons else None
    return word if isinstance(word, str) and word.isascii() and word.isalpha() and len(word) <= _LONGEST else "Unknown"
