"""A server with a web page: waited for, and asked as a stranger whether it is what its name says."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lab.clients.web import Web
from lab.fetch import PINS, Shelf
from lab.model import CANARY, PASSWORD, NotAsNamed, NotHad, Server
from lab.recipes.front import start_nginx
from lab.site import Site
from leakguard.frozen import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a stranger asks of both forms of a server."""

    path: str
    shows: str = CANARY
    """What the answer of an open server holds, and that of a protected one must not."""
    refused: int = 401
    """The status with which a protected server answers."""
    ready: str = "/"
    """A path that is answered, in whatever way, once the server runs."""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one server lives, made before it starts."""

    name: str
    workdir: Path
    port: int

    @property
    def is_open(self) -> bool:
        """As its name says."""
        return not self.name.endswith("-protected")


def place(site: Site, name: str) -> Place:
    """A new folder and a port of its own."""
    return Place(name=name, workdir=site.workdir(name), port=site.port())


async def waited(site: Site, where: Place, process: asyncio.subprocess.Process, ready: str = "/") -> None:
    """Until it answers HTTP at all."""
    await site.until(process, where.workdir, lambda: Web(port=where.port).ask("GET", ready).status > 0)


async def put_in(
    web: Web, method: str, path: str, body: bytes, headers: Mapping[str, str] | None = None
) -> None:  # fmt: skip
    """Put something into a server as its owner does; raises `NotHad` if the server refuses it."""
    said = await asyncio.to_thread(web.ask, method, path, body, headers or {})
    if said.status >= 300:
        raise NotHad(f"the server at port {web.port} answered {method} {path.partition('?')[0]} with {said.status}")


async def asserted(
    where: Place, question: Question, process: asyncio.subprocess.Process, *, datastore: str, version: str,
    records: int | None = None,
) -> Server:  # fmt: skip
    """The row of a server that answered the stranger's question as its name says; raises `NotAsNamed`."""
    said = await asyncio.to_thread(
        Web(port=where.port).ask, "GET", question.path, None, {"Accept": "application/json", **question.headers}
    )
    shown = question.shows.encode() in said.body
    if said.status != (200 if where.is_open else question.refused) or shown != where.is_open:
        raise NotAsNamed(f"{where.name} answered a stranger's GET {question.path} with {said.status}")
    return Server(
        name=where.name,
        datastore=datastore,
        form="open" if where.is_open else "protected",
        version=version,
        transport="http",
        port=where.port,
        records=records,
        pid=process.pid,
    )


async def served(
    site: Site, where: Place, question: Question, process: asyncio.subprocess.Process, *, datastore: str, pin: str,
    records: int | None = None,
) -> Server:  # fmt: skip
    """Both, for a server that is pinned to a version."""
    await waited(site, where, process, question.ready)
    version = str(PINS[pin]["version"])
    return await asserted(where, question, process, datastore=datastore, version=version, records=records)


async def debian_version(shelf: Shelf, pin: str) -> str:
    """The upstream version of an installed Debian package: `1:2.4.2-3+deb12u9` is 2.4.2."""
    said = await shelf.run(["dpkg-query", "-W", "-f=${Version}", PINS[pin]["debian"]])
    return said.strip().partition(":")[2].partition("-")[0] if ":" in said else said.strip().partition("-")[0]


async def guarded_api(
    site: Site, behind: Server, *, name: str, question: Question, free: tuple[str, ...] = ("/",)
) -> Server:
    """An nginx that asks for a password for everything but the pages of an open server's front."""
    workdir = site.workdir(name)
    digest = base64.b64encode(hashlib.sha1(PASSWORD.encode(), usedforsecurity=False).digest()).decode()
    (workdir / "htpasswd").write_text(f"lab:{{SHA}}{digest}\n", encoding="utf-8")
    passed = f"proxy_pass http://127.0.0.1:{behind.port};"
    lock = f"auth_basic lab; auth_basic_user_file {workdir}/htpasswd;"
    pages = " ".join(f"location = {page} {{ {passed} }}" for page in free)
    port, pid, _ = await start_nginx(site, workdir, f"location / {{ {lock} {passed} }} {pages}")
    statuses = [(await asyncio.to_thread(Web(port=port).ask, "GET", path)).status for path in (*free, question.path)]
    if statuses[-1] != 401 or not all(status < 400 for status in statuses[:-1]):
        raise NotAsNamed(f"{name} answered its front pages and a stranger's GET {question.path} with {statuses}")
    return replace(behind, name=name, form="protected", port=port, pid=pid, records=None, is_front=True)
