"""A folder in which something is made before it gets its name: nobody ever sees half of it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leakguard.errors import NotAllowed, StoreUnusable


@contextmanager
def part_folder(target: Path) -> Iterator[Path]:
    """An empty folder `.NAME.part` beside `target`, held for this process and removed at the end.

    What a killed process left in it is removed first. Raises `NotAllowed` while another process holds it, and
    `StoreUnusable` for whatever the disk refuses while it is in use.
    """
    part = target.absolute().with_name(f".{target.name}.part")
    try:
        part.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        _hold(handle, target)
        try:
            _empty(part)
            yield part
        except OSError as error:
            raise _unwritable(target, error) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
    finally:
        os.close(handle)


def _hold(handle: int, target: Path) -> None:
    """The lock ends with its process, however that ends."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise NotAllowed(
            f"another process is writing {target}", next_step="Wait for its end, or name another place."
        ) from error


def _empty(part: Path) -> None:
    for left in part.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def _unwritable(target: Path, error: OSError) -> StoreUnusable:
    return StoreUnusable(
        f"{target} cannot be written: {error.strerror or type(error).__name__}",
        next_step="Free some space, or name a folder that exists and that you may write to.",
    )
