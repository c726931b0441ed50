"""Opens a file that a person named, and reads it within bounds; nothing else opens one.

What has no end is refused by its kind before a byte is read: a named pipe waits for a writer for ever, and a device
such as /dev/zero never ends. A pipe that the shell made, as `<(zcat FILE)` does, is read like stdin.
"""

from __future__ import annotations

import io
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from leakguard.errors import BadFile

if TYPE_CHECKING:
    from gzip import GzipFile

STDIN = "-"
MOST_BYTES = 64 << 20
"""Of a file that a person writes, and that is held in memory as a whole; the largest that ships has 150,000."""
MOST_RATIO = 100
"""What a file of gzip may unpack to, times what is stored; exports of scanners pack to a tenth or a fortieth."""
FREE_BYTES = 8 << 20
"""Unpacked bytes that no ratio is asked for: some ten thousand entries of a scanner."""
CHUNK = 1 << 16
_INHERITED = re.compile(r"/dev/stdin|/dev/fd/\d+|/proc/(?:self|\d+)/fd/\d+", re.ASCII)
"""What the shell opened for us: `<(COMMAND)` is one of these names, in bash and in zsh."""
_KINDS: tuple[tuple[Callable[[int], bool], str, str], ...] = (
    (stat.S_ISDIR, "is a directory", "Name a file in it."),
    (stat.S_ISFIFO, "is a named pipe, which may never end",
     "Name a file, or hand the pipe over as stdin: `-` in place of the name, and `< PIPE` behind the command."),
    (stat.S_ISSOCK, "is a socket", "Name a file."),
    (stat.S_ISCHR, "is a device, which may never end", "Save what comes out of it as a file."),
    (stat.S_ISBLK, "is a device, which may never end", "Save what comes out of it as a file."),
)  # fmt: skip
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def open_file(path: str | Path, *, most: int | None = None, is_disk_allowed: bool = False) -> BinaryIO:
    """The bytes of a file (`-` is stdin); reading on behind `most` bytes raises `BadFile`.

    Raises `BadFile`, which names the file, for a directory, a named pipe, a socket, a device, and for what cannot be
    read. `is_disk_allowed` lets a block device pass: a disk ends, and is evidence like a file.
    """
    return _buffered(_stored(path, most, is_disk_allowed=is_disk_allowed))


def open_unpacked(path: str | Path, *, most: int) -> BinaryIO:
    """As `open_file`, and a file of gzip is unpacked on the way.

    What comes out may be `MOST_RATIO` times as long as what was read of the file; the first `FREE_BYTES` are not
    counted against that. So a small file costs a small time whatever it unpacks to.
    """
    stored = _stored(path, most, is_disk_allowed=False)
    raw = _buffered(stored)
    if raw.peek(2)[:2] != _GZIP:  # type: ignore[attr-defined]
        return raw
    return _buffered(_Unpacked(raw, stored, most))


def read_bytes(path: str | Path, *, most: int = MOST_BYTES) -> bytes:
    """All bytes of a file (`-` is stdin); raises `BadFile`, also for more than `most`."""
    with open_file(path, most=most) as handle:
        return handle.read()


def read_text(path: str | Path, *, most: int = MOST_BYTES) -> str:
    """The text of a file (`-` is stdin) in UTF-8, without the mark that editors of Windows begin it with.

    Lines end as in Python, whatever system wrote them. Raises `BadFile`, also for what is no text, and for more than
    `most` bytes.
    """
    return text_of(read_bytes(path, most=most), str(path))


def text_of(data: bytes, name: str) -> str:
    """Bytes as UTF-8 text; raises `BadFile` for those of a packed file, of another encoding, or with a NUL."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile.whole(name, f"not UTF-8 text{_hint(data)}") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BadFile.whole(name, "holds a NUL byte, which no text does", line=line)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def unreadable(path: str, error: OSError) -> BadFile:
    """What is said of a file that is not there, or that cannot be read."""
    next_step = "Name a file that is there and that you may read, and run the command again."
    return BadFile.whole(path, error.strerror or type(error).__name__, next_step=next_step)


def is_missing(refused: BadFile) -> bool:
    """Whether a file was refused because it is not there."""
    return isinstance(refused.__cause__, FileNotFoundError | NotADirectoryError)


class CappedFile(io.RawIOBase):
    """A stream that ends with `BadFile` in place of going on for ever, and names the file in every error."""

    def __init__(self, inner: io.RawIOBase | BinaryIO, name: str, most: Callable[[], int | None]) -> None:
        """So many bytes may be read; `None` is for what is taken in piece by piece, such as evidence."""
        super().__init__()
        self._inner, self.name, self._most = inner, name, most
        self.count = 0
        """Bytes that were read."""

    def readable(self) -> bool:
        """Always."""
        return True

    def fileno(self) -> int:
        """Of the file below."""
        return self._inner.fileno()

    def readinto(self, buffer: object, /) -> int:
        """As any stream; raises `BadFile`."""
        view = memoryview(cast("bytearray", buffer)).cast("B")
        most = self._most()
        room = len(view) if most is None else max(1, min(len(view), most + 1 - self.count))
        piece = self._piece(room)
        self.count += len(piece)
        if most is not None and self.count > most:
            raise self.too_long(most)
        view[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Close what is read, too; stdin stays open for whoever comes after."""
        if not self.closed and self.name != STDIN:
            self._inner.close()
        super().close()

    def _piece(self, size: int) -> bytes:
        """What is there by now, and at least one byte but at the end."""
        try:
            return getattr(self._inner, "read1", self._inner.read)(size) or b""
        except OSError as error:
            raise unreadable(self.name, error) from error

    def too_long(self, most: int) -> BadFile:
        """What is said of a file of which more was read than such a file ever needs."""
        return BadFile.whole(
            self.name, f"longer than {most:,} bytes", next_step="Name the file that you mean, or split it."
        )


