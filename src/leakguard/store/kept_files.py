"""Kept copies of evidence: files under their own SHA-256, in a folder beside the store."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from leakguard.errors import StoreUnusable, UsageProblem
from leakguard.store.drivers import file_of

CHUNK = 2**20


class KeptFiles:
    """Files that nobody changes: the name says what must be in them. Only their owner may read them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def beside(cls, store: str) -> KeptFiles:
        """Beside a SQLite store, or in this folder for another database."""
        file = file_of(store)
        return cls(Path("leakguard.evidence") if file is None else file.with_name(f"{file.name}.evidence"))

    def take(self, path: str, *, keep: bool) -> tuple[str, int]:
        """Read a file once: its SHA-256 and its size in bytes; with `keep`, a copy lies here afterwards.

        Raises `UsageProblem` for a file that cannot be read and for what has no end, such as a pipe, `StoreUnusable`
        for a copy that cannot be written.
        """
        _refuse_endless(Path(path))
        part = self.folder / f".part-{os.getpid()}"
        digest, size = hashlib.sha256(), 0
        handle = self._new(part) if keep else None
        try:
            for chunk in _chunks(Path(path)):
                digest.update(chunk)
                size += len(chunk)
                if handle is not None:
                    _write(handle, chunk)
            if handle is not None:
                os.fsync(handle)
                part.replace(self.folder / digest.hexdigest())
        finally:
            if handle is not None:
                os.close(handle)
                part.unlink(missing_ok=True)
        return digest.hexdigest(), size

    def has(self, sha256: str) -> bool:
        """Whether a copy lies here."""
        return (self.folder / sha256).is_file()

    def names(self) -> tuple[str, ...]:
        """Everything that lies here, sorted; half a copy of somebody who died counts too."""
        return tuple(sorted(path.name for path in self.folder.iterdir())) if self.folder.is_dir() else ()

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """The bytes of a copy; raises `UsageProblem` when it cannot be read."""
        yield from _chunks(self.folder / sha256)

    def is_whole(self, sha256: str) -> bool:
        """Whether a copy still is what its name says."""
        digest = hashlib.sha256()
        for chunk in self.chunks(sha256):
            digest.update(chunk)
        return digest.hexdigest() == sha256

    def remove(self, sha256: str) -> None:
        """Overwrite a copy and remove it. What the disk itself keeps of it is beyond any program."""
        path = self.folder / sha256
        with suppress(FileNotFoundError):
            with path.open("r+b") as file:
                left = path.stat().st_size
                while left > 0:
                    left -= file.write(bytes(min(left, CHUNK)))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()

    def _new(self, part: Path) -> int:
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            return os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise _unwritable(self.folder, error) from error


def _refuse_endless(path: Path) -> None:
    """A pipe waits for ever, and a device such as /dev/zero never ends; a disk does, so it is evidence like a file."""
    with suppress(OSError):
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISBLK(mode) or stat.S_ISDIR(mode)):
            raise UsageProblem(
                f"{path} is a pipe, a socket or a device, and no file", next_step="Save what comes out of it as a file."
            )


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except OSError as error:
        raise UsageProblem(
            f"{path} cannot be read: {error.strerror or type(error).__name__}",
            next_step="Name a file that you may read.",
        ) from error


def _write(handle: int, chunk: bytes) -> None:
    left = memoryview(chunk)
    try:
        while left:
            left = left[os.write(handle, left) :]
    except OSError as error:
        raise StoreUnusable(
            f"the copy cannot be kept: {error.strerror or type(error).__name__}",
            next_step="Free some space, or leave --keep out.",
        ) from error


def _unwritable(folder: Path, error: OSError) -> StoreUnusable:
    return StoreUnusable(
        f"the folder {folder} cannot be written: {error.strerror or type(error).__name__}",
        next_step="Mend its rights, or leave --keep out.",
    )
