"""Servers of the Apache Software Foundation whose own main class starts them: Kafka and Cassandra."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from lab.clients.cql import LOGIN_WANTED, READY, Cql
from lab.clients.kafka import Kafka
from lab.clients.lines import accepts
from lab.fetch import PINS
from lab.model import CANARY, PASSWORD, NotAsNamed, Server, records_of
from lab.recipes.search import java_home
from lab.site import Site
from lab.trees import jars

KAFKA_LOGIN = (
    "sasl.enabled.mechanisms=PLAIN\nsasl.mechanism.inter.broker.protocol=PLAIN\n"
    "listener.name.sasl_plaintext.plain.sasl.jaas.config="
    "org.apache.kafka.common.security.plain.PlainLoginModule required"
    f' username="lab" password="{PASSWORD}" user_lab="{PASSWORD}";\n'
)
TOPICS = tuple(f"{CANARY}-orders-{number}" for number in (1, 2, 3))
"""Topics are counted and never kept."""
INSERT = "INSERT INTO shop.customers (email, name, phone) VALUES"
CLUSTER = "bGVha2d1YXJkLWxhYi0wMQ"
"""Sixteen bytes in base64."""


async def kafka_open(site: Site) -> list[Server]:
    """A plain listener."""
    return [await _kafka(site, "kafka-open", "PLAINTEXT")]


async def kafka_protected(site: Site) -> list[Server]:
    """A listener that wants a login."""
    return [await _kafka(site, "kafka-protected", "SASL_PLAINTEXT")]


async def kafka_broker(site: Site, name: str) -> Server:
    """A broker for a server that needs one."""
    return await _kafka(site, name, "PLAINTEXT")


async def _kafka(site: Site, name: str, protocol: str) -> Server:
    java = await java_home(site) / "bin" / "java"
    workdir, port = site.workdir(name), site.port()
    tree = await jars(site.shelf, "kafka", workdir)
    config = workdir / "server.properties"
    config.write_text(_kafka_config(workdir, port, site.port(), protocol), encoding="utf-8")
    # A broker makes room for what four first bytes announce, up to 100 MB, and the other tests may say anything to it.
    classes = ["-Xmx384m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", f"{tree}/*"]
    form: list[str | Path] = ["format", "--standalone", "-t", CLUSTER, "-c", config]
    await site.run(workdir, [java, *classes, "kafka.tools.StorageTool", *form])
    process = await site.start(workdir, [java, *classes, "kafka.Kafka", config])
    is_open, client = protocol == "PLAINTEXT", Kafka(port=port)
    if is_open:
        await site.until(process, workdir, lambda: _topics_made(client))
    else:
        await site.until(process, workdir, lambda: accepts(port))
        await _assert_silent(name, client)
    return Server(
        name=name,
        datastore="kafka",
        form="open" if is_open else "protected",
        version=PINS["kafka"]["version"],
        port=port,
        pid=process.pid,
    )


def _topics_made(client: Kafka) -> bool:
    if all(topic.encode() in client.topics() for topic in TOPICS):
        return True
    for topic in TOPICS:
        client.make(topic)
    return False


async def _assert_silent(name: str, client: Kafka) -> None:
    try:
        await asyncio.to_thread(client.topics)
    except OSError:
        return
    raise NotAsNamed(f"{name} named its topics to a stranger")


def _kafka_config(workdir: Path, port: int, inner: int, protocol: str) -> str:
    return (
        "process.roles=broker,controller\nnode.id=1\n"
        f"controller.quorum.bootstrap.servers=127.0.0.1:{inner}\ncontroller.listener.names=CONTROLLER\n"
        f"listeners={protocol}://127.0.0.1:{port},CONTROLLER://127.0.0.1:{inner}\n"
        f"advertised.listeners={protocol}://127.0.0.1:{port}\ninter.broker.listener.name={protocol}\n"
        f"listener.security.protocol.map=CONTROLLER:PLAINTEXT,{protocol}:{protocol}\n"
        f"log.dirs={workdir}/data\noffsets.topic.replication.factor=1\nauto.create.topics.enable=true\n"
        f"{KAFKA_LOGIN if protocol.startswith('SASL') else ''}"
    )


async def cassandra_open(site: Site) -> list[Server]:
    """Everybody is let in."""
    return [await _cassandra(site, "cassandra-open", "AllowAllAuthenticator", "AllowAllAuthorizer")]


async def cassandra_protected(site: Site) -> list[Server]:
    """A name and a password."""
    return [await _cassandra(site, "cassandra-protected", "PasswordAuthenticator", "CassandraAuthorizer")]


async def _cassandra(site: Site, name: str, authenticator: str, authorizer: str) -> Server:
    java = await java_home(site) / "bin" / "java"
    workdir, port, inner = site.workdir(name), site.port(), site.port()
    tree = await jars(site.shelf, "cassandra", workdir)
    (workdir / "conf").mkdir()
    settings = _cassandra_config(workdir, port, inner) | {"authenticator": authenticator, "authorizer": authorizer}
    (workdir / "conf" / "cassandra.yaml").write_text(json.dumps(settings), encoding="utf-8")
    memory = ["-Xms384m", "-Xmx384m", "-XX:MaxDirectMemorySize=128m", "-XX:TieredStopAtLevel=1"]
    quick = [
        "-Dcassandra.ring_delay_ms=1",
        "-Dcassandra.skip_wait_for_gossip_to_settle=0",
        "-Dcassandra-foreground=yes",
    ]
    places = [f"-Dcassandra.config=file://{workdir}/conf/cassandra.yaml", f"-Dcassandra.storagedir={workdir}"]
    odd = ["-Djdk.attach.allowAttachSelf=true", "-Dio.netty.tryReflectionSetAccessible=true", *_opened()]
    main = ["-cp", f"{workdir}/conf:{tree}/*", "org.apache.cassandra.service.CassandraDaemon"]
    process = await site.start(workdir, [java, *memory, *quick, *places, *odd, *main])
    is_open, stranger = name.endswith("-open"), Cql(port=port)
    # Its first account is there some seconds after its port.
    owner = stranger if is_open else Cql(port=port, login=("cassandra", "cassandra"))
    await site.until(process, workdir, lambda: _table_made(owner, name))
    if (answer := await asyncio.to_thread(stranger.greet)) != (READY if is_open else LOGIN_WANTED):
        raise NotAsNamed(f"{name} answered a stranger's start-up with {answer}")
    return Server(
        name=name,
        datastore="cassandra",
        form="open" if is_open else "protected",
        version=PINS["cassandra"]["version"],
        port=port,
        pid=process.pid,
    )


def _table_made(owner: Cql, name: str) -> bool:
    owner.run(
        "CREATE KEYSPACE IF NOT EXISTS shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
        "CREATE TABLE IF NOT EXISTS shop.customers (email text PRIMARY KEY, name text, phone text)",
        *(f"{INSERT} ('{one['email']}', '{one['name']}', '{one['phone']}')" for one in records_of(name)),
    )
    return CANARY.encode() in owner.run("SELECT email FROM shop.customers")


def _cassandra_config(workdir: Path, port: int, inner: int) -> dict[str, object]:
    seeds = {
        "class_name": "org.apache.cassandra.locator.SimpleSeedProvider",
        "parameters": [{"seeds": f"127.0.0.1:{inner}"}],
    }
    return {
        "cluster_name": "lab",
        "partitioner": "org.apache.cassandra.dht.Murmur3Partitioner",
        "num_tokens": 1,
        "commitlog_sync": "periodic",
        "commitlog_sync_period": "10000ms",
        "commitlog_directory": f"{workdir}/commitlog",
        "data_file_directories": [f"{workdir}/data"],
        "saved_caches_directory": f"{workdir}/caches",
        "hints_directory": f"{workdir}/hints",
        "cdc_raw_directory": f"{workdir}/cdc",
        "seed_provider": [seeds],
        "listen_address": "127.0.0.1",
        "rpc_address": "127.0.0.1",
        "storage_port": inner,
        "native_transport_port": port,
        "start_native_transport": True,
        "endpoint_snitch": "SimpleSnitch",
        "role_manager": "CassandraRoleManager",
    }


def _opened() -> list[str]:
    """Packages of Java itself that Cassandra reaches into, which newer Javas keep closed."""
    base = (
        *("java.io", "java.lang", "java.lang.module", "java.lang.reflect", "java.lang.ref", "java.math", "java.net"),
        *("java.nio", "java.util", "java.util.concurrent", "java.util.concurrent.atomic", "jdk.internal.ref"),
        *("jdk.internal.reflect", "jdk.internal.loader", "jdk.internal.math", "jdk.internal.module"),
        *("jdk.internal.util.jar", "jdk.internal.perf", "sun.nio.ch"),
    )
    others = (
        *("java.management.rmi/com.sun.jmx.remote.internal.rmi", "java.rmi/sun.rmi.registry", "java.sql/java.sql"),
        *("java.rmi/sun.rmi.server", "java.rmi/sun.rmi.transport.tcp", "java.rmi/sun.rmi.transport"),
        *("java.management/com.sun.jmx.remote.security", "jdk.management/com.sun.management.internal"),
        *("jdk.compiler/com.sun.tools.javac.file", "jdk.naming.rmi/com.sun.jndi.rmi.registry"),
    )
    names = [*(f"java.base/{package}" for package in base), *others]
    return [f"--add-{how}={name}=ALL-UNNAMED" for name in names for how in ("opens", "exports")]
