"""Remembers for a whole process what ships: tests run thousands of commands, and each reads the data folders anew.

A command of a checkout reads all duties, checks and templates, and takes the digest of them and of the code, before it
trusts a form in its cache: a third of what it does. Nothing of that changes while tests run. Only the data and the code
of this checkout and the cache of the user are remembered; what a test makes in a folder of its own is read as ever.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from leakguard import bundled
from leakguard.bundled import OWN, BundledFiles, compiled_forms
from leakguard.bundled.compiled_forms import FoldersWithForms, cache_folder
from leakguard.files.file_texts import FileTexts

ROOT = bundled._default_root()  # noqa: SLF001  (what `BundledFiles` takes)
CODE = str(Path(compiled_forms.__file__).parents[1])


def _remember_files() -> None:
    """The names and bytes of the files that ship."""
    read, names = BundledFiles._data, BundledFiles._shipped_names  # noqa: SLF001  (the two places where files are read)
    known: dict[tuple[str, str], bytes] = {}
    listed: dict[str, Mapping[str, None]] = {}

    def data(self: BundledFiles, folder: str, name: str) -> bytes:
        if self._root != ROOT or name.startswith(f"{OWN}/"):
            return read(self, folder, name)
        if (folder, name) not in known:
            known[folder, name] = read(self, folder, name)
        return known[folder, name]

    def shipped_names(self: BundledFiles, folder: str) -> Mapping[str, None]:
        if self._root != ROOT:
            return names(self, folder)
        if folder not in listed:
            listed[folder] = names(self, folder)
        return listed[folder]

    BundledFiles._data, BundledFiles._shipped_names = data, shipped_names  # type: ignore[method-assign]  # noqa: SLF001  (as above)


def _remember_digests() -> None:
    """The texts of a folder with their digest, and of the code when each module was changed."""
    read, modules = FoldersWithForms.read, compiled_forms._modules  # noqa: SLF001  (the two that digests are made of)
    known: dict[tuple[str, ...], FileTexts] = {}
    listed: dict[str, tuple[tuple[str, int, int], ...]] = {}

    def texts(self: FoldersWithForms, folder: str, names: Iterable[str]) -> FileTexts:
        wanted = (folder, *names)
        if self._root != ROOT or any(name.startswith(f"{OWN}/") for name in wanted):
            return read(self, folder, wanted[1:])
        if wanted not in known:
            known[wanted] = read(self, folder, wanted[1:])
        return known[wanted]

    def of_package(folder: str) -> Iterator[tuple[str, int, int]]:
        if not folder.startswith(CODE):
            return modules(folder)
        if folder not in listed:
            listed[folder] = tuple(modules(folder))
        return iter(listed[folder])

    FoldersWithForms.read = texts  # type: ignore[method-assign]
    compiled_forms._modules = of_package  # noqa: SLF001  (as above)


def _remember_forms() -> None:
    """A form in the user's own cache, as long as its file is the same; those of tests lie elsewhere."""
    read, place = compiled_forms._trusted, cache_folder(os.environ)  # noqa: SLF001  (where forms are read)
    known: dict[tuple[object, ...], bytes] = {}

    def trusted(path: Path, key: str) -> bytes | None:
        if path.parent != place or not path.exists():
            return read(path, key)
        found, folder = os.lstat(path), os.lstat(path.parent)
        state = (path, key, found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode, folder.st_mode)
        if state not in known:
            form = read(path, key)
            if form is None:
                return None
            known[state] = form
        return known[state]

    compiled_forms._trusted = trusted  # noqa: SLF001  (as above)


def remember_what_ships() -> None:
    """From now on, in this process."""
    _remember_files()
    _remember_digests()
    _remember_forms()
