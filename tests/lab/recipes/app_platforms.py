"""Backends that pages talk to by themselves, large ones: Directus and Parse Server, each on a PostgreSQL of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.clients.web import Answer, Web
from lab.model import CANARY, PASSWORD, NotAsNamed, NotHad, records_of
from lab.model import Server as Row
from lab.recipes.app_backends import OWNER, STATES, backend, database, lay_page
from lab.recipes.asked import place, waited
from lab.site import Site
from lab.trees import modules

TOKEN = "lab-token-of-the-owner"
RIGHTS: Mapping[str, Mapping[str, str]] = {
    "open": {"customers": "all"},
    "partly-open": {"customers": "all", "notes": "none of them", "orders": "refused"},
    "protected": {"customers": "refused"},
}
"""Collection to what strangers may read of it."""
FORMS: Mapping[str, str] = {"all": "open", "none of them": "hidden", "refused": "protected"}
APPLICATION = "labapplication"


async def directus(site: Site) -> list[Row]:
    """A collection in the public policy; one among a filtered one and one that is not in it; none."""
    workdir = site.workdir("directus")
    tree = await modules(site.shelf, "directus", workdir, is_large=True)
    # It runs the owner's own code apart, and needs a compiler for that; nothing here has any.
    apart = tree / "node_modules" / "isolated-vm" / "isolated-vm.js"
    apart.unlink()
    apart.write_text("module.exports = {};\n", encoding="utf-8")
    return [await _directus(site, tree, f"directus-{state}") for state in STATES]


async def _directus(site: Site, tree: Path, name: str) -> Row:
    where, rights = place(site, name), RIGHTS[name.removeprefix("directus-")]
    store = await database(site, where.workdir, "create database directus;")
    env = {
        "SECRET": "lab-secret-for-invented-data-alone", "HOST": "127.0.0.1", "PORT": str(where.port), "DB_CLIENT": "pg",
        "DB_HOST": "127.0.0.1", "DB_PORT": str(store), "DB_DATABASE": "directus", "DB_USER": "postgres",
        "DB_PASSWORD": PASSWORD, "ADMIN_EMAIL": OWNER, "ADMIN_PASSWORD": PASSWORD, "ADMIN_TOKEN": TOKEN,
        # It turns callers away while the machine is busy.
        "PRESSURE_LIMITER_ENABLED": "false",
        "TELEMETRY": "false", "LOG_LEVEL": "warn", "NODE_OPTIONS": "--max-old-space-size=700",
        "PUBLIC_URL": f"http://127.0.0.1:{where.port}",
    }  # fmt: skip
    program: list[str | Path] = ["node", tree / "node_modules" / "directus" / "cli.js"]
    await site.run(where.workdir, [*program, "bootstrap"], env=env)
    process = await site.start(where.workdir, [*program, "start"], env=env)
    await site.until(process, where.workdir, lambda: Web(port=where.port).ask("GET", "/server/ping").body == b"pong")
    await asyncio.to_thread(_fill_directus, Web(port=where.port), name, rights)
    shown = {one: await asyncio.to_thread(seen, where.port, f"/items/{one}") for one in rights}
    wanted = {"all": (200, len(records_of(name))), "none of them": (200, 0), "refused": (403, 0)}
    if shown != {one: wanted[right] for one, right in rights.items()}:
        raise NotAsNamed(f"{name} showed a stranger {shown}")
    count, tables = len(records_of(name)), {one: FORMS[right] for one, right in rights.items()}
    return backend(where, "directus", "directus", process.pid, records=count, tables=tables)


def _fill_directus(web: Web, name: str, rights: Mapping[str, str]) -> None:
    owner = {"Authorization": f"Bearer {TOKEN}"}

    def told(method: str, path: str, body: object = None) -> Answer:
        said = web.ask(method, path, None if body is None else json.dumps(body).encode(), owner)
        if said.status >= 300:
            raise NotHad(f"{name} answered {path.partition('?')[0]} with {said.status}")
        return said

    public = told("GET", "/policies?filter%5Bname%5D%5B_eq%5D=%24t:public_label&fields=id").json()["data"][0]["id"]
    for collection, right in rights.items():
        key = {"field": "id", "type": "integer", "schema": {"is_primary_key": True, "has_auto_increment": True}}
        fields = [key, *({"field": field, "type": "string", "schema": {}} for field in records_of(name)[0])]
        told("POST", "/collections", {"collection": collection, "schema": {}, "meta": {}, "fields": fields})
        told("POST", f"/items/{collection}", records_of(name))
        rule = {"all": {}, "none of them": {"email": {"_eq": "nobody"}}}.get(right)
        if rule is not None:
            granted = {"policy": public, "collection": collection, "action": "read", "fields": ["*"]}
            told("POST", "/permissions", {**granted, "permissions": rule})


def seen(port: int, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, int]:
    """Status, and how many records a stranger gets."""
    said = Web(port=port).ask("GET", path, headers=headers)
    return said.status, said.body.count(CANARY.encode()) // 2


START_PARSE = """
const express = require('express'); const {{ ParseServer }} = require('parse-server');
(async () => {{
  const parse = new ParseServer({{ databaseURI: 'postgres://postgres@127.0.0.1:{store}/parse', appId: '{application}',
    masterKey: '{password}', serverURL: 'http://127.0.0.1:{port}/parse', logsFolder: null, silent: true }});
  await parse.start();
  const app = express(); app.use('/parse', parse.app); app.use(express.static('{page}'));
  app.listen({port}, '127.0.0.1');
}})();
"""


async def parse_server(site: Site) -> list[Row]:
    """As Directus; the page of each names its application and its classes."""
    workdir = site.workdir("parse-server")
    tree = await modules(site.shelf, "parse-server", workdir, is_large=True)
    return [await _parse(site, tree, f"parse-server-{state}") for state in STATES]


async def _parse(site: Site, tree: Path, name: str) -> Row:
    where, rights = place(site, name), RIGHTS[name.removeprefix("parse-server-")]
    store = await database(site, where.workdir, "create database parse;")
    asked = "".join(f'fetch("/parse/classes/{one}?limit=20");' for one in rights)
    lay_page(where.workdir / "page", f'Parse.initialize("{APPLICATION}");{asked}')
    script = START_PARSE.format(
        store=store, application=APPLICATION, password=PASSWORD, port=where.port, page=where.workdir / "page"
    )
    (where.workdir / "start.js").write_text(script, encoding="utf-8")
    env = {"NODE_PATH": str(tree / "node_modules"), "NODE_OPTIONS": "--max-old-space-size=400"}
    process = await site.start(where.workdir, ["node", where.workdir / "start.js"], env=env)
    await waited(site, where, process, "/parse/health")
    await asyncio.to_thread(_fill_parse, Web(port=where.port), name, rights)
    stranger = {"X-Parse-Application-Id": APPLICATION}
    shown = {one: await asyncio.to_thread(seen, where.port, f"/parse/classes/{one}", stranger) for one in rights}
    wanted = {"all": (200, len(records_of(name))), "none of them": (200, 0), "refused": (400, 0)}
    if shown != {one: wanted[right] for one, right in rights.items()}:
        raise NotAsNamed(f"{name} showed a stranger {shown}")
    count, tables = len(records_of(name)), {one: FORMS[right] for one, right in rights.items()}
    return backend(where, "parse_server", "parse-server", process.pid, records=count, tables=tables)


def _fill_parse(web: Web, name: str, rights: Mapping[str, str]) -> None:
    owner = {"X-Parse-Application-Id": APPLICATION, "X-Parse-Master-Key": PASSWORD}
    for kept, right in rights.items():
        closed: dict[str, Any] = {} if right == "none of them" else {"*": {"read": True}}
        bodies = [(f"/parse/classes/{kept}", {**row, "ACL": closed}) for row in records_of(name)]
        for path, body in bodies:
            if (said := web.ask("POST", path, json.dumps(body).encode(), owner)).status != 201:
                raise NotHad(f"{name} answered {path} with {said.status}")
        if right == "refused":
            rule = json.dumps({"classLevelPermissions": {key: {} for key in ("find", "count", "get", "create")}})
            web.ask("PUT", f"/parse/schemas/{kept}", rule.encode(), owner)
