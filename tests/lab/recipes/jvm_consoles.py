"""Java servers whose pages and interfaces show what runs: Zipkin, Spark, Spring's actuator, Jolokia."""

from __future__ import annotations

import asyncio
import json

from lab.model import CANARY, PASSWORD, NotAsNamed, Server, records_of
from lab.recipes.jvm import Jvm, jvm
from lab.recipes.odd_fronts import plain_proxy
from lab.site import Site

BOOT_PAGES = "management.endpoints.web.exposure.include=*"
BOOT_DUMP = "management.endpoint.heapdump.access=unrestricted"
"""Spring Boot 3.5 keeps this page to itself unless it is told so; older ones do not know the setting."""


async def zipkin_open(site: Site) -> list[Server]:
    """As it comes; and behind a plain proxy."""
    name = "zipkin-open"
    place = await jvm(site, name, "zipkin", "zipkin")
    where = (f"--armeria.ports[0].port={place.port}", "--armeria.ports[0].ip=127.0.0.1")
    quiet = ("--armeria.ports[0].protocols[0]=http", "--logging.level.root=WARN")
    process = await place.start("-jar", place.jar("zipkin-server"), *where, *quiet)
    await place.until(process, "/health")
    people = zip(("shop", "billing", "mail"), records_of(name), strict=True)
    spans = [_span(number, service, one["email"]) for number, (service, one) in enumerate(people, 1)]
    await place.plant("POST", "/api/v2/spans", json.dumps(spans).encode())
    await place.site.until(
        process, place.workdir, lambda: len(place.web.ask("GET", "/api/v2/services").json()) == len(spans)
    )
    await place.gives("/api/v2/traces?serviceName=shop&lookback=99999999999999&endTs=9999999999999", CANARY)
    server = place.told(process)
    return [server, await plain_proxy(site, server, name="zipkin-proxied-open", path="/api/v2/services")]


def _span(number: int, service: str, mail: str) -> dict[str, object]:
    told = {"traceId": f"{number:032x}", "id": f"{number:016x}", "name": "get /customers"}
    times = {"timestamp": 1_700_000_000_000_000, "duration": 5}
    return {**told, **times, "localEndpoint": {"serviceName": service}, "tags": {"mail": mail}}


async def spark_master_open(site: Site) -> list[Server]:
    """A master without workers; and behind a plain proxy."""
    place = await jvm(site, "spark-master-open", "spark", "spark")
    words = ("--host", "127.0.0.1", "--port", str(site.port()), "--webui-port", str(place.port))
    process = await place.start("org.apache.spark.deploy.master.Master", *words, env={"SPARK_LOCAL_IP": "127.0.0.1"})
    await place.until(process, "/json/")
    await place.gives("/json/", "spark://127.0.0.1")
    server = place.told(process)
    return [server, await plain_proxy(site, server, name="spark-master-proxied-open", path="/json/")]


async def spark_ui_open(site: Site) -> list[Server]:
    """The page of an application that runs; and behind a plain proxy."""
    name = "spark-ui-open"
    place = await jvm(site, name, "spark", "spark")
    people = [one["email"] for one in records_of(name)]
    options = (f"-Dspark.shop.secret={CANARY}",)
    env = {"SPARK_LOCAL_IP": "127.0.0.1"}
    process = await place.start(
        place.source("SparkJob"), str(place.port), *people, options=options, env=env, heap_mb=512
    )
    await place.until_it_says(process, "/api/v1/applications", '"customers"')
    await place.gives("/environment/", CANARY)
    server = place.told(process)
    return [server, await plain_proxy(site, server, name="spark-ui-proxied-open", path="/api/v1/version")]


_LOCK = "SparkLocked$Lock"
SPARK_LOGIN = f"lab:{PASSWORD}"
SPARK_LOCK = (
    f"-Dspark.ui.filters={_LOCK}", f"-Dspark.{_LOCK}.param.login={SPARK_LOGIN}", "-Dspark.acls.enable=true",
    "-Dspark.ui.view.acls=lab",
)  # fmt: skip
"""Its own list of who may look, and its own setting for a filter that asks who it is; it brings no such filter."""


async def spark_master_protected(site: Site) -> list[Server]:
    """A master whose pages ask who it is."""
    place = await jvm(site, "spark-master-protected", "spark", "spark")
    words = ("--host", "127.0.0.1", "--port", str(site.port()), "--webui-port", str(place.port))
    env = {"SPARK_LOCAL_IP": "127.0.0.1"}
    process = await place.start(place.source("SparkLocked"), "master", *words, options=SPARK_LOCK, env=env)
    return [await _locked(place, process, ("/", "/json/"))]


async def spark_ui_protected(site: Site) -> list[Server]:
    """The page of an application that asks who it is, and shows one user alone what is in it."""
    name = "spark-ui-protected"
    place = await jvm(site, name, "spark", "spark")
    people = [one["email"] for one in records_of(name)]
    env = {"SPARK_LOCAL_IP": "127.0.0.1"}
    options = (*SPARK_LOCK, f"-Dspark.shop.secret={CANARY}")
    process = await place.start(
        place.source("SparkLocked"), str(place.port), *people, options=options, env=env, heap_mb=512
    )
    return [await _locked(place, process, ("/api/v1/applications", "/", "/environment/"))]


async def _locked(place: Jvm, process: asyncio.subprocess.Process, paths: tuple[str, ...]) -> Server:
    await place.until(process, paths[-1], login=SPARK_LOGIN)
    for path in paths:
        await place.refuses(path)
    return place.told(process)


