"""Programs that people start for themselves: Mercurial, Syncthing, Adminer and Mailpit."""

from __future__ import annotations

import asyncio
import smtplib
from dataclasses import asdict
from email.message import EmailMessage
from pathlib import Path

from lab.clients.web import Web
from lab.fetch import PINS
from lab.model import BCRYPT, CANARY, PASSWORD, NotAsNamed, Server, records_of
from lab.recipes.databases import copy_program
from lab.recipes.odd_fronts import plain_proxy
from lab.recipes.tables import start_mariadb
from lab.site import Site

REPOSITORIES = ("customers", "shop")
HEADS = "/customers?cmd=heads"
ADMINER = Path("/usr/share/adminer/adminer.php")


async def mercurial_open(site: Site) -> list[Server]:
    """Two repositories; behind a plain proxy; and below a path, with the front page of another program."""
    name = "mercurial-open"
    server = await _hgweb(site, name)
    low = await _hgweb(site, "mercurial-below-open", prefix="/code")
    return [server, await plain_proxy(site, server, name="mercurial-proxied-open", path=HEADS), low]


async def mercurial_protected(site: Site) -> list[Server]:
    """Nobody without a name may read."""
    return [await _hgweb(site, "mercurial-protected", rule="deny_read = *")]


async def _hgweb(site: Site, name: str, *, prefix: str = "", rule: str = "") -> Server:
    await site.shelf.debian("mercurial")
    workdir, port = site.workdir(name), site.port()
    plain = {"HGRCPATH": "", "HGUSER": "lab"}
    for repository in REPOSITORIES:
        place = workdir / repository
        place.mkdir()
        rows = "".join(f"{one['name']},{one['email']}\n" for one in records_of(name))
        (place / "customers.csv").write_text(rows, encoding="utf-8")
        await site.run(workdir, ["hg", "init", place], env=plain)
        await site.run(
            workdir, ["hg", "--cwd", place, "commit", "--addremove", "--message", f"{CANARY} first"], env=plain
        )
    (workdir / "web.conf").write_text(
        f"[paths]\n/ = {workdir}/*\n[web]\nallow_archive = gz\n{rule}\n", encoding="utf-8"
    )
    serve: list[str | Path] = ["hg", "serve", "-a", "127.0.0.1", "-p", str(port), "--webdir-conf", workdir / "web.conf"]
    process = await site.start(workdir, [*serve, *(["--prefix", prefix] if prefix else [])], env=plain)
    web = Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", f"{prefix}/").status > 0)
    file = await asyncio.to_thread(web.ask, "GET", f"{prefix}/customers/raw-file/tip/customers.csv")
    if (CANARY.encode() in file.body) is bool(rule):
        raise NotAsNamed(f"{name} answered a stranger's question for a file with {file.status}")
    version = (await site.ask(workdir, ["hg", "version", "--template", "{ver}"], env=plain)).text
    named = _server(name, "mercurial", version, port, process, is_open=not rule)
    return Server(**{**asdict(named), "path": f"{prefix}/"}) if prefix else named


async def syncthing_open(site: Site) -> list[Server]:
    """No password for its page; and behind a plain proxy."""
    server = await _syncthing(site, "syncthing-open", password="")
    return [server, await plain_proxy(site, server, name="syncthing-proxied-open", path="/")]


async def syncthing_protected(site: Site) -> list[Server]:
    """A password."""
    return [await _syncthing(site, "syncthing-protected", password=BCRYPT)]


async def _syncthing(site: Site, name: str, *, password: str) -> Server:
    await site.shelf.debian("syncthing")
    workdir, port, sync = site.workdir(name), site.port(), site.port()
    home = [f"--home={workdir / 'home'}"]
    await site.run(workdir, ["syncthing", "generate", *home, "--no-default-folder"])
    settings = workdir / "home" / "config.xml"
    settings.write_text(
        _syncthing_config(settings.read_text(encoding="utf-8"), workdir, sync, password), encoding="utf-8"
    )
    gui = [f"--gui-address=127.0.0.1:{port}", "--no-browser", "--no-restart", "--no-upgrade"]
    process = await site.start(workdir, ["syncthing", "serve", *home, *gui], env={"STNOUPGRADE": "1"})
    web = Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", "/").status in {200, 401})
    # As its page does: the token comes in a cookie and goes back in a header.
    cookie = (await asyncio.to_thread(web.ask, "GET", "/")).headers.get("Set-Cookie", "").partition(";")[0]
    token, _, value = cookie.partition("=")
    sent = {f"X-{token}": value, "Cookie": cookie} if cookie else {}
    told = await asyncio.to_thread(web.ask, "GET", "/rest/system/config", None, sent)
    if (CANARY.encode() in told.body) is bool(password):
        raise NotAsNamed(f"{name} answered a stranger's question for its folders with {told.status}")
    version = (await site.ask(workdir, ["syncthing", "--version"])).text.split()[1].removeprefix("v")
    return _server(name, "syncthing", version, port, process, is_open=not password)


def _syncthing_config(text: str, workdir: Path, port: int, password: str) -> str:
    """One folder whose name is a canary, and nothing that leaves this machine."""
    for word in (
        "globalAnnounceEnabled",
        "localAnnounceEnabled",
        "relaysEnabled",
        "natEnabled",
        "crashReportingEnabled",
    ):
        text = text.replace(f"<{word}>true", f"<{word}>false")
    text = text.replace("<listenAddress>default", f"<listenAddress>tcp://127.0.0.1:{port}")
    folder = f'<folder id="{CANARY}" label="{CANARY}" path="{workdir / "shared"}" type="sendreceive"/>'
    login = f"<user>lab</user><password>{password}</password>" if password else ""
    return text.replace("<gui ", f"{folder}<gui ", 1).replace("</gui>", f"{login}</gui>", 1)


