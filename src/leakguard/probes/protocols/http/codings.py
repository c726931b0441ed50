"""Bodies that a server compressed though it was not asked to, undone under a limit: a small one may unpack to much."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from leakguard.probes.formats.reading import Garbled

_PLAIN = frozenset({"", "identity", "chunked"})
_GZIP = frozenset({"gzip", "x-gzip"})
_DEFLATE = "deflate"
_MOST_LAYERS = 2
_MOST_MEMBERS = 64
"""Parts of one body of gzip (RFC 1952, 2.2); servers send one."""
_EITHER = 32 + zlib.MAX_WBITS
"""A head of gzip or of zlib, as it comes."""


def codings_of(headers: Mapping[str, str]) -> list[str]:
    """What has to be undone, the last one first; mostly nothing."""
    if "content-encoding" not in headers and "transfer-encoding" not in headers:
        return []
    stated = f"{headers.get('content-encoding', '')},{headers.get('transfer-encoding', '')}"
    words = [word.strip().lower() for word in stated.split(",")]
    return [word for word in reversed(words) if word not in _PLAIN]


def unpacked(body: bytes, codings: list[str], most: int) -> bytes:
    """The body as it was before; raises `Garbled` for an unknown or a broken coding, and for more than `most` bytes."""
    if len(codings) > _MOST_LAYERS:
        raise Garbled("compressed again and again")
    for coding in codings:
        if coding in _GZIP:
            body = _inflated(body, _EITHER, most)
        elif coding == _DEFLATE:
            is_zlib = len(body) > 1 and int.from_bytes(body[:2], "big") % 31 == 0
            body = _inflated(body, _EITHER if is_zlib else -zlib.MAX_WBITS, most)
        else:
            raise Garbled("a coding that was not asked for")
    return body


def _inflated(body: bytes, form: int, most: int) -> bytes:
    plain, left, members = b"", body, 0
    while left or not members:
        machine, members = zlib.decompressobj(form), members + 1
        try:
            plain += machine.decompress(left, most + 1 - len(plain))
        except zlib.error as error:
            raise Garbled("broken compression") from error
        if len(plain) > most or members > _MOST_MEMBERS or not machine.eof:
            raise Garbled("more than is read, or cut off")
        left = machine.unused_data
    return plain
