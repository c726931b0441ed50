"""The root of the image: of the bare Debian, only the files that Python and its libraries need, and LeakGuard.

No shell, no package manager and no program but Python's is in it, so that whoever gets into a container finds no tools.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from making.places import NotMade
from making.tree import LIBRARIES, PREFIX, compile_below

USER = 65532
STORE = "var/lib/leakguard"
FIRST = ("python3.11", "libstdc++6", "base-files", "ca-certificates")
"""The packages that LeakGuard itself needs: libraries in C++ need the second, scanners of images read the third."""
DATA_ALONE = frozenset({"ca-certificates", "base-files", "media-types", "readline-common"})
"""Packages of data, whose own dependencies only install them."""
LINKS = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib", "lib64": "usr/lib64"}
FOLDERS = {
    "proc": 0o755, "sys": 0o755, "dev": 0o755, "run": 0o755, "tmp": 0o1777, "var/tmp": 0o1777, "etc/leakguard": 0o755,
}  # fmt: skip
MADE_AT_INSTALL = ("etc/ssl",)
"""What packages of `FIRST` make when they are installed, and list nowhere."""
_UNREAD = re.compile(
    r"/usr/share/(?:man|info|locale|lintian|bug|doc-base|applications|pixmaps|binfmts)/|/usr/share/doc/[^/]+/(?!copyright$)"
)
"""Files of packages that no program reads; what their authors ask to be kept, the copyright, is kept."""
_NAMED = re.compile(r"^Package: (.+)$", re.MULTILINE)
_TEXTS = {
    "etc/passwd": f"root:x:0:0:root:/:/nonexistent\nleakguard:x:{USER}:{USER}:LeakGuard:/{STORE}:/nonexistent\n",
    "etc/group": f"root:x:0:\nleakguard:x:{USER}:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}


def debian_packages(debian: Path) -> dict[str, str]:
    """What dpkg says of each package that is installed, by its name."""
    told = (debian / "var/lib/dpkg/status").read_text(encoding="utf-8")
    return {name[1]: block for block in told.split("\n\n") if (name := _NAMED.search(block))}


def field(block: str, name: str) -> str:
    """A field of what dpkg says of a package."""
    found = re.search(rf"^{name}: (.+)$", block, re.MULTILINE)
    return found[1] if found else ""


def needed_packages(packages: Mapping[str, str]) -> list[str]:
    """`FIRST` and all that they depend on, of what is installed."""
    todo, needed = list(FIRST), set[str]()
    while todo:
        name = todo.pop()
        if name in needed or name not in packages:
            continue
        needed.add(name)
        if name not in DATA_ALONE:
            asked = f"{field(packages[name], 'Depends')}, {field(packages[name], 'Pre-Depends')}"
            todo += [re.split(r"[ :(]", one.strip())[0] for one in re.split(r"[,|]", asked)]
    if missing := set(FIRST) - needed:
        raise NotMade(f"the bare Debian has no {', '.join(sorted(missing))}")
    return sorted(needed)


def fill(root: Path, debian: Path, tree: Path) -> list[str]:
    """Fill an empty root; returns the names of Debian's packages in it."""
    for name, target in LINKS.items():
        (root / target).mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(target)
    for name, mode in FOLDERS.items():
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / name).chmod(mode)
    packages = debian_packages(debian)
    needed = needed_packages(packages)
    for name in needed:
        for listed in _files(debian, name):
            _copy(debian / listed, root / listed)
        _put(root, f"var/lib/dpkg/status.d/{name}", packages[name] + "\n")
    for name in MADE_AT_INSTALL:
        for path in sorted((debian / name).rglob("*")):
            _copy(path, root / path.relative_to(debian))
    for name, text in _TEXTS.items():
        _put(root, name, text)
    compile_below(root, "usr/lib/python3.11")
    shutil.copytree(tree / PREFIX, root / PREFIX, symlinks=True)
    (root / "usr/bin/leakguard").symlink_to(f"/{PREFIX}/bin/leakguard")
    return needed


def close(root: Path) -> None:
    """Everything belongs to root and may be written by nobody else, but for the folder of the store."""
    for path in [root, *root.rglob("*")]:
        if path.is_symlink() or str(path.relative_to(root)) in FOLDERS:
            continue
        is_run = path.stat().st_mode & 0o100 and not path.is_relative_to(root / LIBRARIES)
        path.chmod(0o755 if path.is_dir() or is_run else 0o644)
    store = root / STORE
    store.mkdir(parents=True, exist_ok=True)
    store.chmod(0o750)
    shutil.chown(store, USER, USER)


def _files(debian: Path, name: str) -> Iterator[str]:
    """The files of a package, but for those that nobody reads."""
    for listed in (debian / "var/lib/dpkg/info").glob(f"{name}*.list"):
        if listed.name.split(".list")[0].partition(":")[0] == name:
            for line in listed.read_text(encoding="utf-8").splitlines():
                if not _UNREAD.match(line):
                    yield line.lstrip("/")


def _copy(source: Path, target: Path) -> None:
    """A file or a link; a folder comes with what is in it."""
    if source.is_dir() and not source.is_symlink():
        return
    if not source.is_symlink() and not source.exists():
        return  # what the base was made without
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.is_symlink() and not target.exists():
        shutil.copy2(source, target, follow_symlinks=False)


def _put(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
