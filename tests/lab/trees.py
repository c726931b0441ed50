"""Servers that come as a tree of libraries: jars, packages of PyPI or npm; copied to where all may read."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from lab.fetch import PINS, Shelf
from lab.model import NotHad

PYTHON = "/usr/bin/python3"
"""The servers' user may not be able to reach the Python that runs the lab."""
PARTS = ("groupId", "artifactId", "version", "classifier")
"""Of a coordinate of Maven; the last may be missing."""


async def jars(shelf: Shelf, name: str, room: Path) -> Path:
    """A folder of `room` with the pinned jars and all that they depend on."""

    async def fill(part: Path) -> None:
        if not shutil.which("mvn"):
            await shelf.debian("java", "maven")
        (part / "pom.xml").write_text(_project(PINS[name]["jars"], PINS[name].get("exclude", ())), encoding="utf-8")
        plugin = f"org.apache.maven.plugins:maven-dependency-plugin:{PINS['tools']['maven-dependency-plugin']}"
        quiet = ("mvn", "-q", "-B", "-Dstyle.color=never", "-f", str(part / "pom.xml"))
        await shelf.run([*quiet, f"{plugin}:copy-dependencies", f"-DoutputDirectory={part}"])
        for clashing in PINS[name].get("without", ()):
            (part / clashing).unlink()

    return await _copied(await shelf.folder_of("maven", name, fill), room)


def _project(coordinates: list[str], excluded: Iterable[str]) -> str:
    wanted = "".join(_dependency(each.split(":"), excluded) for each in coordinates)
    return (
        "<project><modelVersion>4.0.0</modelVersion><groupId>lab</groupId><artifactId>lab</artifactId>"
        f"<version>1</version><dependencies>{wanted}</dependencies></project>"
    )


def _dependency(coordinate: list[str], excluded: Iterable[str]) -> str:
    """One jar; one of another form than the plain one holds all that it needs, so nothing else comes along."""
    names = "".join(
        _element(*each) for each in zip(("groupId", "artifactId", "version", "classifier"), coordinate, strict=False)
    )
    without = ["*:*"] if len(coordinate) > len(("group", "artifact", "version")) else excluded
    parts = (zip(("groupId", "artifactId"), each.split(":"), strict=True) for each in without)
    exclusions = "".join(f"<exclusion>{''.join(_element(*each) for each in pair)}</exclusion>" for pair in parts)
    return f"<dependency>{names}<exclusions>{exclusions}</exclusions></dependency>"


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


async def packages(shelf: Shelf, name: str, room: Path) -> Path:
    """A folder of `room` with the pinned package of PyPI and all that it depends on, for `PYTHON`."""
    if not shutil.which(PYTHON):
        raise NotHad(f"there is no {PYTHON} on this machine")

    async def fill(part: Path) -> None:
        release = await shelf.run([PYTHON, "-c", "import platform; print(platform.python_version())"])
        install = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--target", str(part)]
        pinned = PINS[name]["pypi"]
        wanted = [pinned] if isinstance(pinned, str) else pinned
        made = await _wheels(shelf, PINS[name].get("built", ()), part / "wheels")
        await shelf.run([*install, "--python-version", release.strip(), "--only-binary=:all:", *made, *wanted])

    return await _copied(await shelf.folder_of("pypi", name, fill), room)


async def _wheels(shelf: Shelf, built: Sequence[str], folder: Path) -> list[str]:
    """Make wheels of what the index has as source alone; the words that let pip find them."""
    if not built:
        return []
    make = [sys.executable, "-m", "pip", "wheel", "-q", "--disable-pip-version-check", "--no-deps", "-w", str(folder)]
    await shelf.run([*make, *built])
    return ["--find-links", str(folder)]


async def modules(shelf: Shelf, name: str, room: Path) -> Path:
    """A folder of `room` whose `node_modules` hold the pinned package of npm."""
    if not shutil.which("npm"):
        raise NotHad("there is no npm on this machine")

    async def fill(part: Path) -> None:
        if overrides := PINS[name].get("overrides"):
            (part / "package.json").write_text(json.dumps({"overrides": overrides}), encoding="utf-8")
        install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(part)]
        await shelf.run([*install, PINS[name]["npm"]], cwd=part)

    return await _copied(await shelf.folder_of("npm", name, fill), room)


async def _copied(kept: Path, room: Path) -> Path:
    place = room / "tree"
    await asyncio.to_thread(shutil.copytree, kept, place, symlinks=True)
    return place
