"""Half copies of evidence, `.part-*`: whoever writes one holds a lock on it, so that a left one is known."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import get_native_id
from typing import BinaryIO

PART = ".part-"
"""How the name of a copy begins while it is made."""
_CHUNK = 2**20


def half_of_this_thread(folder: Path) -> Path:
    """Where this thread makes its next copy."""
    return folder / f"{PART}{os.getpid()}-{get_native_id()}"


def claim(handle: int) -> None:
    """Let nobody take this half copy for a left one; the lock ends with the process, however that ends."""
    with suppress(OSError):  # a disk without locks: `remove_left_halves` leaves every half there
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def remove_left_halves(folder: Path) -> tuple[str, ...]:
    """Overwrite and remove the half copies that nobody writes any more; returns the names of those that stay."""
    try:
        halves = sorted(path for path in folder.iterdir() if path.name.startswith(PART))
    except OSError:
        return ()
    return tuple(path.name for path in halves if not _is_removed(path))


def overwrite(path: Path) -> None:
    """Write zeros over a file; what the disk itself keeps of it is beyond any program. Raises `OSError`."""
    with path.open("r+b") as file:
        _overwrite(file)


def _is_removed(path: Path) -> bool:
    if path.is_symlink():
        return False
    try:
        with _locked(path) as file:
            _overwrite(file)
            path.unlink()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    with path.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield file


def _overwrite(file: BinaryIO) -> None:
    left = os.fstat(file.fileno()).st_size
    while left > 0:
        left -= file.write(bytes(min(left, _CHUNK)))
    file.flush()
    os.fsync(file.fileno())
