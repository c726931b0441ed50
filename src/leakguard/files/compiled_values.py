"""Light shapes that were compiled of files: one JSON document, with a digest of the texts that it was made of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from msgspec import MsgspecError, Raw
from msgspec import json as fast_json

from leakguard.frozen import Frozen


class Compiled(Frozen):
    """A compiled form whose texts did not change since; each part is read when it is asked for."""

    digest: str
    parts: dict[str, Raw]

    def part(self, name: str, kind: Any) -> Any:  # noqa: ANN401  (a value of `kind`, a type expression)
        """One part as a value of this type; `None` where it is missing or is none."""
        try:
            return fast_json.decode(self.parts[name], type=kind)
        except (MsgspecError, LookupError, RecursionError):
            return None


def to_compiled(texts: Mapping[str, str], parts: Mapping[str, object]) -> str:
    """What `compiled_in` reads."""
    raw = {name: Raw(fast_json.encode(part)) for name, part in parts.items()}
    return fast_json.encode(Compiled(digest=digest_of(texts), parts=raw)).decode()


def compiled_in(form: str, texts: Mapping[str, str]) -> Compiled | None:
    """The form; nothing where the texts changed since, or where what is kept is none."""
    try:
        found = fast_json.decode(form, type=Compiled)
    except (MsgspecError, RecursionError):
        return None
    return found if found.digest == digest_of(texts) else None


def digest_of(texts: Mapping[str, str]) -> str:
    """Tells one state of the files from another."""
    return _digest(tuple(sorted(texts.items())))


@lru_cache(maxsize=8)
def _digest(texts: tuple[tuple[str, str], ...]) -> str:
    """The same texts are asked about by whoever keeps a form and by whoever reads it."""
    digest = hashlib.sha256()
    for name, text in texts:
        for part in (name.encode(), text.encode()):
            digest.update(b"%d\0" % len(part) + part)
    return digest.hexdigest()
