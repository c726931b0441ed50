"""Bodies as JSON: read as the standard library reads them, and a large one piece by piece."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from leakguard.checks.proportions import is_proportionate

PIECE = 128 * 1024
"""Bytes of a text that are read in one call, in a millisecond or two; no other thread goes on meanwhile."""
LEVELS = 3
"""Containers inside each other that are taken apart: `{"indices": {"name": {...}}}`. Each costs one more look."""
MOST_PIECES = 100_000
"""Of one container. More are so short that all of them together, of 8 MiB, are read in 40 ms, and one by one in 500."""


def json_in(body: bytes) -> Any:  # noqa: ANN401  (JSON holds anything)
    """What a body holds as JSON, in any of its encodings; `None` for what is no JSON, or made to be costly.

    As `json.loads`, but for `NaN`, which is no JSON, and for half of a surrogate pair or a number beyond all floats in
    a body of more than `PIECE` bytes: no server means them, and the slower reader that takes them holds everybody up.
    """
    if not is_proportionate(body):
        return None
    try:
        if body[:1] not in _OPENINGS or body[1:2] == b"\0":
            encoding = json.detect_encoding(body)
            if encoding != "utf-8":
                body = body.decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass")
        return _read(body, LEVELS) if len(body) > PIECE else _read_small(body)
    except (ValueError, RecursionError, msgspec.DecodeError):
        return None


def _read(text: bytes | msgspec.Raw, levels: int) -> Any:  # noqa: ANN401  (JSON holds anything)
    view = memoryview(text)
    opening = bytes(view[:_SPACES]).lstrip()[:1] if levels and len(view) > PIECE else b""
    if opening == b"[" and len(values := _LIST.decode(text)) <= MOST_PIECES:
        return [_read(value, levels - 1) for value in values]
    if opening == b"{" and len(named := _OBJECT.decode(text)) <= MOST_PIECES:
        return {key: _read(value, levels - 1) for key, value in named.items()}
    return _VALUE.decode(text)


def _read_small(body: bytes) -> Any:  # noqa: ANN401  (JSON holds anything)
    try:
        return _VALUE.decode(body)
    except (ValueError, msgspec.DecodeError):  # mostly what is no JSON, and seldom what only the slower reader takes
        return _SLOW.decode(body.decode("utf-8", "surrogatepass"))


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


_OPENINGS = frozenset({b"{", b"["})
"""How nearly every answer begins, unless it is in one of the encodings of two and four bytes that JSON may be in."""
_SPACES = 64
"""Bytes among which the first sign of a text is looked for; a text that begins with more spaces is read at once."""
_VALUE = msgspec.json.Decoder()
"""A quarter of the time of the standard library, and one copy of a key that many objects have."""
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_SLOW = json.JSONDecoder(parse_constant=_refuse_constant)
