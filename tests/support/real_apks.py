"""Real packages of apps, from the tarballs of npm by their pinned digests, and Android's own reader beside them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path

import pytest

from lab.fetch import PINS, Shelf, cache_folder
from lab.model import NotHad

PACKAGES = ("appium-settings", "appium-uiautomator2-server")
MOST_BYTES = 64 << 20


@cache
def real_apks() -> dict[str, Path]:
    """The APKs by their names; skips where they cannot be had, and fails in CI."""
    try:
        return asyncio.run(_fetched())
    except NotHad as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


async def _fetched() -> dict[str, Path]:
    shelf = Shelf(cache_folder())
    await shelf.debian("aapt")
    found: dict[str, Path] = {}
    for name in PACKAGES:
        folder = await shelf.folder_of("npm", name, lambda part, name=name: _fill(shelf, name, part))  # type: ignore[misc]
        found |= {path.name: path for path in sorted(folder.rglob("*.apk"))}
    return found


async def _fill(shelf: Shelf, name: str, part: Path) -> None:
    """Nothing of the package is run: its tarball is unpacked, and the APKs in it are kept."""
    if not shutil.which("npm"):
        await shelf.debian("nodejs", "npm")
    await shelf.run(["npm", "pack", "--silent", PINS[name]["npm"]], cwd=part)
    _keep_apks(name, part)


def _keep_apks(name: str, part: Path) -> None:
    (tarball,) = part.glob("*.tgz")
    if hashlib.sha256(tarball.read_bytes()).hexdigest() != PINS[name]["sha256"]:
        raise NotHad(f"the tarball of {name} is not the one that was pinned")
    with tarfile.open(tarball) as archive:
        for member in archive:
            if member.isfile() and member.name.endswith(".apk") and member.size <= MOST_BYTES:
                content = archive.extractfile(member)
                (part / Path(member.name).name).write_bytes(b"" if content is None else content.read())
    tarball.unlink()


def aapt2(*words: str | Path) -> str:
    """What Android's own reader says."""
    return subprocess.run(["aapt2", *map(str, words)], check=True, capture_output=True, text=True).stdout


def permissions_by_aapt2(package: Path) -> list[str]:
    """The permissions that a package asks for."""
    lines = aapt2("dump", "permissions", package).splitlines()
    return [line.split("'")[1] for line in lines if line.startswith("uses-permission:")]
