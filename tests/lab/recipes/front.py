"""nginx: a password in front of another server, and a web root in two forms."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import tarfile
from pathlib import Path

from lab.clients.web import Web
from lab.model import CANARY, NotAsNamed, Server, records_of
from lab.site import Site

DUMP = "backup/customers.sql"
ARCHIVE = "backup/site.tar.gz"
HEAD = b"ref: refs/heads/main\n"


async def nginx_front(site: Site, behind: Server, *, name: str, path: str) -> Server:
    """An nginx that asks for a password before it passes anything on to `behind`, which answers `path` with 200."""
    workdir = site.workdir(name)
    # `{SHA}` is the one scheme that nginx knows and the standard library can make; the password guards invented data.
    digest = base64.b64encode(hashlib.sha1(b"lab-secret", usedforsecurity=False).digest()).decode()
    (workdir / "htpasswd").write_text(f"lab:{{SHA}}{digest}\n", encoding="utf-8")
    rules = (
        f'location / {{ auth_basic "{behind.datastore}"; auth_basic_user_file {workdir}/htpasswd;'
        f" proxy_pass http://127.0.0.1:{behind.port}; }}"
    )
    port, pid, _ = await start_nginx(site, workdir, rules)
    for login, wanted in (("", 401), ("lab:lab-secret", 200)):
        status = (await asyncio.to_thread(Web(port=port, login=login).ask, "GET", path)).status
        if status != wanted:
            raise NotAsNamed(f"{name} answered {status} instead of {wanted}")
    return Server(
        name=name,
        datastore=behind.datastore,
        form="protected",
        version=behind.version,
        transport="http",
        port=port,
        is_front=True,
        pid=pid,
    )


async def webroot_open(site: Site) -> list[Server]:
    """A web root with its listing on; inside are a database dump, an archive, a repository and a file of secrets."""
    workdir, name = site.workdir("nginx-open"), "nginx-open"
    _lay_files(workdir / "www", name)
    port, pid, version = await start_nginx(site, workdir, f"root {workdir}/www; autoindex on;")
    listing = await asyncio.to_thread(Web(port=port).ask, "GET", "/backup/")
    dump = await asyncio.to_thread(Web(port=port).ask, "GET", f"/{DUMP}")
    head = await asyncio.to_thread(Web(port=port).ask, "GET", "/.git/HEAD")
    secrets = await asyncio.to_thread(Web(port=port).ask, "GET", "/.env")
    if b"customers.sql" not in listing.body or not dump.body.startswith(b"-- MySQL dump"):
        raise NotAsNamed(f"{name} does not list its files")
    if head.body != HEAD or CANARY.encode() not in secrets.body:
        raise NotAsNamed(f"{name} does not give out its repository or its secrets")
    return [Server(name=name, datastore="http", form="open", version=version, transport="http", port=port, pid=pid)]


async def webroot_protected(site: Site) -> list[Server]:
    """The same files, with no listing, the dumps denied and everything with a dot as good as not there."""
    workdir, name = site.workdir("nginx-protected"), "nginx-protected"
    _lay_files(workdir / "www", name)
    denied = "location ~ /\\. { return 404; } location ~ \\.(sql|gz)$ { return 403; }"
    rules = f"root {workdir}/www; autoindex off; {denied}"
    port, pid, version = await start_nginx(site, workdir, rules)
    refused = {
        "/backup/": 403,
        f"/{DUMP}": 403,
        f"/{ARCHIVE}": 403,
        "/.git/HEAD": 404,
        "/.git/config": 404,
        "/.env": 404,
    }
    for path, wanted in refused.items():
        if (status := (await asyncio.to_thread(Web(port=port).ask, "GET", path)).status) != wanted:
            raise NotAsNamed(f"{name} answered {status} to GET {path}")
    return [
        Server(name=name, datastore="http", form="protected", version=version, transport="http", port=port, pid=pid)
    ]


async def start_nginx(site: Site, workdir: Path, rules: str) -> tuple[int, int, str]:
    """Port, process and version of an nginx that serves `rules`."""
    await site.shelf.debian("nginx")
    port = site.port()
    (workdir / "parts").mkdir()
    places = "".join(
        f"{kind}_temp_path {workdir}/parts; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (workdir / "nginx.conf").write_text(
        # One process, so that its end is the end of all of it.
        f"master_process off; daemon off; pid {workdir}/pid; error_log stderr;\n"
        "events { worker_connections 64; }\n"
        f"http {{ access_log off; default_type text/plain; {places}\n"
        f"  server {{ listen 127.0.0.1:{port}; {rules} }} }}\n",
        encoding="utf-8",
    )
    process = await site.start(workdir, ["/usr/sbin/nginx", "-c", workdir / "nginx.conf", "-e", "stderr"])
    await site.until(process, workdir, lambda: Web(port=port).ask("HEAD", "/").status > 0)
    stated = (await asyncio.to_thread(Web(port=port).ask, "HEAD", "/")).headers.get("Server", "")
    return port, process.pid, stated.removeprefix("nginx/")


def _lay_files(root: Path, name: str) -> None:
    (root / "backup").mkdir(parents=True)
    (root / "pictures.txt").write_text("no pictures yet\n", encoding="utf-8")
    rows = [f"({number},'{person['name']}','{person['email']}')" for number, person in enumerate(records_of(name))]
    (root / DUMP).write_text(
        "-- MySQL dump 10.19  Distrib 10.11.6-MariaDB\n"
        "CREATE TABLE `customers` (`id` int, `name` text, `email` text);\n"
        f"INSERT INTO `customers` VALUES {','.join(rows)};\n",
        encoding="utf-8",
    )
    _lay_repository(root / ".git", name)
    (root / ".env").write_text(f"APP_ENV=production\nDB_PASSWORD={CANARY}-{name}\n", encoding="utf-8")
    with tarfile.open(root / ARCHIVE, "w:gz") as archive:
        archive.add(root / DUMP, arcname="customers.sql")


def _lay_repository(folder: Path, name: str) -> None:
    """What git itself writes for a repository with a remote and nothing in it; the remote's address holds a secret."""
    (folder / "refs" / "heads").mkdir(parents=True)
    (folder / "HEAD").write_bytes(HEAD)
    (folder / "config").write_text(
        "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n"
        f'[remote "origin"]\n\turl = https://{CANARY}-{name}@example.org/shop.git\n'
        "\tfetch = +refs/heads/*:refs/remotes/origin/*\n",
        encoding="utf-8",
    )
