"""What a look sent while its store could not be written, in the memory of the machine instead.

A disk that is full or read-only takes no file, so it lies in a folder that is mostly on another one: of the user's
session, in shared memory, or for temporary files. What another user put there counts as nothing.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from leakguard.errors import BadFile
from leakguard.files.opening import read_text
from leakguard.models.file_modes import Output
from leakguard.store.new_files import new_file
from leakguard.store.places import file_of, name_of

_MAX_BYTES = 4 * 1024 * 1024
_SHARED_MEMORY = "/dev/shm"  # noqa: S108  (a file is made there exclusively, for its owner alone)


class UnwrittenFile:
    """One for each store and user; the first folder that takes it has it."""

    def __init__(self, store: str, folders: Sequence[Path]) -> None:
        """Where it may lie."""
        file = file_of(store)
        name = str(file.absolute()) if file is not None else name_of(store)
        digest = sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:24]
        self._paths = tuple(folder / f"leakguard-{os.getuid()}-{digest}.unwritten" for folder in folders)

    @classmethod
    def of(cls, store: str, environment: Mapping[str, str]) -> UnwrittenFile:
        """In the folders of this machine."""
        session = Path(environment.get("XDG_RUNTIME_DIR", ""))
        folders = [*([session] if session.is_absolute() else []), Path(_SHARED_MEMORY)]
        with suppress(OSError):  # where no folder for temporary files can be written
            folders.append(Path(tempfile.gettempdir()))
        return cls(store, folders)

    def read(self) -> str | None:
        """The text; nothing where this user has left none."""
        for path in self._paths:
            with suppress(OSError, BadFile):
                about = path.lstat()
                if stat.S_ISREG(about.st_mode) and about.st_uid == os.getuid():
                    return read_text(path, most=_MAX_BYTES)
        return None

    def write(self, text: str) -> bool:
        """Replace it as a whole; false where no folder takes it."""
        return any(_is_written(path, text) for path in self._paths)

    def forget(self) -> None:
        """Remove it: the store can be written again."""
        for path in self._paths:
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _is_written(path: Path, text: str) -> bool:
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(new_file(fresh, Output.LOG), "w", encoding="utf-8") as file:
            file.write(text)
        fresh.replace(path)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        return False
    return True