async def jolokia_open(site: Site) -> list[Server]:
    """The agent as it comes, in a process whose settings hold a password; and behind a plain proxy."""
    place, process = await _jolokia(site, "jolokia-open", "")
    await place.until(process, "/jolokia/version")
    await place.gives("/jolokia/read/java.lang:type=Runtime/SystemProperties", CANARY)
    server = place.told(process)
    return [server, await plain_proxy(site, server, name="jolokia-proxied-open", path="/jolokia/version")]


async def jolokia_protected(site: Site) -> list[Server]:
    """The agent with a user and a password."""
    place, process = await _jolokia(site, "jolokia-protected", f",user=lab,password={PASSWORD}")
    await place.until(process, "/jolokia/version", login=f"lab:{PASSWORD}")
    await place.refuses("/jolokia/version")
    await place.refuses("/jolokia/read/java.lang:type=Runtime/SystemProperties")
    return [place.told(process)]


async def _jolokia(site: Site, name: str, login: str) -> tuple[Jvm, asyncio.subprocess.Process]:
    place = await jvm(site, name, "jolokia", "jolokia")
    agent = (
        f"-javaagent:{place.jar('jolokia-agent-jvm')}=host=127.0.0.1,port={place.port},discoveryEnabled=false{login}"
    )
    options = (agent, f"-Dshop.database.password={CANARY}")
    return place, await place.start(place.source("Idle"), options=options, heap_mb=96)


async def actuator_2_open(site: Site) -> list[Server]:
    """Spring Boot 2 with every page of the actuator open."""
    return await _actuator_open(site, "actuator-2.7-open", "spring-boot-2")


async def actuator_3_open(site: Site) -> list[Server]:
    """Spring Boot 3 with every page of the actuator open."""
    return await _actuator_open(site, "actuator-3.5-open", "spring-boot-3")


async def _actuator_open(site: Site, name: str, pin: str) -> list[Server]:
    place, process = await _boot(
        site, name, pin, f"spring.autoconfigure.exclude={','.join(GUARDS)}", BOOT_PAGES, BOOT_DUMP
    )
    await place.until(process, "/actuator")
    await place.gives("/actuator/env", "shop.customer")
    dump = await asyncio.to_thread(place.web.ask, "GET", "/actuator/heapdump")
    if dump.status != OK or CANARY.encode() not in dump.body:
        raise NotAsNamed(f"{name} answered {dump.status} to a stranger's question for its memory")
    server = place.told(process)
    return [server, await plain_proxy(site, server, name=name.replace("-open", "-proxied-open"), path="/actuator")]


async def actuator_3_protected(site: Site) -> list[Server]:
    """Spring Boot 3 with a login for everything, as its security module comes."""
    login = ("spring.security.user.name=lab", f"spring.security.user.password={PASSWORD}")
    place, process = await _boot(site, "actuator-3.5-protected", "spring-boot-3", *login, BOOT_PAGES)
    await place.until(process, "/actuator", login=f"lab:{PASSWORD}")
    await place.refuses("/actuator")
    return [place.told(process)]


async def actuator_2_protected(site: Site) -> list[Server]:
    """Spring Boot 2 as it comes: its health alone is told."""
    place, process = await _boot(site, "actuator-2.7-protected", "spring-boot-2")
    await place.until(process, "/actuator/health")
    await place.refuses("/actuator/heapdump", 404)
    await place.refuses("/actuator/env", 404)
    return [place.told(process)]


async def _boot(site: Site, name: str, pin: str, *properties: str) -> tuple[Jvm, asyncio.subprocess.Process]:
    place = await jvm(site, name, pin, "spring_boot")
    where = ("server.address=127.0.0.1", f"server.port={place.port}", f"shop.customer={records_of(name)[0]['email']}")
    return place, await place.start(place.source("Boot"), *where, *properties)


GUARDS = tuple(
    f"org.springframework.boot.{where}.servlet.{what}AutoConfiguration"
    for where, what in (
        ("autoconfigure.security", "Security"),
        ("actuate.autoconfigure.security", "ManagementWebSecurity"),
    )
)
"""What puts the login in front of everything."""
OK = 200


async def hive_ui_open(site: Site) -> list[Server]:
    """The page of a server as it comes; and behind a plain proxy."""
    place = await jvm(site, "hive-ui-open", "hive", "hive")
    settings = {
        "hive.server2.webui.host": "127.0.0.1", "hive.server2.webui.port": place.port,
        "hive.server2.thrift.bind.host": "127.0.0.1", "hive.server2.thrift.port": site.port(),
        "javax.jdo.option.ConnectionURL": "jdbc:derby:memory:names;create=true",
        "datanucleus.schema.autoCreateAll": "true", "hive.metastore.schema.verification": "false",
        "hive.exec.scratchdir": f"{place.workdir}/scratch",
        "hive.metastore.warehouse.dir": f"{place.workdir}/warehouse",
        "hive.exec.local.scratchdir": f"{place.workdir}/local", "hive.downloaded.resources.dir": f"{place.workdir}/got",
        "hive.notification.event.poll.interval": "-1", "hive.server2.materializedviews.registry.impl": "DUMMY",
        "hive.metastore.event.db.notification.api.auth": "false", "hive.server2.enable.doAs": "false",
    }  # fmt: skip
    lines = "".join(f"<property><name>{key}</name><value>{value}</value></property>" for key, value in settings.items())
    (place.workdir / "hive-site.xml").write_text(f"<configuration>{lines}</configuration>", encoding="utf-8")
    options = (f"-Djava.io.tmpdir={place.workdir}",)
    process = await place.start("org.apache.hive.service.server.HiveServer2", options=options, heap_mb=512)
    await place.until(process, "/hiveserver2.jsp")
    await place.gives("/hiveserver2.jsp", "Active Sessions")
    server = place.told(process)
    return [server, await plain_proxy(site, server, name="hive-ui-proxied-open", path="/hiveserver2.jsp")]
