"""Servers of repositories in their own protocols: Subversion's svnserve and git's daemon, from Debian."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lab.clients.lines import accepts
from lab.model import CANARY, NotAsNamed, Server, records_of
from lab.site import Site

GIT = Path("/usr/lib/git-core")
CLOSED = "anon-access = none\nauth-access = write\npassword-db = passwd\n"
FREE = "anon-access = read\nauth-access = write\npassword-db = passwd\n"
RULES = f"{FREE}authz-db = authz\n"
NOBODY_READS = "[/]\n* =\nlab = rw\n"


async def svnserve_open(site: Site) -> list[Server]:
    """Anybody may read, as it comes."""
    return [await _svnserve(site, "svnserve-open", FREE)]


async def svnserve_protected(site: Site) -> list[Server]:
    """A login for everybody."""
    return [await _svnserve(site, "svnserve-protected", CLOSED)]


async def svnserve_rules_protected(site: Site) -> list[Server]:
    """Anybody is let in, and its rules give nobody without a login anything to read."""
    return [await _svnserve(site, "svnserve-rules-protected", RULES)]


async def _svnserve(site: Site, name: str, settings: str) -> Server:
    await site.shelf.debian("subversion")
    workdir, port, is_open = site.workdir(name), site.port(), settings == FREE
    repository = workdir / "repository"
    await site.run(workdir, ["svnadmin", "create", repository])
    for number, one in enumerate(records_of(name)):
        (workdir / "one").write_text(one["email"], encoding="utf-8")
        put: list[str | Path] = [
            "svnmucc",
            "-m",
            CANARY,
            "put",
            workdir / "one",
            f"file://{repository}/customer-{number}",
        ]
        await site.run(workdir, put)
    (repository / "conf" / "svnserve.conf").write_text(f"[general]\n{settings}", encoding="utf-8")
    (repository / "conf" / "authz").write_text(NOBODY_READS, encoding="utf-8")
    listen = ["--listen-host", "127.0.0.1", "--listen-port", str(port)]
    process = await site.start(workdir, ["svnserve", "-d", "--foreground", "-r", repository, *listen])
    await site.until(process, workdir, lambda: accepts(port))
    asked = ["svn", "cat", "--non-interactive", "--no-auth-cache", f"svn://127.0.0.1:{port}/customer-0"]
    said = await site.ask(workdir, asked)
    if is_open != (said.code == 0 and CANARY in said.text):
        raise NotAsNamed(f"{name} answered a stranger's svn cat with {said.text[-100:]}")
    version = (await site.ask(workdir, ["svnserve", "--version", "-q"])).text.strip()
    return Server(
        name=name, datastore="subversion", form="open" if is_open else "protected", version=version, port=port,
        records=len(records_of(name)) if is_open else None, pid=process.pid,
    )  # fmt: skip


async def git_daemon_open(site: Site) -> list[Server]:
    """One repository at the root of the daemon, which knows no login."""
    await site.shelf.debian("git-daemon")
    name = "git-daemon-open"
    workdir, port = site.workdir(name), site.port()
    for one in records_of(name):
        (workdir / f"{one['name']}.json").write_text(one["email"], encoding="utf-8")
    who = ["-c", "user.name=lab", "-c", "user.email=lab@example.org"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", CANARY]):
        await site.run(workdir, ["git", *words])
    listen = ["--listen=127.0.0.1", f"--port={port}", f"--base-path={workdir}"]
    process = await site.start(workdir, [GIT / "git-daemon", "--export-all", "--reuseaddr", *listen])
    await site.until(process, workdir, lambda: accepts(port))
    said = await site.ask(workdir, ["git", "clone", "-q", f"git://127.0.0.1:{port}/", "copy"])
    copied = await asyncio.to_thread(lambda: [path.read_text("utf-8") for path in (workdir / "copy").glob("*.json")])
    if said.code != 0 or CANARY not in "".join(copied):
        raise NotAsNamed(f"{name} answered a stranger's git clone with {said.text[-100:]}")
    version = (await site.ask(workdir, ["git", "--version"])).text.split()[-1]
    return [Server(name=name, datastore="git", form="open", version=version, port=port, pid=process.pid)]
