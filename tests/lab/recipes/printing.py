"""CUPS from Debian: a print server in the state that a stranger meets when nobody limits who may ask."""

from __future__ import annotations

import asyncio
import getpass
import os

from lab.clients.lines import accepts
from lab.clients.web import Web
from lab.model import CANARY, NotAsNamed, NotHad, Server, records_of
from lab.recipes.asked import Place, debian_version, place
from lab.site import Site, give_away

_FREE = "Order allow,deny\nAllow all"
_LOGIN = "AuthType Basic\nRequire valid-user\nOrder allow,deny\nAllow all"
_PRIVATE, _TOLD = "default", "none"


async def cups_open(site: Site) -> list[Server]:
    """For everybody, and jobs keep neither their documents' names nor their owners to themselves."""
    return [await _cups(site, "cups-open", _FREE, _TOLD)]


async def cups_private_open(site: Site) -> list[Server]:
    """For everybody; documents and owners are withheld, as they are by default."""
    return [await _cups(site, "cups-private-open", _FREE, _PRIVATE)]


async def cups_protected(site: Site) -> list[Server]:
    """A login for everything."""
    return [await _cups(site, "cups-protected", _LOGIN, _TOLD)]


async def _cups(site: Site, name: str, rule: str, values: str) -> Server:
    await site.shelf.debian("cups", "cups-client")
    where, jobs = place(site, name), records_of(name)
    if where.is_open:
        await _plant(site, where, values, len(jobs))
    process = await _started(site, where, rule, values)
    said = Web(port=where.port).ask("GET", "/jobs/?which_jobs=all")
    shown, is_told = said.body.count(b'VALUE="move-job"'), CANARY.encode() in said.body
    wanted = (200, len(jobs)) if where.is_open else (401, 0)
    if (said.status, shown) != wanted or is_told is not (where.is_open and values == _TOLD):
        raise NotAsNamed(f"{name} showed a stranger {shown} jobs, with {said.status}")
    return Server(
        name=name, datastore="cups", form="open" if where.is_open else "protected", transport="http", port=where.port,
        version=await debian_version(site.shelf, "cups"), records=shown or None, collections=1 if shown else None,
        pid=process.pid,
    )  # fmt: skip


async def _plant(site: Site, where: Place, values: str, count: int) -> None:
    """Jobs that wait, put in while everybody may print."""
    process = await _started(site, where, _FREE, values)
    (where.workdir / "page").write_text("Invented\n", encoding="utf-8")
    for one in records_of(where.name, count):
        words = ["lp", "-h", f"127.0.0.1:{where.port}", "-d", "ledger", "-H", "hold", "-t", one["email"], "page"]
        said = await site.ask(where.workdir, words)
        if said.code:
            raise NotHad(f"{where.name} refused a job: {said.text[-200:]}")
    await site.end(process)


async def _started(site: Site, where: Place, rule: str, values: str) -> asyncio.subprocess.Process:
    workdir = where.workdir
    for folder in ("root", "spool", "cache", "run"):
        (workdir / folder).mkdir(exist_ok=True)
    (workdir / "root" / "printers.conf").write_text(
        "<Printer ledger>\nDeviceURI file:///dev/null\nState Idle\nAccepting Yes\n</Printer>\n", encoding="utf-8"
    )
    (workdir / "cupsd.conf").write_text(
        f"Listen 127.0.0.1:{where.port}\nBrowsing Off\nWebInterface Yes\n<Location />\n{rule}\n</Location>\n"
        f"<Policy default>\nJobPrivateAccess {'all' if values == _TOLD else values}\nJobPrivateValues {values}\n"
        "<Limit All>\nOrder deny,allow\nAllow all\n</Limit>\n</Policy>\n",
        encoding="utf-8",
    )
    user = "nobody" if os.geteuid() == 0 else getpass.getuser()
    (workdir / "files.conf").write_text(
        f"ServerRoot {workdir}/root\nRequestRoot {workdir}/spool\nCacheDir {workdir}/cache\nStateDir {workdir}/run\n"
        f"AccessLog {workdir}/access\nErrorLog {workdir}/error\nPageLog {workdir}/pages\nUser {user}\nGroup nogroup\n"
        "SystemGroup root\nFileDevice Yes\n",
        encoding="utf-8",
    )
    give_away(workdir)
    process = await site.start(
        workdir, ["/usr/sbin/cupsd", "-f", "-c", workdir / "cupsd.conf", "-s", workdir / "files.conf"]
    )
    await site.until(process, workdir, lambda: accepts(where.port))
    return process
