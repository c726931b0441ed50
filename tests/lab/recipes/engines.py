"""Podman's interface of Docker's kind, without root: containers that were made and never started."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import tarfile
from pathlib import Path

from lab.clients.web import Web
from lab.model import CANARY, NotAsNamed, Server
from lab.recipes.front import nginx_front
from lab.recipes.odd_fronts import plain_proxy
from lab.site import Site

CONTAINERS = 3
INFO = "/info"


async def podman(site: Site) -> list[Server]:
    """As it comes; behind a plain proxy; and, as it has no login, behind one that asks for a password."""
    name = "podman-open"
    await site.shelf.debian("podman")
    workdir, port = site.workdir(name), site.port()
    (workdir / "run").mkdir(mode=0o700)
    places: list[str | Path] = ["--root", workdir / "root", "--runroot", workdir / "runroot", "--storage-driver", "vfs"]
    words: list[str | Path] = ["podman", *places, "--cgroup-manager", "cgroupfs", "--events-backend", "file"]
    home = {"XDG_RUNTIME_DIR": str(workdir / "run")}
    (workdir / "files.tar").write_bytes(_files())
    await site.run(workdir, [*words, "import", "files.tar", "localhost/customers:1"], env=home)
    for number in range(CONTAINERS):
        named = ["--name", f"{CANARY}-{number}", "--network", "none", "--env", f"SECRET={CANARY}"]
        await site.run(workdir, [*words, "create", *named, "localhost/customers:1", "/program"], env=home)
    process = await site.start(workdir, [*words, "system", "service", "-t", "0", f"tcp:127.0.0.1:{port}"], env=home)
    web = Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", "/_ping").status == 200)
    # What keeps its namespace for later commands would outlive the lab; the service has the namespace by now.
    os.kill(int((workdir / "run" / "libpod" / "tmp" / "pause.pid").read_text(encoding="utf-8")), signal.SIGKILL)
    listed = (await asyncio.to_thread(web.ask, "GET", "/containers/json?all=true")).json()
    if len(listed) != CONTAINERS or CANARY not in str(listed):
        raise NotAsNamed(f"{name} showed a stranger {len(listed)} containers")
    server = Server(
        name=name,
        datastore="docker",
        form="open",
        version=(await site.ask(workdir, ["podman", "--version"], env=home)).text.split()[-1],
        transport="http",
        port=port,
        pid=process.pid,
    )
    return [
        server,
        await plain_proxy(site, server, name="podman-proxied-open", path=INFO),
        await nginx_front(site, server, name="podman-protected", path=INFO),
    ]


def _files() -> bytes:
    """One file that belongs to root, as the namespace without further users wants it."""
    made, text = io.BytesIO(), CANARY.encode()
    with tarfile.open(fileobj=made, mode="w") as archive:
        file = tarfile.TarInfo("program")
        file.size = len(text)
        archive.addfile(file, io.BytesIO(text))
    return made.getvalue()
