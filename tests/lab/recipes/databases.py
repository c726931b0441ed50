"""PostgreSQL from Debian, and FerretDB, which speaks MongoDB's protocol, from its Go module."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from lab.clients import mongo, postgres
from lab.fetch import PINS
from lab.model import PASSWORD, NotAsNamed, NotHad, Server, records_of
from lab.site import Site

TRUST, SCRAM = 0, 10
"""The numbers of PostgreSQL's authentication requests."""


async def postgres_open(site: Site) -> list[Server]:
    """`trust`: anybody is let in as anybody."""
    return [await _postgres(site, "postgresql-open", "trust")]


async def postgres_protected(site: Site) -> list[Server]:
    """A password, by SCRAM."""
    return [await _postgres(site, "postgresql-protected", "scram-sha-256")]


async def _postgres(site: Site, name: str, method: str) -> Server:
    await site.shelf.debian("postgresql")
    programs = postgres_programs()
    workdir, port = site.workdir(name), site.port()
    (workdir / "password").write_text(f"{PASSWORD}\n", encoding="utf-8")
    first: list[str | Path] = [
        "-D",
        workdir / "data",
        "-U",
        "postgres",
        "-A",
        method,
        f"--pwfile={workdir / 'password'}",
        "--no-sync",
    ]
    await site.run(workdir, [programs / "initdb", *first])
    options = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
    process = await site.start(workdir, [programs / "postgres", "-D", workdir / "data", "-p", str(port), *options])
    await site.until(process, workdir, lambda: postgres.greeting(port, "postgres") in {TRUST, SCRAM})
    await plant_people(site, workdir, port, name)
    stranger = await asyncio.to_thread(postgres.greeting, port, "nobody-here")
    if stranger != (TRUST if method == "trust" else SCRAM):
        raise NotAsNamed(f"{name} answered a stranger with authentication request {stranger}")
    return Server(
        name=name,
        datastore="postgresql",
        form="open" if method == "trust" else "protected",
        version=programs.parent.name,
        port=port,
        pid=process.pid,
    )


def postgres_programs() -> Path:
    """Where the newest installed release keeps its programs; Debian does not put them on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        raise NotHad("Debian's postgresql left no program in /usr/lib/postgresql")
    return found[-1]


async def plant_people(site: Site, workdir: Path, port: int, name: str) -> None:
    """Write the records of `name`, as the first account."""
    rows = ", ".join(f"('{row['name']}', '{row['email']}', '{row['phone']}')" for row in records_of(name))
    (workdir / "rows.sql").write_text(
        f"create table customers (name text, email text, phone text);\ninsert into customers values {rows};\n",
        encoding="utf-8",
    )
    psql = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres"]
    await site.run(workdir, [*psql, "-f", workdir / "rows.sql"], env={"PGPASSWORD": PASSWORD})


async def ferretdb_open(site: Site) -> list[Server]:
    """No authentication."""
    name = "ferretdb-open"
    workdir, program = await _ferretdb_room(site, name)
    port = site.port()
    process = await _start_ferretdb(site, workdir, program, port)
    await asyncio.to_thread(_plant_documents, port, name)
    listed = await asyncio.to_thread(mongo.command, port, {"listDatabases": 1, "$db": "admin"})
    if "shop" not in {database["name"] for database in listed.get("databases", {}).values()}:
        raise NotAsNamed(f"{name} does not list its databases to a stranger")
    return [
        Server(
            name=name,
            datastore="mongodb",
            form="open",
            version=PINS["ferretdb"]["version"],
            port=port,
            records=len(records_of(name)),
            pid=process.pid,
        )
    ]


async def ferretdb_behind(site: Site, name: str) -> int:
    """The port of one with records and without authentication, for a page in front of it."""
    workdir, program = await _ferretdb_room(site, name)
    port = site.port()
    await _start_ferretdb(site, workdir, program, port)
    await asyncio.to_thread(_plant_documents, port, name)
    return port


async def ferretdb_protected(site: Site) -> list[Server]:
    """SCRAM. The records are planted before the lock is put on, so that the lab needs no login of its own."""
    name = "ferretdb-protected"
    workdir, program = await _ferretdb_room(site, name)
    port = site.port()
    unlocked = await _start_ferretdb(site, workdir, program, port)
    await asyncio.to_thread(_plant_documents, port, name)
    await site.end(unlocked)
    lock = ["--test-enable-new-auth", "--setup-database=admin", "--setup-username=lab", f"--setup-password={PASSWORD}"]
    process = await _start_ferretdb(site, workdir, program, port, *lock)
    for question in ({"listDatabases": 1, "$db": "admin"}, {"find": "customers", "$db": "shop"}):
        answer = await asyncio.to_thread(mongo.command, port, question)
        if answer.get("ok") == 1 or answer.get("codeName") != "Unauthorized":
            raise NotAsNamed(f"{name} answered a stranger's {next(iter(question))}")
    version = PINS["ferretdb"]["version"]
    return [Server(name=name, datastore="mongodb", form="protected", version=version, port=port, pid=process.pid)]


async def _ferretdb_room(site: Site, name: str) -> tuple[Path, Path]:
    """A working directory, and the program in it: the servers' user may not be able to reach the cache."""
    kept = await site.shelf.go("ferretdb")
    workdir = site.workdir(name)
    (workdir / "data").mkdir()
    return workdir, await asyncio.to_thread(copy_program, kept, workdir)


async def _start_ferretdb(
    site: Site, workdir: Path, program: Path, port: int, *lock: str
) -> asyncio.subprocess.Process:
    data = workdir / "data"
    options = ["--handler=sqlite", f"--sqlite-url=file:{data}/", f"--state-dir={data}", "--telemetry=disable"]
    address = [f"--listen-addr=127.0.0.1:{port}", "--debug-addr=-"]
    process = await site.start(workdir, [program, *options, *address, *lock])
    await site.until(process, workdir, lambda: mongo.command(port, {"ping": 1, "$db": "admin"})["ok"] == 1)
    return process


def _plant_documents(port: int, name: str) -> None:
    mongo.command(port, {"insert": "customers", "documents": records_of(name), "$db": "shop"})
    counted = mongo.command(port, {"count": "customers", "$db": "shop"})["n"]
    if counted != len(records_of(name)):
        raise NotAsNamed(f"{name} kept {counted} documents")


async def built_of_go(site: Site, name: str) -> Path:
    """A program that is built once, copied into a folder of its own where any user may run it."""
    return await asyncio.to_thread(copy_program, await site.shelf.go(name), site.workdir(name))


def copy_program(kept: Path, workdir: Path) -> Path:
    """A program of the cache, where any user may run it."""
    program = workdir / "program"
    shutil.copyfile(kept, program)
    program.chmod(0o755)
    return program
