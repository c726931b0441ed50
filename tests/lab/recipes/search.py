"""Elasticsearch and OpenSearch, from their integration-test archives: complete servers without a bundled Java."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lab.clients.web import Web
from lab.fetch import PINS
from lab.model import NotAsNamed, NotHad, Server, records_of
from lab.recipes.front import nginx_front
from lab.site import Site

HEAP = "256m"
JAVA = 17
"""The only Java on which all five nodes start."""
INDEX = "customers"
ADMIN = "admin:admin"
"""The security plugin's own first user, on the lab's server only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """How one node is called and set up."""

    pin: str
    name: str
    datastore: str
    secured: bool = False
    javas: tuple[int, ...] = (JAVA,)
    """Any of them will do."""
    settings: tuple[str, ...] = ()
    """Further lines of its configuration."""

    @property
    def version(self) -> str:
        """As pinned."""
        return str(PINS[self.pin]["version"])

    @property
    def document_type(self) -> str:
        """Documents have no type of their own any more since 7; 2.x refuses names with an underscore."""
        return "person" if self.is_old else "_doc"

    @property
    def is_old(self) -> bool:
        """Elasticsearch 2: before Java 17, before `discovery.type`, with types of documents."""
        return self.datastore == "elasticsearch" and self.version.startswith("2.")


async def elasticsearch_7(site: Site) -> list[Server]:
    """One node, and an nginx that asks for a password in front of it: this release has no login of its own for free."""
    node = Node(pin="elasticsearch-7", name="elasticsearch-7-open", datastore="elasticsearch")
    server = await open_node(site, node)
    front = "elasticsearch-7-protected"
    return [server, await nginx_front(site, server, name=front, path="/_cat/indices?format=json")]


async def elasticsearch_6(site: Site) -> list[Server]:
    """One open node of the 6.x line."""
    return [await open_node(site, Node(pin="elasticsearch-6", name="elasticsearch-6-open", datastore="elasticsearch"))]


async def elasticsearch_2(site: Site) -> list[Server]:
    """One open node of the 2.x line."""
    return [await open_node(site, Node(pin="elasticsearch-2", name="elasticsearch-2-open", datastore="elasticsearch"))]


async def opensearch_open(site: Site) -> list[Server]:
    """One open node."""
    return [await open_node(site, Node(pin="opensearch", name="opensearch-open", datastore="opensearch"))]


async def opensearch_protected(site: Site) -> list[Server]:
    """One node with the security plugin: TLS and a login."""
    node = Node(pin="opensearch", name="opensearch-protected", datastore="opensearch", secured=True)
    owner = await start_node(site, node)
    await asyncio.to_thread(plant, owner, node)
    stranger = Web(port=owner.port, tls=True)
    for path in ("/", "/_cat/indices?format=json", f"/{INDEX}/_search"):
        if (status := (await asyncio.to_thread(stranger.ask, "GET", path)).status) != 401:
            raise NotAsNamed(f"{node.name} answered {status} to a stranger's GET {path}")
    return [
        Server(
            name=node.name,
            datastore=node.datastore,
            form="protected",
            version=node.version,
            transport="https",
            port=owner.port,
            pid=owner.pid,
        )
    ]


