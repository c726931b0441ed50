"""InfluxDB 1 and Prometheus, from Debian."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from urllib.parse import quote, urlencode

from lab.clients.web import Answer, Web
from lab.model import BCRYPT, CANARY, PASSWORD, NotAsNamed, NotHad, Server, records_of
from lab.site import Site

DATABASE = "shop"


async def influxdb_open(site: Site) -> list[Server]:
    """No authentication."""
    return [await _influxdb(site, "influxdb-open", password="")]


async def influxdb_protected(site: Site) -> list[Server]:
    """Authentication, and one user."""
    return [await _influxdb(site, "influxdb-protected", password=PASSWORD)]


async def _influxdb(site: Site, name: str, *, password: str) -> Server:
    await site.shelf.debian("influxdb")
    workdir, port = site.workdir(name), site.port()
    (workdir / "influxdb.conf").write_text(
        f'reporting-disabled = true\nbind-address = "127.0.0.1:{site.port()}"\n'
        f'[meta]\ndir = "{workdir}/meta"\n[data]\ndir = "{workdir}/data"\nwal-dir = "{workdir}/wal"\n'
        f"[monitor]\nstore-enabled = false\n"
        f'[http]\nbind-address = "127.0.0.1:{port}"\nauth-enabled = {"true" if password else "false"}\n',
        encoding="utf-8",
    )
    process = await site.start(workdir, ["influxd", "-config", workdir / "influxdb.conf"])
    stranger, owner = Web(port=port), Web(port=port, login=f"lab:{password}" if password else "")
    await site.until(process, workdir, lambda: stranger.ask("GET", "/ping").status == 204)
    if password:
        # Until there is a first user, anybody may make it.
        await asyncio.to_thread(
            _influx_query, stranger, f"CREATE USER lab WITH PASSWORD '{password}' WITH ALL PRIVILEGES"
        )
    await asyncio.to_thread(_plant_points, owner, name)
    answer = await asyncio.to_thread(stranger.ask, "GET", "/query?q=SHOW%20DATABASES")
    if answer.status != (401 if password else 200):
        raise NotAsNamed(f"{name} answered a stranger's SHOW DATABASES with {answer.status}")
    return Server(
        name=name,
        datastore="influxdb",
        form="protected" if password else "open",
        version=answer.headers["X-Influxdb-Version"].partition("~")[0],
        transport="http",
        port=port,
        pid=process.pid,
    )


def _influx_query(web: Web, query: str) -> Answer:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return web.ask("POST", "/query", urlencode({"q": query}).encode(), form)


def _plant_points(owner: Web, name: str) -> None:
    """The records' texts are values of fields and of tags, which a scanner may count and never name."""
    lines = [f"customers,email={one['email']} phone={json.dumps(one['phone'])}" for one in records_of(name)]
    answers = [
        _influx_query(owner, f"CREATE DATABASE {DATABASE}"),
        owner.ask("POST", f"/write?db={DATABASE}", "\n".join(lines).encode()),
    ]
    if refused := [answer.status for answer in answers if answer.status >= 300]:
        raise NotHad(f"{name} refused its points: {refused}")


async def prometheus_open(site: Site) -> list[Server]:
    """As it comes."""
    return [await _prometheus(site, "prometheus-open", password="")]


async def prometheus_protected(site: Site) -> list[Server]:
    """A password for everything."""
    return [await _prometheus(site, "prometheus-protected", password=PASSWORD)]


async def _prometheus(site: Site, name: str, *, password: str) -> Server:
    await site.shelf.debian("prometheus")
    workdir, port = site.workdir(name), site.port()
    (workdir / "prometheus.yml").write_text(_scrapes(name, port, password), encoding="utf-8")
    options = [f"--storage.tsdb.path={workdir / 'data'}", f"--web.listen-address=127.0.0.1:{port}"]
    process = await site.start(
        workdir, ["prometheus", f"--config.file={workdir / 'prometheus.yml'}", *options, *_web_lock(workdir, password)]
    )
    owner, stranger = Web(port=port, login=f"lab:{password}" if password else ""), Web(port=port)
    # Its records are what it has scraped, from itself.
    await site.until(process, workdir, lambda: _up(owner) == len(records_of(name)))
    answer = await asyncio.to_thread(stranger.ask, "GET", "/api/v1/status/config")
    if answer.status != (401 if password else 200) or (CANARY.encode() in answer.body) == bool(password):
        raise NotAsNamed(f"{name} answered a stranger's question for its configuration with {answer.status}")
    stated = (await asyncio.to_thread(owner.ask, "GET", "/api/v1/status/buildinfo")).json()
    return Server(
        name=name,
        datastore="prometheus",
        form="protected" if password else "open",
        version=stated["data"]["version"].partition("+")[0],
        transport="http",
        port=port,
        pid=process.pid,
    )


def _scrapes(name: str, port: int, password: str) -> str:
    """One target a record; every document of JSON is one of YAML."""
    targets = [{"targets": [f"127.0.0.1:{port}"], "labels": {"person": one["email"]}} for one in records_of(name)]
    login = {"basic_auth": {"username": "lab", "password": password}} if password else {}
    return json.dumps(
        {
            "global": {"scrape_interval": "1s"},
            "scrape_configs": [{"job_name": "lab", "static_configs": targets, **login}],
        }
    )


def _web_lock(workdir: Path, password: str) -> list[str]:
    if not password:
        return []
    (workdir / "web.yml").write_text(json.dumps({"basic_auth_users": {"lab": BCRYPT}}), encoding="utf-8")
    return [f"--web.config.file={workdir / 'web.yml'}"]


def _up(owner: Web) -> int:
    """How many targets it has reached."""
    answer = owner.ask("GET", f"/api/v1/query?query={quote('sum(up)')}").json()
    found = answer["data"]["result"]
    return int(found[0]["value"][1]) if found else 0
