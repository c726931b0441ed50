"""mongo-express, from npm, in front of FerretDB."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from lab.clients.web import Web
from lab.fetch import PINS
from lab.model import CANARY, PASSWORD, NotAsNamed, Server
from lab.recipes.databases import ferretdb_behind
from lab.recipes.odd_fronts import plain_proxy
from lab.site import Site
from lab.trees import modules

SCRIPTS = ("vendor", "index", "database", "collection", "document", "gridfs", "codemirror")
ROWS = "/db/shop/customers"


async def mongo_express_open(site: Site) -> list[Server]:
    """No password; and behind a plain proxy."""
    server = await _mongo_express(site, "mongo-express-open", password="")
    return [server, await plain_proxy(site, server, name="mongo-express-proxied-open", path=ROWS)]


async def mongo_express_protected(site: Site) -> list[Server]:
    """Its own password."""
    return [await _mongo_express(site, "mongo-express-protected", password=PASSWORD)]


async def _mongo_express(site: Site, name: str, *, password: str) -> Server:
    database = await ferretdb_behind(site, f"{name}-database")
    workdir, port = site.workdir(name), site.port()
    tree = await modules(site.shelf, "mongo-express", workdir)
    home = tree / "node_modules" / "mongo-express"
    # The package lacks the list of its scripts, which only a browser would fetch.
    (home / "build-assets.json").write_text(json.dumps({f"{one}.js": f"{one}.js" for one in SCRIPTS}), encoding="utf-8")
    login = {"USERNAME": "lab", "PASSWORD": password}
    settings = {
        "ME_CONFIG_MONGODB_URL": f"mongodb://127.0.0.1:{database}",
        "ME_CONFIG_MONGODB_ENABLE_ADMIN": "true",
        "ME_CONFIG_BASICAUTH": str(bool(password)).lower(),
        **{f"ME_CONFIG_BASICAUTH_{word}": value for word, value in login.items() if password},
        "ME_CONFIG_SITE_COOKIESECRET": PASSWORD,
        "ME_CONFIG_SITE_SESSIONSECRET": PASSWORD,
        "VCAP_APP_HOST": "127.0.0.1",
        "PORT": str(port),
    }
    words: list[str | Path] = ["sh", "-c", 'cd "$0" && exec node app.js', home]
    process = await site.start(workdir, words, env=settings)
    owner, stranger = Web(port=port, login=f"lab:{password}" if password else ""), Web(port=port)
    await site.until(process, workdir, lambda: owner.ask("GET", ROWS).status == 200)
    rows = await asyncio.to_thread(stranger.ask, "GET", ROWS)
    if (CANARY.encode() in rows.body) is bool(password):
        raise NotAsNamed(f"{name} answered a stranger's question for documents with {rows.status}")
    return Server(
        name=name,
        datastore="mongo_express",
        form="protected" if password else "open",
        version=PINS["mongo-express"]["version"],
        transport="http",
        port=port,
        pid=process.pid,
    )
