"""MariaDB and ClickHouse, from Debian."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import quote

from lab.clients.lines import first_bytes
from lab.clients.web import Web
from lab.model import PASSWORD, NotAsNamed, Server, records_of
from lab.site import Site

DENIED = "ERROR 1045"
ZONE = "Asia/Shanghai"
"""Far from UTC, because some numbers that ClickHouse states are times of its own zone."""


async def mariadb_open(site: Site) -> list[Server]:
    """Root without a password, and an account without a name."""
    return [await _mariadb(site, "mariadb-open", password="")]


async def mariadb_protected(site: Site) -> list[Server]:
    """A password for every account."""
    return [await _mariadb(site, "mariadb-protected", password=PASSWORD)]


async def _mariadb(site: Site, name: str, *, password: str) -> Server:
    process, port, version = await start_mariadb(site, name, password=password)
    client = ["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", str(port), "-N", "-u"]
    for user in ("root", ""):
        await _assert_stranger(site, site.folder / name, [*client, user], name, open_to_all=not password)
    return Server(
        name=name,
        datastore="mysql",
        form="protected" if password else "open",
        version=version,
        port=port,
        pid=process.pid,
    )


async def start_mariadb(
    site: Site, name: str, *, password: str, is_nameless: bool = True
) -> tuple[asyncio.subprocess.Process, int, str]:
    """Process, port and version of one with records; without a password it has an account without a name as well."""
    await site.shelf.debian("mariadb")
    workdir, port = site.workdir(name), site.port()
    data, socket = workdir / "data", workdir / "s"
    statements = _first_statements(name, password, is_nameless=is_nameless and not password)
    (workdir / "first.sql").write_text(statements, encoding="utf-8")
    normal = ("--auth-root-authentication-method=normal", "--skip-test-db")
    # Two of them that share a folder of temporary tables drop each other's.
    await site.run(
        workdir, ["mariadb-install-db", "--no-defaults", f"--datadir={data}", f"--tmpdir={workdir}", *normal]
    )
    process = await site.start(
        workdir,
        [
            *(
                "mariadbd",
                "--no-defaults",
                f"--datadir={data}",
                f"--socket={socket}",
                f"--port={port}",
                f"--tmpdir={workdir}",
            ),
            *("--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0"),
            *("--innodb-buffer-pool-size=16M", "--performance-schema=off", f"--init-file={workdir / 'first.sql'}"),
        ],
    )
    owner = ["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", str(port), "-N", "-u", "root"]
    await site.until(process, workdir, lambda: b"MariaDB" in first_bytes(port))
    stated = await site.ask(workdir, [*owner, "-e", "select version()"], env={"MYSQL_PWD": password})
    return process, port, stated.text.partition("-")[0]


def _first_statements(name: str, password: str, *, is_nameless: bool) -> str:
    """One statement a line. The installation leaves `root@127.0.0.1` without a password: it is dropped first."""
    rows = ", ".join(f"('{row['name']}', '{row['email']}', '{row['phone']}')" for row in records_of(name))
    lines = [
        "CREATE DATABASE shop;",
        "CREATE TABLE shop.customers (name text, email text, phone text);",
        f"INSERT INTO shop.customers VALUES {rows};",  # noqa: S608  (invented rows)
        "DELETE FROM mysql.global_priv WHERE User <> 'mariadb.sys';",
        "FLUSH PRIVILEGES;",
        f"CREATE USER 'root'@'127.0.0.1' IDENTIFIED BY '{password}';",
        "GRANT ALL ON *.* TO 'root'@'127.0.0.1';",
    ]
    nameless = ["CREATE USER ''@'127.0.0.1' IDENTIFIED BY '';", "GRANT SELECT ON shop.* TO ''@'127.0.0.1';"]
    return "\n".join([*lines, *(nameless if is_nameless else [])]) + "\n"


async def _assert_stranger(site: Site, workdir: Path, client: list[str], name: str, *, open_to_all: bool) -> None:
    said = await site.ask(workdir, [*client, "-e", "select count(*) from shop.customers"])
    if open_to_all != (said.code == 0) or (not open_to_all and DENIED not in said.text):
        raise NotAsNamed(f"{name} answered a stranger with {said.text[:100]}")


async def clickhouse_open(site: Site) -> list[Server]:
    """The user `default` without a password, over HTTP and over its native protocol."""
    return await _clickhouse(site, "clickhouse-open", password="")


async def clickhouse_protected(site: Site) -> list[Server]:
    """The user `default` with a password."""
    return await _clickhouse(site, "clickhouse-protected", password=PASSWORD)


async def _clickhouse(site: Site, name: str, *, password: str) -> list[Server]:
    await site.shelf.debian("clickhouse")
    workdir, port, native = site.workdir(name), site.port(), site.port()
    for folder in ("data", "parts"):
        (workdir / folder).mkdir()
    (workdir / "config.xml").write_text(_clickhouse_config(workdir, port, native), encoding="utf-8")
    (workdir / "users.xml").write_text(_clickhouse_users(password), encoding="utf-8")
    process = await site.start(workdir, ["clickhouse-server", f"--config-file={workdir / 'config.xml'}"])
    owner, stranger = Web(port=port, login=f"default:{password}" if password else ""), Web(port=port)
    await site.until(process, workdir, lambda: owner.ask("GET", "/ping").status == 200)
    version = await asyncio.to_thread(_plant_rows, owner, name)
    answer = await asyncio.to_thread(stranger.ask, "GET", _question("SELECT count() FROM customers"))
    if answer.status != (401 if password else 200):
        raise NotAsNamed(f"{name} answered a stranger's count with {answer.status}")
    form = "protected" if password else "open"
    servers = [(name, "http", port), (name.replace("clickhouse", "clickhouse-native"), "tcp", native)]
    return [
        Server(
            name=called,
            datastore="clickhouse",
            form=form,
            version=version,
            transport=transport,
            port=number,
            records=None if password else len(records_of(name)),
            pid=process.pid,
        )
        for called, transport, number in servers
    ]


def _plant_rows(owner: Web, name: str) -> str:
    """Write the records; returns the server's version."""
    rows = ", ".join(f"('{row['name']}', '{row['email']}', '{row['phone']}')" for row in records_of(name))
    table = "CREATE TABLE customers (name String, email String, phone String) ENGINE = MergeTree() ORDER BY email"
    for statement in (table, f"INSERT INTO customers VALUES {rows}"):  # noqa: S608  (invented rows)
        answer = owner.ask("POST", "/", statement.encode())
        if answer.status != 200:
            raise NotAsNamed(f"{name} refused its owner: {answer.body[:100].decode(errors='replace')}")
    zone = owner.ask("GET", _question("SELECT timezone()")).body.decode().strip()
    if zone != ZONE:
        raise NotAsNamed(f"{name} lives in {zone}")
    return owner.ask("GET", _question("SELECT version()")).body.decode().strip()


def _question(statement: str) -> str:
    return f"/?query={quote(statement)}"


def _clickhouse_config(workdir: Path, port: int, native: int) -> str:
    return f"""<yandex>
<logger><level>warning</level><console>1</console></logger>
<listen_host>127.0.0.1</listen_host><http_port>{port}</http_port><tcp_port>{native}</tcp_port>
<path>{workdir}/data/</path><tmp_path>{workdir}/parts/</tmp_path><user_files_path>{workdir}/data/files/</user_files_path>
<users_config>{workdir}/users.xml</users_config><timezone>{ZONE}</timezone>
<default_profile>default</default_profile><default_database>default</default_database>
<mark_cache_size>67108864</mark_cache_size>
</yandex>
"""


def _clickhouse_users(password: str) -> str:
    return f"""<yandex>
<profiles><default><max_memory_usage>200000000</max_memory_usage></default></profiles><quotas><default/></quotas>
<users><default>
<password>{password}</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
</default></users>
</yandex>
"""
