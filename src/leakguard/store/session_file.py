"""The file that keeps a command line logged in: the secret of one session, for one store, for its owner alone."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from leakguard.errors import BadFile, StoreUnusable
from leakguard.files.opening import read_text
from leakguard.frozen import Frozen
from leakguard.models.file_modes import Output
from leakguard.store.new_files import write_new
from leakguard.store.places import file_of, name_of

_MOST = 200
"""Bytes of the file; a secret has 46."""


class SessionFile(Frozen):
    """Where the secret of this user's session with one store is kept."""

    path: Path

    @classmethod
    def of(cls, store: str, environment: Mapping[str, str]) -> SessionFile:
        """The file for a store, in `$XDG_STATE_HOME` or `~/.local/state`; a relative path counts as none."""
        stated = Path(environment.get("XDG_STATE_HOME", ""))
        state = stated if stated.is_absolute() else Path(environment.get("HOME", "/")) / ".local" / "state"
        file = file_of(store)
        name = str(file.absolute()) if file is not None else name_of(store)
        return cls(path=state / "leakguard" / "sessions" / sha256(name.encode("utf-8", "surrogateescape")).hexdigest())

    def read(self) -> str:
        """The secret; empty where there is none that can be read."""
        if not self.path.exists():
            return ""
        try:
            return read_text(self.path, most=_MOST).strip()
        except BadFile:
            return ""

    def write(self, secret: str) -> None:
        """Keep a secret; raises `StoreUnusable`."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.unlink(missing_ok=True)
            write_new(self.path, f"{secret}\n", Output.SESSION)
        except OSError as error:
            raise StoreUnusable(
                f"the session cannot be kept in {self.path}: {error.strerror}",
                next_step="Free the disk, or name one of your folders in XDG_STATE_HOME.",
            ) from error

    def forget(self) -> None:
        """Remove it; raises `StoreUnusable`."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnusable(
                f"{self.path} cannot be removed: {error.strerror}", next_step="Remove it by hand."
            ) from error