async def adminer_open(site: Site) -> list[Server]:
    """Everybody is logged in as root of a MariaDB; and behind a plain proxy."""
    server = await _adminer(site, "adminer-open", is_open=True)
    return [server, await plain_proxy(site, server, name="adminer-proxied-open", path="/")]


async def adminer_protected(site: Site) -> list[Server]:
    """As it comes: a form asks for a name and a password."""
    return [await _adminer(site, "adminer-protected", is_open=False)]


async def _adminer(site: Site, name: str, *, is_open: bool) -> Server:
    await site.shelf.debian("adminer", "php", "php-mysql")
    workdir, port = site.workdir(name), site.port()
    _, database, _ = await start_mariadb(site, f"{name}-database", password="")
    (workdir / "www").mkdir()
    (workdir / "www" / "index.php").write_text(_adminer_page(database, is_open=is_open), encoding="utf-8")
    serve: list[str | Path] = [
        "php",
        "-d",
        f"session.save_path={workdir}",
        "-S",
        f"127.0.0.1:{port}",
        "-t",
        workdir / "www",
    ]
    process = await site.start(workdir, serve)
    web = Web(port=port)
    await site.until(process, workdir, lambda: b"Adminer" in web.ask("GET", "/").body)
    rows = await asyncio.to_thread(web.ask, "GET", "/?select=customers")
    if (CANARY.encode() in rows.body) is not is_open:
        raise NotAsNamed(f"{name} answered a stranger's question for rows with {rows.status}")
    stated = await site.ask(workdir, ["dpkg-query", "-W", "-f=${Version}", "adminer"])
    return _server(name, "adminer", stated.text.partition("-")[0], port, process, is_open=is_open)


def _adminer_page(database: int, *, is_open: bool) -> str:
    """What people put around it so that nobody has to log in."""
    given = f"'server' => '127.0.0.1:{database}', 'username' => 'root', 'db' => 'shop'"
    wrapper = (
        f"$_GET += [{given}];\nfunction adminer_object() {{\n"
        f"set_password('server', '127.0.0.1:{database}', 'root', '');\nreturn new class extends Adminer {{\n"
        f"function credentials() {{ return ['127.0.0.1:{database}', 'root', '']; }}\n"
        "function login($name, $password) { return true; }\n}; }\n"
    )
    return f"<?php\n{wrapper if is_open else ''}include '{ADMINER}';\n"


async def mailpit_open(site: Site) -> list[Server]:
    """As it comes; and behind a plain proxy."""
    server = await _mailpit(site, "mailpit-open", password="")
    return [server, await plain_proxy(site, server, name="mailpit-proxied-open", path="/api/v1/info")]


async def mailpit_protected(site: Site) -> list[Server]:
    """A password for its page and its interface."""
    return [await _mailpit(site, "mailpit-protected", password=PASSWORD)]


async def _mailpit(site: Site, name: str, *, password: str) -> Server:
    kept = await site.shelf.go("mailpit")
    workdir, port, smtp = site.workdir(name), site.port(), site.port()
    program = await asyncio.to_thread(copy_program, kept, workdir)
    (workdir / "users").write_text(f"lab:{BCRYPT}\n", encoding="utf-8")
    lock = ["--ui-auth-file", str(workdir / "users")] if password else []
    ports = ["--listen", f"127.0.0.1:{port}", "--smtp", f"127.0.0.1:{smtp}"]
    kept_in = ["--database", str(workdir / "mail.db"), "--disable-version-check"]
    process = await site.start(workdir, [program, *ports, *kept_in, *lock])
    owner, stranger = Web(port=port, login=f"lab:{password}" if password else ""), Web(port=port)
    await site.until(process, workdir, lambda: owner.ask("GET", "/api/v1/info").status == 200)
    await asyncio.to_thread(_send, smtp, name)
    await site.until(process, workdir, lambda: owner.ask("GET", "/api/v1/info").json()["Messages"] == 3)
    listed = await asyncio.to_thread(stranger.ask, "GET", "/api/v1/messages")
    if (CANARY.encode() in listed.body) is bool(password):
        raise NotAsNamed(f"{name} answered a stranger's question for its messages with {listed.status}")
    records = None if password else len(records_of(name))
    version = PINS["mailpit"]["version"]
    return _server(name, "mailpit", version, port, process, is_open=not password, records=records)


def _send(port: int, name: str) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as link:
        for one in records_of(name):
            message = EmailMessage()
            message["From"], message["To"], message["Subject"] = "shop@example.org", one["email"], one["phone"]
            message.set_content(f"Dear {one['name']}, your new password is {CANARY}.")
            link.send_message(message)


def _server(
    name: str, datastore: str, version: str, port: int, process: asyncio.subprocess.Process, *, is_open: bool,
    records: int | None = None,
) -> Server:  # fmt: skip
    return Server(
        name=name,
        datastore=datastore,
        form="open" if is_open else "protected",
        version=version,
        transport="http",
        port=port,
        records=records,
        pid=process.pid,
    )
