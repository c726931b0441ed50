"""Java servers that a few lines of Java start from their jars: Solr, Neo4j, HDFS and YARN."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
from pathlib import Path

from lab.clients.web import Answer, Web
from lab.fetch import PINS
from lab.model import CANARY, PASSWORD, NotAsNamed, Server, records_of
from lab.recipes.front import nginx_front
from lab.recipes.search import java_home
from lab.site import Site
from lab.trees import jars

JAVA = Path(__file__).parent.parent / "java"
CORE = "customers"
OPENED = (
    *(
        "java.io",
        "java.lang",
        "java.lang.invoke",
        "java.lang.reflect",
        "java.math",
        "java.net",
        "java.nio",
        "java.time",
    ),
    *("java.util", "java.util.concurrent", "java.util.concurrent.atomic", "java.util.concurrent.locks", "sun.nio.ch"),
    *("jdk.internal.misc", "jdk.internal.access"),
)
"""Packages of Java itself that the servers reach into, which newer Javas keep closed."""
COUNT = b'{"statements":[{"statement":"MATCH (n) RETURN count(n)"}]}'


async def launch(site: Site, workdir: Path, pin: str, program: str, *words: str | Path) -> asyncio.subprocess.Process:
    """Start one of the programs of `tests/lab/java`, which Java compiles by itself."""
    await site.shelf.debian("jdk")
    java = await java_home(site) / "bin" / "java"
    tree = await jars(site.shelf, pin, workdir)
    (workdir / f"{program}.java").write_text((JAVA / f"{program}.java").read_text(encoding="utf-8"), encoding="utf-8")
    opened = [f"--add-opens=java.base/{one}=ALL-UNNAMED" for one in OPENED]
    small = ["-Xmx320m", "-XX:TieredStopAtLevel=1"]
    return await site.start(workdir, [java, *small, *opened, "-cp", f"{tree}/*", workdir / f"{program}.java", *words])


async def solr_open(site: Site) -> list[Server]:
    """No login."""
    return [await _solr(site, "solr-open", password="")]


async def solr_protected(site: Site) -> list[Server]:
    """Basic authentication for everything."""
    return [await _solr(site, "solr-protected", password=PASSWORD)]


async def _solr(site: Site, name: str, *, password: str) -> Server:
    workdir, port = site.workdir(name), site.port()
    _lay_core(workdir / "home", password)
    process = await launch(site, workdir, "solr", "Solr", workdir / "home", str(port))
    owner, stranger = Web(port=port, login=f"lab:{password}" if password else ""), Web(port=port)
    await site.until(process, workdir, lambda: owner.ask("GET", f"/solr/{CORE}/select?q=*:*").status == 200)
    rows = [{"id": str(number), **one} for number, one in enumerate(records_of(name))]
    await asyncio.to_thread(owner.ask, "POST", f"/solr/{CORE}/update?commit=true", json.dumps(rows).encode())
    answer = await asyncio.to_thread(stranger.ask, "GET", "/solr/admin/cores?action=STATUS&wt=json")
    if answer.status != (401 if password else 200):
        raise NotAsNamed(f"{name} answered a stranger's question for its cores with {answer.status}")
    return _server(name, "solr", PINS["solr"]["version"], port, process, records=None if password else len(rows))


def _lay_core(home: Path, password: str) -> None:
    conf = home / CORE / "conf"
    conf.mkdir(parents=True)
    (home / "solr.xml").write_text('<solr><int name="maxBooleanClauses">1024</int></solr>', encoding="utf-8")
    (home / CORE / "core.properties").write_text(f"name={CORE}\n", encoding="utf-8")
    handlers = "".join(
        f'<requestHandler name="/{where}" class="solr.{what}"/>'
        for where, what in (("select", "SearchHandler"), ("update", "UpdateRequestHandler"))
    )
    schema = '<schemaFactory class="ClassicIndexSchemaFactory"/>'
    (conf / "solrconfig.xml").write_text(
        f"<config><luceneMatchVersion>9.9</luceneMatchVersion>{schema}{handlers}</config>", encoding="utf-8"
    )
    fields = "".join(f'<field name="{field}" type="string"/>' for field in ("name", "email", "phone"))
    (conf / "schema.xml").write_text(
        '<schema name="lab" version="1.6"><fieldType name="string" class="solr.StrField"/>'
        f'<field name="id" type="string" required="true"/>{fields}<uniqueKey>id</uniqueKey></schema>',
        encoding="utf-8",
    )
    if password:
        (home / "security.json").write_text(json.dumps(_solr_lock(password)), encoding="utf-8")


def _solr_lock(password: str) -> dict[str, object]:
    salt = os.urandom(32)
    digest = hashlib.sha256(hashlib.sha256(salt + password.encode()).digest()).digest()
    secret = f"{base64.b64encode(digest).decode()} {base64.b64encode(salt).decode()}"
    return {
        "authentication": {"class": "solr.BasicAuthPlugin", "blockUnknown": True, "credentials": {"lab": secret}},
        "authorization": {
            "class": "solr.RuleBasedAuthorizationPlugin",
            "permissions": [{"name": "all", "role": "admin"}],
            "user-role": {"lab": "admin"},
        },
    }


async def neo4j_open(site: Site) -> list[Server]:
    """Authentication off."""
    return [await _neo4j(site, "neo4j-open", locked=False)]


async def neo4j_protected(site: Site) -> list[Server]:
    """Authentication on, as it comes."""
    return [await _neo4j(site, "neo4j-protected", locked=True)]


async def _neo4j(site: Site, name: str, *, locked: bool) -> Server:
    workdir, port = site.workdir(name), site.port()
    (workdir / "home").mkdir()
    people = ", ".join(f"(:Person {{name: '{one['name']}', email: '{one['email']}'}})" for one in records_of(name))
    words: list[str | Path] = [
        workdir / "home",
        str(port),
        str(site.port()),
        "true" if locked else "false",
        f"CREATE {people}",
    ]
    process = await launch(site, workdir, "neo4j", "Neo4j", *words)
    wanted = 401 if locked else 200
    await site.until(process, workdir, lambda: _count_nodes(port).status in {200, 401})
    answer = await asyncio.to_thread(_count_nodes, port)
    if answer.status != wanted or (not locked and answer.json()["results"][0]["data"][0]["row"] != [3]):
        raise NotAsNamed(f"{name} answered a stranger's count with {answer.status}")
    return _server(name, "neo4j", PINS["neo4j"]["version"], port, process, records=None if locked else 3)


def _count_nodes(port: int) -> Answer:
    return Web(port=port).ask("POST", "/db/neo4j/tx/commit", COUNT)


async def hdfs(site: Site) -> list[Server]:
    """A name node that believes whatever name it is told, and an nginx that asks for a password in front of it."""
    name = "hdfs-open"
    workdir, port = site.workdir(name), site.port()
    (workdir / "people.json").write_text(json.dumps(records_of(name)), encoding="utf-8")
    where = f"/{CANARY}.json"
    words: list[str | Path] = [workdir / "data", str(port), str(site.port()), workdir / "people.json", where]
    process = await launch(site, workdir, "hadoop", "Hdfs", *words)
    listing, web = "/webhdfs/v1/?op=LISTSTATUS", Web(port=port)
    await site.until(process, workdir, lambda: CANARY.encode() in web.ask("GET", listing).body)
    server = _server(name, "hdfs", PINS["hadoop"]["version"], port, process)
    return [server, await nginx_front(site, server, name="hdfs-protected", path=listing)]


async def yarn(site: Site) -> list[Server]:
    """A resource manager that lets everybody submit work, and an nginx that asks for a password in front of it.

    It keeps no records, so none are planted.
    """
    name = "yarn-open"
    workdir, port = site.workdir(name), site.port()
    words = [str(port), *(str(site.port()) for _ in range(4))]
    process = await launch(site, workdir, "hadoop", "Yarn", *words)
    path, web = "/ws/v1/cluster/info", Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", path).status == 200)
    server = _server(name, "yarn", PINS["hadoop"]["version"], port, process)
    return [server, await nginx_front(site, server, name="yarn-protected", path=path)]


def _server(
    name: str,
    datastore: str,
    version: str,
    port: int,
    process: asyncio.subprocess.Process,
    *,
    records: int | None = None,
) -> Server:
    return Server(
        name=name,
        datastore=datastore,
        form="open" if name.endswith("-open") else "protected",
        version=version,
        transport="http",
        port=port,
        records=records,
        pid=process.pid,
    )
