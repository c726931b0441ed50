"""Java servers that keep graphs and documents of a trade: Fuseki, Gremlin Server, FHIR."""

from __future__ import annotations

import asyncio
import json

from lab.model import CANARY, PASSWORD, Server, records_of
from lab.recipes.jvm import Jvm, jvm
from lab.recipes.odd_fronts import plain_proxy
from lab.site import Site

SHIRO = """[main]
plainMatcher=org.apache.shiro.authc.credential.SimpleCredentialsMatcher
iniRealm.credentialsMatcher = $plainMatcher
[users]
lab={password}
[urls]
/** = noSessionCreation, authcBasic
"""


async def fuseki_open(site: Site) -> list[Server]:
    """One dataset in memory, open as it comes; and behind a plain proxy."""
    name = "fuseki-open"
    place = await jvm(site, name, "fuseki", "fuseki")
    process = await _fuseki(place)
    await place.until(process, "/$/ping")
    people = "".join(f'<urn:p{number}> <urn:mail> "{one["email"]}" .\n' for number, one in enumerate(records_of(name)))
    await place.plant("POST", "/customers/data", people.encode(), "text/turtle")
    told = await place.gives("/customers/data", CANARY)
    server = place.told(process, records=told.body.count(CANARY.encode()))
    return [server, await plain_proxy(site, server, name="fuseki-proxied-open", path="/customers/data")]


async def fuseki_protected(site: Site) -> list[Server]:
    """A login for everything."""
    place = await jvm(site, "fuseki-protected", "fuseki", "fuseki")
    (place.workdir / "base").mkdir()
    (place.workdir / "base" / "shiro.ini").write_text(SHIRO.format(password=PASSWORD), encoding="utf-8")
    process = await _fuseki(place)
    await place.until(process, "/$/ping", login=f"lab:{PASSWORD}")
    await place.refuses("/customers/data")
    return [place.told(process)]


async def _fuseki(place: Jvm) -> asyncio.subprocess.Process:
    words = ("--mem", "--update", "--localhost", f"--port={place.port}", "/customers")
    return await place.start(
        "org.apache.jena.fuseki.main.cmds.FusekiServerCmd", *words, env={"FUSEKI_BASE": f"{place.workdir}/base"}
    )


async def gremlin_open(site: Site) -> list[Server]:
    """Its HTTP interface with a graph of three vertices; and behind a plain proxy."""
    name = "gremlin-open"
    place = await jvm(site, name, "gremlin", "gremlin")
    process = await _gremlin(place, "")
    count = "/?gremlin=g.V().count()"
    await place.until_it_says(process, count, '"@value":3')
    await place.gives("/?gremlin=g.V().values('mail')", CANARY)
    server = place.told(process)
    return [server, await plain_proxy(site, server, name="gremlin-proxied-open", path=count)]


async def gremlin_protected(site: Site) -> list[Server]:
    """A login, which its own authenticator checks against a graph of users."""
    place = await jvm(site, "gremlin-protected", "gremlin", "gremlin")
    lock = "authentication: {authenticator: org.apache.tinkerpop.gremlin.server.auth.SimpleAuthenticator, "
    lock += "authenticationHandler: org.apache.tinkerpop.gremlin.server.handler.SaslAndHttpBasicAuthenticationHandler, "
    lock += "config: {credentialsDb: graph.properties}}\n"
    process = await _gremlin(place, lock)
    await place.until(process, "/?gremlin=1", 401)
    return [place.told(process)]


async def _gremlin(place: Jvm, lock: str) -> asyncio.subprocess.Process:
    (place.workdir / "graph.properties").write_text(
        "gremlin.graph=org.apache.tinkerpop.gremlin.tinkergraph.structure.TinkerGraph\n", encoding="utf-8"
    )
    people = "".join(f"graph.addVertex('mail', '{one['email']}');" for one in records_of(place.name))
    (place.workdir / "init.groovy").write_text(f"{people}\n[g: graph.traversal()]\n", encoding="utf-8")
    jsr = "org.apache.tinkerpop.gremlin"
    plugins = (
        f"{jsr}.server.jsr223.GremlinServerGremlinPlugin: {{}}, "
        f"{jsr}.tinkergraph.jsr223.TinkerGraphGremlinPlugin: {{}}, "
        f"{jsr}.jsr223.ScriptFileGremlinPlugin: {{files: [init.groovy]}}"
    )
    (place.workdir / "server.yaml").write_text(
        f"host: 127.0.0.1\nport: {place.port}\nchannelizer: {jsr}.server.channel.WsAndHttpChannelizer\n"
        f"graphs: {{graph: graph.properties}}\nscriptEngines: {{gremlin-groovy: {{plugins: {{{plugins}}}}}}}\n"
        f"serializers: [{{className: {jsr}.util.ser.GraphSONMessageSerializerV3}}]\n{lock}",
        encoding="utf-8",
    )
    return await place.start(f"{jsr}.server.GremlinServer", "server.yaml")


async def fhir_open(site: Site) -> list[Server]:
    """Three patients in memory; and behind a plain proxy."""
    place = await jvm(site, "fhir-open", "fhir", "fhir")
    process = await place.start(place.source("Fhir"), str(place.port))
    await place.until(process, "/fhir/metadata")
    await _plant_patients(place)
    await place.gives("/fhir/Patient", CANARY)
    server = place.told(process, records=3)
    return [server, await plain_proxy(site, server, name="fhir-proxied-open", path="/fhir/metadata")]


async def fhir_protected(site: Site) -> list[Server]:
    """A login for everything but what the server can do."""
    login = f"lab:{PASSWORD}"
    place = await jvm(site, "fhir-protected", "fhir", "fhir")
    process = await place.start(place.source("Fhir"), str(place.port), login)
    await place.until(process, "/fhir/metadata")
    await _plant_patients(place, login)
    await place.refuses("/fhir/Patient")
    return [place.told(process)]


async def _plant_patients(place: Jvm, login: str = "") -> None:
    for one in records_of(place.name):
        telecom = [{"system": "email", "value": one["email"]}]
        person = {"resourceType": "Patient", "name": [{"text": one["name"]}], "telecom": telecom}
        await place.plant("POST", "/fhir/Patient", json.dumps(person).encode(), "application/fhir+json", login)
