"""A SQLite file where nobody can write, or nothing has room: SQLite cannot make its journal there, and needs none."""

from __future__ import annotations

import os
from pathlib import Path

from leakguard.frozen import Frozen
from leakguard.store.failures import unusable

_JOURNALS = ("-wal", "-shm", "-journal")
"""Files that stand beside a store while a process has it open, and after one was killed."""


class StillFile(Frozen):
    """A file that is read as if it could not change, and how it stood when it was opened."""

    path: Path
    stood: tuple[int, int, int]

    @property
    def address(self) -> str:
        """The URI by which SQLite takes no lock and makes no file."""
        return f"{self.path.as_uri()}?mode=ro&immutable=1"

    def refuse_changed(self) -> None:
        """Raise `StoreUnusable` if it was written meanwhile after all, by somebody who may write where we may not."""
        if _standing(self.path) != self.stood:
            raise unusable(
                str(self.path), "was written while it was read, so what was read may not fit together",
                "Run the command again.",
            )  # fmt: skip


def still_file(place: str) -> StillFile | None:
    """The file, where no journal stands beside it and none can be made; nothing where SQLite manages by itself.

    A journal may hold what the file does not hold yet, and says that another process may be writing.
    """
    path = Path(place).resolve()
    if place == ":memory:" or not path.is_file() or os.access(path.parent, os.W_OK):
        return None
    if any(path.with_name(f"{path.name}{suffix}").exists() for suffix in _JOURNALS):
        return None
    return StillFile(path=path, stood=_standing(path))


def file_without_journal(place: str) -> StillFile | None:
    """The file, where its journal holds nothing: for a full disk, on which SQLite cannot even begin to read."""
    path = Path(place).resolve()
    waiting = (path.with_name(f"{path.name}{suffix}") for suffix in ("-wal", "-journal"))
    if any(one.exists() and one.stat().st_size for one in waiting):
        return None
    return StillFile(path=path, stood=_standing(path))


def _standing(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
