"""The data that ships with LeakGuard, in a checkout or in an installed wheel.

May import `errors`.
Never understands what it reads: each folder has one room that does.
"""

from __future__ import annotations

from pathlib import Path

from leakguard.errors import NotFound

_PACKAGE = Path(__file__).parent
FOLDERS = ("checks", "playbooks", "templates", "duties")


class Bundled:
    """Reads the data folders."""

    def __init__(self, root: Path | None = None) -> None:
        """`root` holds the folders; by default the wheel's own data, or the checkout around this file."""
        self._root = root or _default_root()

    def path(self, folder: str) -> Path:
        """Where `folder` lies on the disk."""
        return self._root / folder

    def names(self, folder: str, suffix: str = ".yaml") -> tuple[str, ...]:
        """File names in `folder` and below, sorted, relative to it."""
        base = self.path(folder)
        return tuple(sorted(str(found.relative_to(base)) for found in base.rglob(f"*{suffix}") if found.is_file()))

    def text(self, folder: str, name: str) -> str:
        """The text of one file; raises `NotFound`."""
        if name not in self.names(folder, suffix=""):
            raise NotFound(f"there is no `{name}` in {folder}/", next_step=f"Look into {self.path(folder)}.")
        return (self.path(folder) / name).read_text(encoding="utf-8")


def _default_root() -> Path:
    installed = _PACKAGE / "_data"
    return installed if installed.is_dir() else _PACKAGE.parent.parent
