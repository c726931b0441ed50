"""What starts a server of jars: its folder, its libraries and its port; and the state that the lab asserts of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.clients.web import Answer, Web
from lab.fetch import PINS
from lab.model import NotAsNamed, Server
from lab.recipes.embedded import JAVA, OPENED
from lab.recipes.search import java_home
from lab.site import Site
from lab.trees import jars

HEAP_MB = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Jvm:
    """One Java program of the lab, ready to be started."""

    site: Site
    name: str
    """Of the server: it ends with `-open` or `-protected`."""
    datastore: str
    version: str
    workdir: Path
    tree: Path
    """The folder of its jars."""
    port: int
    java: Path

    @property
    def web(self) -> Web:
        """A stranger who asks over HTTP."""
        return Web(port=self.port)

    def jar(self, begin: str) -> Path:
        """The jar of the tree whose name begins so."""
        return next(self.tree.glob(f"{begin}*.jar"))

    def source(self, program: str) -> Path:
        """One of the programs of `tests/lab/java`, copied to where the servers' user may read it."""
        kept = self.workdir / f"{program}.java"
        kept.write_text((JAVA / f"{program}.java").read_text(encoding="utf-8"), encoding="utf-8")
        return kept

    async def start(
        self, main: str | Path, *words: str | Path, options: tuple[str | Path, ...] = (), heap_mb: int = HEAP_MB,
        env: Mapping[str, str] | None = None,
    ) -> asyncio.subprocess.Process:  # fmt: skip
        """Start a main class, or a source that Java compiles by itself, with all jars."""
        opened = [f"--add-opens=java.base/{one}=ALL-UNNAMED" for one in OPENED]
        small = (f"-Xmx{heap_mb}m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
        command = [self.java, *small, *opened, *options, "-cp", f"{self.workdir}:{self.tree}/*", main, *words]
        return await self.site.start(self.workdir, command, env=env)

    async def until(self, process: asyncio.subprocess.Process, path: str, status: int = 200, login: str = "") -> None:
        """Wait until it answers so over HTTP; raises `NotHad`."""
        web = Web(port=self.port, login=login)
        await self.site.until(process, self.workdir, lambda: web.ask("GET", path).status == status)

    async def until_it_says(self, process: asyncio.subprocess.Process, path: str, words: str) -> None:
        """Wait until a stranger's question is answered so; raises `NotHad`."""
        await self.site.until(process, self.workdir, lambda: words.encode() in self.web.ask("GET", path).body)

    async def plant(self, method: str, path: str, body: bytes, kind: str = "application/json", login: str = "") -> None:
        """What the owner puts in; raises `NotAsNamed` when the server does not take it."""
        web = Web(port=self.port, login=login)
        answer = await asyncio.to_thread(web.ask, method, path, body, {"Content-Type": kind})
        if answer.status >= REFUSED:
            raise NotAsNamed(f"{self.name} answered {answer.status} to its owner's {method} {path}")

    async def gives(self, path: str, words: str) -> Answer:
        """Assert that a stranger gets an answer that holds `words`."""
        answer = await asyncio.to_thread(self.web.ask, "GET", path)
        if answer.status != OK or words.encode() not in answer.body:
            raise NotAsNamed(f"{self.name} answered {answer.status} to a stranger's GET {path}")
        return answer

    async def refuses(self, path: str, status: int = 401) -> None:
        """Assert that a stranger is refused."""
        answer = await asyncio.to_thread(self.web.ask, "GET", path)
        if answer.status != status:
            raise NotAsNamed(f"{self.name} answered {answer.status} to a stranger's GET {path}")

    def told(
        self, process: asyncio.subprocess.Process, *, records: int | None = None, transport: str = "http"
    ) -> Server:
        """The row of a server that runs as its name says."""
        return Server(
            name=self.name,
            datastore=self.datastore,
            form="open" if self.name.endswith("-open") else "protected",
            version=self.version,
            transport=transport,
            port=self.port,
            records=records,
            pid=process.pid,
        )


OK, REFUSED = 200, 300


async def jvm(site: Site, name: str, pin: str, datastore: str, *, ages: tuple[int, ...] = (17,)) -> Jvm:
    """A place for the server `name`, with the jars of `pin`; raises `NotHad`."""
    await site.shelf.debian("jdk")
    java = await java_home(site, ages) / "bin" / "java"
    workdir, port = site.workdir(name), site.port()
    tree = await jars(site.shelf, pin, workdir)
    return Jvm(
        site=site, name=name, datastore=datastore, version=PINS[pin]["version"], workdir=workdir, tree=tree, port=port,
        java=java,
    )  # fmt: skip
