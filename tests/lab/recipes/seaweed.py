"""SeaweedFS's filer, built from its Go module: open, and asking for a token that the filer's keys sign."""

from __future__ import annotations

import asyncio
import json

from lab.clients.web import Web
from lab.model import CANARY, PASSWORD, NotAsNamed, Server, records_of
from lab.recipes.databases import copy_program
from lab.recipes.odd_fronts import plain_proxy
from lab.site import Site

VERSION = "4.53"
FILE = "/customers/1.json"


async def seaweedfs_open(site: Site) -> list[Server]:
    """As it comes; and behind a plain proxy."""
    server = await _filer(site, "seaweedfs-open", key="")
    return [server, await plain_proxy(site, server, name="seaweedfs-proxied-open", path=FILE)]


async def seaweedfs_protected(site: Site) -> list[Server]:
    """A key for writing and one for reading: whoever has no token signed by them gets nothing."""
    return [await _filer(site, "seaweedfs-protected", key=PASSWORD)]


async def _filer(site: Site, name: str, *, key: str) -> Server:
    kept = await site.shelf.go("seaweedfs")
    room = site.room(name)
    program = await asyncio.to_thread(copy_program, kept, room)
    master, volume, port = site.port(), site.port(), site.port()
    grpc = [f"-{kind}.port.grpc={site.port()}" for kind in ("master", "volume", "filer")]
    (room / "data").mkdir()
    (room / "security.toml").write_text(
        "".join(f'[jwt.filer_signing{kind}]\nkey = "{key}"\n' for kind in ("", ".read")) if key else "\n",
        encoding="utf-8",
    )
    ports = [f"-master.port={master}", f"-volume.port={volume}", "-filer", f"-filer.port={port}", *grpc]
    small = ["-volume.max=4", "-master.volumeSizeLimitMB=16", f"-dir={room / 'data'}"]
    process = await site.start(room, [program, "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", *ports, *small])
    web = Web(port=port)
    await site.until(process, room, lambda: web.ask("GET", "/").status in {200, 401})
    if not key:
        text = json.dumps(records_of(name)).encode()
        await site.until(process, room, lambda: web.ask("PUT", FILE, text).status == 201)
    read = await asyncio.to_thread(web.ask, "GET", FILE)
    if (CANARY.encode() in read.body) is bool(key) or (key and read.status != 401):
        raise NotAsNamed(f"{name} answered a stranger's question for a file with {read.status}")
    return Server(
        name=name,
        datastore="seaweedfs",
        form="protected" if key else "open",
        version=VERSION,
        transport="http",
        port=port,
        pid=process.pid,
    )
