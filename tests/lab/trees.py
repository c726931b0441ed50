"""Servers that come as a tree of libraries: jars, packages of PyPI or npm; copied to where all may read."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from lab.fetch import PINS, Shelf
from lab.model import NotHad

PYTHON = "/usr/bin/python3"
"""The servers' user may not be able to reach the Python that runs the lab."""
PARTS = ("groupId", "artifactId", "version", "classifier")
"""Of a coordinate of Maven; the last may be missing."""


async def jars(shelf: Shelf, name: str, workdir: Path) -> Path:
    """A folder of `workdir` with the pinned jars and all that they depend on."""

    async def fill(part: Path) -> None:
        if not shutil.which("mvn"):
            await shelf.debian("java", "maven")
        (part / "pom.xml").write_text(_project(PINS[name]["jars"], PINS[name].get("exclude", ())), encoding="utf-8")
        plugin = f"org.apache.maven.plugins:maven-dependency-plugin:{PINS['tools']['maven-dependency-plugin']}"
        quiet = ("mvn", "-q", "-B", "-Dstyle.color=never", "-f", str(part / "pom.xml"))
        await shelf.run([*quiet, f"{plugin}:copy-dependencies", f"-DoutputDirectory={part}"])
        for clashing in PINS[name].get("without", ()):
            (part / clashing).unlink()

    return await _copied(await shelf.folder_of("maven", name, fill), workdir)


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


async def packages(shelf: Shelf, name: str, workdir: Path) -> Path:
    """A folder of `workdir` with the pinned package of PyPI and all that it depends on, for `PYTHON`."""
    if not shutil.which(PYTHON):
        raise NotHad(f"there is no {PYTHON} on this machine")

    async def fill(part: Path) -> None:
        release = await shelf.run([PYTHON, "-c", "import platform; print(platform.python_version())"])
        install = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--target", str(part)]
        pinned = PINS[name]["pypi"]
        wanted = [pinned] if isinstance(pinned, str) else pinned
        wanted = await _hashed(shelf, PINS[name].get("sha256", {}), wanted, part / "wheels")
        made = await _wheels(shelf, PINS[name].get("built", ()), part / "wheels")
        install += ["--python-version", release.strip(), "--only-binary=:all:"]
        await shelf.run([*install, *made, *wanted])
        if alone := PINS[name].get("alone"):
            await shelf.run([*install, "--no-deps", *alone])

    return await _copied(await shelf.folder_of("pypi", name, fill), workdir)


async def _hashed(shelf: Shelf, hashes: Mapping[str, str], wanted: Sequence[str], folder: Path) -> list[str]:
    """What to install, those pinned by their hash as the very files that pip has compared with it."""
    found = list(wanted)
    for package, digest in hashes.items():
        rules = folder.parent / "hashed.txt"
        await asyncio.to_thread(rules.write_text, f"{package} --hash=sha256:{digest}\n", encoding="utf-8")
        fetch = ["pip", "download", "-q", "--no-deps", "--require-hashes", "--only-binary=:all:", "-d", str(folder)]
        await shelf.run([sys.executable, "-m", *fetch, "-r", str(rules)])
        name, _, version = package.partition("==")
        (wheel,) = folder.glob(f"{name}-{version}-*.whl")  # noqa: ASYNC240  (one folder of ours)
        at = next(number for number, one in enumerate(found) if one.partition("[")[0].partition("==")[0] == name)
        extras = found[at].partition("==")[0].removeprefix(name)
        found[at] = f"{name}{extras} @ file://{wheel}"
    return found


async def _wheels(shelf: Shelf, built: Sequence[str], folder: Path) -> list[str]:
    """Make wheels of what the index has as source alone; the words that let pip find them."""
    if not built:
        return []
    make = [sys.executable, "-m", "pip", "wheel", "-q", "--disable-pip-version-check", "--no-deps", "-w", str(folder)]
    await shelf.run([*make, *built])
    return ["--find-links", str(folder)]


async def modules(shelf: Shelf, name: str, workdir: Path, *, is_large: bool = False) -> Path:
    """A folder of `workdir` whose `node_modules` hold the pinned package of npm.

    The files of a large one are those of the cache under a second name: nothing may be changed in it, or started in
    `workdir` itself, whose files belong to the servers' user then.
    """
    if not shutil.which("npm"):
        raise NotHad("there is no npm on this machine")

    async def fill(part: Path) -> None:
        if overrides := PINS[name].get("overrides"):
            (part / "package.json").write_text(json.dumps({"overrides": overrides}), encoding="utf-8")
        quiet = [] if PINS[name].get("scripts", True) else ["--ignore-scripts"]
        quiet += [] if PINS[name].get("peers", True) else ["--legacy-peer-deps"]
        install = ["npm", "install", "--no-audit", "--no-fund", *quiet, "--prefix", str(part)]
        wanted = PINS[name]["npm"]
        first, *_ = packages = [wanted] if isinstance(wanted, str) else wanted
        await shelf.run([*install, *packages], cwd=part)
        _check_integrity(part, first.rpartition("@")[0], PINS[name].get("integrity"))

    return await _copied(await shelf.folder_of("npm", name, fill), workdir, is_large=is_large)


def _check_integrity(part: Path, package: str, wanted: str | None) -> None:
    """Raises `NotHad` where the package is not the one that was pinned by its hash."""
    held = json.loads((part / "node_modules" / ".package-lock.json").read_text(encoding="utf-8"))
    if wanted and (found := held["packages"][f"node_modules/{package}"]["integrity"]) != wanted:
        raise NotHad(f"{package} has another hash than the pinned one: {found}")


async def _copied(kept: Path, workdir: Path, *, is_large: bool = False) -> Path:
    place = workdir / "tree"
    await asyncio.to_thread(
        shutil.copytree, kept, place, symlinks=True, copy_function=_linked if is_large else shutil.copy2
    )
    return place


def _linked(source: str, place: str) -> None:
    try:
        os.link(source, place)
    except OSError:  # another file system
        shutil.copy2(source, place)
