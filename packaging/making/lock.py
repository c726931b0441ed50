"""The lock files (PEP 751): which version of every library CI, the Debian package and the image install, with hashes.

`pylock.toml` has LeakGuard with all its extras, `pylock.dev.toml` what development needs as well, in the same versions.
They name files for Linux on x86-64 and ARM64, as LeakGuard promises no other system.
"""

from __future__ import annotations

import re
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from making.pins import locked
from making.places import ROOT, run

LOCK, DEV_LOCK = ROOT / "pylock.toml", ROOT / "pylock.dev.toml"
_FILE = re.compile(r'^\s+\{ url = "[^"]*/(?P<name>[^"/]+\.whl)"')
_FITS = re.compile(
    r"-(?:(?:py2\.)?py3|(?:cp3\d+\.)*cp31[1-4]|cp3\d+(?=-abi3)|py3[\d.py]*)-(?:none|abi3|cp31[1-4])"
    r"-(?:any|(?:many|musl)linux[\w.]*_(?:x86_64|aarch64)|linux_(?:x86_64|aarch64))\.whl$"
)


def project() -> Mapping[str, Any]:
    """The whole of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def make_locks() -> None:
    """Ask the index for the newest versions that fit, and write both files."""
    project_file, extras = ROOT / "pyproject.toml", project()["project"]["optional-dependencies"]
    every = [word for name in sorted(extras) for word in ("--extra", name)]
    with tempfile.TemporaryDirectory(prefix="leakguard-lock-") as place:
        whole, kept = Path(place) / "pylock.toml", Path(place) / "versions.txt"
        _compile([str(project_file), *every], whole)
        LOCK.write_text(trimmed(whole.read_text(encoding="utf-8")), encoding="utf-8")
        kept.write_text("".join(f"{name}=={version}\n" for name, version in versions(LOCK).items()), encoding="utf-8")
        _compile([str(project_file), *every, "--group", "dev", "--constraints", str(kept)], whole)
        DEV_LOCK.write_text(trimmed(whole.read_text(encoding="utf-8")), encoding="utf-8")


def _compile(what: Sequence[str], target: Path) -> None:
    uv = [sys.executable, "-m", "uv", "--quiet", "--no-config", "pip", "compile"]
    form = ["--universal", "--python-version", "3.11", "--format", "pylock.toml", "--no-header"]
    run([*uv, *what, *form, "--output-file", target])


def trimmed(text: str) -> str:
    """Without files for other systems, and without the sources of what has a wheel."""
    blocks = text.split("\n[[packages]]\n")
    return "\n[[packages]]\n".join("\n".join(_lines(block)) + "\n" for block in blocks)


def _lines(block: str) -> Iterator[str]:
    has_wheels = "\nwheels = " in block
    for line in block.rstrip("\n").split("\n"):
        found = _FILE.match(line)
        if found is not None and not _FITS.search(found["name"]):
            continue
        if not (has_wheels and line.startswith("sdist = ")):
            yield line


def versions(lock: Path = LOCK) -> dict[str, str]:
    """The version of each package by its name."""
    return {package["name"]: package["version"] for package in locked(lock)}


def direct() -> dict[str, list[Requirement]]:
    """What pyproject.toml itself asks for: under `` the libraries, under each extra and `dev` what it adds."""
    told = project()
    asked = {"": told["project"]["dependencies"], **told["project"]["optional-dependencies"]}
    asked["dev"] = told["dependency-groups"]["dev"]
    return {name: [Requirement(line) for line in lines] for name, lines in asked.items()}


def canonical(requirement: Requirement) -> str:
    """Its name as lock files write it."""
    return str(canonicalize_name(requirement.name))
