"""Mosquitto and NATS, from Debian."""

from __future__ import annotations

import asyncio
import json

from lab.clients.lines import accepts
from lab.clients.nats import Nats
from lab.clients.web import Web
from lab.model import CANARY, PASSWORD, NotAsNamed, NotHad, Server, records_of
from lab.site import Site

STREAM = "ORDERS"
_HEARTBEAT = """
topic=$1; shift; message=$1; shift; longer=$message
while sleep 2; do
  mosquitto_pub "$@" -r -t "$topic" -m "$longer"
  longer=${longer}.; [ ${#longer} -lt 60 ] || longer=$message
done
"""
"""Mosquitto's counters expire after a minute unless they change, so a broker without traffic says nothing of itself.
Real brokers have traffic; in this one a retained message changes its length every two seconds."""


async def mosquitto_open(site: Site) -> list[Server]:
    """Anybody may subscribe; there are retained messages."""
    return [await _mosquitto(site, "mosquitto-open", password="")]


async def mosquitto_protected(site: Site) -> list[Server]:
    """A file of logins."""
    return [await _mosquitto(site, "mosquitto-protected", password=PASSWORD)]


async def _mosquitto(site: Site, name: str, *, password: str) -> Server:
    await site.shelf.debian("mosquitto", "mosquitto-clients")
    workdir, port = site.workdir(name), site.port()
    lock = "allow_anonymous true\n"
    if password:
        (workdir / "logins").write_text(f"lab:{password}\n", encoding="utf-8")
        await site.run(workdir, ["mosquitto_passwd", "-U", workdir / "logins"])
        lock = f"allow_anonymous false\npassword_file {workdir}/logins\n"
    # Counters are published every second and not every ten.
    (workdir / "mosquitto.conf").write_text(f"listener {port} 127.0.0.1\nsys_interval 1\n{lock}", encoding="utf-8")
    process = await site.start(workdir, ["mosquitto", "-c", workdir / "mosquitto.conf"])
    await site.until(process, workdir, lambda: accepts(port))
    where = ["-h", "127.0.0.1", "-p", str(port)]
    login = ["-u", "lab", "-P", password] if password else []
    for one in records_of(name):
        # Topics are counted and never kept, so they carry the canary as the messages do.
        message = ["-r", "-t", f"customers/{one['email']}", "-m", json.dumps(one)]
        await site.run(workdir, ["mosquitto_pub", *where, *login, *message])
    said = await site.ask(workdir, ["mosquitto_sub", *where, "-t", "#", "-C", str(len(records_of(name))), "-W", "5"])
    if (said.text.count(CANARY) > 0) == bool(password) or (password and "not authorised" not in said.text):
        raise NotAsNamed(f"{name} answered a stranger's subscription with {said.text[:60]}")
    if not password:
        await site.start(workdir, ["sh", "-c", _HEARTBEAT, "heartbeat", f"customers/{CANARY}", CANARY, *where])
    version = await site.ask(
        workdir, ["mosquitto_sub", *where, *login, "-t", "$SYS/broker/version", "-C", "1", "-W", "5"]
    )
    return Server(
        name=name,
        datastore="mqtt",
        form="protected" if password else "open",
        version=version.text.strip().rpartition(" ")[2],
        port=port,
        pid=process.pid,
    )


async def nats_open(site: Site) -> list[Server]:
    """No login, with a stream that keeps messages, and the monitoring page beside it."""
    monitoring = site.port()
    server = await _nats(site, "nats-open", ["-m", str(monitoring)], password="")
    seen = await asyncio.to_thread(Web(port=monitoring).ask, "GET", "/jsz?streams=1")
    if seen.status != 200 or seen.json()["messages"] != len(records_of(server.name)):
        raise NotAsNamed("the monitoring page does not count what the streams keep")
    page = Server(
        name="nats-monitoring-open",
        datastore="nats",
        form="open",
        version=server.version,
        transport="http",
        port=monitoring,
        records=len(records_of(server.name)),
        pid=server.pid,
    )
    return [server, page]


async def nats_protected(site: Site) -> list[Server]:
    """One user, with a password."""
    return [await _nats(site, "nats-protected", ["--user", "lab", "--pass", PASSWORD], password=PASSWORD)]


async def _nats(site: Site, name: str, options: list[str], *, password: str) -> Server:
    await site.shelf.debian("nats")
    workdir, port = site.workdir(name), site.port()
    where = ["-a", "127.0.0.1", "-p", str(port)]
    process = await site.start(workdir, ["nats-server", *where, "-js", "-sd", workdir / "data", *options])
    owner, stranger = Nats(port=port, password=password), Nats(port=port)
    await site.until(process, workdir, lambda: owner.greet() == "PONG")
    await asyncio.to_thread(_fill_stream, owner, name)
    answer = await asyncio.to_thread(stranger.greet)
    if not answer.startswith("-ERR 'Authorization" if password else "PONG"):
        raise NotAsNamed(f"{name} answered a stranger's ping with {answer[:40]}")
    stated = await site.ask(workdir, ["nats-server", "--version"])
    return Server(
        name=name,
        datastore="nats",
        form="protected" if password else "open",
        version=stated.text.strip().rpartition(" v")[2],
        port=port,
        pid=process.pid,
    )


def _fill_stream(owner: Nats, name: str) -> None:
    made = owner.request(
        f"$JS.API.STREAM.CREATE.{STREAM}", {"name": STREAM, "subjects": ["orders.*"], "storage": "file"}
    )
    if "error" in made:
        raise NotHad(f"{name} made no stream: {made['error']}")
    for number, one in enumerate(records_of(name)):
        owner.request(f"orders.{CANARY}-{number}", one)
    if owner.request(f"$JS.API.STREAM.INFO.{STREAM}", {})["state"]["messages"] != len(records_of(name)):
        raise NotHad(f"{name} did not keep its messages")
