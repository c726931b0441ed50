"""A lock file as pip has always read it: names, versions and hashes. Needs nothing but Python.

`python -m making.pins pylock.dev.toml` prints it, for `pip install --require-hashes --requirement FILE`: the files then
come from whatever index pip uses, and are those of the lock file wherever they come from.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def locked(lock: Path) -> list[dict[str, Any]]:
    """Every package of a lock file."""
    packages: list[dict[str, Any]] = tomllib.loads(lock.read_text(encoding="utf-8"))["packages"]
    return packages


def files_of(package: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files of a package, of which an installer takes one."""
    return [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]


def requirements(lock: Path, *, names: frozenset[str] | None = None) -> str:
    """Every package with its hashes; those of these names alone, if some are given."""
    return "".join(_required(package) for package in locked(lock) if names is None or package["name"] in names)


def _required(package: Mapping[str, Any]) -> str:
    marker = f" ; {package['marker']}" if "marker" in package else ""
    sums = "".join(f" --hash=sha256:{file['hashes']['sha256']}" for file in files_of(package))
    return f"{package['name']}=={package['version']}{marker}{sums}\n"


if __name__ == "__main__":
    sys.stdout.write(requirements(Path(sys.argv[1])))
