"""Zip files that can be written in one way only: stored, in the order of names, without dates, without room to hide.

Whoever has the files can write the frame again and compare every byte of it, which the verifier of bundles does.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence

from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen

MOST_BYTES = 2**31
"""Half of what a zip file without the 64-bit extension can hold, which many tools do not read."""
MOST_FILES = 2**16 - 1
_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
_VERSION, _DAY, _MADE_BY, _MODE = 20, 0x21, 0x314, 0o100644 << 16
"""PKWARE APPNOTE 6.3.10: version 2.0; 1 January 1980, the first day there is; Unix; a file that all may read."""
_NAME = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)?", re.ASCII)


class Part(Frozen, hidden=("chunks",)):
    """One file of a bundle."""

    name: str
    size: int
    crc: int
    sha256: str
    chunks: Callable[[], Iterable[bytes]]
    """Gives the bytes once more, for they may be too many to hold."""


def part_of(name: str, chunks: Callable[[], Iterable[bytes]]) -> Part:
    """Measure a file by reading it once."""
    size, crc, digest = 0, 0, hashlib.sha256()
    for chunk in chunks():
        size, crc = size + len(chunk), zlib.crc32(chunk, crc)
        digest.update(chunk)
    return Part(name=name, size=size, crc=crc, sha256=digest.hexdigest(), chunks=chunks)


def text_part(name: str, text: str) -> Part:
    """A file that is a text."""
    body = text.encode()
    return part_of(name, lambda: (body,))


def zipped(parts: Sequence[Part]) -> Iterator[bytes]:
    """The zip file in chunks; raises `UsageProblem` where it would become too large, `ValueError` for a wrong name."""
    ordered = sorted(parts, key=lambda part: part.name)
    if sum(part.size for part in ordered) > MOST_BYTES or len(ordered) > MOST_FILES:
        raise UsageProblem(
            "the bundle would be larger than 2 GiB",
            next_step="Leave the kept files out and hand them over beside it: --without-files",
        )
    directory, place = b"", 0
    for part in ordered:
        if not _NAME.fullmatch(part.name):
            raise ValueError(f"no name for a file in a bundle: {part.name!r}")
        raw = part.name.encode("ascii")
        measures = (part.crc, part.size, part.size, len(raw), 0)
        directory += (
            _CENTRAL.pack(b"PK\x01\x02", _MADE_BY, _VERSION, 0, 0, 0, _DAY, *measures, 0, 0, 0, _MODE, place) + raw
        )
        yield _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, 0, 0, _DAY, *measures) + raw
        yield from part.chunks()
        place += _LOCAL.size + len(raw) + part.size
    yield directory
    yield _END.pack(b"PK\x05\x06", 0, 0, len(ordered), len(ordered), len(directory), place, 0)
