"""Java servers that run other people's work and know its data: Flink, Kafka Connect, Camunda, Eureka, Trino."""

from __future__ import annotations

import asyncio
import base64
import json

from lab.model import CANARY, PASSWORD, NotAsNamed, Server, records_of
from lab.recipes.jars import kafka_broker
from lab.recipes.jvm import OK, Jvm, jvm
from lab.recipes.odd_fronts import plain_proxy
from lab.site import Site

LOCKED = "org.apache.kafka.connect.rest.basic.auth.extension"


async def flink_open(site: Site) -> list[Server]:
    """A session without workers, whose page takes programs from anybody; and behind a plain proxy."""
    place = await jvm(site, "flink-open", "flink", "flink")
    settings = {
        "rest.address": "127.0.0.1", "rest.bind-address": "127.0.0.1", "rest.port": place.port,
        "jobmanager.rpc.address": "127.0.0.1", "jobmanager.bind-host": "127.0.0.1",
        "jobmanager.rpc.port": site.port(), "jobmanager.memory.process.size": "800m",
        "io.tmp.dirs": f"{place.workdir}", "shop.customer": CANARY,
    }  # fmt: skip
    lines = "".join(f"{key}: {value}\n" for key, value in settings.items())
    (place.workdir / "config.yaml").write_text(lines, encoding="utf-8")
    entry = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
    process = await place.start(entry, "--configDir", place.workdir)
    await place.until(process, "/jobs/overview")
    await place.gives("/jobmanager/config", CANARY)
    server = place.told(process)
    return [server, await plain_proxy(site, server, name="flink-proxied-open", path="/config")]


async def kafka_connect_open(site: Site) -> list[Server]:
    """One connector, whose settings hold a secret; and behind a plain proxy."""
    place, process = await _connect(site, "kafka-connect-open", "")
    await place.until_it_says(process, "/connectors", "customers")
    await place.gives("/connectors/customers", CANARY)
    server = place.told(process)
    return [server, await plain_proxy(site, server, name="kafka-connect-proxied-open", path="/connectors")]


async def kafka_connect_protected(site: Site) -> list[Server]:
    """The login that it brings."""
    place, process = await _connect(
        site, "kafka-connect-protected", f"rest.extension.classes={LOCKED}.BasicAuthSecurityRestExtension\n"
    )
    await place.until(process, "/connectors", login=f"lab:{PASSWORD}")
    await place.refuses("/connectors")
    return [place.told(process)]


async def _connect(site: Site, name: str, lock: str) -> tuple[Jvm, asyncio.subprocess.Process]:
    broker = await kafka_broker(site, f"{name}-broker")
    place = await jvm(site, name, "kafka-connect", "kafka_connect")
    (place.workdir / "plugins").mkdir()
    json_form = "org.apache.kafka.connect.json.JsonConverter"
    (place.workdir / "worker.properties").write_text(
        f"bootstrap.servers={broker.target}\nlisteners=http://127.0.0.1:{place.port}\nplugin.path={place.workdir}/plugins\n"
        f"plugin.discovery=service_load\nkey.converter={json_form}\nvalue.converter={json_form}\n"
        f"offset.storage.file.filename={place.workdir}/offsets\n{lock}",
        encoding="utf-8",
    )
    (place.workdir / "customers.properties").write_text(
        "name=customers\nconnector.class=org.apache.kafka.connect.file.FileStreamSourceConnector\ntopic=customers\n"
        f"file={place.workdir}/log\ndatabase.password={CANARY}\n",
        encoding="utf-8",
    )
    (place.workdir / "users").write_text(f"lab={PASSWORD}\n", encoding="utf-8")
    module = f'{LOCKED}.PropertyFileLoginModule required file="{place.workdir}/users"'
    (place.workdir / "login.config").write_text(f"KafkaConnect {{ {module}; }};\n", encoding="utf-8")
    options = (f"-Djava.security.auth.login.config={place.workdir}/login.config",)
    main = "org.apache.kafka.connect.cli.ConnectStandalone"
    return place, await place.start(main, "worker.properties", "customers.properties", options=options)


async def camunda_open(site: Site) -> list[Server]:
    """Three instances of a process, each with a variable; and behind a plain proxy."""
    place, process = await _camunda(site, "camunda-open", "-")
    await place.until_it_says(process, "/engine-rest/history/variable-instance/count", '"count":3')
    await place.gives("/engine-rest/variable-instance", CANARY)
    server = place.told(process, records=3)
    return [server, await plain_proxy(site, server, name="camunda-proxied-open", path="/engine-rest/engine")]


