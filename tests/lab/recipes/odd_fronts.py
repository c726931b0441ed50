"""nginx in front of open servers, in the states that real ones are in: nothing is closed, and less is told."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Mapping

from lab.clients.web import Web
from lab.model import PASSWORD, NotAsNamed, Server
from lab.recipes.front import start_nginx
from lab.recipes.search import Node, open_node
from lab.site import Site

INDICES = "/_cat/indices?format=json"


async def plain_proxy(site: Site, behind: Server, *, name: str, path: str) -> Server:
    """A proxy that passes everything on, and puts its own name into the header `Server`."""
    return await _front(site, behind, name, f"location / {{ {_pass(behind)} }}", {path: 200})


async def redirecting_front(site: Site, behind: Server, *, name: str, path: str) -> Server:
    """The front page alone leads to a login."""
    rules = f"location = / {{ return 302 /login; }} location / {{ {_pass(behind)} }}"
    return await _front(site, behind, name, rules, {"/": 302, path: 200})


async def guarded_front(site: Site, behind: Server, *, name: str, path: str) -> Server:
    """A password for everything but the interface for programs below `/api/`."""
    rules = f"location / {{ {_lock} {_pass(behind)} }} location /api/ {{ {_pass(behind)} }}"
    return await _front(site, behind, name, rules, {"/": 401, path: 200})


async def below_a_path(site: Site, behind: Server, *, name: str, below: str, path: str, is_led: bool) -> Server:
    """Everything lies below a path; where `is_led`, the front page leads there, else it knows nothing."""
    led = (
        f"return 302 {below}/;"
        if is_led
        else 'return 200 "<html><title>Our services</title><p>Ask for the path.</p></html>";'
    )
    rules = f"absolute_redirect off; location / {{ return 404; }} location = / {{ {led} }} "
    rules += f"location {below}/ {{ {_pass(behind, '/')} }}"
    return await _front(site, behind, name, rules, {f"{below}{path}": 200}, below="" if is_led else f"{below}/")


async def elasticsearch_fronts(site: Site) -> list[Server]:
    """One node behind a front page that only says `ok`, and one of whose paths `/_cat` alone is free."""
    node = Node(pin="elasticsearch-7", name="elasticsearch-7-fronted-open", datastore="elasticsearch")
    server = await open_node(site, node)
    ok = f'location = / {{ return 200 "ok"; }} location / {{ {_pass(server)} }}'
    cat = f"location / {{ {_lock} {_pass(server)} }} location /_cat {{ {_pass(server)} }}"
    counts = "/_count"
    return [
        server,
        await _front(site, server, "elasticsearch-7-own-page-open", ok, {"/": 200, INDICES: 200, counts: 200}),
        await _front(site, server, "elasticsearch-7-cat-open", cat, {"/": 401, INDICES: 200, counts: 401}),
    ]


_lock = "auth_basic lab; auth_basic_user_file htpasswd;"


def _pass(behind: Server, path: str = "") -> str:
    return f"proxy_pass http://127.0.0.1:{behind.port}{path};"


async def _front(
    site: Site, behind: Server, name: str, rules: str, wanted: Mapping[str, int], *, below: str = ""
) -> Server:
    """Start it and ask as a stranger: each path of `wanted` must be answered with its status."""
    workdir = site.workdir(name)
    digest = base64.b64encode(hashlib.sha1(PASSWORD.encode(), usedforsecurity=False).digest()).decode()
    (workdir / "htpasswd").write_text(f"lab:{{SHA}}{digest}\n", encoding="utf-8")
    port, pid, _ = await start_nginx(site, workdir, rules)
    for path, status in wanted.items():
        said = (await asyncio.to_thread(Web(port=port).ask, "GET", path)).status
        if said != status:
            raise NotAsNamed(f"{name} answered {said} instead of {status} to GET {path}")
    return Server(
        name=name,
        datastore=behind.datastore,
        form="open",
        version=behind.version,
        transport="http",
        port=port,
        path=below,
        records=behind.records,
        is_front=True,
        pid=pid,
    )
