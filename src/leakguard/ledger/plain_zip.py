"""Zip files with one possible form: stored, sorted by name, one fixed date, no gaps and no extra fields.

From the files alone, the whole zip file can be written again and compared byte by byte; the verifier of bundles does
so, and finds any hidden data.
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
"""Half of what a zip file can hold without the 64-bit extension; many tools do not read that extension."""
MOST_FILES = 2**16 - 1
_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
_VERSION, _DAY, _MADE_BY, _MODE = 20, 0x21, 0x314, 0o100644 << 16
"""PKWARE APPNOTE 6.3.10: version 2.0; 1 January 1980, the first day there is; Unix; a file that all may read."""
_NAME = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)?", re.ASCII)


class BundleFile(Frozen, hidden=("chunks",)):
    """One file of a bundle."""

    name: str
    size: int
    crc: int
    sha256: str
    chunks: Callable[[], Iterable[bytes]]
    """Reads the bytes again; they may be too many for memory."""


def measured_file(name: str, chunks: Callable[[], Iterable[bytes]]) -> BundleFile:
    """The file with its size and hashes, for which it reads `chunks()` once."""
    size, crc, digest = 0, 0, hashlib.sha256()
    for chunk in chunks():
        size, crc = size + len(chunk), zlib.crc32(chunk, crc)
        digest.update(chunk)
    return BundleFile(name=name, size=size, crc=crc, sha256=digest.hexdigest(), chunks=chunks)


def text_file(name: str, text: str) -> BundleFile:
    """A file with this text in UTF-8."""
    body = text.encode()
    return measured_file(name, lambda: (body,))


def zipped(parts: Sequence[BundleFile]) -> Iterator[bytes]:
    """The zip file in chunks; raises `UsageProblem` if it would be too large, `ValueError` for an invalid name."""
    ordered = sorted(parts, key=lambda part: part.name)
    if sum(part.size for part in ordered) > MOST_BYTES or len(ordered) > MOST_FILES:
        raise UsageProblem(
            "the bundle would be larger than 2 GiB or have more than 65,535 files",
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