async def camunda_protected(site: Site) -> list[Server]:
    """The login that its REST interface brings."""
    place, process = await _camunda(site, "camunda-protected", PASSWORD)
    await place.until(process, "/engine-rest/task", login=f"lab:{PASSWORD}")
    await place.refuses("/engine-rest/task")
    return [place.told(process)]


async def _camunda(site: Site, name: str, password: str) -> tuple[Jvm, asyncio.subprocess.Process]:
    place = await jvm(site, name, "camunda", "camunda")
    people = [one["email"] for one in records_of(name)]
    return place, await place.start(place.source("Camunda"), str(place.port), password, *people, heap_mb=384)


async def eureka_open(site: Site) -> list[Server]:
    """Two registered services; and behind a plain proxy."""
    place, process = await _eureka(site, "eureka-open", f"spring.autoconfigure.exclude={SECURITY}")
    await place.until(process, "/eureka/apps")
    for service in ("shop", "billing"):
        where = {"@class": "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo", "name": "MyOwn"}
        told: dict[str, object] = {
            "instanceId": service,
            "app": service,
            "hostName": f"{service}.example.org",
            "ipAddr": "192.0.2.7",
        }
        told |= {"status": "UP", "port": {"$": 8080, "@enabled": "true"}, "metadata": {"owner": CANARY}}
        body = json.dumps({"instance": {**told, "dataCenterInfo": where}})
        await place.plant("POST", f"/eureka/apps/{service}", body.encode())
    await place.gives("/eureka/apps/SHOP", CANARY)
    server = place.told(process)
    return [server, await plain_proxy(site, server, name="eureka-proxied-open", path="/eureka/apps")]


async def eureka_protected(site: Site) -> list[Server]:
    """A login for everything, as Spring's security module comes."""
    login = ("spring.security.user.name=lab", f"spring.security.user.password={PASSWORD}")
    place, process = await _eureka(site, "eureka-protected", *login)
    await place.until(process, "/eureka/apps", login=f"lab:{PASSWORD}")
    await place.refuses("/eureka/apps")
    return [place.told(process)]


SECURITY = (
    "org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration,"
    "org.springframework.boot.actuate.autoconfigure.security.servlet.ManagementWebSecurityAutoConfiguration"
)


async def _eureka(site: Site, name: str, *properties: str) -> tuple[Jvm, asyncio.subprocess.Process]:
    place = await jvm(site, name, "eureka", "eureka")
    alone = ("eureka.client.register-with-eureka=false", "eureka.client.fetch-registry=false")
    quick = (
        "eureka.server.response-cache-update-interval-ms=500",
        "eureka.server.eviction-interval-timer-in-ms=86400000",
    )
    where = ("server.address=127.0.0.1", f"server.port={place.port}", *alone, *quick)
    return place, await place.start(place.source("Eureka"), *where, *properties)


async def trino_open(site: Site) -> list[Server]:
    """No login, as it comes; and behind a plain proxy."""
    place = await jvm(site, "trino-open", "trino", "trino")
    process = await place.start(place.source("Trino"), str(place.port), heap_mb=768)
    await place.until_it_says(process, "/v1/info", '"starting":false')
    told = await asyncio.to_thread(place.web.ask, "GET", "/v1/query", None, {"X-Trino-User": "stranger"})
    if told.status != OK:
        raise NotAsNamed(f"{place.name} answered {told.status} to a caller who gave a name and no password")
    server = place.told(process)
    return [server, await plain_proxy(site, server, name="trino-proxied-open", path="/v1/info")]


async def trino_protected(site: Site) -> list[Server]:
    """A token is asked for, and a name alone is refused."""
    place = await jvm(site, "trino-protected", "trino", "trino")
    (place.workdir / "key").write_text(base64.b64encode(PASSWORD.encode() * 4).decode(), encoding="utf-8")
    lock = "http-server.authentication"
    token = (f"{lock}.type=JWT", f"{lock}.jwt.key-file={place.workdir}/key", f"{lock}.allow-insecure-over-http=false")
    process = await place.start(place.source("Trino"), str(place.port), *token, heap_mb=768)
    await place.until_it_says(process, "/v1/info", '"starting":false')
    await place.refuses("/v1/query", 403)
    return [place.told(process)]
