"""Kept copies of evidence: files under their own SHA-256, in a folder beside the store."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from leakguard.errors import BadFile, StoreUnusable, UsageProblem
from leakguard.files.opening import open_file
from leakguard.models.file_modes import Access, Output
from leakguard.store.half_copies import claim, half_of_this_thread, overwrite, remove_left_halves
from leakguard.store.new_files import ALONE, new_file, new_folder, write_new
from leakguard.store.places import file_of

CHUNK = 2**20
_MARK = "erasing-"
_ASIDE = "set-aside-"
_OWN = (_MARK, _ASIDE)
"""What the names of files begin with that are no copies in their place."""


class KeptFiles:
    """Files that nobody changes: the name says what must be in them. Who may not read the store may not read them."""

    def __init__(self, folder: Path, access: Access = ALONE, *, store: Path | None = None) -> None:
        """`store` is the SQLite file that the evidence is recorded in, where there is one: it is never evidence."""
        self.folder = folder
        self._own = () if store is None else (store, store.with_name(f"{store.name}.head"))
        self._access = access

    @classmethod
    def beside(cls, store: str, access: Access = ALONE) -> KeptFiles:
        """Beside a SQLite store, or in this folder for another database."""
        file = file_of(store)
        folder = Path("leakguard.evidence") if file is None else file.with_name(f"{file.name}.evidence")
        return cls(folder, access, store=file)

    def take(self, path: str, *, keep: bool) -> tuple[str, int]:
        """Read a file once: its SHA-256 and its size in bytes; with `keep`, a copy lies here afterwards.

        Raises `UsageProblem` for a file that cannot be read, for what has no end, such as a pipe, and for the store
        itself, `StoreUnusable` for a copy that cannot be written.
        """
        self._refuse_own(path)
        part = half_of_this_thread(self.folder)
        digest, size = hashlib.sha256(), 0
        handle = self._new(part) if keep else None
        try:
            for chunk in _chunks(path):
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

    def keep_bytes(self, content: bytes) -> str:
        """Keep bytes that no file holds, and return their SHA-256; raises `StoreUnusable`."""
        digest = hashlib.sha256(content).hexdigest()
        part = half_of_this_thread(self.folder)
        handle = self._new(part)
        try:
            _write(handle, content)
            os.fsync(handle)
            part.replace(self.folder / digest)
        finally:
            os.close(handle)
            part.unlink(missing_ok=True)
        return digest

    def _refuse_own(self, path: str) -> None:
        for own in self._own:
            with suppress(OSError):
                if own.samefile(path):
                    raise UsageProblem(
                        f"{path} is the store that evidence is recorded in, and each entry changes it",
                        next_step="Export what it shows, and take that in: leakguard evidence export --help",
                    )

    def has(self, sha256: str) -> bool:
        """Whether a copy lies here; raises `UsageProblem` where nobody may look."""
        path = self.folder / sha256
        try:
            return stat.S_ISREG(path.stat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise _unreadable(path, error) from error

    def names(self) -> tuple[str, ...]:
        """Everything that lies here, sorted; half a copy of somebody who died counts too.

        Nothing where nobody may look: each copy is missed by its own name then.
        """
        try:
            return tuple(sorted(path.name for path in self.folder.iterdir() if not path.name.startswith(_OWN)))
        except OSError:
            return ()

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """The bytes of a copy; raises `UsageProblem` when it cannot be read."""
        yield from _chunks(self.folder / sha256)

    def is_whole(self, sha256: str) -> bool:
        """Whether a copy still is what its name says."""
        digest = hashlib.sha256()
        for chunk in self.chunks(sha256):
            digest.update(chunk)
        return digest.hexdigest() == sha256

    def refuse_fixed(self, sha256: str) -> None:
        """Raise `StoreUnusable` for a copy that cannot be removed; asked before anything else is erased."""
        path = self.folder / sha256
        try:
            with suppress(FileNotFoundError), path.open("r+b"):
                if not os.access(self.folder, os.W_OK | os.X_OK):
                    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as error:
            raise StoreUnusable(
                f"nothing was erased, because the kept copy {path} cannot be removed: {_why(error)}",
                next_step="Correct the rights of the file and its folder, and run the command again.",
            ) from error

    def mark(self, sha256: str, entry: str) -> None:
        """Note that a copy is to go with the content of an entry: whoever is killed in between leaves word of it.

        `entry` is its hash in the ledger. Raises `StoreUnusable`.
        """
        if not self.has(sha256):
            return
        mark = self.folder / f"{_MARK}{sha256}"
        try:
            write_new(mark, entry, Output.EVIDENCE, self._access)
        except OSError as error:
            with suppress(OSError):
                mark.unlink(missing_ok=True)
            raise StoreUnusable(
                f"nothing was erased, because {mark} cannot be written: {_why(error)}",
                next_step="Free some space or correct the rights of its folder, and run the command again.",
            ) from error

    def marked(self) -> Mapping[str, str]:
        """The copies that are to go, and with which entry."""
        try:
            marks = [path for path in self.folder.iterdir() if path.name.startswith(_MARK)]
            return {mark.name.removeprefix(_MARK): mark.read_text(encoding="ascii", errors="replace") for mark in marks}
        except OSError:
            return {}

    def unmark(self, sha256: str) -> None:
        """The copy stays: it is in its place again, and not marked."""
        aside = self._aside(sha256)
        with suppress(OSError):
            if aside.exists():
                aside.replace(self.folder / sha256)
            (self.folder / f"{_MARK}{sha256}").unlink(missing_ok=True)

    def set_aside(self, sha256: str) -> bool:
        """Take a copy out of its place before it is removed: whoever looks for it there keeps another one.

        False where there is none. Raises `StoreUnusable` where it stays.
        """
        aside = self._aside(sha256)
        try:
            with suppress(FileNotFoundError):
                if not aside.exists():
                    (self.folder / sha256).replace(aside)
            return aside.exists()
        except OSError as error:
            raise _still_there(self.folder / sha256, error) from error

    def remove(self, sha256: str) -> None:
        """Overwrite a copy, set aside or not, and remove it with its mark.

        What the disk itself keeps of it is beyond any program. Raises `StoreUnusable` where it stays.
        """
        if self.set_aside(sha256):
            path, aside = self.folder / sha256, self._aside(sha256)
            try:
                overwrite(aside)
                aside.unlink()
            except OSError as error:
                with suppress(OSError):  # verification tells of what lies in its place
                    if not path.exists():
                        aside.replace(path)
                raise _still_there(path, error) from error
        self.unmark(sha256)

    def remove_halves(self) -> tuple[str, ...]:
        """Remove the half copies that a killed process left; returns the names of those that stay."""
        return remove_left_halves(self.folder)

    def drop(self, sha256: str, is_needed: Callable[[], bool]) -> None:
        """Remove a copy unless it is needed; asked once more when the copy is out of its place. Raises as `remove`."""
        if is_needed() or not self.set_aside(sha256):
            return
        if is_needed():
            self.unmark(sha256)
        else:
            self.remove(sha256)

    def _aside(self, sha256: str) -> Path:
        return self.folder / f"{_ASIDE}{sha256}"

    def _new(self, part: Path) -> int:
        try:
            new_folder(self.folder, self._access)
            handle = new_file(part, Output.EVIDENCE, self._access, flags=os.O_TRUNC)
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        claim(handle)
        return handle


def _chunks(path: str | Path) -> Iterator[bytes]:
    try:
        with open_file(path, is_disk_allowed=True) as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except BadFile as bad:
        raise UsageProblem(f"{path} cannot be read: {bad.problems[0].text}", next_step=bad.next_step) from bad


def _write(handle: int, chunk: bytes) -> None:
    left = memoryview(chunk)
    try:
        while left:
            left = left[os.write(handle, left) :]
    except OSError as error:
        raise StoreUnusable(
            f"the copy cannot be kept: {_why(error)}",
            next_step="Free some space, or leave --keep out.",
        ) from error


def _still_there(path: Path, error: OSError) -> StoreUnusable:
    return StoreUnusable(
        f"the ledger's content is erased, but the kept copy {path} is still there: {_why(error)}",
        next_step="Delete that file by hand; no item of evidence needs it any more.",
    )


def _unwritable(folder: Path, error: OSError) -> StoreUnusable:
    return StoreUnusable(
        f"the folder {folder} cannot be written: {_why(error)}", next_step="Correct its rights, or omit --keep."
    )


def _unreadable(path: Path, error: OSError) -> UsageProblem:
    return UsageProblem(f"{path} cannot be read: {_why(error)}", next_step="Name a file that you may read.")


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__
