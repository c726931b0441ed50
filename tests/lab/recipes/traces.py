"""Jaeger, built from its Go module. It has no login of its own."""

from __future__ import annotations

import asyncio
import json

from lab.clients.web import Web
from lab.fetch import PINS
from lab.model import CANARY, NotAsNamed, NotHad, Server
from lab.recipes.databases import copy_program
from lab.recipes.front import nginx_front
from lab.recipes.odd_fronts import plain_proxy
from lab.site import Site

SERVICES = ("orders", "customers")
LISTED = "/api/services"


async def jaeger(site: Site) -> list[Server]:
    """As it comes; behind a plain proxy; and behind one that asks for a password."""
    name = "jaeger-open"
    kept = await site.shelf.go("jaeger")
    workdir, port, otlp = site.workdir(name), site.port(), site.port()
    program = await asyncio.to_thread(copy_program, kept, workdir)
    listens = {
        "query.http-server.host-port": port,
        "collector.otlp.http.host-port": otlp,
        "query.grpc-server.host-port": site.port(),
        "collector.otlp.grpc.host-port": site.port(),
        "collector.http-server.host-port": site.port(),
        "collector.grpc-server.host-port": site.port(),
        "admin.http.host-port": site.port(),
    }
    words = (f"--{word}=127.0.0.1:{each}" for word, each in listens.items())
    # It sends traces of itself otherwise.
    process = await site.start(workdir, [program, *words], env={"OTEL_TRACES_SAMPLER": "always_off"})
    web = Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", LISTED).status == 200)
    await asyncio.to_thread(_send_spans, Web(port=otlp))
    await site.until(process, workdir, lambda: set(web.ask("GET", LISTED).json()["data"] or ()) == set(SERVICES))
    traces = await asyncio.to_thread(web.ask, "GET", f"/api/traces?service={SERVICES[0]}&start=0&end=4000000000000000")
    if CANARY.encode() not in traces.body:
        raise NotAsNamed(f"{name} answered a stranger's question for traces with {traces.status}")
    server = Server(
        name=name,
        datastore="jaeger",
        form="open",
        version=PINS["jaeger"]["version"],
        transport="http",
        port=port,
        pid=process.pid,
    )
    return [
        server,
        await plain_proxy(site, server, name="jaeger-proxied-open", path=LISTED),
        await nginx_front(site, server, name="jaeger-protected", path=LISTED),
    ]


def _send_spans(collector: Web) -> None:
    for number, service in enumerate(SERVICES, 1):
        span = {
            "traceId": f"{number:032x}",
            "spanId": f"{number:016x}",
            "name": "GET /",
            "startTimeUnixNano": "1700000000000000000",
            "endTimeUnixNano": "1700000001000000000",
            "attributes": [{"key": "token", "value": {"stringValue": CANARY}}],
        }
        resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
        body = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]}
        if (status := collector.ask("POST", "/v1/traces", json.dumps(body).encode()).status) != 200:
            raise NotHad(f"the collector answered its spans with {status}")