async def open_node(site: Site, node: Node) -> Server:
    """A filled node that gives its indices to a stranger."""
    running = await start_node(site, node)
    count = await asyncio.to_thread(plant, running, node)
    indices = (await asyncio.to_thread(running.web.ask, "GET", "/_cat/indices?format=json")).json()
    if [index["index"] for index in indices] != [INDEX] or count != len(records_of(node.name)):
        raise NotAsNamed(f"{node.name} does not give its indices to a stranger")
    return Server(
        name=node.name,
        datastore=node.datastore,
        form="open",
        version=node.version,
        transport="http",
        port=running.port,
        records=count,
        pid=running.pid,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A node that answers."""

    process: asyncio.subprocess.Process
    port: int
    web: Web
    home: Path
    java: Path

    @property
    def pid(self) -> int:
        """Of its first process."""
        return self.process.pid


async def start_node(site: Site, node: Node) -> Running:
    """Unpack, start and wait until it answers its owner; raises `NotHad`."""
    archive = await site.shelf.maven(node.pin)
    plugin = await site.shelf.maven("opensearch-security") if node.secured else None
    java = await java_home(site, node.javas)
    workdir = site.workdir(node.name)
    home = await asyncio.to_thread(_unpack, archive, workdir)
    if plugin:
        await _secure(site, workdir, home, plugin)
    port = site.port()
    settings = _settings(node, port, site.port())
    (home / "config" / f"{node.datastore}.yml").write_text("\n".join(settings) + "\n", encoding="utf-8")
    process = await site.start(workdir, _command(node, home, java), env=environment(node, java))
    web = Web(port=port, tls=node.secured, login=ADMIN if node.secured else "")
    await site.until(process, workdir, _healthy(web))
    return Running(process=process, port=port, web=web, home=home, java=java)


def _healthy(web: Web) -> Callable[[], bool]:
    return lambda: web.ask("GET", "/_cluster/health").status == 200


def plant(node: Running, what: Node) -> int:
    """Write the records and return how many the node counts."""
    for number, record in enumerate(records_of(what.name), start=1):
        node.web.ask("PUT", f"/{INDEX}/{what.document_type}/{number}", json.dumps(record).encode())
    node.web.ask("POST", f"/{INDEX}/_refresh")
    return int(node.web.ask("GET", f"/{INDEX}/_count").json()["count"])


def _settings(node: Node, port: int, inner: int) -> list[str]:
    legacy = node.datastore == "elasticsearch" and node.version[0] in "26"
    lines = [
        f"cluster.name: lab-{node.datastore}",
        "node.name: lab-node",
        "network.host: 127.0.0.1",
        f"http.port: {port}",
        f"{'transport.tcp.port' if legacy else 'transport.port'}: {inner}",
        "cluster.routing.allocation.disk.threshold_enabled: false",
        # The old line looks for other nodes by itself, and another lab may be running on this machine.
        f'discovery.zen.ping.unicast.hosts: ["127.0.0.1:{inner}"]' if node.is_old else "discovery.type: single-node",
    ]
    return [*lines, *node.settings, *(_SECURITY if node.secured else [])]


_SECURITY = [
    *(
        f"plugins.security.ssl.{layer}.{what}"
        for layer in ("transport", "http")
        for what in ("pemcert_filepath: node.pem", "pemkey_filepath: node-key.pem", "pemtrustedcas_filepath: ca.pem")
    ),
    "plugins.security.ssl.transport.enforce_hostname_verification: false",
    "plugins.security.ssl.http.enabled: true",
    "plugins.security.allow_default_init_securityindex: true",
    'plugins.security.authcz.admin_dn: ["CN=lab-admin"]',
    'plugins.security.restapi.roles_enabled: ["all_access"]',
]


def _command(node: Node, home: Path, java: Path) -> list[str | Path]:
    """The 2.x start script passes options that Java 17 refuses, so its main class is started directly."""
    if not node.is_old:
        return [home / "bin" / node.datastore]
    return [
        *(
            java / "bin" / "java",
            f"-Xms{HEAP}",
            f"-Xmx{HEAP}",
            "-XX:TieredStopAtLevel=1",
            "-Djava.security.manager=allow",
        ),
        *("-Djava.awt.headless=true", "-Dfile.encoding=UTF-8", "-Djna.nosys=true", f"-Des.path.home={home}"),
        *("-cp", f"{home}/lib/elasticsearch-{node.version}.jar:{home}/lib/*"),
        *("org.elasticsearch.bootstrap.Elasticsearch", "start"),
    ]


def environment(node: Node, java: Path) -> dict[str, str]:
    """Which Java, and how much of it."""
    prefix = "OPENSEARCH" if node.datastore == "opensearch" else "ES"
    # The first compiler alone: what lives for minutes gains nothing from the second, and starts much sooner.
    options = f"-Xms{HEAP} -Xmx{HEAP} -XX:TieredStopAtLevel=1"
    return {"JAVA_HOME": str(java), f"{prefix}_JAVA_HOME": str(java), f"{prefix}_JAVA_OPTS": options}


async def java_home(site: Site, ages: tuple[int, ...] = (JAVA,)) -> Path:
    """The home of a Java of a right age; raises `NotHad`."""
    if not (found := _java_here(ages)) and JAVA in ages:
        await site.shelf.debian("java")
        found = _java_here(ages)
    if not found:
        raise NotHad(f"there is no Java {' or '.join(str(age) for age in ages)} on this machine")
    return found


def _java_here(ages: tuple[int, ...]) -> Path | None:
    on_path = shutil.which("java")
    homes = [Path(os.path.realpath(on_path)).parent.parent] if on_path else []
    homes += sorted(Path("/usr/lib/jvm").glob("*"))
    return next((home for home in homes if _java_age(home) in ages), None)


def _java_age(home: Path) -> int:
    try:
        text = (home / "release").read_text(encoding="utf-8")
    except OSError:
        return 0
    found = re.search(r'^JAVA_VERSION="(\d+)', text, re.MULTILINE)
    return int(found[1]) if found else 0


def _unpack(archive: Path, workdir: Path) -> Path:
    """The folder that the archive holds, with the rights that it names."""
    _extract(archive, workdir)
    return next(path for path in workdir.iterdir() if path.is_dir())


def _extract(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
        for member in packed.infolist():
            if rights := (member.external_attr >> 16) & 0o777:
                (folder / member.filename).chmod(rights)


async def _secure(site: Site, workdir: Path, home: Path, plugin: Path) -> None:
    """Put the security plugin in, with throw-away certificates."""
    place = home / "plugins" / "opensearch-security"
    place.mkdir(parents=True)
    await asyncio.to_thread(_extract, plugin, place)
    await asyncio.to_thread(
        shutil.copytree, place / "config", home / "config" / "opensearch-security", dirs_exist_ok=True
    )
    await site.shelf.debian("openssl")
    config = home / "config"
    (workdir / "names").write_text(
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n", encoding="utf-8"
    )
    key = ("-newkey", "rsa:2048", "-nodes")
    for step in (
        (
            "req",
            "-x509",
            *key,
            "-days",
            "30",
            "-subj",
            "/CN=lab-ca",
            "-keyout",
            workdir / "ca-key",
            "-out",
            config / "ca.pem",
        ),
        ("req", *key, "-subj", "/CN=lab-node", "-keyout", workdir / "key", "-out", workdir / "request"),
        ("pkcs8", "-topk8", "-nocrypt", "-in", workdir / "key", "-out", config / "node-key.pem"),
        (
            *("x509", "-req", "-in", workdir / "request", "-CA", config / "ca.pem", "-CAkey", workdir / "ca-key"),
            *("-CAcreateserial", "-days", "30", "-extfile", workdir / "names", "-out", config / "node.pem"),
        ),
    ):
        await site.run(workdir, ["openssl", *step])
