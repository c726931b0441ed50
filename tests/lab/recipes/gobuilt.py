"""Programs of Go that are small: Caddy's administration, VictoriaLogs and MailHog."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

from lab.clients.web import Web
from lab.model import BCRYPT, CANARY, NotHad, Server, records_of
from lab.recipes.asked import Question, guarded_api, place, served, waited
from lab.recipes.boards import send_mails
from lab.site import Site

FIELDS = "/select/logsql/field_names?query=*"


async def caddy_open(site: Site) -> list[Server]:
    """Its administration, reachable as a container's often is."""
    return [await _caddy(site, "caddy-admin-open")]


async def caddy_protected(site: Site) -> list[Server]:
    """Only callers that name a host that cannot be guessed."""
    return [await _caddy(site, "caddy-admin-protected")]


async def _caddy(site: Site, name: str) -> Server:
    program = await site.shelf.go("caddy")
    where, shop = place(site, name), site.port()
    lock = {} if where.is_open else {"enforce_origin": True, "origins": ["admin.shop.example"]}
    answer = {"handle": [{"handler": "static_response", "body": CANARY}]}
    http = {"servers": {"shop": {"listen": [f"127.0.0.1:{shop}"], "routes": [answer]}}}
    # Bound to one address it answers callers alone that name this address; the open ones are bound to all of them.
    listen = "0.0.0.0:2019" if where.is_open else f"127.0.0.1:{where.port}"
    config = {"admin": {"listen": listen, **lock}, "apps": {"http": http}}
    (where.workdir / "caddy.json").write_text(json.dumps(config), encoding="utf-8")
    inner = {where.port: 2019} if where.is_open else None
    process = await site.start(where.workdir, [program, "run", "--config", where.workdir / "caddy.json"], inner=inner)
    return await served(site, where, Question(path="/config/", refused=403), process, datastore="caddy", pin="caddy")


async def victorialogs_open(site: Site) -> list[Server]:
    """As it comes; and behind a proxy that asks for a password for all but the front page."""
    program = await site.shelf.go("victorialogs")
    where = place(site, "victorialogs-open")
    options = [f"-httpListenAddr=127.0.0.1:{where.port}", f"-storageDataPath={where.workdir}/data"]
    process = await site.start(where.workdir, [program, *options])
    await waited(site, where, process)
    rows = records_of(where.name)
    now = str(time.time_ns() // 1_000_000)
    lines = [{"_time": now, "_msg": one["email"], "shop": "one", one["name"]: "1"} for one in rows]
    body = "\n".join(map(json.dumps, lines)).encode()
    web = Web(port=where.port)
    said = await asyncio.to_thread(web.ask, "POST", "/insert/jsonline?_stream_fields=shop", body)
    if said.status != 200:
        raise NotHad(f"{where.name} answered lines with {said.status}")
    await site.until(process, where.workdir, lambda: b"Invented Person 3" in web.ask("GET", FIELDS).body)
    fields = Question(path=FIELDS, shows="Invented Person 3")
    server = await served(site, where, fields, process, datastore="victorialogs", pin="victorialogs", records=len(rows))
    return [server, await guarded_api(site, server, name="victorialogs-guarded-api-protected", question=fields)]


async def mailhog_open(site: Site) -> list[Server]:
    """As it comes."""
    return [await _mailhog(site, "mailhog-open")]


async def mailhog_protected(site: Site) -> list[Server]:
    """A file of logins."""
    return [await _mailhog(site, "mailhog-protected")]


async def _mailhog(site: Site, name: str) -> Server:
    program = await site.shelf.go("mailhog")
    where, smtp = place(site, name), site.port()
    (where.workdir / "logins").write_text(f"lab:{BCRYPT}\n", encoding="utf-8")
    lock: list[str | Path] = [] if where.is_open else ["-auth-file", where.workdir / "logins"]
    web, mail = f"127.0.0.1:{where.port}", f"127.0.0.1:{smtp}"
    options = ["-api-bind-addr", web, "-ui-bind-addr", web, "-smtp-bind-addr", mail]
    process = await site.start(where.workdir, [program, *options, *lock])
    await waited(site, where, process)
    await asyncio.to_thread(send_mails, smtp, name)
    mails = Question(path="/api/v2/messages")
    return await served(site, where, mails, process, datastore="mailhog", pin="mailhog", records=len(records_of(name)))
