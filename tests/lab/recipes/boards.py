"""Pages of npm: Redis Commander, MailDev, Node-RED."""

from __future__ import annotations

import asyncio
import json
import smtplib
from pathlib import Path

from lab.clients.web import Web
from lab.model import BCRYPT, CANARY, PASSWORD, Server, records_of
from lab.recipes.asked import Place, Question, place, served, waited
from lab.recipes.keyvalue import redis_open_at
from lab.site import Site
from lab.trees import modules


async def redis_commander_open(site: Site) -> list[Server]:
    """As it comes, in front of a Redis."""
    return [await _redis_commander(site, "redis-commander-open")]


async def redis_commander_protected(site: Site) -> list[Server]:
    """A login."""
    return [await _redis_commander(site, "redis-commander-protected")]


async def _redis_commander(site: Site, name: str) -> Server:
    where = place(site, name)
    tree = await modules(site.shelf, "redis-commander", where.workdir)
    behind = await redis_open_at(site, f"{name}-behind")
    emails = [one["email"] for one in records_of(name)]
    for number, email in enumerate(emails):
        await site.run(where.workdir, ["/usr/bin/redis-cli", "-p", str(behind), "set", f"customer:{number}", email])
    lock = [] if where.is_open else ["--http-auth-username", "lab", "--http-auth-password", PASSWORD]
    run: list[str | Path] = ["node", tree / "node_modules" / "redis-commander" / "bin" / "redis-commander.js"]
    options = ["--address", "127.0.0.1", "--port", str(where.port), "--redis-host", "127.0.0.1", "--noload", "--nosave"]
    process = await site.start(where.workdir, [*run, *options, "--redis-port", str(behind), *lock])
    await waited(site, where, process)
    value = Question(path=f"/apiv2/key/R:127.0.0.1:{behind}:0/customer:0")
    return await served(
        site, where, value, process, datastore="redis_commander", pin="redis-commander", records=len(emails)
    )


async def maildev_open(site: Site) -> list[Server]:
    """As it comes."""
    return [await _maildev(site, "maildev-open")]


async def maildev_protected(site: Site) -> list[Server]:
    """A login."""
    return [await _maildev(site, "maildev-protected")]


async def _maildev(site: Site, name: str) -> Server:
    where, smtp = place(site, name), site.port()
    tree = await modules(site.shelf, "maildev", where.workdir)
    lock: list[str | Path] = [] if where.is_open else ["--web-user", "lab", "--web-pass", PASSWORD]
    lock += ["--mail-directory", where.workdir / "mails"]
    options = ["--web", str(where.port), "--smtp", str(smtp), "--ip", "127.0.0.1", "--web-ip", "127.0.0.1"]
    process = await site.start(where.workdir, ["node", tree / "node_modules" / ".bin" / "maildev", *options, *lock])
    await waited(site, where, process)
    await asyncio.to_thread(send_mails, smtp, name)
    mails = Question(path="/api/email")
    return await served(site, where, mails, process, datastore="maildev", pin="maildev", records=3)


def send_mails(port: int, name: str) -> None:
    """Three of them, to a server that catches what is sent through it."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        for one in records_of(name):
            body = f"From: shop@example.org\r\nTo: {one['email']}\r\nSubject: {one['email']}\r\n\r\n{one['phone']}\r\n"
            client.sendmail("shop@example.org", [one["email"]], body)


async def node_red_open(site: Site) -> list[Server]:
    """As it comes."""
    return [await _node_red(site, "node-red-open")]


async def node_red_protected(site: Site) -> list[Server]:
    """A login for the editor."""
    return [await _node_red(site, "node-red-protected")]


async def _node_red(site: Site, name: str) -> Server:
    where = place(site, name)
    tree = await modules(site.shelf, "node-red", where.workdir)
    _lay_flows(where)
    user = {"username": "lab", "password": BCRYPT, "permissions": "*"}
    lock = {} if where.is_open else {"adminAuth": {"type": "credentials", "users": [user]}}
    settings = {
        "uiPort": where.port,
        "uiHost": "127.0.0.1",
        "flowFile": "flows.json",
        "userDir": str(where.workdir),
        **lock,
    }
    (where.workdir / "settings.js").write_text(f"module.exports = {json.dumps(settings)};\n", encoding="utf-8")
    run: list[str | Path] = ["node", tree / "node_modules" / "node-red" / "red.js", "-u", where.workdir]
    process = await site.start(where.workdir, [*run, "-s", where.workdir / "settings.js"])
    await site.until(process, where.workdir, lambda: _has_flows(where))
    flows = Question(path="/flows")
    return await served(site, where, flows, process, datastore="node_red", pin="node-red")


def _has_flows(where: Place) -> bool:
    """Its editor answers before the flows are read."""
    said = Web(port=where.port).ask("GET", "/flows")
    return said.status == 401 or CANARY.encode() in said.body


def _lay_flows(where: Place) -> None:
    nodes = [{"id": f"a{n}", "type": "comment", "z": "tab", "name": f"{CANARY}-{n}", "x": 9, "y": 9} for n in range(3)]
    flows = [{"id": "tab", "type": "tab", "label": "customers"}, *nodes]
    (where.workdir / "flows.json").write_text(json.dumps(flows), encoding="utf-8")
