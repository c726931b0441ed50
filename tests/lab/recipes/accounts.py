"""Servers that let strangers in by another way than the plain one: a renamed command, one account, a blind exporter."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lab.clients import postgres
from lab.clients.lines import Redis
from lab.clients.web import Web
from lab.model import CANARY, NotAsNamed, Server, records_of
from lab.recipes.databases import SCRAM, TRUST, plant_people, postgres_programs
from lab.recipes.tables import DENIED, start_mariadb
from lab.site import Site


async def redis_renamed_open(site: Site) -> list[Server]:
    """No password, and no `INFO`: whoever asks for it is told that there is no such command."""
    name = "redis-renamed-open"
    await site.shelf.debian("redis")
    workdir, port = site.workdir(name), site.port()
    fixed = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(workdir), "--daemonize", "no"]
    renamed = ["--protected-mode", "no", "--rename-command", "INFO", "info-of-ours"]
    process = await site.start(workdir, ["redis-server", "--port", str(port), *fixed, *renamed])
    web = Redis(port=port)
    await site.until(process, workdir, lambda: web.ask("PING") == "+PONG")
    for one in records_of(name):
        await asyncio.to_thread(web.ask, "SET", one["email"], str(one))
    told = await asyncio.to_thread(web.ask, "INFO-OF-OURS", "server")
    info = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
    read = await asyncio.to_thread(web.ask, "GET", records_of(name)[0]["email"])
    refused = await asyncio.to_thread(web.ask, "INFO", "server")
    if CANARY not in read or not refused.startswith("-ERR unknown command"):
        raise NotAsNamed(f"{name} answered a stranger's INFO with {refused[:40]}")
    return [
        Server(
            name=name, datastore="redis", form="open", version=info["redis_version"], port=port, records=3,
            pid=process.pid,
        )
    ]  # fmt: skip


async def mariadb_root_open(site: Site) -> list[Server]:
    """`root` without a password, and no account without a name."""
    name = "mariadb-root-open"
    process, port, version = await start_mariadb(site, name, password="", is_nameless=False)
    client = ["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", str(port), "-N", "-e"]
    count = "select count(*) from shop.customers"
    root = await site.ask(site.folder / name, [*client, count, "-u", "root"])
    nobody = await site.ask(site.folder / name, [*client, count, "-u", "nobody-here"])
    if root.text.strip() != "3" or DENIED not in nobody.text:
        raise NotAsNamed(f"{name} answered root with {root.text[:80]} and nobody with {nobody.text[:80]}")
    return [Server(name=name, datastore="mysql", form="open", version=version, port=port, pid=process.pid)]


async def postgresql_one_open(site: Site) -> list[Server]:
    """`trust` for the first account alone; everybody else is asked for a password."""
    name = "postgresql-one-open"
    await site.shelf.debian("postgresql")
    programs = postgres_programs()
    workdir, port = site.workdir(name), site.port()
    first: list[str | Path] = ["-D", workdir / "data", "-U", "postgres", "-A", "trust", "--no-sync"]
    await site.run(workdir, [programs / "initdb", *first])
    lines = "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
    (workdir / "data" / "pg_hba.conf").write_text(lines, encoding="utf-8")
    options = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
    options += ["-c", "log_connections=on"]
    process = await site.start(workdir, [programs / "postgres", "-D", workdir / "data", "-p", str(port), *options])
    await site.until(process, workdir, lambda: postgres.greeting(port, "postgres") == TRUST)
    await plant_people(site, workdir, port, name)
    psql = ["psql", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-At", "-c"]
    said = await site.ask(workdir, [*psql, "select count(*) from customers"])
    stranger = await asyncio.to_thread(postgres.greeting, port, "nobody-here")
    if said.text.strip() != "3" or stranger != SCRAM:
        raise NotAsNamed(f"{name} answered a stranger with authentication request {stranger}")
    version = programs.parent.name
    return [Server(name=name, datastore="postgresql", form="open", version=version, port=port, pid=process.pid)]


async def redis_exporter(site: Site) -> list[Server]:
    """One in front of a Redis with records, and one whose Redis is not there."""
    await site.shelf.debian("redis", "redis-exporter")
    data = site.workdir("redis-exporter-data")
    store = site.port()
    fixed = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(data), "--daemonize", "no"]
    process = await site.start(data, ["redis-server", "--port", str(store), *fixed])
    owner = Redis(port=store)
    await site.until(process, data, lambda: owner.ask("PING") == "+PONG")
    for one in records_of("redis-exporter-open"):
        await asyncio.to_thread(owner.ask, "SET", one["email"], str(one))
    return [
        await _redis_exporter(site, "redis-exporter-open", store, is_up=True),
        await _redis_exporter(site, "redis-exporter-blind-protected", site.port(), is_up=False),
    ]


async def _redis_exporter(site: Site, name: str, store: int, *, is_up: bool) -> Server:
    workdir, port = site.workdir(name), site.port()
    options = [f"-web.listen-address=127.0.0.1:{port}", f"-redis.addr=redis://127.0.0.1:{store}"]
    process = await site.start(workdir, ["prometheus-redis-exporter", *options])
    web = Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", "/metrics").status == 200)
    metrics = (await asyncio.to_thread(web.ask, "GET", "/metrics")).body.decode()
    if f"\nredis_up {int(is_up)}\n" not in metrics or ('redis_db_keys{db="db0"} 3' in metrics) is not is_up:
        raise NotAsNamed(f"{name} tells another state of its Redis")
    stated = await site.ask(workdir, ["dpkg-query", "-W", "-f=${Version}", "prometheus-redis-exporter"])
    return Server(
        name=name,
        datastore="exporter",
        form="open" if is_up else "protected",
        version=stated.text.partition("-")[0],
        transport="http",
        port=port,
        records=3 if is_up else None,
        pid=process.pid,
    )
