"""The process that starts the servers, stays with them, and ends them when it is told to or when its caller is gone."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from pathlib import Path

from lab.catalogue import chosen
from lab.entry import Recipe
from lab.fetch import Shelf, cache_folder
from lab.model import Lab, NotAsNamed, NotHad, Server
from lab.planted import planted
from lab.site import Site, rss_mb
from leakguard.frozen import replace

FOLDER_PREFIX = "leakguard-lab-"
STARTS_AT_ONCE = 3
"""Java servers that start side by side; more of them on two cores only makes each one late."""
AGAIN_BELOW = 120.0
"""Seconds: what failed sooner is tried once more when all others have started, as the machine may have been busy."""
MOST_MB = 8_192
"""Resident memory of all servers of one lab; what would start above it is left out, and belongs to another group."""


class Keeper:
    """One run of the lab."""

    def __init__(self, workdir: Path, names: tuple[str, ...]) -> None:
        self.workdir = workdir
        self._recipes = chosen(names)
        # Not below `workdir`: the servers' user must reach it, and a checkout may lie in a home that is closed to it.
        folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
        folder.chmod(0o755)
        self._site = Site(folder, Shelf(cache_folder()))
        self._turn = asyncio.Semaphore(STARTS_AT_ONCE)
        self._servers: list[Server] = []

    async def run(self, caller: int | None) -> None:
        """Start all, tell where they are, and wait for the end."""
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, ended.set)
        self._tell(ready=False)
        starting = asyncio.ensure_future(self.start_all())
        watching = asyncio.ensure_future(_ended(ended, caller))
        try:
            await asyncio.wait([starting, watching], return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                self._tell(ready=True)
                await watching
        finally:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await self._site.close()
            (self.workdir / "servers.json").unlink(missing_ok=True)

    async def start_all(self) -> None:
        """Start each server; what failed soon gets a second attempt when all others have started."""
        async with asyncio.TaskGroup() as group:
            tasks = [(recipe, group.create_task(self._start(recipe, is_last=False))) for recipe in self._recipes]
        for recipe in [recipe for recipe, task in tasks if not task.result()]:
            await self._start(recipe, is_last=True)

    async def _start(self, recipe: Recipe, *, is_last: bool) -> bool:
        """Whether it is settled: it started, it cannot be had, or this was the last attempt."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            if recipe.heavy:
                async with self._turn:
                    began = loop.time()
                    servers = await self._begin(recipe)
            else:
                servers = await self._begin(recipe)
        except (NotHad, NotAsNamed, OSError) as error:
            if not is_last and loop.time() - began < AGAIN_BELOW and not isinstance(error, NotAsNamed):
                return False
            servers = [_missing(recipe, name, error) for name in recipe.names]
        seconds = round(loop.time() - began, 1)
        for server in servers:
            memory = rss_mb(server.pid) if server.pid else 0
            self._servers.append(replace(planted(server), core=recipe.core, seconds=seconds, rss_mb=memory))
        self._tell(ready=False)
        return True

    async def _begin(self, recipe: Recipe) -> list[Server]:
        """Raises `NotHad` where the lab holds too much already."""
        if (held := await asyncio.to_thread(self._site.held_mb)) > MOST_MB:
            raise NotHad(f"the lab's servers hold {held} MB: start fewer groups at once")
        return await recipe.start(self._site)

    def _tell(self, *, ready: bool) -> None:
        servers = tuple(sorted(self._servers, key=lambda server: server.name))
        Lab(servers=servers, folder=str(self._site.folder), keeper=os.getpid(), ready=ready).write(self.workdir)


def _missing(recipe: Recipe, name: str, error: Exception) -> Server:
    form = "protected" if name.endswith("-protected") else "open"
    reason = str(error) or type(error).__name__
    return Server(name=name, datastore=recipe.datastore, form=form, core=recipe.core, missing=reason)


async def _ended(ended: asyncio.Event, caller: int | None) -> None:
    """Until a signal comes, or the caller is gone without a word."""
    while not ended.is_set() and (caller is None or _lives(caller)):
        try:
            await asyncio.wait_for(ended.wait(), timeout=1.0)
        except TimeoutError:
            continue


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def keep(workdir: Path, names: tuple[str, ...], caller: int | None) -> int:
    """Run a lab until it is told to end."""
    asyncio.run(Keeper(workdir, names).run(caller))
    sys.stdout.flush()
    return 0
