"""Java servers that pass messages and calls on: ActiveMQ, Dubbo, Kafka Connect."""

from __future__ import annotations

from pathlib import Path

from lab.clients.lines import accepts
from lab.model import CANARY, PASSWORD, NotAsNamed, Server, records_of
from lab.recipes.jvm import jvm
from lab.site import Site


async def activemq_open(site: Site) -> list[Server]:
    """As the broker comes."""
    return [await _activemq(site, "activemq-open", "none")]


async def activemq_protected(site: Site) -> list[Server]:
    """The simple plugin, with one user."""
    return [await _activemq(site, "activemq-protected", "simple")]


async def activemq_jaas_protected(site: Site) -> list[Server]:
    """Logins by JAAS, with one user."""
    return [await _activemq(site, "activemq-jaas-protected", "jaas")]


async def _activemq(site: Site, name: str, lock: str) -> Server:
    place = await jvm(site, name, "activemq", "activemq")
    texts = [f"{one['name']} {one['email']}" for one in records_of(name)]
    module = "org.apache.activemq.jaas.PropertiesLoginModule required"
    files = 'org.apache.activemq.jaas.properties.user="users" org.apache.activemq.jaas.properties.group="groups"'
    (place.workdir / "login.config").write_text(f"lab {{ {module} {files}; }};\n", encoding="utf-8")
    (place.workdir / "users").write_text(f"lab={PASSWORD}\n", encoding="utf-8")
    (place.workdir / "groups").write_text("all=lab\n", encoding="utf-8")
    program, options = place.source("ActiveMq"), (f"-Djava.security.auth.login.config={place.workdir}/login.config",)
    process = await place.start(program, "serve", str(place.port), lock, PASSWORD, *texts, options=options)
    log = place.workdir / "log"
    await site.until(process, place.workdir, lambda: accepts(place.port) and "planted" in log.read_text())
    browse: list[str | Path] = [place.java, "-cp", f"{place.tree}/*", program, "browse", str(place.port)]
    said = (await site.ask(place.workdir, browse)).text
    if (said.count(f"{CANARY}-{name}") == len(texts)) == (lock != "none") or (lock != "none" and "refused" not in said):
        raise NotAsNamed(f"{name} said {said[-200:]!r} to a stranger who browses its queue")
    return place.told(process, transport="tcp")


async def dubbo_qos_open(site: Site) -> list[Server]:
    """The operator's port of a provider. It takes every caller of its own host for the operator."""
    place = await jvm(site, "dubbo-qos-open", "dubbo", "dubbo")
    process = await place.start(place.source("Dubbo"), str(place.port))
    await place.until(process, "/ls")
    await place.gives("/ls", "Customers")
    return [place.told(process)]
