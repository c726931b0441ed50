"""Web roots that give away more than pages: real dumps of a database under usual names, and a PHP framework's log."""

from __future__ import annotations

import asyncio

from lab.clients.web import Web
from lab.model import CANARY, NotAsNamed, Server, records_of
from lab.recipes.front import start_nginx
from lab.recipes.tables import start_mariadb
from lab.site import Site

DUMP = "/dump.sql"


async def dump_open(site: Site) -> list[Server]:
    """What `mariadb-dump` wrote of a database with records, and no listing that names it."""
    name = "dump-open"
    room = site.room(name)
    _, database, _ = await start_mariadb(site, f"{name}-database", password="")
    (room / "www").mkdir()
    words = ["mariadb-dump", "--no-defaults", "-h", "127.0.0.1", "-P", str(database), "-u", "root", "shop"]
    dumped = await site.ask(room, words)
    rows = [one["email"] for one in records_of(f"{name}-database")]
    if dumped.code or not all(row in dumped.text for row in rows):
        raise NotAsNamed(f"the dump lacks its records: {dumped.text[-200:]}")
    (room / "www" / DUMP[1:]).write_text(dumped.text, encoding="utf-8")
    (room / "www" / "index.html").write_text("<html><title>Shop</title></html>\n", encoding="utf-8")
    port, pid, version = await start_nginx(site, room, f"root {room}/www; index index.html;")
    file = await asyncio.to_thread(Web(port=port).ask, "GET", DUMP)
    if CANARY.encode() not in file.body or len(file.body) != len(dumped.text.encode()):
        raise NotAsNamed(f"{name} answered a stranger's question for its dump with {file.status}")
    return [Server(name=name, datastore="http", form="open", version=version, transport="http", port=port, pid=pid)]
