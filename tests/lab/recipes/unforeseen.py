"""Java servers that no check was built on: Hazelcast, QuestDB, HBase's REST server, Ignite, OrientDB."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from urllib.parse import quote

from lab.clients.web import Web
from lab.fetch import PINS
from lab.model import CANARY, PASSWORD, NotAsNamed, Server, records_of
from lab.recipes.embedded import launch
from lab.recipes.odd_fronts import plain_proxy, redirecting_front
from lab.recipes.search import java_home
from lab.site import Site
from lab.trees import jars

IGNITE_TOP = "/ignite?cmd=top&attr=false&mtr=false&caches=true"
SMALL = ("-Xmx384m", "-XX:TieredStopAtLevel=1")


async def hazelcast_open(site: Site) -> list[Server]:
    """The REST interface with the state of the cluster; it hangs up on every other path."""
    name = "hazelcast-open"
    java = await java_home(site) / "bin" / "java"
    workdir, port = site.workdir(name), site.port()
    tree = await jars(site.shelf, "hazelcast", workdir)
    (workdir / "hazelcast.xml").write_text(_hazelcast_config(port), encoding="utf-8")
    words: list[str | Path] = [f"-Dhazelcast.config={workdir}/hazelcast.xml", "-Dhazelcast.phone.home.enabled=false"]
    words += [
        "-Dhazelcast.socket.bind.any=false",
        "-cp",
        f"{tree}/*",
        "com.hazelcast.core.server.HazelcastMemberStarter",
    ]
    process = await site.start(workdir, [java, *SMALL, *words])
    web = Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", "/hazelcast/health/ready").status == 200)
    told = await asyncio.to_thread(web.ask, "GET", "/hazelcast/rest/cluster")
    if told.status != 200 or b"members" not in told.body:
        raise NotAsNamed(f"{name} answered a stranger's question for its members with {told.status}")
    return [_open(name, "hazelcast", "hazelcast", port, process)]


def _hazelcast_config(port: int) -> str:
    groups = "".join(
        f'<endpoint-group name="{group}" enabled="true"/>' for group in ("HEALTH_CHECK", "CLUSTER_READ", "DATA")
    )
    return (
        '<hazelcast xmlns="http://www.hazelcast.com/schema/config"><network>'
        f'<port auto-increment="false">{port}</port>'
        '<interfaces enabled="true"><interface>127.0.0.1</interface></interfaces>'
        '<join><auto-detection enabled="false"/><multicast enabled="false"/></join>'
        f'<rest-api enabled="true">{groups}</rest-api></network></hazelcast>'
    )


async def questdb_open(site: Site) -> list[Server]:
    """As it comes."""
    return [await _questdb(site, "questdb-open", password="")]


async def questdb_protected(site: Site) -> list[Server]:
    """A login for its HTTP server."""
    return [await _questdb(site, "questdb-protected", password=PASSWORD)]


async def _questdb(site: Site, name: str, *, password: str) -> Server:
    java = await java_home(site) / "bin" / "java"
    workdir, port = site.workdir(name), site.port()
    tree = await jars(site.shelf, "questdb", workdir)
    (workdir / "data" / "conf").mkdir(parents=True)
    settings = {
        "http.bind.to": f"127.0.0.1:{port}",
        "pg.net.bind.to": f"127.0.0.1:{site.port()}",
        "http.min.enabled": "false",
        "line.tcp.enabled": "false",
        "line.udp.enabled": "false",
        "telemetry.enabled": "false",
        **({"http.user": "lab", "http.password": password} if password else {}),
    }
    lines = "".join(f"{key}={value}\n" for key, value in settings.items())
    (workdir / "data" / "conf" / "server.conf").write_text(lines, encoding="utf-8")
    run: list[str | Path] = ["-p", tree, "-m", "io.questdb/io.questdb.ServerMain", "-d", workdir / "data"]
    process = await site.start(workdir, [java, *SMALL, *run])
    owner, stranger = Web(port=port, login=f"lab:{password}" if password else ""), Web(port=port)
    await site.until(process, workdir, lambda: owner.ask("GET", _statement("select 1")).status == 200)
    await asyncio.to_thread(owner.ask, "GET", _statement("create table customers (name string, email string)"))
    for one in records_of(name):
        row = f"insert into customers values ('{one['name']}', '{one['email']}')"  # noqa: S608  (invented rows)
        await asyncio.to_thread(owner.ask, "GET", _statement(row))
    answer = await asyncio.to_thread(stranger.ask, "GET", _statement("select email from customers"))
    if (answer.status == 200 and CANARY.encode() in answer.body) == bool(password):
        raise NotAsNamed(f"{name} answered a stranger's query with {answer.status}")
    return _server(name, "questdb", "questdb", port, process, is_open=not password)


def _statement(words: str) -> str:
    return f"/exec?query={quote(words)}"


async def hbase_open(site: Site) -> list[Server]:
    """Its REST server and the page of its master, as they come; and the page behind a plain proxy."""
    name = "hbase-rest-open"
    workdir, port, page = site.workdir(name), site.port(), site.port()
    emails = [one["email"] for one in records_of(name)]
    process = await launch(site, workdir, "hbase", "HBaseRest", workdir, str(port), str(page), *emails)
    web = Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", "/status/cluster").status == 200)
    rows = await asyncio.to_thread(web.ask, "GET", "/customers/*", None, {"Accept": "application/json"})
    if rows.status != 200 or len(json.loads(rows.body)["Row"]) != len(emails):
        raise NotAsNamed(f"{name} answered a stranger's question for its rows with {rows.status}")
    told = await asyncio.to_thread(Web(port=page).ask, "GET", "/master-status")
    if told.status != 200 or b"customers" not in told.body:
        raise NotAsNamed(f"the master of {name} answered a stranger's question for its page with {told.status}")
    master = _open("hbase-master-open", "hbase", "hbase", page, process)
    proxied = await plain_proxy(site, master, name="hbase-master-proxied-open", path="/master-status")
    return [_open(name, "hbase", "hbase", port, process), master, proxied]


async def ignite_open(site: Site) -> list[Server]:
    """As it comes; behind a plain proxy; and behind one that sends the front page alone to a login."""
    name = "ignite-open"
    workdir, port = site.workdir(name), site.port()
    emails = [one["email"] for one in records_of(name)]
    ports = [str(each) for each in (port, site.port(), site.port(), site.port())]
    process = await launch(site, workdir, "ignite", "Ignite", workdir / "work", *ports, *emails)
    web = Web(port=port)
    await site.until(
        process, workdir, lambda: web.ask("GET", "/ignite?cmd=size&cacheName=customers").json()["response"] == 3
    )
    server = _open(name, "ignite", "ignite", port, process, records=len(emails))
    proxied = await plain_proxy(site, server, name="ignite-proxied-open", path=IGNITE_TOP)
    return [server, proxied, await redirecting_front(site, server, name="ignite-redirected-open", path=IGNITE_TOP)]


async def orientdb_open(site: Site) -> list[Server]:
    """The list of databases for guests, as it comes; and behind a plain proxy."""
    name = "orientdb-open"
    java = await java_home(site) / "bin" / "java"
    workdir, port = site.workdir(name), site.port()
    tree = await jars(site.shelf, "orientdb", workdir)
    (workdir / "orientdb.xml").write_text(orientdb_config(port, site.port()), encoding="utf-8")
    home: list[str | Path] = [f"-DORIENTDB_HOME={workdir}", f"-Dorientdb.config.file={workdir}/orientdb.xml"]
    main = ["-cp", f"{tree}/*", "com.orientechnologies.orient.server.OServerMain"]
    process = await site.start(workdir, [java, *SMALL, *home, *main])
    owner, stranger = Web(port=port, login=f"root:{PASSWORD}"), Web(port=port)
    await site.until(process, workdir, lambda: owner.ask("GET", "/listDatabases").status == 200)
    await asyncio.to_thread(owner.ask, "POST", "/database/customers/plocal")
    listed = await asyncio.to_thread(stranger.ask, "GET", "/listDatabases")
    if listed.status != 200 or "customers" not in listed.json()["databases"]:
        raise NotAsNamed(f"{name} answered a stranger's question for its databases with {listed.status}")
    server = _open(name, "orientdb", "orientdb", port, process)
    return [server, await plain_proxy(site, server, name="orientdb-proxied-open", path="/listDatabases")]


GUEST = "connect,server.listDatabases,server.dblist"
"""What a guest may do as it comes."""


def orientdb_config(port: int, binary: int, *, guest: str = GUEST) -> str:
    """Its settings; `guest` names the rights of a stranger."""
    network = "com.orientechnologies.orient.server.network.protocol"
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><orient-server><handlers/><network><protocols>'
        f'<protocol name="binary" implementation="{network}.binary.ONetworkProtocolBinary"/>'
        f'<protocol name="http" implementation="{network}.http.ONetworkProtocolHttpDb"/></protocols><listeners>'
        f'<listener protocol="binary" ip-address="127.0.0.1" port-range="{binary}"/>'
        f'<listener protocol="http" ip-address="127.0.0.1" port-range="{port}"/></listeners></network><storages/>'
        f'<users><user name="root" password="{PASSWORD}" resources="*"/>'
        f'<user name="guest" password="guest" resources="{guest}"/></users>'
        '<properties><entry name="db.pool.min" value="1"/><entry name="profiler.enabled" value="false"/></properties>'
        "</orient-server>"
    )


def _open(
    name: str, pin: str, datastore: str, port: int, process: asyncio.subprocess.Process, *, records: int | None = None
) -> Server:
    return _server(name, pin, datastore, port, process, is_open=True, records=records)


def _server(
    name: str, pin: str, datastore: str, port: int, process: asyncio.subprocess.Process, *, is_open: bool,
    records: int | None = None,
) -> Server:  # fmt: skip
    return Server(
        name=name,
        datastore=datastore,
        form="open" if is_open else "protected",
        version=PINS[pin]["version"],
        transport="http",
        port=port,
        records=records,
        pid=process.pid,
    )
