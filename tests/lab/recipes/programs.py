"""Servers that are built from their Go modules, beyond the core: VictoriaMetrics, fake-gcs-server, etcd 3.7."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from lab.clients.web import Web
from lab.fetch import PINS
from lab.model import CANARY, PASSWORD, NotAsNamed, NotHad, Server, records_of
from lab.recipes.coordination import etcd
from lab.recipes.databases import copy_program
from lab.site import Site

BUCKET = "lab-public"


async def victoriametrics_open(site: Site) -> list[Server]:
    """As it comes."""
    return [await _victoriametrics(site, "victoriametrics-open", password="")]


async def victoriametrics_protected(site: Site) -> list[Server]:
    """A password for everything."""
    return [await _victoriametrics(site, "victoriametrics-protected", password=PASSWORD)]


async def _victoriametrics(site: Site, name: str, *, password: str) -> Server:
    workdir, port, program = await _program(site, "victoriametrics", name)
    options = [f"-httpListenAddr=127.0.0.1:{port}", f"-storageDataPath={workdir / 'data'}", "-memory.allowedBytes=64MB"]
    lock = ["-httpAuth.username=lab", f"-httpAuth.password={password}"] if password else []
    process = await site.start(workdir, [program, *options, *lock])
    owner, stranger = Web(port=port, login=f"lab:{password}" if password else ""), Web(port=port)
    await site.until(process, workdir, lambda: owner.ask("GET", "/health").status == 200)
    lines = "".join(f'orders{{email="{one["email"]}"}} 1\n' for one in records_of(name))
    await asyncio.to_thread(owner.ask, "POST", "/api/v1/import/prometheus", lines.encode())
    await asyncio.to_thread(owner.ask, "GET", "/internal/force_flush")
    await site.until(process, workdir, lambda: _series(owner) == len(records_of(name)))
    answer = await asyncio.to_thread(stranger.ask, "GET", "/api/v1/status/tsdb")
    if answer.status != (401 if password else 200):
        raise NotAsNamed(f"{name} answered a stranger's question for its series with {answer.status}")
    return Server(
        name=name,
        datastore="victoriametrics",
        form="protected" if password else "open",
        version=PINS["victoriametrics"]["version"],
        transport="http",
        port=port,
        pid=process.pid,
    )


def _series(owner: Web) -> int:
    return int(owner.ask("GET", "/api/v1/status/tsdb").json()["data"]["totalSeries"])


async def fake_gcs(site: Site) -> list[Server]:
    """An imitation of Google's object store that checks nothing, so it has one form."""
    name = "fake-gcs-open"
    workdir, port, program = await _program(site, "fake-gcs", name)
    options = ["-scheme=http", "-host=127.0.0.1", f"-port={port}", "-backend=memory"]
    process = await site.start(workdir, [program, *options])
    web = Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", "/storage/v1/b").status == 200)
    answers = [await asyncio.to_thread(web.ask, "POST", "/storage/v1/b", json.dumps({"name": BUCKET}).encode())]
    for one in records_of(name):
        path = f"/upload/storage/v1/b/{BUCKET}/o?uploadType=media&name={CANARY}-{one['email']}.json"
        answers.append(await asyncio.to_thread(web.ask, "POST", path, json.dumps(one).encode()))
    if refused := [answer.status for answer in answers if answer.status != 200]:
        raise NotHad(f"{name} refused its objects: {refused}")
    return [
        Server(
            name=name,
            datastore="gcs",
            form="open",
            version=PINS["fake-gcs"]["version"],
            transport="http",
            port=port,
            buckets={BUCKET: "open"},
            records=len(records_of(name)),
            pid=process.pid,
        )
    ]


async def etcd_3_7_open(site: Site) -> list[Server]:
    """The newest line without a login."""
    return [await _etcd(site, "etcd-3.7-open", locked=False)]


async def etcd_3_7_protected(site: Site) -> list[Server]:
    """The newest line with authentication enabled."""
    return [await _etcd(site, "etcd-3.7-protected", locked=True)]


async def _etcd(site: Site, name: str, *, locked: bool) -> Server:
    workdir, _, program = await _program(site, "etcd-3.7", f"{name}-program")
    workdir.chmod(0o755)
    return await etcd(site, name, program, locked=locked)


async def _program(site: Site, pin: str, name: str) -> tuple[Path, int, Path]:
    """A working directory, a port, and the program in the directory."""
    kept = await site.shelf.go(pin)
    workdir = site.workdir(name)
    return workdir, site.port(), await asyncio.to_thread(copy_program, kept, workdir)
