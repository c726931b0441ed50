"""Goes through the files of a package: libraries by the names of classes, backends and secrets by their forms.

Pictures, sounds, films and fonts are left out. Whatever else cannot be read, or lies beyond the caps, is noted.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Mapping

from leakguard.apps.archive import Archive, Entry
from leakguard.apps.dex import Dex
from leakguard.apps.string_pool import StringPool
from leakguard.apps.unread import CannotRead, need
from leakguard.apps.values import SdkSeen, UnreadPart
from leakguard.shipped.reader import ShippedReader

MOST_ENTRY = 128 << 20
MOST_ALL = 1 << 30
"""Bytes that are unpacked of one package; of what lies beyond nothing is said."""
MOST_NAMED = 20
"""Parts that could not be read and are named; the others are counted."""
_CODE = re.compile(r"(?:classes[0-9]*|.+/dex/classes[0-9]*)\.dex")
_MEDIA = frozenset({
    "png", "jpg", "jpeg", "gif", "webp", "bmp", "ico", "icns", "heic", "mp3", "mp4", "m4a", "aac", "ogg", "wav", "caf",
    "webm", "mov", "avi", "ttf", "otf", "ttc", "woff", "woff2", "car", "ktx", "ktx2", "astc", "tflite", "mlmodel",
})  # fmt: skip
_SIGNATURES = frozenset({"RSA", "DSA", "EC", "SF", "MF"})
"""Endings below META-INF: certificates and digests."""
_TABLE, _XML = b"\x02\x00\x0c\x00", b"\x03\x00\x08\x00"
"""How a table of resources and a compiled XML file begin: their kind, and the length of their header."""
_CHUNK = struct.Struct("<HHL")
_POOL = 0x0001
_DEEPEST = 6
"""Parts of the name of a package that are compared."""


class Contents:
    """The files of one package, once `read_all` went through them."""

    def __init__(self, archive: Archive, reader: ShippedReader, prefixes: Mapping[str, str]) -> None:
        """`prefixes` gives the id of a library by the beginning of the names of its classes."""
        self._archive, self._reader, self._prefixes = archive, reader, prefixes
        self._seen: dict[str, str] = {}
        self._packages: set[str] = set()
        self._unread: list[UnreadPart] = []
        self._more = 0

    @property
    def sdks(self) -> tuple[SdkSeen, ...]:
        """Each library once, with the first file that holds a class of it."""
        return tuple(SdkSeen(id=name, where=where) for name, where in self._seen.items())

    @property
    def unread(self) -> tuple[UnreadPart, ...]:
        """What nothing can be said of; the last entry counts those that are not named."""
        if not self._more:
            return tuple(self._unread)
        rest = UnreadPart(part=f"{self._more:,} other files", why="they cannot be read either", concerns=("secrets",))
        return (*self._unread, rest)

    def read_all(self) -> None:
        """Go through every file that is worth it."""
        left = MOST_ALL
        for entry in self._archive.entries.values():
            if not _is_read(entry.name):
                continue
            is_code = _CODE.fullmatch(entry.name) is not None
            try:
                need(entry.unpacked <= left, f"the files before it unpack to {MOST_ALL:,} bytes already")
                left -= entry.unpacked
                self._read(entry, is_code=is_code)
            except CannotRead as error:
                self._note(entry.name, str(error), ("libraries", "secrets") if is_code else ("secrets",))

    def _read(self, entry: Entry, *, is_code: bool) -> None:
        data = self._archive.read(entry.name, most=MOST_ENTRY)
        if is_code:
            dex = Dex(data)
            self._take_classes(dex.class_names(), entry.name)
            self._reader.read(b"\n".join(dex.strings()), entry.name)
        elif data.startswith((_TABLE, _XML)):
            self._reader.read("\n".join(_pool(data).texts()).encode("utf-8", "replace"), entry.name)
        else:
            self._reader.read(data, entry.name)

    def _take_classes(self, names: Iterable[str], where: str) -> None:
        for name in names:
            package = name.rpartition(".")[0]
            if package not in self._packages:
                self._packages.add(package)
                self._take_package(package.split("."), where)

    def _take_package(self, parts: list[str], where: str) -> None:
        for count in range(1, min(len(parts), _DEEPEST) + 1):
            found = self._prefixes.get(".".join(parts[:count]))
            if found is not None:
                self._seen.setdefault(found, where)

    def _note(self, part: str, why: str, concerns: tuple[str, ...]) -> None:
        if len(self._unread) < MOST_NAMED or "libraries" in concerns:
            self._unread.append(UnreadPart(part=part, why=why, concerns=concerns))
        else:
            self._more += 1


def _is_read(name: str) -> bool:
    ending = name.rpartition(".")[2]
    if name.startswith("META-INF/") and ending.upper() in _SIGNATURES:
        return False
    return not name.endswith("/") and ending.lower() not in _MEDIA


def _pool(data: bytes) -> StringPool:
    """The pool right behind the header of a table of resources, or of a compiled XML file."""
    start = int.from_bytes(data[2:4], "little")
    need(start + _CHUNK.size <= len(data), "it is cut short")
    kind, _, size = _CHUNK.unpack_from(data, start)
    need(kind == _POOL and size <= len(data) - start, "it has no pool of strings")
    return StringPool(data[start : start + size])
