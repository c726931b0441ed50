"""The heartbeat: a small file beside the store that tells programs outside when the watchman last looked."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from leakguard.errors import BadFile
from leakguard.files.opening import open_file
from leakguard.models.file_modes import Output
from leakguard.store.failures import unusable
from leakguard.store.foreign_files import foreign
from leakguard.store.new_files import write_new
from leakguard.store.places import file_of

_MAX_BYTES = 64 * 1024
"""A heartbeat has about 200 bytes, and up to 4 KB more for each of at most eleven problems that it tells."""
_ANOTHER = "Name another place: heartbeat in [watchman] of leakguard.toml."


class HeartbeatFile:
    """Replaced as a whole, so that a reader never sees half of it."""

    def __init__(self, path: Path, *, is_named: bool = False) -> None:
        """At a place that somebody named, what is no heartbeat is never replaced."""
        self.path, self.is_named = path, is_named

    @classmethod
    def beside(cls, store: str, named: str = "") -> HeartbeatFile:
        """At the path that the settings name; else beside a SQLite store, or in this folder for another database."""
        if named:
            return cls(Path(named), is_named=True)
        file = file_of(store)
        return cls(Path("leakguard.heartbeat") if file is None else file.with_name(f"{file.name}.heartbeat"))

    def read(self) -> str | None:
        """The text, or nothing when there is none that can be read."""
        try:
            with open_file(self.path) as file:
                return file.read(_MAX_BYTES).decode("utf-8", "replace")
        except BadFile:
            return None

    def write(self, text: str) -> None:
        """Replace it; raises `StoreUnusable`, since a watchman that cannot be watched is none."""
        name = f"of the heartbeat {self.path}"
        if self.is_named and (found := foreign(self.path, "leakguard.heartbeat/")):
            raise unusable(name, f"cannot be replaced ({found})", _ANOTHER)
        fresh = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            write_new(fresh, text, Output.HEARTBEAT)
            fresh.replace(self.path)
        except OSError as error:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            what = f"cannot be written ({error.strerror or type(error).__name__})"
            raise unusable(name, what, _ANOTHER) from error
