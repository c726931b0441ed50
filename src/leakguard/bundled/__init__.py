"""The data that ships with LeakGuard, in a checkout or in an installed wheel.

May import `errors` and `files`.
Never parses what it reads: one package for each folder does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from leakguard.errors import BadFile, NotFound
from leakguard.files.file_texts import FileTexts
from leakguard.files.opening import read_text

_PACKAGE = Path(__file__).parents[1]
OWN = "own"
FOLDERS = (
    "checks", "cloud_checks", "playbooks", "templates", "duties", "authorities", "scenarios", "sensitivity", "shipped",
    "intake", "apps", "verifier",
)  # fmt: skip


_YAML = (".yaml", ".yml")
_MOUNTED = ".."
"""What Kubernetes mounts lies in a folder of such a name, and a link of the plain name leads to each file of it."""
_LOCK = ".#"
"""How Emacs marks a file that somebody edits: a link to a word that is no file."""


class BundledFiles:
    """Reads the data folders."""

    def __init__(
        self, root: Path | None = None, *, own_duties: Path | None = None, own_templates: Path | None = None
    ) -> None:
        """`root` holds the folders; by default the wheel's own data, or the checkout around this file.

        `own_duties` and `own_templates` are folders of the organisation; their files stand among the duties
        and the templates as `own/...`.
        """
        self._root = root or _default_root()
        self._shipped: dict[str, Mapping[str, None]] = {}
        own = {"duties": own_duties, "templates": own_templates}
        self._own = {name: folder for name, folder in own.items() if folder is not None}

    def path(self, folder: str) -> Path:
        """Where `folder` lies on the disk."""
        return self._root / folder

    def own_path(self, folder: str) -> Path | None:
        """The folder of the organisation whose files stand among those of `folder`."""
        return self._own.get(folder)

    def names(self, folder: str, suffix: str = ".yaml") -> tuple[str, ...]:
        """File names in `folder` and below, sorted, relative to it."""
        return tuple(name for name in self._shipped_names(folder) if name.endswith(suffix)) + self._own_names(
            folder, suffix
        )

    def _shipped_names(self, folder: str) -> Mapping[str, None]:
        """What ships does not change while we run; looking for each file anew took as long as reading them all."""
        if folder not in self._shipped:
            self._shipped[folder] = dict.fromkeys(sorted(_files(str(self.path(folder)))))
        return self._shipped[folder]

    def _own_names(self, folder: str, suffix: str) -> tuple[str, ...]:
        own = self._own.get(folder)
        return tuple(sorted(f"{OWN}/{name}" for name in _own_files(own, suffix))) if own is not None else ()

    def text(self, folder: str, name: str) -> str:
        """The text of one file; raises `NotFound`, and `BadFile` when a file of the organisation cannot be read."""
        if name not in self._shipped_names(folder) and name not in self._own_names(folder, ""):
            raise NotFound(f"there is no `{name}` in {folder}/", next_step=f"Look into {self.path(folder)}.")
        return self._read(folder, name)

    def texts(self, folder: str, suffix: str = ".yaml") -> dict[str, str]:
        """The texts of all files in `folder` by name, sorted; raises as `text`."""
        return {name: self._read(folder, name) for name in self.names(folder, suffix)}

    def shipped(self, folder: str, name: str) -> bytes | None:
        """What stands in a file that ships; nothing where there is no such file."""
        return self._data(folder, name) if name in self._shipped_names(folder) else None

    def _read(self, folder: str, name: str) -> str:
        return FileTexts({name: self._data(folder, name)})[name]

    def _data(self, folder: str, name: str) -> bytes:
        own = self._own.get(folder)
        theirs = own / name.removeprefix(f"{OWN}/") if own is not None and name.startswith(f"{OWN}/") else None
        if theirs is not None and theirs.exists():
            return read_text(theirs).encode()
        with open(f"{self.path(folder)}/{name}", "rb", buffering=0) as file:  # noqa: PTH123  (hundreds are read)
            return file.readall()


def _files(base: str, below: str = "") -> Iterator[str]:
    """What lies in a folder and below, by its name relative to `base`; a folder that is missing has nothing."""
    with suppress(FileNotFoundError), os.scandir(f"{base}/{below}") as entries:
        for entry in entries:
            name = f"{below}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _files(base, f"{name}/")
            elif entry.is_file():
                yield name


def _own_files(base: Path, suffix: str) -> list[str]:
    """As `_files`, also in linked folders, and with `.yml` for `.yaml`.

    Raises `BadFile` for a folder that cannot be read and for a link that leads nowhere: what stands there would not
    apply, without a word.
    """
    endings = _YAML if suffix == ".yaml" else (suffix,)
    return [name for name in _everything_in(base) if name.casefold().endswith(endings)]


def _everything_in(base: Path) -> Iterator[str]:
    """Each folder once, by its real path, as links may lead in a circle."""
    seen: set[str] = set()

    def refuse(error: OSError) -> None:
        raise _unreadable(error.filename, error) from error

    for folder, folders, names in os.walk(base, onerror=refuse, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith(_MOUNTED))
        for name in names:
            path = Path(folder) / name
            if path.exists():
                yield str(path.relative_to(base))
            elif not name.startswith((_MOUNTED, _LOCK)) and path.is_symlink():
                raise BadFile.whole(str(path), "is a link that leads nowhere")


def _unreadable(name: str, error: Exception) -> BadFile:
    return BadFile.whole(name, f"cannot be read ({type(error).__name__})")


def _default_root() -> Path:
    installed = _PACKAGE / "_data"
    return installed if installed.is_dir() else _PACKAGE.parent.parent
