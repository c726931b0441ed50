"""The newer lines of Elasticsearch and OpenSearch: with a lock of their own, and answers of another form."""

from __future__ import annotations

import asyncio

from lab.clients.web import Web
from lab.model import NotAsNamed, Server
from lab.recipes.search import Node, environment, open_node, plant, start_node
from lab.site import Site

UNLOCKED = "xpack.security.enabled: false"
LOCKED = "xpack.security.enabled: true"
PLAIN = (
    "xpack.security.enrollment.enabled: false",
    "xpack.security.http.ssl.enabled: false",
    "xpack.security.transport.ssl.enabled: false",
)


async def elasticsearch_8_6_open(site: Site) -> list[Server]:
    """Security off."""
    return [await open_node(site, _node("elasticsearch-8.6", "open"))]


async def elasticsearch_8_6_protected(site: Site) -> list[Server]:
    """Security on."""
    return [await _locked_node(site, _node("elasticsearch-8.6", "protected"))]


async def elasticsearch_8_19_open(site: Site) -> list[Server]:
    """Security off; `GET /` is refused all the same."""
    return [await open_node(site, _node("elasticsearch-8.19", "open"))]


async def elasticsearch_8_19_protected(site: Site) -> list[Server]:
    """Security on."""
    return [await _locked_node(site, _node("elasticsearch-8.19", "protected"))]


async def opensearch_3_open(site: Site) -> list[Server]:
    """The newest line, without the security plugin."""
    node = Node(pin="opensearch-3", name="opensearch-3-open", datastore="opensearch", javas=(21, 25))
    return [await open_node(site, node)]


def _node(pin: str, form: str) -> Node:
    return Node(pin=pin, name=f"{pin}-{form}", datastore="elasticsearch", settings=(UNLOCKED, *PLAIN))


async def _locked_node(site: Site, node: Node) -> Server:
    """The records are planted before the lock is put on, so that the lab needs no login of its own."""
    unlocked = await start_node(site, node)
    await asyncio.to_thread(plant, unlocked, node)
    await site.end(unlocked.process)
    config = unlocked.home / "config" / "elasticsearch.yml"
    config.write_text(config.read_text(encoding="utf-8").replace(UNLOCKED, LOCKED), encoding="utf-8")
    workdir, port = unlocked.home.parent, unlocked.port
    program = unlocked.home / "bin" / "elasticsearch"
    process = await site.start(workdir, [program], env=environment(node, unlocked.java))
    await site.until(process, workdir, lambda: Web(port=port).ask("GET", "/").status > 0)
    for path in ("/", "/_cat/indices?format=json", "/customers/_search"):
        if (status := (await asyncio.to_thread(Web(port=port).ask, "GET", path)).status) != 401:
            raise NotAsNamed(f"{node.name} answered {status} to a stranger's GET {path}")
    return Server(
        name=node.name,
        datastore=node.datastore,
        form="protected",
        version=node.version,
        transport="http",
        port=port,
        pid=process.pid,
    )
