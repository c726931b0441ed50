"""OpenStack Swift from Debian: one proxy, one replica, tempauth, and containers in every state."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from lab.clients.web import Web
from lab.model import CANARY, PASSWORD, NotAsNamed, NotHad, Server, records_of
from lab.site import Site

RINGS = ("account", "container", "object")
ACCOUNT = "AUTH_lab"
CONTAINERS = {"lab-private": "", "lab-objects": ".r:*", "lab-public": ".r:*,.rlistings"}
"""Name of a container, and what strangers may do in it: nothing, read an object whose name they know, list."""
_CONFIG = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
mount_check = false
devices = {workdir}/devices
swift_dir = {workdir}
user = {user}
log_address = /dev/null
[pipeline:main]
pipeline = {pipeline}
"""
_PROXY = f"""[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:tempauth]
use = egg:swift#tempauth
user_lab_lab = {PASSWORD} .admin
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:"""


async def swift(site: Site) -> list[Server]:
    """One account that holds every form of container."""
    name = "swift-open"
    await site.shelf.debian("swift-proxy", "swift-account", "swift-container", "swift-object", "memcached")
    workdir, port, cache = site.workdir(name), site.port(), site.port()
    (workdir / "devices" / "one").mkdir(parents=True)
    (workdir / "swift.conf").write_text(
        "[swift-hash]\nswift_hash_path_suffix = lab\n[storage-policy:0]\nname = lab\ndefault = yes\n", encoding="utf-8"
    )
    await site.start(workdir, ["memcached", "-l", "127.0.0.1", "-p", str(cache), "-m", "8"])
    for kind in RINGS:
        await _storage(site, workdir, kind)
    head = _CONFIG.format(
        port=port, workdir=workdir, user="nobody", pipeline="catch_errors gatekeeper cache tempauth proxy-server"
    )
    (workdir / "proxy.conf").write_text(f"{head}{_PROXY}{cache}\n", encoding="utf-8")
    process = await site.start(workdir, ["swift-proxy-server", workdir / "proxy.conf"], env={"SWIFT_DIR": str(workdir)})
    web = Web(port=port)
    asked = {"X-Auth-User": "lab:lab", "X-Auth-Key": PASSWORD}
    await site.until(process, workdir, lambda: web.ask("GET", "/auth/v1.0", None, asked).status == 200)
    token = (await asyncio.to_thread(web.ask, "GET", "/auth/v1.0", None, asked)).headers["X-Auth-Token"]
    await site.until(process, workdir, lambda: _takes_objects(web, token))
    await asyncio.to_thread(_fill, web, token, name)
    version = await site.ask(workdir, ["dpkg-query", "-W", "-f=${Version}", "swift-proxy"])
    return [
        Server(
            name=name,
            datastore="swift",
            form="open",
            version=version.text.partition("-")[0],
            transport="http",
            port=port,
            buckets={
                f"{ACCOUNT}/{container}": "open" if ".rlistings" in read else "protected"
                for container, read in CONTAINERS.items()
            },
            pid=process.pid,
        )
    ]


async def _storage(site: Site, workdir: Path, kind: str) -> None:
    """One of the three servers behind the proxy, and the ring by which it is found."""
    port, builder = site.port(), workdir / f"{kind}.builder"
    for words in (("create", "4", "1", "0"), ("add", f"r1z1-127.0.0.1:{port}/one", "1"), ("rebalance",)):
        said = await site.ask(workdir, ["swift-ring-builder", builder, *words])
        if said.code > 1:  # 1 is a warning
            raise NotHad(f"swift-ring-builder {words[0]} ended with {said.code}: {said.text[-200:]}")
    config = _CONFIG.format(port=port, workdir=workdir, user="nobody", pipeline=f"{kind}-server")
    (workdir / f"{kind}.conf").write_text(f"{config}[app:{kind}-server]\nuse = egg:swift#{kind}\n", encoding="utf-8")
    await site.start(workdir, [f"swift-{kind}-server", workdir / f"{kind}.conf"], env={"SWIFT_DIR": str(workdir)})


def _takes_objects(owner: Web, token: str) -> bool:
    """Whether the servers behind the proxy answer it: in a container that nobody asks for."""
    login = {"X-Auth-Token": token}
    puts = [owner.ask("PUT", f"/v1/{ACCOUNT}/lab-first{path}", b"", login).status for path in ("", "/first")]
    return all(status in {201, 202} for status in puts)


def _fill(owner: Web, token: str, name: str) -> None:
    stranger = Web(port=owner.port)
    for container, read in CONTAINERS.items():
        place, login = f"/v1/{ACCOUNT}/{container}", {"X-Auth-Token": token}
        statuses = [owner.ask("PUT", place, b"", {**login, "X-Container-Read": read}).status]
        for one in records_of(name):
            body = json.dumps(one).encode()
            statuses.append(owner.ask("PUT", f"{place}/{CANARY}-{one['email']}.json", body, login).status)
        if any(status != 201 for status in statuses):
            raise NotHad(f"{name} refused to make {container}: {statuses}")
        listing = stranger.ask("GET", place)
        if (listing.status == 200) != (".rlistings" in read):
            raise NotAsNamed(f"a stranger's listing of {container} was answered with {listing.status}")
