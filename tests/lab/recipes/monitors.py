"""Servers from Debian that tell what a network does, from Alertmanager to Orthanc."""

from __future__ import annotations

import asyncio
import json
import struct
from pathlib import Path

from lab.clients.web import Web
from lab.model import BCRYPT, CANARY, PASSWORD, NotHad, Server, records_of
from lab.recipes.asked import Place, Question, asserted, debian_version, guarded_api, place, put_in, waited
from lab.site import Site


async def alertmanager_open(site: Site) -> list[Server]:
    """As it comes; and behind a proxy that asks for a password for all but the front page."""
    server, question = await _alertmanager(site, "alertmanager-open")
    return [server, await guarded_api(site, server, name="alertmanager-guarded-api-protected", question=question)]


async def alertmanager_protected(site: Site) -> list[Server]:
    """A login."""
    return [(await _alertmanager(site, "alertmanager-protected"))[0]]


async def _alertmanager(site: Site, name: str) -> tuple[Server, Question]:
    await site.shelf.debian("alertmanager")
    where = place(site, name)
    (where.workdir / "config.yml").write_text("route: {receiver: lab}\nreceivers: [{name: lab}]\n", encoding="utf-8")
    options = ["--config.file=config.yml", "--cluster.listen-address=", f"--storage.path={where.workdir}/data"]
    process = await _exporter(site, where, "prometheus-alertmanager", options)
    alerts = [{"labels": {"alertname": f"Customer{n}", "of": one["email"]}} for n, one in enumerate(records_of(name))]
    await _told(where, "POST", "/api/v2/alerts", json.dumps(alerts).encode())
    version = await debian_version(site.shelf, "alertmanager")
    question = Question(path="/api/v2/alerts")
    server = await asserted(where, question, process, datastore="alertmanager", version=version, records=len(alerts))
    return server, question


async def pushgateway_open(site: Site) -> list[Server]:
    """As it comes; and behind a proxy that asks for a password for all but the front page."""
    server, question = await _pushgateway(site, "pushgateway-open")
    return [server, await guarded_api(site, server, name="pushgateway-guarded-api-protected", question=question)]


async def pushgateway_protected(site: Site) -> list[Server]:
    """A login."""
    return [(await _pushgateway(site, "pushgateway-protected"))[0]]


async def _pushgateway(site: Site, name: str) -> tuple[Server, Question]:
    await site.shelf.debian("pushgateway")
    where = place(site, name)
    process = await _exporter(site, where, "prometheus-pushgateway", [])
    for number in range(3):
        await _told(where, "PUT", f"/metrics/job/{CANARY}-{number}", b"customers 3\n")
    version = await debian_version(site.shelf, "pushgateway")
    question = Question(path="/metrics")
    return await asserted(where, question, process, datastore="pushgateway", version=version), question


async def _exporter(site: Site, where: Place, program: str, options: list[str]) -> asyncio.subprocess.Process:
    """One of the Prometheus family, which share the file that locks them."""
    (where.workdir / "web.yml").write_text(f'basic_auth_users: {{lab: "{BCRYPT}"}}\n', encoding="utf-8")
    lock = [] if where.is_open else ["--web.config.file=web.yml"]
    run: list[str | Path] = [f"/usr/bin/{program}", f"--web.listen-address=127.0.0.1:{where.port}", *options, *lock]
    process = await site.start(where.workdir, run)
    await waited(site, where, process)
    return process


async def _told(where: Place, method: str, path: str, body: bytes) -> None:
    """Plant something as the owner."""
    owner = Web(port=where.port, login="" if where.is_open else f"lab:{PASSWORD}")
    await put_in(owner, method, path, body)


async def haproxy_open(site: Site) -> list[Server]:
    """Its page of statistics, as the page itself asks for."""
    return [await _haproxy(site, "haproxy-open")]


async def haproxy_protected(site: Site) -> list[Server]:
    """A login for the page."""
    return [await _haproxy(site, "haproxy-protected")]


async def _haproxy(site: Site, name: str) -> Server:
    await site.shelf.debian("haproxy")
    where = place(site, name)
    lock = "" if where.is_open else f" stats auth lab:{PASSWORD}\n"
    (where.workdir / "haproxy.cfg").write_text(
        "defaults\n mode http\n retries 0\n timeout client 5s\n timeout server 5s\n timeout connect 5s\n"
        f"frontend pages\n bind 127.0.0.1:{where.port}\n stats enable\n stats uri /stats\n stats show-legends\n{lock}"
        f" default_backend {CANARY}\n"
        f"backend {CANARY}\n server one 127.0.0.1:{site.port()}\n server two 127.0.0.1:{site.port()}\n",
        encoding="utf-8",
    )
    process = await site.start(where.workdir, ["/usr/sbin/haproxy", "-db", "-f", where.workdir / "haproxy.cfg"])
    await waited(site, where, process)
    version = await debian_version(site.shelf, "haproxy")
    return await asserted(where, Question(path="/stats"), process, datastore="haproxy", version=version)


async def monit_open(site: Site) -> list[Server]:
    """Everybody of a network is allowed."""
    return [await _monit(site, "monit-open")]


