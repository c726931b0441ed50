"""Files of the store: made with the mode of their kind, whatever the umask, and for the group that shares them."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from leakguard.models.file_modes import GROUP_TOO, Access, Output, folder_mode, mode_of
from leakguard.store.failures import unusable

ALONE = Access()


def new_file(path: Path, kind: Output, access: Access = ALONE, *, flags: int = os.O_EXCL) -> int:
    """A descriptor to write a file that is made here; raises `OSError`."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | flags, mode_of(kind, access))
    try:
        _give(handle, kind, access)
    except OSError:
        os.close(handle)
        raise
    return handle


def write_new(path: Path, text: str, kind: Output, access: Access = ALONE) -> None:
    """Write a text to a file that is made here, or replaced; raises `OSError`."""
    handle = new_file(path, kind, access, flags=os.O_TRUNC)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def new_folder(path: Path, access: Access = ALONE) -> None:
    """Make a folder unless it is there; raises `OSError`."""
    try:
        path.mkdir(mode=folder_mode(access))
    except FileExistsError:
        return
    if access.group is not None:
        os.chown(path, -1, access.group)
        path.chmod(folder_mode(access))


def _give(handle: int, kind: Output, access: Access) -> None:
    if access.group is not None and mode_of(kind, access) == GROUP_TOO:
        os.fchown(handle, -1, access.group)
        os.fchmod(handle, GROUP_TOO)


def share(store: Path, name: str, access: Access) -> None:
    """Give what is there of a store to its group, as far as it is ours; raises `StoreUnusable`.

    SQLite makes files beside the store whenever it writes, in the group of the folder: without the folder's group bit
    nobody else could open them.
    """
    if access.group is None:
        return
    folder = store.absolute().parent
    found = folder.stat()
    if found.st_gid != access.group or not found.st_mode & stat.S_ISGID or not found.st_mode & stat.S_IWGRP:
        raise unusable(
            name, f"cannot be shared: its folder {folder} is not the group's",
            f"chgrp GROUP {folder} && chmod 2770 {folder}, with the group that `group` in leakguard.toml names.",
        )  # fmt: skip
    for path in (store, *folder.glob(f"{store.name}-*"), store.with_name(f"{store.name}.head")):
        with suppress(OSError):  # what belongs to somebody else they share themselves
            os.chown(path, -1, access.group)
            path.chmod(GROUP_TOO)
