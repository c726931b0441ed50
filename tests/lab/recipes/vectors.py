"""Milvus from PyPI: a whole server in one package, which listens on every address and so has a network of its own."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from lab.clients.web import Web
from lab.fetch import PINS
from lab.model import CANARY, PASSWORD, NotAsNamed, NotHad, Server, records_of
from lab.recipes.odd_fronts import plain_proxy
from lab.site import Site
from lab.trees import PYTHON, packages

PROXY_PORT = 19530
LISTED = "/v1/vector/collections"


async def milvus_open(site: Site) -> list[Server]:
    """As it comes; and behind a plain proxy."""
    server = await _milvus(site, "milvus-open", password="")
    return [server, await plain_proxy(site, server, name="milvus-proxied-open", path=LISTED)]


async def milvus_protected(site: Site) -> list[Server]:
    """Authorisation."""
    return [await _milvus(site, "milvus-protected", password=PASSWORD)]


async def _milvus(site: Site, name: str, *, password: str) -> Server:
    workdir, port = site.workdir(name), site.port()
    tree = await packages(site.shelf, "milvus", workdir)
    words: list[str | Path] = [
        PYTHON,
        tree / "bin" / "milvus-server",
        "--data",
        workdir / "data",
        "--proxy-port",
        str(PROXY_PORT),
    ]
    lock = ["--authorization-enabled", "true"] if password else []
    process = await site.start(workdir, [*words, *lock], env={"PYTHONPATH": str(tree)}, inner={port: PROXY_PORT})
    # Its own administrator, as it comes.
    owner = Web(port=port, login="root:Milvus" if password else "")
    stranger = Web(port=port)
    await site.until(process, workdir, lambda: owner.ask("GET", LISTED).json().get("code") == 200)
    await asyncio.to_thread(_fill, owner, name)
    listed = (await asyncio.to_thread(stranger.ask, "GET", LISTED)).json()
    if (listed.get("data") == ["customers"]) is bool(password):
        raise NotAsNamed(f"{name} answered a stranger's question for its collections with {listed}")
    return Server(
        name=name,
        datastore="milvus",
        form="protected" if password else "open",
        version=PINS["milvus"]["version"],
        transport="http",
        port=port,
        pid=process.pid,
    )


def _fill(owner: Web, name: str) -> None:
    made = {"collectionName": "customers", "dimension": 2}
    rows = [{"vector": [0.1, 0.2], "email": one["email"], "note": CANARY} for one in records_of(name)]
    for path, body in (("collections/create", made), ("insert", {"collectionName": "customers", "data": rows})):
        said = owner.ask("POST", f"/v1/vector/{path}", json.dumps(body).encode()).json()
        if said.get("code") != 200:
            raise NotHad(f"{name} refused {path}: {said}")
