"""The folder that the Debian package and the image install: a Python environment of LeakGuard with all extras.

Each library has the version of the lock file and is held to its hash. Nothing is compiled from a source, so that a tree
for Debian's Python is made by any Python.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from making.dist import build, wheel_of
from making.lock import LOCK
from making.pins import locked, requirements
from making.places import BUILD, ROOT, NotMade, alone, run, say

RELEASE = "3.11"
"""Debian 12's Python."""
PREFIX = "opt/leakguard"
LIBRARIES = f"{PREFIX}/lib/python{RELEASE}/site-packages"
LEFT_OUT = frozenset({"cvttf-notosanscjk-regular"})
"""What Debian has a better package for: its fonts."""
TREE_KEY = BUILD / "tree.sha256"
"""Tells what the tree was made of."""
_GLIBC = 36
"""Of 2.36, Debian 12's: wheels that need an older one run there."""
_SCRIPT = """#!/{prefix}/bin/python
import sys

from leakguard.__main__ import main

sys.exit(main())
"""
_CONFIG = "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\n"


def make_tree(place: Path) -> Path:
    """Fill `place/opt/leakguard`; what was made from the same commit and lock file is taken again."""
    with alone("tree"):
        _make_tree(place)
    return place / PREFIX


def _make_tree(place: Path) -> None:
    wheels = BUILD / "tree-wheel"
    shutil.rmtree(wheels, ignore_errors=True)
    build(ROOT, wheels, "wheel")
    wheel = wheel_of(wheels)
    wanted = f"{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n{LOCK.read_text(encoding='utf-8')}{_SCRIPT}"
    key = hashlib.sha256(wanted.encode()).hexdigest()
    if not (TREE_KEY.exists() and TREE_KEY.read_text(encoding="utf-8") == key and (place / PREFIX).exists()):
        shutil.rmtree(place, ignore_errors=True)
        _install(place, wheel)
        _begin(place / PREFIX)
        compile_below(place, LIBRARIES)
        TREE_KEY.write_text(key, encoding="utf-8")


def parts_of_tree() -> list[dict[str, Any]]:
    """What the lock file says of the libraries of the tree."""
    return [package for package in locked(LOCK) if package["name"] not in LEFT_OUT]


def _install(place: Path, wheel: Path) -> None:
    install_locked(place / LIBRARIES, frozenset(package["name"] for package in parts_of_tree()))
    _run_uv(place / LIBRARIES, "--no-deps", wheel)


def install_locked(target: Path, names: frozenset[str]) -> None:
    """Install these libraries of the lock file into a folder, each held to its hash."""
    with tempfile.TemporaryDirectory(prefix="leakguard-pins-") as place:
        pinned = Path(place) / "pinned.txt"
        pinned.write_text(requirements(LOCK, names=names), encoding="utf-8")
        _run_uv(target, "--require-hashes", "--no-deps", "--requirement", pinned)


def _run_uv(target: Path, *what: str | Path) -> None:
    uv: list[str | Path] = [
        sys.executable, "-m", "uv", "--quiet", "--no-config", "pip", "install", "--python-version", RELEASE,
        "--python-platform", f"{_machine()}-manylinux_2_{_GLIBC}", "--only-binary", ":all:", "--link-mode", "copy",
        "--target", target,
    ]  # fmt: skip
    run([*uv, *what])
    for left in ("bin", ".lock"):
        path = target / left
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    for path in target.glob("*.dist-info"):
        _forget_where(path)


def _machine() -> str:
    machine = run(["uname", "-m"]).strip()
    if machine not in {"x86_64", "aarch64"}:
        raise NotMade(f"the lock file has no wheels for {machine}: build on x86-64 or ARM64")
    return machine


def _forget_where(info: Path) -> None:
    """Leave out what says from where, by what and when it was installed, which differs from build to build."""
    for name in ("direct_url.json", "uv_cache.json", "REQUESTED", "INSTALLER"):
        (info / name).unlink(missing_ok=True)
    record = info / "RECORD"
    lines = record.read_text(encoding="utf-8").splitlines(keepends=True)
    gone = re.compile(r"[^,]*/(?:direct_url\.json|uv_cache\.json|REQUESTED|INSTALLER),|(?:\.\./)*bin/")
    record.write_text("".join(line for line in lines if not gone.match(line)), encoding="utf-8")


def _begin(prefix: Path) -> None:
    """What makes an environment of the folder, with Debian's Python, and the command."""
    programs = prefix / "bin"
    programs.mkdir()
    (programs / "python").symlink_to(f"/usr/bin/python{RELEASE}")
    command = programs / "leakguard"
    command.write_text(_SCRIPT.format(prefix=PREFIX), encoding="utf-8")
    command.chmod(0o755)
    (prefix / "pyvenv.cfg").write_text(_CONFIG, encoding="utf-8")


def compile_below(place: Path, folder: str) -> None:
    """Compile once for all who install it: nobody who runs the command may write there."""
    if f"{sys.version_info.major}.{sys.version_info.minor}" != RELEASE:
        say(f"not compiled, as this is not Python {RELEASE}: the command starts slowly")
        return
    options: list[str | Path] = ["-q", "-j", "0", "--invalidation-mode", "unchecked-hash", "-s", place, "-p", "/"]
    run([sys.executable, "-m", "compileall", *options, place / folder])
