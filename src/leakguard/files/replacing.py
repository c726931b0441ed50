"""The one way to write a file that the user named: it changes in one step, and what is no file is written to."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from leakguard.errors import NotAllowed

_LONGEST = 50
"""Letters of the name that the part begins with: a name may be as long as the disk allows, and the part's is longer."""

_TURNS, _TURN_SECONDS = 300, 0.1
"""As long as a store is waited for; whoever changes a file is done in a moment."""


@contextmanager
def held(path: Path, sleep: Callable[[float], object]) -> Iterator[None]:
    """Whoever adds to a file reads and replaces it inside: another one waits, so that neither loses what is added.

    The folder is locked, as the file is another one afterwards; a disk without locks has none. Raises `NotAllowed`.
    """
    try:
        folder = os.open(Path(os.path.realpath(path)).parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:  # whoever reads or writes the file says why it cannot
        yield
        return
    try:
        if not any(_is_ours(folder) or sleep(_TURN_SECONDS) for _ in range(_TURNS)):
            raise NotAllowed(
                f"{path} is being changed by another process that does not end",
                next_step="Wait for the other command to end, then try again.",
            )
        yield
    finally:
        os.close(folder)


def _is_ours(folder: int) -> bool:
    """Take the lock, which ends with the process; false while somebody else has it."""
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


@contextmanager
def replacing(path: Path, mode: int) -> Iterator[BinaryIO]:
    """A handle for the new content of `path`; a reader sees the old file or the new one, never half of it.

    A device or a pipe is written to and stays one; a link stays one, and what it leads to is replaced. The new file
    has the mode, and as far as we may the owner, of the old one; where there is none, `mode`. What is raised inside
    leaves the old file.
    """
    if _is_no_file(path):
        with path.open("wb") as handle:
            yield handle
        return
    target = Path(os.path.realpath(path))
    part = _part_of(target)
    with ExitStack() as alive:  # the part stays locked until it has its name, though what is in it is closed before
        try:
            with _fresh(part, target, mode) as handle:
                alive.callback(os.close, os.dup(handle.fileno()))
                yield handle
            part.replace(target)
        finally:  # there is nothing left to remove where it went well
            with suppress(OSError):
                part.unlink(missing_ok=True)


def try_place(path: Path) -> None:
    """Raise `OSError` where `replacing` could not begin; the place is left as it is."""
    if _is_no_file(path):
        if path.is_dir():
            path.open("wb").close()
        return
    target = Path(os.path.realpath(path))
    part = _part_of(target)
    try:
        _fresh(part, target, 0o600).close()
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _is_no_file(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _part_of(target: Path) -> Path:
    """Beside the target, as a rename needs; other processes that write to the same target have their own."""
    return target.with_name(f".{target.name[:_LONGEST]}.{os.getpid()}.part")


def _clear(part: Path) -> None:
    """Take away what processes left that were killed over the same target: whoever lives holds its part locked.

    Their numbers say nothing, as each container counts its own. On a disk without locks everything stays.
    """
    ours = re.compile(re.escape(part.name.rsplit(".", 2)[0]) + r"\.[0-9]+\.part")
    with suppress(OSError), os.scandir(part.parent) as entries:
        left = [entry.path for entry in entries if ours.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)]
        for path in left:
            with suppress(OSError):
                _unlink_dead(path)


def _unlink_dead(path: str) -> None:
    """Raises `OSError` where it lives."""
    found = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(found), os.lstat(path)):  # its writer may have ended meanwhile, and begun anew
            Path(path).unlink()
    finally:
        os.close(found)


def _fresh(part: Path, target: Path, mode: int) -> BinaryIO:
    """A new file that nobody may read who may not read the target; those that killed processes left are taken away."""
    old = target.stat() if target.exists() else None
    _clear(part)
    part.unlink(missing_ok=True)
    mode = mode if old is None else old.st_mode & 0o777
    handle = _locked(part, mode)
    if old is not None:
        with suppress(OSError):
            os.fchown(handle.fileno(), old.st_uid, old.st_gid)
        os.fchmod(handle.fileno(), mode)
    return handle


def _locked(part: Path, mode: int) -> BinaryIO:
    """A new file that is locked as long as somebody has it open, where the disk has locks."""
    while True:
        handle = os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode), "wb")
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle.fileno()).st_nlink:
            return handle
        handle.close()  # another process took it for a dead one's before it was locked