async def monit_protected(site: Site) -> list[Server]:
    """A login."""
    return [await _monit(site, "monit-protected")]


async def _monit(site: Site, name: str) -> Server:
    await site.shelf.debian("monit")
    where = place(site, name)
    allowed = "127.0.0.1" if where.is_open else f"lab:{PASSWORD}"
    (where.workdir / "monitrc").write_text(
        f"set daemon 300\nset idfile {where.workdir}/id\nset statefile {where.workdir}/state\n"
        f"set httpd port {where.port} and use address 127.0.0.1\n allow {allowed}\n"
        f"check system {CANARY}\ncheck file customers with path {where.workdir}/monitrc\n",
        encoding="utf-8",
    )
    (where.workdir / "monitrc").chmod(0o600)
    run: list[str | Path] = ["/usr/bin/monit", "-I", "-c", where.workdir / "monitrc", "-p", where.workdir / "pid"]
    process = await site.start(where.workdir, run)
    await waited(site, where, process)
    version = await debian_version(site.shelf, "monit")
    return await asserted(where, Question(path="/"), process, datastore="monit", version=version)


async def transmission_open(site: Site) -> list[Server]:
    """Its remote control without a login, for every address."""
    return [await _transmission(site, "transmission-open")]


async def transmission_protected(site: Site) -> list[Server]:
    """A login."""
    return [await _transmission(site, "transmission-protected")]


async def _transmission(site: Site, name: str) -> Server:
    await site.shelf.debian("transmission")
    where = place(site, name)
    lock = ["--no-auth"] if where.is_open else ["--auth", "-u", "lab", "-v", PASSWORD]
    quiet = ["--no-dht", "--no-lpd", "--no-utp", "--no-portmap", "-P", str(site.port()), "-i", "127.0.0.1", "-a", "*"]
    run = ["/usr/bin/transmission-daemon", "-f", "-g", "data", "-r", "127.0.0.1", "-p", str(where.port)]
    process = await site.start(where.workdir, [*run, *lock, *quiet])
    await waited(site, where, process)
    version = await debian_version(site.shelf, "transmission")
    page = Question(path="/transmission/web/", shows="Transmission Web Interface")
    server = await asserted(where, page, process, datastore="transmission", version=version)
    control = await asyncio.to_thread(Web(port=where.port).ask, "GET", "/transmission/rpc")
    if control.status != (409 if where.is_open else 401):
        raise NotHad(f"{name} answered a stranger's question for its remote control with {control.status}")
    return server


async def orthanc_open(site: Site) -> list[Server]:
    """For every address, and without a login."""
    return [await _orthanc(site, "orthanc-open")]


async def orthanc_protected(site: Site) -> list[Server]:
    """For every address, with a login."""
    return [await _orthanc(site, "orthanc-protected")]


async def _orthanc(site: Site, name: str) -> Server:
    await site.shelf.debian("orthanc")
    where = place(site, name)
    settings = {
        "Name": "lab",
        "StorageDirectory": str(where.workdir / "data"),
        "IndexDirectory": str(where.workdir / "data"),
        "HttpPort": where.port,
        "DicomServerEnabled": False,
        "RemoteAccessAllowed": True,
        "AuthenticationEnabled": not where.is_open,
        "RegisteredUsers": {"lab": PASSWORD},
        "Plugins": [],
    }
    (where.workdir / "orthanc.json").write_text(json.dumps(settings), encoding="utf-8")
    process = await site.start(where.workdir, ["/usr/sbin/Orthanc", where.workdir / "orthanc.json"])
    await waited(site, where, process)
    people = records_of(name)
    for number, one in enumerate(people, 1):
        await _told(where, "POST", "/instances", dicom_file(number, one["email"]))
    version = await debian_version(site.shelf, "orthanc")
    patients = Question(path="/patients?expand")
    return await asserted(where, patients, process, datastore="orthanc", version=version, records=len(people))


def dicom_file(number: int, patient: str) -> bytes:
    """The smallest object that a PACS takes, of an invented patient."""
    kind, unique = "1.2.840.10008.5.1.4.1.1.7", f"1.2.3.{number}"
    meta = _element(2, 0x10, b"UI", "1.2.840.10008.1.2.1") + _element(2, 2, b"UI", kind) + _element(2, 3, b"UI", unique)
    body = _element(8, 0x16, b"UI", kind) + _element(8, 0x18, b"UI", unique) + _element(8, 0x60, b"CS", "OT")
    body += _element(0x10, 0x10, b"PN", patient) + _element(0x10, 0x20, b"LO", f"P{number}")
    body += _element(0x20, 0xD, b"UI", f"1.2.4.{number}") + _element(0x20, 0xE, b"UI", f"1.2.5.{number}")
    length = struct.pack("<HH2sHI", 2, 0, b"UL", 4, len(meta))
    return bytes(128) + b"DICM" + length + meta + body


def _element(group: int, number: int, kind: bytes, value: str) -> bytes:
    """An element with an explicit kind, of even length."""
    text = value.encode()
    text += (b"\0" if kind == b"UI" else b" ") if len(text) % 2 else b""
    return struct.pack("<HH2sH", group, number, kind, len(text)) + text
