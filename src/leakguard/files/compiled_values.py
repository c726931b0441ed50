"""Light shapes that were compiled of files, each part as JSON, with a digest of the texts that they were made of."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

from msgspec import MsgspecError
from msgspec import json as fast_json

from leakguard.files.file_texts import digest_of
from leakguard.frozen import Frozen

__all__ = ["CompiledForm", "compiled_in", "digest_of", "to_compiled"]


class _Head(Frozen):
    """The first line of a form; its parts stand behind it, without anything between them."""

    digest: str
    sizes: dict[str, int]
    """Bytes of each part, in their order."""


class CompiledForm(Frozen):
    """A compiled form whose texts did not change since; each part is read when it is asked for."""

    digest: str
    parts: Mapping[str, memoryview]

    def part(self, name: str, kind: Any) -> Any:  # noqa: ANN401  (a value of `kind`, a type expression)
        """One part as a value of this type; `None` where it is missing or is none."""
        try:
            return fast_json.decode(self.parts[name], type=kind)
        except (MsgspecError, LookupError, RecursionError, UnicodeDecodeError):
            return None


def to_compiled(texts: Mapping[str, str], parts: Mapping[str, object]) -> str:
    """What `compiled_in` reads."""
    raw = {name: fast_json.encode(part) for name, part in parts.items()}
    head = _Head(digest=digest_of(texts), sizes={name: len(data) for name, data in raw.items()})
    return b"".join((fast_json.encode(head), b"\n", *raw.values())).decode()


def compiled_in(form: bytes | str, texts: Mapping[str, str]) -> CompiledForm | None:
    """The form; nothing where the texts changed since, or where what is kept is none."""
    data = form.encode() if isinstance(form, str) else form
    line, _, _ = data[:_LONGEST_HEAD].partition(b"\n")
    try:
        head = fast_json.decode(line, type=_Head)
    except (MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    if head.digest != digest_of(texts):
        return None
    body = memoryview(data)[len(line) + 1 :]
    ends = list(accumulate(head.sizes.values()))
    parts = {name: body[end - size : end] for (name, size), end in zip(head.sizes.items(), ends, strict=True)}
    return CompiledForm(digest=head.digest, parts=parts)


_LONGEST_HEAD = 1_000_000
"""Bytes; that of 200 files has 6,000."""
