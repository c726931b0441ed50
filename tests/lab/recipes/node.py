"""Servers from npm: Azurite, an imitation of Azure's object store, and pouchdb-server, one of CouchDB."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path

from lab.clients.azure import Azure
from lab.clients.web import Web
from lab.fetch import PINS
from lab.model import CANARY, NotAsNamed, NotHad, Server, records_of
from lab.site import Site
from lab.trees import modules

ACCOUNT, KEY = "labaccount", base64.b64encode(b"lab-secret-key-for-invented-data").decode()
CONTAINERS = {"lab-private": "", "lab-objects": "blob", "lab-public": "container"}
"""Name of a container, and what strangers may do in it: nothing, read an object whose name they know, list."""


async def azurite(site: Site) -> list[Server]:
    """One account that holds every form of container."""
    name = "azurite-open"
    workdir, port = site.workdir(name), site.port()
    tree = await modules(site.shelf, "azurite", workdir)
    main = tree / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
    options: list[str | Path] = [
        "--blobHost",
        "127.0.0.1",
        "--blobPort",
        str(port),
        "--location",
        workdir,
        "--disableTelemetry",
        "--silent",
    ]
    process = await site.start(workdir, ["node", main, *options], env={"AZURITE_ACCOUNTS": f"{ACCOUNT}:{KEY}"})
    stranger = Web(port=port)
    await site.until(process, workdir, lambda: stranger.ask("GET", f"/{ACCOUNT}?comp=list").status == 403)
    await asyncio.to_thread(_make_containers, Azure(port=port, account=ACCOUNT, key=KEY), name)
    for container, public in CONTAINERS.items():
        listing = await asyncio.to_thread(stranger.ask, "GET", f"/{ACCOUNT}/{container}?restype=container&comp=list")
        if (listing.status == 200) != (public == "container"):
            raise NotAsNamed(f"a stranger's listing of {container} was answered with {listing.status}")
    return [
        Server(
            name=name,
            datastore="azure_blob",
            form="open",
            version=PINS["azurite"]["version"],
            transport="http",
            port=port,
            buckets={
                f"{ACCOUNT}/{one}": "open" if public == "container" else "protected"
                for one, public in CONTAINERS.items()
            },
            pid=process.pid,
        )
    ]


def _make_containers(owner: Azure, name: str) -> None:
    for container, public in CONTAINERS.items():
        access = {"x-ms-blob-public-access": public} if public else {}
        statuses = [owner.put(container, "restype=container", b"", access)]
        for one in records_of(name):
            place = f"{container}/{CANARY}-{one['email']}.json"
            statuses.append(owner.put(place, "", json.dumps(one).encode(), {"x-ms-blob-type": "BlockBlob"}))
        if any(status != 201 for status in statuses):
            raise NotHad(f"{name} refused to make {container}: {statuses}")


async def pouchdb(site: Site) -> list[Server]:
    """Open only: its other form lets strangers list the databases all the same."""
    name = "pouchdb-open"
    workdir, port = site.workdir(name), site.port()
    tree = await modules(site.shelf, "pouchdb", workdir)
    main = tree / "node_modules" / "pouchdb-server" / "bin" / "pouchdb-server"
    process = await site.start(workdir, ["node", main, "--host", "127.0.0.1", "--port", str(port), "--in-memory"])
    web = Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", "/").status == 200)
    answers = [await asyncio.to_thread(web.ask, "PUT", "/customers")]
    for number, one in enumerate(records_of(name)):
        answers.append(await asyncio.to_thread(web.ask, "PUT", f"/customers/{number}", json.dumps(one).encode()))
    listed = (await asyncio.to_thread(web.ask, "GET", "/_all_dbs")).json()
    if any(answer.status != 201 for answer in answers) or "customers" not in listed:
        raise NotAsNamed(f"{name} does not list its databases to a stranger")
    return [
        Server(
            name=name,
            datastore="couchdb",
            form="open",
            version=PINS["pouchdb"]["version"],
            transport="http",
            port=port,
            records=len(records_of(name)),
            pid=process.pid,
        )
    ]
