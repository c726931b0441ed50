"""Strapi on a PostgreSQL of its own: content types that the public role may find, or not, or that hold drafts alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

from lab.model import PASSWORD, NotAsNamed, Server, records_of
from lab.recipes.app_backends import STATES, backend, database, lay_page
from lab.recipes.app_platforms import RIGHTS, seen
from lab.recipes.asked import place, waited
from lab.site import Site
from lab.trees import modules

CONFIG: Mapping[str, str] = {
    "server": "{ host: '127.0.0.1', port: Number(process.env.PORT), app: { keys: ['lab-key'] } }",
    "admin": "{ serveAdminPanel: false, auth: { secret: 'lab-secret' }, apiToken: { salt: 'lab-salt' },"
    " transfer: { token: { salt: 'lab-salt' } }, secrets: { encryptionKey: 'lab-encryption-key-of-32-letters' } }",
    "plugins": "{ 'users-permissions': { config: { jwtSecret: 'lab-secret' } } }",
    "database": "{ connection: { client: 'postgres', connection: { host: '127.0.0.1',"
    f" port: Number(process.env.STORE), database: 'strapi', user: 'postgres', password: '{PASSWORD}' }} }} }}",
    "middlewares": "['logger', 'errors', 'security', 'cors', 'poweredBy', 'query', 'body', 'session', 'favicon',"
    " 'public'].map((name) => `strapi::${name}`)",
    "api": "{ rest: { defaultLimit: 25, maxLimit: 100, withCount: true } }",
}
"""What a new project has, with secrets that open nothing; without them it does not start."""
FILL = """
const shown = require('fs').readFileSync('{page}', 'utf8');
module.exports = {{ register({{ strapi }}) {{
  strapi.server.use((ctx, next) => {{
    if (ctx.path !== '/') return next();
    ctx.type = 'html';
    ctx.body = shown;
  }});
}}, async bootstrap({{ strapi }}) {{
  const role = await strapi.db.query('plugin::users-permissions.role').findOne({{ where: {{ type: 'public' }} }});
  for (const [kind, right] of Object.entries({rights})) {{
    const uid = `api::${{kind}}.${{kind}}`;
    const status = right === 'none of them' ? 'draft' : 'published';
    for (const data of {rows}) await strapi.documents(uid).create({{ data, status }});
    if (right !== 'refused') await strapi.db.query('plugin::users-permissions.permission').create(
      {{ data: {{ action: `${{uid}}.find`, role: role.id }} }});
  }}
}} }};
"""
START = "require('@strapi/strapi').createStrapi({ appDir: process.argv[2], distDir: process.argv[2] }).start();"


async def strapi(site: Site) -> list[Server]:
    """A collection that the public role may find; one among one of drafts alone and one that it may not; none."""
    workdir = site.workdir("strapi")
    tree = await modules(site.shelf, "strapi", workdir, is_large=True)
    return [await _strapi(site, tree, f"strapi-{state}") for state in STATES]


async def _strapi(site: Site, tree: Path, name: str) -> Server:
    where, rights = place(site, name), RIGHTS[name.removeprefix("strapi-")]
    store = await database(site, where.workdir, "create database strapi;")
    app = where.workdir / "app"
    await asyncio.to_thread(_lay, app, name, rights)
    (app / "node_modules").symlink_to(tree / "node_modules")
    env = {
        "PORT": str(where.port), "STORE": str(store), "NODE_ENV": "production", "STRAPI_TELEMETRY_DISABLED": "true",
        "NODE_OPTIONS": "--max-old-space-size=700", "HOME": str(where.workdir),
    }  # fmt: skip
    process = await site.start(app, ["node", app / "start.js", app], env=env)
    await waited(site, where, process, "/_health")
    shown = {one: await asyncio.to_thread(seen, where.port, f"/api/{one}") for one in rights}
    wanted = {"all": (200, len(records_of(name))), "none of them": (200, 0), "refused": (403, 0)}
    if shown != {one: wanted[right] for one, right in rights.items()}:
        raise NotAsNamed(f"{name} showed a stranger {shown}")
    return backend(where, "strapi", "strapi", process.pid, records=len(records_of(name)))


def _lay(app: Path, name: str, rights: Mapping[str, str]) -> None:
    """A project as its own tool makes one, without an administrator's panel."""
    lay_page(app / "public", "".join(f'fetch("/api/{one}?populate=*");' for one in rights))
    (app / "public" / "uploads").mkdir()
    (app / "favicon.png").touch()
    (app / "config").mkdir()
    for part, text in CONFIG.items():
        (app / "config" / f"{part}.js").write_text(f"module.exports = {text};\n", encoding="utf-8")
    wanted = {"@strapi/strapi": "*", "@strapi/plugin-users-permissions": "*", "pg": "*"}
    package = {"name": "lab", "version": "0.1.0", "private": True, "dependencies": wanted}
    (app / "package.json").write_text(json.dumps(package), encoding="utf-8")
    (app / "start.js").write_text(START, encoding="utf-8")
    for plural, right in rights.items():
        _lay_type(app / "src" / "api", plural.removesuffix("s"), plural, has_drafts=right == "none of them")
    singular = {plural.removesuffix("s"): right for plural, right in rights.items()}
    fill = FILL.format(
        page=app / "public" / "index.html", rights=json.dumps(singular), rows=json.dumps(records_of(name))
    )
    (app / "src" / "index.js").write_text(fill, encoding="utf-8")


def _lay_type(folder: Path, kind: str, plural: str, *, has_drafts: bool) -> None:
    schema = {
        "kind": "collectionType", "collectionName": plural, "options": {"draftAndPublish": has_drafts},
        "info": {"singularName": kind, "pluralName": plural, "displayName": kind.title()},
        "attributes": {field: {"type": "string"} for field in records_of(kind)[0]},
    }  # fmt: skip
    laid = folder / kind / "content-types" / kind
    laid.mkdir(parents=True)
    (laid / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    for part in ("Controller", "Router", "Service"):
        place_of = folder / kind / {"Router": "routes"}.get(part, f"{part.lower()}s")
        place_of.mkdir()
        made = f"module.exports = require('@strapi/strapi').factories.createCore{part}('api::{kind}.{kind}');\n"
        (place_of / f"{kind}.js").write_text(made, encoding="utf-8")
