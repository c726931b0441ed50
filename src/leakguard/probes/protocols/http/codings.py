"""Bodies that a server compressed though it was not asked to, undone under a limit: a small one may unpack to much.

What is said to be compressed and is not, as by a proxy that unpacks and leaves the header, is read as it is.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import NamedTuple

from leakguard.probes.formats.reading import Garbled

_PLAIN = frozenset({"", "identity", "chunked"})
_GZIP = frozenset({"gzip", "x-gzip"})
_DEFLATE = "deflate"
_MOST_LAYERS = 2
_MOST_MEMBERS = 64
"""Parts of one body of gzip (RFC 1952, 2.2); servers send one."""
_GZIP_HEAD = b"\x1f\x8b"
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
"""What no text has in it, and every coding has soon."""
_EITHER = 32 + zlib.MAX_WBITS
"""A head of gzip or of zlib, as it comes."""


class Coding(NamedTuple):
    """One coding that a head states."""

    name: str
    is_of_content: bool
    """Of the content, and not of the transfer, which has to be undone whatever the body looks like."""


def codings_of(headers: Mapping[str, str]) -> list[Coding]:
    """What has to be undone, the last one first; mostly nothing."""
    if "content-encoding" not in headers and "transfer-encoding" not in headers:
        return []
    stated = [
        Coding(word.strip(" \t").lower(), name == "content-encoding")
        for name in ("content-encoding", "transfer-encoding")
        for word in headers.get(name, "").split(",")
    ]
    return [coding for coding in reversed(stated) if coding.name not in _PLAIN]


def unpacked(body: bytes, codings: list[Coding], most: int) -> bytes:
    """The body as it was before; raises `Garbled` for an unknown or a broken coding, and for more than `most` bytes.

    A coding of the content that is stated and was never applied has nothing to be undone.
    """
    if len(codings) > _MOST_LAYERS:
        raise Garbled("compressed again and again")
    for coding, is_of_content in codings:
        if not is_of_content or not _is_plain(body, coding):
            body = _undone(body, coding, most)
    return body


def _is_plain(body: bytes, coding: str) -> bool:
    """Whether a body does not begin as its coding does, or for codings without a beginning of their own, is text."""
    if coding in _GZIP:
        return not body.startswith(_GZIP_HEAD[: len(body)])
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return _CONTROLS.search(body) is None


def _undone(body: bytes, coding: str, most: int) -> bytes:
    if coding in _GZIP:
        return _inflated(body, _EITHER, most)
    if coding != _DEFLATE:
        raise Garbled("a coding that was not asked for")
    is_zlib = len(body) > 1 and int.from_bytes(body[:2], "big") % 31 == 0
    return _inflated(body, _EITHER if is_zlib else -zlib.MAX_WBITS, most)


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
