"""Backends that pages talk to by themselves, small ones: PocketBase, json-server and PostGraphile."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lab.clients import postgres
from lab.clients.web import Web
from lab.fetch import PINS
from lab.model import CANARY, PASSWORD, NotAsNamed, NotHad, Server, records_of
from lab.recipes.asked import Place, place, waited
from lab.recipes.databases import TRUST, postgres_programs
from lab.recipes.front import nginx_front
from lab.site import Site
from lab.trees import modules

OWNER = "lab@example.org"
STATES = ("open", "partly-open", "protected")
RULES: Mapping[str, Mapping[str, str | None]] = {
    "open": {"customers": ""},
    "partly-open": {"customers": "", "orders": None, "notes": '@request.auth.id != ""'},
    "protected": {"customers": None, "notes": '@request.auth.id != ""'},
}
"""Collection to the rule by which it is listed: empty for everybody, none for administrators alone."""
PAGE = '<!doctype html><html><head><title>Shop</title></head><body><script src="/app.js"></script></body></html>'


def lay_page(folder: Path, script: str) -> None:
    """A page of the owner, whose script names what it talks to."""
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    (folder / "app.js").write_text(script, encoding="utf-8")


def backend(
    where: Place, datastore: str, pin: str, pid: int, *, records: int | None = None,
    tables: Mapping[str, str] = MappingProxyType({}),
) -> Server:  # fmt: skip
    """The row of one that was asserted."""
    form = "open" if where.is_open else "protected"
    return Server(
        name=where.name, datastore=datastore, form=form, version=str(PINS[pin]["version"]), transport="http",
        port=where.port, pid=pid, records=records if where.is_open else None, tables=dict(tables),
    )  # fmt: skip


async def pocketbase(site: Site) -> list[Server]:
    """One server each: a collection for everybody; one among others with a rule; none."""
    program = await site.shelf.go("pocketbase")
    return [await _pocketbase(site, program, f"pocketbase-{state}") for state in STATES]


async def _pocketbase(site: Site, program: Path, name: str) -> Server:
    where = place(site, name)
    rules = RULES[name.removeprefix("pocketbase-")]
    lay_page(where.workdir / "public", "".join(f'pb.collection("{one}").getList(1,20);' for one in rules))
    folders: list[str | Path] = ["--dir", where.workdir / "data"]
    await site.run(where.workdir, [program, "superuser", "upsert", OWNER, PASSWORD, *folders])
    at = f"--http=127.0.0.1:{where.port}"
    serve: list[str | Path] = [program, "serve", at, "--publicDir", where.workdir / "public", *folders]
    process = await site.start(where.workdir, serve)
    await waited(site, where, process, "/api/health")
    await asyncio.to_thread(_fill_pocketbase, Web(port=where.port), name, rules)
    shown = await asyncio.to_thread(_listed, where.port, rules)
    wanted = {one: (200, len(records_of(name)) if rule == "" else 0) for one, rule in rules.items() if rule is not None}
    wanted |= {one: (403, 0) for one, rule in rules.items() if rule is None}
    if shown != wanted:
        raise NotAsNamed(f"{name} showed a stranger {shown}")
    tables = {one: {"": "open", None: "protected"}.get(rule, "hidden") for one, rule in rules.items()}
    return backend(where, "pocketbase", "pocketbase", process.pid, records=len(records_of(name)), tables=tables)


def _fill_pocketbase(web: Web, name: str, rules: Mapping[str, str | None]) -> None:
    login = json.dumps({"identity": OWNER, "password": PASSWORD}).encode()
    token = web.ask("POST", "/api/collections/_superusers/auth-with-password", login).json()["token"]
    for collection, rule in rules.items():
        fields = [{"name": field, "type": "text"} for field in records_of(name)[0]]
        made = {"name": collection, "type": "base", "listRule": rule, "viewRule": rule, "fields": fields}
        bodies: list[tuple[str, dict[str, Any]]] = [("/api/collections", made)]
        bodies += [(f"/api/collections/{collection}/records", dict(row)) for row in records_of(name)]
        for path, body in bodies:
            said = web.ask("POST", path, json.dumps(body).encode(), {"Authorization": token})
            if said.status != 200:
                raise NotHad(f"{name} answered {path} with {said.status}")


def _listed(port: int, names: Mapping[str, str | None]) -> dict[str, tuple[int, int]]:
    """Status, and how many records a stranger gets, by collection."""
    answers = {one: Web(port=port).ask("GET", f"/api/collections/{one}/records") for one in names}
    return {one: (answer.status, answer.body.count(CANARY.encode()) // 2) for one, answer in answers.items()}


async def json_server(site: Site) -> list[Server]:
    """The usual release, the same read-only and behind a password, and the one to come."""
    old, workdir = "json-server-open", site.workdir("json-server")
    trees = {pin: await modules(site.shelf, pin, _made(workdir / pin)) for pin in ("json-server", "json-server-1")}
    main = trees["json-server"] / "node_modules" / "json-server" / "lib" / "cli" / "bin.js"
    new = trees["json-server-1"] / "node_modules" / "json-server" / "lib" / "bin.js"
    servers = [
        await _json_server(site, old, "json-server", [main]),
        await _json_server(site, "json-server-read-only-open", "json-server", [main, "--ro"]),
        await _json_server(site, "json-server-1-open", "json-server-1", [new]),
    ]
    return [*servers, await nginx_front(site, servers[0], name="json-server-protected", path="/customers")]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def _json_server(site: Site, name: str, pin: str, words: list[str | Path]) -> Server:
    where = place(site, name)
    rows = [{"id": str(number), **row} for number, row in enumerate(records_of(name))]
    held = {"customers": rows, "profile": {"name": CANARY}}
    (where.workdir / "db.json").write_text(json.dumps(held), encoding="utf-8")
    listen: list[str | Path] = ["--host", "127.0.0.1", "--port", str(where.port), where.workdir / "db.json"]
    process = await site.start(where.workdir, ["node", *words, *listen])
    await waited(site, where, process)
    listed = await asyncio.to_thread(Web(port=where.port).ask, "GET", "/customers")
    if listed.status != 200 or len(listed.json()) != len(rows):
        raise NotAsNamed(f"{name} answered a stranger's question for its records with {listed.status}")
    return backend(where, "json_server", pin, process.pid)


async def database(site: Site, workdir: Path, statements: str) -> int:
    """The port of a PostgreSQL in `workdir` that holds what the statements make."""
    await site.shelf.debian("postgresql")
    programs, port = postgres_programs(), site.port()
    await site.run(workdir, [programs / "initdb", "-D", workdir / "pg", "-U", "postgres", "-A", "trust", "--no-sync"])
    options = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
    process = await site.start(workdir, [programs / "postgres", "-D", workdir / "pg", "-p", str(port), *options])
    await site.until(process, workdir, lambda: postgres.greeting(port, "postgres") == TRUST)
    (workdir / "made.sql").write_text(statements, encoding="utf-8")
    psql = ["psql", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-q", "-v", "ON_ERROR_STOP=1"]
    await site.run(workdir, [*psql, "-f", workdir / "made.sql"])
    return port


TABLES: Mapping[str, Mapping[str, str]] = {
    "open": {"customers": "open", "orders": "open", "notes": "open"},
    "partly-open": {"customers": "open", "orders": "protected", "notes": "hidden"},
    "protected": {"customers": "protected", "orders": "protected", "notes": "hidden"},
}
"""What a stranger gets of the tables of PostGraphile: rows, a refusal, or no row."""


def _tables(name: str, state: str) -> str:
    rows = ", ".join(f"('{one['name']}', '{one['email']}', '{one['phone']}')" for one in records_of(name))
    roles = "create role anon nologin; create role authenticator login noinherit; grant anon to authenticator;"
    lines = [f"{roles} create schema api; grant usage on schema api to anon;"]
    for table in ("customers", "orders", "notes"):
        columns = "id serial primary key, name text, email text, phone text"
        lines += [f"create table api.{table} ({columns});"]
        lines += [f"insert into api.{table} (name, email, phone) values {rows};"]  # noqa: S608  (invented rows of ours)
    lines += [f"grant select on api.{table} to anon;" for table, shown in TABLES[state].items() if shown != "protected"]
    # A function that gives rows of a table: no scan may call it.
    lines += ["create function api.cleared() returns setof api.orders language sql stable security definer as"]
    lines += ["'select * from api.orders';"]
    if state != "open":
        lines += ["alter table api.notes enable row level security;"]
    return "\n".join(lines)


async def postgraphile(site: Site) -> list[Server]:
    """Every table for everybody; one among a refused one and one without a policy; none."""
    workdir = site.workdir("postgraphile")
    tree = await modules(site.shelf, "postgraphile", workdir)
    return [await _postgraphile(site, tree, f"postgraphile-{state}") for state in STATES]


async def _postgraphile(site: Site, tree: Path, name: str) -> Server:
    where = place(site, name)
    store = await database(site, where.workdir, _tables(name, name.removeprefix("postgraphile-")))
    main = tree / "node_modules" / "postgraphile" / "cli.js"
    to = ["-c", f"postgres://authenticator@127.0.0.1:{store}/postgres", "-s", "api", "-r", "anon"]
    process = await site.start(where.workdir, ["node", main, *to, "-n", "127.0.0.1", "-p", str(where.port)])
    await waited(site, where, process)
    query = json.dumps({"query": "{allCustomers{nodes{email}}}"}).encode()
    said = await asyncio.to_thread(Web(port=where.port).ask, "POST", "/graphql", query)
    if (said.body.count(CANARY.encode()) == len(records_of(name))) is not where.is_open:
        raise NotAsNamed(f"{name} answered a stranger's question for its rows with {said.status}")
    # As its interface calls them.
    tables = {f"all{table.title()}": form for table, form in TABLES[name.removeprefix("postgraphile-")].items()}
    return backend(where, "postgraphile", "postgraphile", process.pid, records=len(records_of(name)), tables=tables)
