"""Compiled forms: what was read from a folder's YAML, as JSON that a scan reads in a thirtieth of the time.

A wheel and a source archive bring them. In a checkout they are made when they are first needed, and kept in a cache
of the user's own, one file for each folder. Where nothing can be kept, or what is kept is not to be trusted, they are
made anew each time. A cached form counts only if it is whole, if this very code made it from these very files, and if
nobody else can have written it.
"""

from __future__ import annotations

import gc
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from leakguard import __version__
from leakguard.bundled import OWN, BundledFiles
from leakguard.errors import BadFile
from leakguard.files.file_texts import FileTexts, digest_of

FILE = "compiled.json"
"""Stands beside the files of a folder, where a form ships."""
MOST_BYTES = 16 * 1024 * 1024
"""Of a cached form; that of 600 duties has 1,800,000."""
_LONGEST_LINE = 100
"""Bytes of the lines before a cached form; each is a digest of 64."""
_LARGE = 1_000_000
"""Bytes of a form from which on its values are so many that a collector notices."""
_SELDOM, _HARDLY_EVER = 10_000, 500_000
"""New objects after which garbage is looked for: at least what a command of ours has, and what it has with duties."""
Compile = Callable[[Mapping[str, str]], str]
"""Makes the form of a folder's texts by name; raises `BadFile`."""
_CODE = {
    "checks": ("checks", "files", "models"),
    "sensitivity": ("sensitivity", "files", "models"),
    "duties": ("notices", "clocks", "files", "models"),
    "authorities": ("notices", "clocks", "files", "models"),
    "playbooks": ("playbooks", "clocks", "files", "models"),
    "days": ("clocks", "files"),
    "names": ("notices", "files", "models"),
}
"""By folder, the packages that say what its form holds: one that other code of them made is made anew."""
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


class CompiledForms:
    """Gives the compiled form of a folder."""

    def __init__(self, bundled: BundledFiles, cache: Path | None) -> None:
        """`cache` is a folder of ours alone, which is made when it is needed; without one nothing is kept."""
        self._bundled = bundled
        self._cache = cache

    def of(self, folder: str, texts: Mapping[str, str], compile_texts: Compile) -> bytes:
        """The form that ships, the cached one, or one that is made now; empty where a file of the folder is broken.

        `texts` are those of the folder's files by name. Those of the organisation have a form of their own.
        """
        is_own = any(name.startswith(f"{OWN}/") for name in texts)
        shipped = None if is_own else self._bundled.shipped(folder, FILE)
        if shipped is not None:
            return shipped
        key, path = _key(folder, texts), self._path(folder, is_own=is_own)
        kept = _trusted(path, key) if path else None
        if kept is not None:
            return kept
        try:
            made = compile_texts(texts).encode()
        except BadFile:
            return b""  # whoever reads the files themselves names every problem
        if path:
            with suppress(OSError):
                _keep(path, key, made)
        return made

    def kept(self, name: str, texts: Mapping[str, str], compile_texts: Compile) -> bytes:
        """As `of` for what is no folder; empty, and nothing is made, where nothing can be kept."""
        path = self._path(name, is_own=False)
        if path is None or not _can_keep(path.parent):
            return b""
        key = _key(name, texts)
        found = _trusted(path, key)
        if found is None:
            found = compile_texts(texts).encode()
            with suppress(OSError):
                _keep(path, key, found)
        return found

    def _path(self, folder: str, *, is_own: bool) -> Path | None:
        """One file for each folder of each checkout, and each of an organisation: none has to be tidied away."""
        where = self._bundled.own_path(folder) if is_own else self._bundled.path(folder)
        place = hashlib.sha256(str(where).encode("utf-8", "surrogateescape")).hexdigest()
        return self._cache / f"{folder}-{place[:16]}.json" if self._cache else None


