"""A zip archive, read within bounds: its directory, and one entry at a time that is unpacked up to a cap.

An entry is found by the directory at the end of the file, as Android and iOS find it. What two programs may read
differently (a name that stands there twice, ZIP64, encryption, packing other than deflate) is refused.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from leakguard.apps.unread import CannotRead, need

MOST_DIRECTORY = 32 << 20
"""Bytes of the directory; 60,000 entries with names of 100 letters take 9 MB."""
MOST_ENTRIES = 65_534
LONGEST_NAME = 1024
MOST_RATIO = 1100
"""What an entry may unpack to, times what is stored: deflate cannot do more than 1,032."""
_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_FAR = 0xFFFFFFFF
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of the archive, as its directory states it."""

    name: str
    method: int
    flags: int
    packed: int
    unpacked: int
    offset: int


class Archive:
    """The entries of an archive by their names."""

    def __init__(self, data: bytes) -> None:
        """Raises `CannotRead` where it is no archive, or none that is read alike by everybody."""
        self._data = data
        self.entries: dict[str, Entry] = {}
        for entry in _entries(data):
            need(entry.name not in self.entries, "an entry of the archive stands there twice")
            self.entries[entry.name] = entry

    def read(self, name: str, *, most: int) -> bytes:
        """One entry, unpacked; raises `CannotRead` for more than `most` bytes, and for what its header contradicts."""
        entry = self.entries.get(name)
        if entry is None:
            raise CannotRead("it is not in the archive")
        need(not entry.flags & _ENCRYPTED, "it is marked as encrypted")
        need(entry.method in (_STORED, _DEFLATED), "it is packed by a method other than deflate")
        need(entry.unpacked <= most, f"it unpacks to more than {most:,} bytes")
        packed = self._packed(entry)
        if entry.method == _STORED:
            need(entry.packed == entry.unpacked, "its two sizes differ although it is not packed")
            return packed
        need(entry.unpacked <= max(1, entry.packed) * MOST_RATIO, "it states a size that packing cannot reach")
        return _inflated(packed, entry.unpacked)

    def _packed(self, entry: Entry) -> bytes:
        need(entry.offset + _LOCAL.size <= len(self._data), "it is beyond the end of the archive")
        fields = _LOCAL.unpack_from(self._data, entry.offset)
        need(fields[0] == b"PK\x03\x04", "its header is not where the directory says")
        begin = entry.offset + _LOCAL.size + fields[9] + fields[10]
        need(begin + entry.packed <= len(self._data), "it is beyond the end of the archive")
        return self._data[begin : begin + entry.packed]


def _inflated(packed: bytes, size: int) -> bytes:
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        unpacked = machine.decompress(packed, size + 1)
    except zlib.error:
        raise CannotRead("it cannot be unpacked") from None
    need(len(unpacked) == size, "it unpacks to another size than the directory states")
    return unpacked


def _entries(data: bytes) -> list[Entry]:
    count, size, offset = _directory(data)
    entries, at, end = [], offset, offset + size
    for _ in range(count):
        need(at + _ENTRY.size <= end, "the directory of the archive is cut short")
        fields = _ENTRY.unpack_from(data, at)
        need(fields[0] == b"PK\x01\x02", "the directory of the archive is garbled")
        name_length, extra, comment = fields[10:13]
        name_at = at + _ENTRY.size
        at = name_at + name_length + extra + comment
        need(at <= end, "the directory of the archive is cut short")
        need(name_length <= LONGEST_NAME, f"an entry has a name of more than {LONGEST_NAME:,} bytes")
        packed, unpacked, local = fields[8], fields[9], fields[16]
        need(_FAR not in (packed, unpacked, local), "it is a ZIP64 archive")
        name = data[name_at : name_at + name_length].decode("utf-8", "replace")
        entries.append(
            Entry(name=name, method=fields[4], flags=fields[3], packed=packed, unpacked=unpacked, offset=local)
        )
    return entries


def _directory(data: bytes) -> tuple[int, int, int]:
    """How many entries, how long their directory is, and where it begins."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - _END.size - 0xFFFF))
    need(end >= 0 and end + _END.size <= len(data), "it is no zip archive, or it is cut short")
    _, disk, first, here, count, size, offset, _ = _END.unpack_from(data, end)
    need(count <= MOST_ENTRIES and _FAR not in (offset, size), "it is a ZIP64 archive")
    need(disk == first == 0 and here == count, "it is one part of an archive in several parts")
    need(size <= MOST_DIRECTORY, f"the directory of the archive is longer than {MOST_DIRECTORY:,} bytes")
    need(offset + size <= end, "the directory of the archive is cut short")
    return count, size, offset
