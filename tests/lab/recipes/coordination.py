"""etcd and ZooKeeper, from Debian."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

from lab.clients.web import Answer, Web
from lab.clients.zookeeper import NO_AUTH, ZooKeeper
from lab.model import PASSWORD, NotAsNamed, NotHad, Server, records_of
from lab.site import Site

ALL_KEYS = {"key": "AA==", "range_end": "AA==", "count_only": True}
"""A zero byte up to a zero byte is every key."""


async def etcd_open(site: Site) -> list[Server]:
    """The third API without a login; the second one is off, as it comes."""
    return [await _etcd(site, "etcd-open", locked=False)]


async def etcd_protected(site: Site) -> list[Server]:
    """Authentication enabled."""
    return [await _etcd(site, "etcd-protected", locked=True)]


async def _etcd(site: Site, name: str, *, locked: bool) -> Server:
    await site.shelf.debian("etcd")
    return await etcd(site, name, Path("/usr/bin/etcd"), locked=locked)


async def etcd(site: Site, name: str, program: Path, *, locked: bool) -> Server:
    """One etcd of any release, from its program."""
    workdir, port = site.workdir(name), site.port()
    mine, peers = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{site.port()}"
    urls = {
        "listen-client-urls": mine,
        "advertise-client-urls": mine,
        "listen-peer-urls": peers,
        "initial-advertise-peer-urls": peers,
        "initial-cluster": f"lab={peers}",
    }
    options = [f"--{option}={value}" for option, value in urls.items()]
    # A disk that other servers are starting on is slow, and the defaults elect anew every time it is.
    patience = ["--heartbeat-interval=500", "--election-timeout=2500"]
    process = await site.start(workdir, [program, "--name=lab", f"--data-dir={workdir / 'data'}", *options, *patience])
    web = Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", "/health").json()["health"] == "true")
    await asyncio.to_thread(_plant_keys, web, name)
    if locked:
        await asyncio.to_thread(_lock, web)
    counted = await asyncio.to_thread(_call, web, "kv/range", ALL_KEYS)
    if counted.status != (400 if locked else 200):
        raise NotAsNamed(f"{name} answered a stranger's count of keys with {counted.status}")
    version = (await asyncio.to_thread(web.ask, "GET", "/version")).json()["etcdserver"]
    return Server(
        name=name,
        datastore="etcd",
        form="protected" if locked else "open",
        version=version,
        transport="http",
        port=port,
        records=None if locked else int(counted.json()["count"]),
        pid=process.pid,
    )


def _call(web: Web, what: str, body: dict[str, Any]) -> Answer:
    return web.ask("POST", f"/v3/{what}", json.dumps(body).encode())


def _plant_keys(web: Web, name: str) -> None:
    for record in records_of(name):
        key, value = (base64.b64encode(text.encode()).decode() for text in (record["email"], json.dumps(record)))
        if _call(web, "kv/put", {"key": key, "value": value}).status != 200:
            raise NotHad(f"{name} refused a key")


def _lock(web: Web) -> None:
    for what, body in (
        ("auth/user/add", {"name": "root", "password": PASSWORD}),
        ("auth/role/add", {"name": "root"}),
        ("auth/user/grant", {"user": "root", "role": "root"}),
        ("auth/enable", {}),
    ):
        if (status := _call(web, what, body).status) != 200:
            raise NotHad(f"etcd answered {what} with {status}")


async def zookeeper_open(site: Site) -> list[Server]:
    """Nodes that everybody may read; four-letter words as they come, which is `srvr` alone."""
    name = "zookeeper-open"
    workdir, port = await _zookeeper_room(site, name)
    process = await _start_zookeeper(site, workdir, port)
    await asyncio.to_thread(_plant_nodes, ZooKeeper(port=port), name)
    return [await _zookeeper(name, port, process.pid)]


async def zookeeper_protected(site: Site) -> list[Server]:
    """Every session must log in. The nodes are made before that, so that the lab needs no login of its own."""
    name = "zookeeper-protected"
    workdir, port = await _zookeeper_room(site, name)
    unlocked = await _start_zookeeper(site, workdir, port)
    await asyncio.to_thread(_plant_nodes, ZooKeeper(port=port), name)
    await site.end(unlocked)
    with (workdir / "zoo.cfg").open("a", encoding="utf-8") as config:
        config.write("sessionRequireClientSASLAuth=true\n")
        config.write("authProvider.sasl=org.apache.zookeeper.server.auth.SASLAuthenticationProvider\n")
    process = await _start_zookeeper(site, workdir, port)
    return [await _zookeeper(name, port, process.pid)]


async def _zookeeper(name: str, port: int, pid: int) -> Server:
    client, is_open = ZooKeeper(port=port), name.endswith("-open")
    error = await asyncio.to_thread(client.children, "/")
    if error != (0 if is_open else NO_AUTH):
        raise NotAsNamed(f"{name} answered a stranger's listing with error {error}")
    stated = await asyncio.to_thread(client.word, "srvr")
    refused = await asyncio.to_thread(client.word, "ruok")
    if "not in the whitelist" not in refused:
        raise NotAsNamed(f"{name} answered a word that is not in its white-list")
    version = stated.partition("Zookeeper version: ")[2].partition("-")[0]
    form = "open" if is_open else "protected"
    return Server(name=name, datastore="zookeeper", form=form, version=version, port=port, pid=pid)


async def _zookeeper_room(site: Site, name: str) -> tuple[Path, int]:
    await site.shelf.debian("java", "zookeeper")
    workdir, port = site.workdir(name), site.port()
    (workdir / "data").mkdir()
    (workdir / "zoo.cfg").write_text(
        f"tickTime=2000\ndataDir={workdir}/data\nclientPort={port}\nclientPortAddress=127.0.0.1\n"
        "admin.enableServer=false\n",
        encoding="utf-8",
    )
    return workdir, port


async def _start_zookeeper(site: Site, workdir: Path, port: int) -> asyncio.subprocess.Process:
    # Small and without a compiler of its own: it has three nodes to keep.
    java = ["java", "-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", f"-Dzookeeper.log.dir={workdir}"]
    libraries = ["-cp", "/usr/share/java/zookeeper.jar:/usr/share/java/*"]
    main = ["org.apache.zookeeper.server.quorum.QuorumPeerMain", str(workdir / "zoo.cfg")]
    process = await site.start(workdir, [*java, *libraries, *main])
    await site.until(process, workdir, lambda: "Zookeeper version" in ZooKeeper(port=port).word("srvr"))
    return process


def _plant_nodes(client: ZooKeeper, name: str) -> None:
    nodes = {"/customers": "", **{f"/customers/{one['email']}": json.dumps(one) for one in records_of(name)}}
    errors = [client.create(path, data) for path, data in nodes.items()]
    if any(errors):
        raise NotHad(f"{name} refused to make its nodes: {errors}")