class FoldersWithForms(BundledFiles):
    """The data folders of one command: what ships is read once, and what is read often has compiled forms."""

    def __init__(
        self, root: Path | None = None, *, cache: Path | None,
        own_duties: Path | None = None, own_templates: Path | None = None,
    ) -> None:  # fmt: skip
        """As `BundledFiles` and `CompiledForms`."""
        super().__init__(root, own_duties=own_duties, own_templates=own_templates)
        # Not of `self`: two values that refer to each other keep their megabytes until the collector comes.
        self._forms = CompiledForms(BundledFiles(root, own_duties=own_duties, own_templates=own_templates), cache)
        self._read_before: dict[tuple[str, str], bytes] = {}
        self._texts: dict[tuple[str, ...], FileTexts] = {}
        self._made: dict[tuple[str, ...], tuple[str, bytes]] = {}

    def read(self, folder: str, names: Iterable[str]) -> FileTexts:
        """The texts of these files, which `names` lists, each decoded once somebody reads it."""
        wanted = (folder, *names)
        if any(name.startswith(f"{OWN}/") for name in wanted):
            return FileTexts({name: self._data(folder, name) for name in wanted[1:]})
        if wanted not in self._texts:
            self._texts[wanted] = FileTexts({name: self._data(folder, name) for name in wanted[1:]})
        return self._texts[wanted]

    def form(self, folder: str, texts: Mapping[str, str], compile_texts: Compile) -> bytes:
        """See `CompiledForms.of`; the same texts are not looked up twice."""
        names, digest = (folder, *texts), digest_of(texts)
        if names not in self._made or self._made[names][0] != digest:
            self._made[names] = (digest, self._forms.of(folder, texts, compile_texts))
            if len(self._made[names][1]) > _LARGE:
                _spare_the_collector()
        return self._made[names][1]

    def kept_form(self, name: str, texts: Mapping[str, str], compile_texts: Compile) -> bytes:
        """See `CompiledForms.kept`."""
        return self._forms.kept(name, texts, compile_texts)

    def _data(self, folder: str, name: str) -> bytes:
        """What ships does not change while we run; the organisation's own files may."""
        if name.startswith(f"{OWN}/"):
            return super()._data(folder, name)
        if (folder, name) not in self._read_before:
            self._read_before[folder, name] = super()._data(folder, name)
        return self._read_before[folder, name]


def _spare_the_collector() -> None:
    """What is read out of a large form stays: to look through 700 duties for garbage takes longer than to read them.

    A process with Python's own habits is not ours, and keeps them.
    """
    first, *others = gc.get_threshold()
    if _SELDOM < first < _HARDLY_EVER:
        gc.set_threshold(_HARDLY_EVER, *others)


def cache_folder(environment: Mapping[str, str]) -> Path | None:
    """Where the user's programs keep what they can make again; `None` where there is no such place.

    A relative path is ignored, as the XDG Base Directory Specification demands.
    """
    places = (Path(environment.get("XDG_CACHE_HOME", "")), Path(environment.get("HOME", "")) / ".cache")
    return next((place / "leakguard" for place in places if place.is_absolute()), None)


def _key(folder: str, texts: Mapping[str, str]) -> str:
    """Tells the files, the code and the release apart from others."""
    digest = hashlib.sha256(__version__.encode())
    package = str(Path(__file__).parents[1])
    for module, changed_at, size in sorted(
        module for part in _CODE[folder] for module in _modules(f"{package}/{part}")
    ):
        digest.update(f"\0{module}\0{changed_at}\0{size}".encode("utf-8", "surrogateescape"))
    digest.update(f"\0{digest_of(texts)}".encode())
    return digest.hexdigest()


def _modules(folder: str) -> Iterator[tuple[str, int, int]]:
    """Each module in a package and below, when it was changed and its size; a package that is missing has none."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _modules(entry.path)
            elif entry.name.endswith(".py"):
                found = entry.stat()
                yield entry.path, found.st_mtime_ns, found.st_size


def _trusted(path: Path, key: str) -> bytes | None:
    """The form in a cache file that we wrote, for this key; `None` for anything else, whatever stands there."""
    try:
        if not _is_ours(os.lstat(path.parent), stat.S_ISDIR):
            return None
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            if not _is_ours(os.fstat(file.fileno()), stat.S_ISREG):
                return None
            known, digest = (file.readline(_LONGEST_LINE).rstrip(b"\n") for _ in range(2))
            form = file.read(MOST_BYTES) if known == key.encode() else b""
        return form if form and digest == _digest(form) else None
    except OSError:
        return None


def _is_ours(found: os.stat_result, is_kind: Callable[[int], bool]) -> bool:
    """Whether nobody but this user can have written it; root can write everything, and needs no cache to do harm."""
    return is_kind(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & _OTHERS_MAY_WRITE


def _keep(path: Path, key: str, form: bytes) -> None:
    """Write the cache file in one step, if the place is ours; raises `OSError`."""
    if not _is_place_of_ours(path.parent):
        return
    from tempfile import mkstemp  # noqa: PLC0415  (a start that finds its form needs none)

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, part = mkstemp(prefix=".part-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(b"\n".join((key.encode(), _digest(form), form)))
        Path(part).replace(path)
    except OSError:
        Path(part).unlink(missing_ok=True)
        raise


def _is_place_of_ours(folder: Path) -> bool:
    """Nothing is made in a place of somebody else, such as the home of the user who called `sudo`."""
    if os.path.lexists(folder):
        return _is_ours(os.lstat(folder), stat.S_ISDIR)
    above = next(parent for parent in folder.parents if parent.exists())
    return above.stat().st_uid == os.geteuid()


def _can_keep(folder: Path) -> bool:
    """Whether a file can be kept there; the folder is made for it."""
    try:
        if not _is_place_of_ours(folder):
            return False
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()