class _Unpacked(CappedFile):
    """What a file of gzip unpacks to."""

    def __init__(self, packed: BinaryIO, stored: CappedFile, most: int) -> None:
        import gzip  # noqa: PLC0415  (few files are packed)

        super().__init__(
            cast("BinaryIO", gzip.GzipFile(fileobj=packed)), stored.name,
            lambda: min(most, max(FREE_BYTES, MOST_RATIO * stored.count)),
        )  # fmt: skip
        self._packed, self._stored = packed, stored

    def close(self) -> None:
        """Close the file below, too."""
        super().close()
        self._packed.close()

    def _piece(self, size: int) -> bytes:
        import zlib  # noqa: PLC0415  (as above)

        try:
            return cast("GzipFile", self._inner).read1(size)
        except (OSError, EOFError, zlib.error) as error:
            raise BadFile.whole(
                self.name, "it cannot be unpacked to its end", next_step="Download it again."
            ) from error

    def too_long(self, most: int) -> BadFile:
        """What is said of a file that unpacks to more than it may."""
        return BadFile.whole(
            self.name, f"it unpacks to more than {most:,} bytes, of only {self._stored.count:,} that are stored",
            next_step="Look at what it is; if it is what you mean, unpack it, and name what comes out of it.",
        )  # fmt: skip


def _stdin() -> io.RawIOBase:
    """The bytes of stdin; of what somebody else put in its place, its text as bytes."""
    given = getattr(sys.stdin, "buffer", None)
    return cast("io.RawIOBase", io.BytesIO(sys.stdin.read().encode()) if given is None else given)


def _stored(path: str | Path, most: int | None, *, is_disk_allowed: bool) -> CappedFile:
    """The file as it is stored; one that is too long already is refused before a byte of it is read."""
    if str(path) == STDIN:
        return CappedFile(_stdin(), STDIN, lambda: most)
    file = CappedFile(_opened(path, is_disk_allowed=is_disk_allowed), str(path), lambda: most)
    if most is not None and os.fstat(file.fileno()).st_size > most:
        file.close()
        raise file.too_long(most)
    return file


def _buffered(raw: CappedFile) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(raw, CHUNK))


def _opened(path: str | Path, *, is_disk_allowed: bool) -> io.RawIOBase:
    """Looked at before it is opened, as opening a device may do something, and again afterwards: names can be moved."""
    name = str(path)
    try:
        _refuse_endless(name, os.stat(path).st_mode, is_disk_allowed=is_disk_allowed)  # noqa: PTH116  (a text may be no path)
        file = io.FileIO(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC), "rb")
    except OSError as error:
        raise unreadable(name, error) from error
    except ValueError as error:  # a NUL in a name
        raise BadFile.whole(name, "is no name of a file", next_step="Name a file.") from error
    try:
        _refuse_endless(name, os.fstat(file.fileno()).st_mode, is_disk_allowed=is_disk_allowed)
    except BadFile:
        file.close()
        raise
    os.set_blocking(file.fileno(), True)
    return file


def _refuse_endless(name: str, mode: int, *, is_disk_allowed: bool) -> None:
    if stat.S_ISREG(mode) or (is_disk_allowed and stat.S_ISBLK(mode)):
        return
    if _INHERITED.fullmatch(name) and not stat.S_ISDIR(mode):
        return
    text, next_step = next((text, step) for holds, text, step in _KINDS if holds(mode))
    raise BadFile.whole(name, text, next_step=next_step)


def _hint(data: bytes) -> str:
    """What it is, where its first bytes tell."""
    if data.startswith(_GZIP):
        return ": it is packed with gzip; unpack it first"
    if data.startswith(_ZIP):
        return ": it is a zip archive, or a document of an office program"
    return ": it is UTF-16; save it as UTF-8" if data.startswith(_UTF16) else ""


def text_lines(path: str, *, longest: int) -> Iterator[str]:
    """As `read_text`, line by line as they are asked for; of a longer line come pieces of `longest` characters."""
    try:
        with io.TextIOWrapper(open_file(path), encoding="utf-8-sig") as handle:
            yield from iter(lambda: handle.readline(longest), "")
    except UnicodeDecodeError as error:
        raise BadFile.whole(path, "not UTF-8 text") from error
