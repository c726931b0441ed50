"""Fetches what the lab's servers need, each from its own registry by that registry's client, and keeps it in a cache.

Nothing is fetched twice: a second lab, or a second checkout, finds it in the cache.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from lab.model import NotHad

PINS: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "versions.toml").read_text(encoding="utf-8"))
OLDEST_GO = (1, 22)
"""Below this neither Go program builds."""
POLICY = Path("/usr/sbin/policy-rc.d")
"""While it says 101, no Debian package starts its service on installation."""


def cache_folder() -> Path:
    """`LEAKGUARD_LAB_CACHE`, or a folder that all checkouts of one user share."""
    if named := os.environ.get("LEAKGUARD_LAB_CACHE"):
        return Path(named).resolve()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "leakguard-lab"


class Shelf:
    """The cache, and the way to fill it. One fetch a registry at a time; different registries side by side."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._lanes = {name: asyncio.Lock() for name in ("debian", "maven", "go", "pypi", "npm")}
        self._packages: dict[str, str] = {}
        self._wanted: set[str] = set()

    async def debian(self, *names: str) -> None:
        """Install Debian packages, together with those that others are waiting for; raises `NotHad`."""
        self._wanted |= set(names)
        await asyncio.sleep(0)  # lets the other recipes say what they want: one run of apt-get is much shorter than ten
        async with self._lanes["debian"]:
            missing = await self._missing(names)
            if not missing:
                return
            if os.geteuid() != 0:
                raise NotHad(f"Debian's {', '.join(missing)} is not installed, and only root may install it")
            if not shutil.which("apt-get"):
                raise NotHad(f"{', '.join(missing)} is not installed, and this machine has no apt-get")
            async with self._sole_use("debian"):
                with _no_service_starts():
                    await self._install(missing)

    async def _missing(self, names: Iterable[str]) -> list[str]:
        return [package for name in names if not await self._installed(package := PINS[name]["debian"])]

    async def _install(self, packages: list[str]) -> None:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"]
        together = await self._missing(sorted(self._wanted))
        if await self._tried([*install, *together], env=environment) == 0:
            return
        await self._tried(["apt-get", "update", "-q"], env=environment)
        if await self._tried([*install, *together], env=environment) == 0:
            return
        # One of the others is not to be had here, which is no reason to go without these.
        await self.run([*install, *packages], env=environment)

    async def _installed(self, package: str) -> bool:
        if package not in self._packages and shutil.which("dpkg-query"):
            status = await _output(["dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\n"])
            self._packages = dict(line.split(" ", 1) for line in status.splitlines() if " " in line)
        known = self._packages.get(package, "").startswith("installed")
        if not known:
            self._packages = {}
        return known

    async def maven(self, name: str) -> Path:
        """The pinned artifact `name` as a file; raises `NotHad`."""
        group, artifact, version, kind = PINS[name]["maven"].split(":")
        kept = self.folder / f"{artifact}-{version}.{kind}"
        async with self._lanes["maven"], self._sole_use("maven"):
            if kept.exists():
                return kept
            if not shutil.which("mvn"):
                await self.debian("java", "maven")
            plugin = f"org.apache.maven.plugins:maven-dependency-plugin:{PINS['tools']['maven-dependency-plugin']}"
            part = self.folder / f"maven-{name}.part"
            await self.run(
                [
                    *("mvn", "-q", "-B", "-Dstyle.color=never", f"{plugin}:copy", "-Dmdep.useBaseVersion=true"),
                    *(f"-Dartifact={group}:{artifact}:{version}:{kind}", f"-DoutputDirectory={part}"),
                ]
            )
            (part / kept.name).replace(kept)
            shutil.rmtree(part)
        return kept

    async def folder_of(self, lane: str, name: str, fill: Callable[[Path], Awaitable[None]]) -> Path:
        """The kept folder of the pinned `name`; `fill` puts everything into a new one and may raise `NotHad`."""
        kept = self.folder / f"{name}-{PINS[name]['version']}.{lane}"
        if kept.exists():
            return kept
        async with self._lanes[lane], self._sole_use(lane):
            if not kept.exists():
                part = kept.with_name(f"{kept.name}.part")
                shutil.rmtree(part, ignore_errors=True)
                part.mkdir()
                await fill(part)
                part.replace(kept)
        return kept

    async def go(self, name: str) -> Path:
        """The pinned Go program `name`, built from its module; raises `NotHad`."""
        pin = PINS[name]
        kept = self.folder / f"{name}-{pin['version']}"
        if kept.exists():
            return kept  # without waiting for what another lab builds meanwhile
        async with self._lanes["go"], self._sole_use("go"):
            if not kept.exists():
                await self._check_go()
                await self._build(name, pin, kept)
        return kept

    async def _check_go(self) -> None:
        if not shutil.which("go"):
            raise NotHad(f"there is no Go on this machine ({_dotted(OLDEST_GO)} or newer is needed to build it)")
        words = (await _output(["go", "env", "GOVERSION"])).strip().removeprefix("go").split(".")
        if tuple(int(word) for word in words[:2] if word.isdigit()) < OLDEST_GO:
            raise NotHad(f"Go {'.'.join(words)} is too old to build it ({_dotted(OLDEST_GO)} or newer is needed)")

    async def _build(self, name: str, pin: dict[str, Any], kept: Path) -> None:
        source = self.folder / f"{name}-source.part"
        shutil.rmtree(source, ignore_errors=True)
        if pin.get("dependency"):
            source.mkdir()
            await self._module_of_our_own(pin, source)
        else:
            await self._copy_of_its(pin, source)
        for place, text in pin.get("add", {}).items():
            (source / place).write_text(f"{text}\n", encoding="utf-8")
        part = kept.with_name(f"{kept.name}.part")
        # Built with the least priority: servers that are starting meanwhile have deadlines, a build has none.
        build = ["nice", "-n", "10", "go", "build", "-buildvcs=false", "-trimpath", "-o", str(part)]
        settings = {**os.environ, **pin["env"]} if "env" in pin else None
        await self.run([*build, "-tags", pin.get("tags", ""), pin["command"]], cwd=source, env=settings)
        part.replace(kept)
        shutil.rmtree(source)

    async def _copy_of_its(self, pin: dict[str, Any], source: Path) -> None:
        """In a copy of the module its own pinned versions of everything hold."""
        found = await self.run(["go", "mod", "download", "-json", f"{pin['go']}@v{pin['version']}"])
        told = json.loads(found)
        if pin.get("sum", told["Sum"]) != told["Sum"]:
            raise NotHad(f"{pin['go']} has another hash than the pinned one: {told['Sum']}")
        shutil.copytree(told["Dir"], source, copy_function=shutil.copyfile)
        _make_writable(source)
        if pin.get("neighbours"):
            await self._neighbours_by_version(source)

    async def _neighbours_by_version(self, source: Path) -> None:
        """For a module that names its neighbours by folders of its repository: its archive lacks what is a module too.

        Their versions are those that it requires; `GOFLAGS=-mod=mod` among the pin's settings lets their sums be noted.
        """
        told = json.loads(await self.run(["go", "mod", "edit", "-json"], cwd=source))
        for each in told.get("Replace") or ():
            place = source / each["New"]["Path"]
            if each["New"]["Path"].startswith(".") and not (place / "go.mod").exists():
                await self.run(["go", "mod", "edit", f"-dropreplace={each['Old']['Path']}"], cwd=source)

    async def _module_of_our_own(self, pin: dict[str, Any], source: Path) -> None:
        """For a module that names its neighbours by their folders, which its archive lacks."""
        await self.run(["go", "mod", "init", "lab"], cwd=source)
        await self.run(["go", "get", *pin.get("with", ()), f"{pin['command']}@v{pin['version']}"], cwd=source)

    async def run(self, argv: Sequence[str], *, env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
        """Run a fetching command; raises `NotHad` with its last words."""
        code, out, err = await _finished(argv, env=env, cwd=cwd)
        if code != 0:
            last = (err or out).strip().splitlines()[-1:] or ["no word of why"]
            raise NotHad(f"`{' '.join(argv[:4])} …` ended with {code}: {last[0][:300]}")
        return out

    async def _tried(self, argv: Sequence[str], *, env: dict[str, str]) -> int:
        return (await _finished(argv, env=env))[0]

    @asynccontextmanager
    async def _sole_use(self, lane: str) -> AsyncIterator[None]:
        """Keeps other labs of this machine out while one fills the same part of the cache."""
        with (self.folder / f".{lane}.lock").open("w", encoding="utf-8") as handle:
            await asyncio.to_thread(fcntl.flock, handle, fcntl.LOCK_EX)
            yield


def _make_writable(source: Path) -> None:
    for folder in [source, *source.rglob("*")]:
        if folder.is_dir():
            folder.chmod(0o755)


@contextmanager
def _no_service_starts() -> Iterator[None]:
    """Installing a server must not start Debian's own instance of it."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)


async def _finished(
    argv: Sequence[str], *, env: dict[str, str] | None = None, cwd: Path | None = None
) -> tuple[int, str, str]:
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=env,
            cwd=cwd,
        )
    except FileNotFoundError:
        return 127, "", f"{argv[0]} is not on this machine"
    try:
        out, err = await process.communicate()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    return process.returncode or 0, out.decode(errors="replace"), err.decode(errors="replace")


async def _output(argv: Sequence[str]) -> str:
    return (await _finished(argv))[1]


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)
