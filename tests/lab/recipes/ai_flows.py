"""Flowise on a PostgreSQL of its own: with a flow, without one, and with a name and a password."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from lab.clients.web import Web
from lab.model import CANARY, PASSWORD, NotAsNamed, Server
from lab.recipes.app_backends import backend, database
from lab.recipes.asked import Place, place, waited
from lab.site import Site
from lab.trees import modules

BROWSER = {"x-request-from": "internal"}
"""What the product's own page says with each question."""
LIST = "/api/v1/chatflows"


async def flowise(site: Site) -> list[Server]:
    """One server each."""
    workdir = site.workdir("flowise")
    tree = await modules(site.shelf, "flowise", workdir, is_large=True)
    return [await _flowise(site, tree, f"flowise-{state}") for state in ("open", "empty-open", "protected")]


async def _flowise(site: Site, tree: Path, name: str) -> Server:
    where = place(site, name)
    store = await database(site, where.workdir, "create database flowise;")
    paths = {key: str(where.workdir) for key in ("DATABASE_PATH", "APIKEY_PATH", "SECRETKEY_PATH", "LOG_PATH")}
    lock = {} if where.is_open else {"FLOWISE_USERNAME": "lab", "FLOWISE_PASSWORD": PASSWORD}
    env = {
        **paths, **lock, "PORT": str(where.port), "HOST": "127.0.0.1", "DATABASE_TYPE": "postgres",
        "DATABASE_HOST": "127.0.0.1", "DATABASE_PORT": str(store), "DATABASE_NAME": "flowise",
        "DATABASE_USER": "postgres", "DATABASE_PASSWORD": PASSWORD, "BLOB_STORAGE_PATH": str(where.workdir / "blobs"),
        "DISABLE_FLOWISE_TELEMETRY": "true", "HOME": str(where.workdir), "NODE_OPTIONS": "--max-old-space-size=900",
    }  # fmt: skip
    process = await site.start(
        where.workdir, ["node", tree / "node_modules" / "flowise" / "bin" / "run", "start"], env=env
    )
    await waited(site, where, process, "/api/v1/ping")
    web = Web(port=where.port)
    await site.until(process, where.workdir, lambda: web.ask("GET", LIST, headers=BROWSER).status in {200, 401})
    if name == "flowise-open":
        flow = {"name": CANARY, "flowData": json.dumps({"nodes": [], "edges": []}), "type": "CHATFLOW"}
        await asyncio.to_thread(web.ask, "POST", LIST, json.dumps(flow).encode(), BROWSER)
    await _assert(where)
    return backend(where, "flowise", "flowise", process.pid)


async def _assert(where: Place) -> None:
    """Raises `NotAsNamed` where a stranger's browser is shown something else."""
    said = await asyncio.to_thread(Web(port=where.port).ask, "GET", LIST, None, BROWSER)
    shown = (said.status, said.body.count(CANARY.encode()))
    wanted = {"flowise-open": (200, 1), "flowise-empty-open": (200, 0), "flowise-protected": (401, 0)}
    if shown != wanted[where.name]:
        raise NotAsNamed(f"{where.name} showed a stranger {shown}")
