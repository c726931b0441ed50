"""Servers that share files, from Debian: Samba, rsync and vsftpd, as an ordinary user, each on folders of its own."""

from __future__ import annotations

import asyncio
import ftplib
import json
from asyncio.subprocess import Process
from pathlib import Path

from lab.clients.lines import accepts, dialogue, first_bytes
from lab.model import CANARY, PASSWORD, NotAsNamed, NotHad, Server, records_of
from lab.site import Said, Site, user_name

SHARE = "backup"
GUESTS = 3
STARTS = 4
"""On a busy machine a guest may come while the names of shares are being begun; such a Samba then stays silent."""
TIMED_OUT = 124
"""The exit code of `timeout`."""


async def samba_open(site: Site) -> list[Server]:
    """A share that guests may read."""
    return [await _samba(site, "samba-open", guests=True)]


async def samba_protected(site: Site) -> list[Server]:
    """No guests, and nothing for a session without a name."""
    return [await _samba(site, "samba-protected", guests=False)]


async def _samba(site: Site, name: str, *, guests: bool) -> Server:
    await site.shelf.debian("samba", "smbclient")
    workdir, port = site.workdir(name), site.port()
    _lay_files(workdir, name)
    for folder in ("var", "run"):
        (workdir / folder).mkdir()
    (workdir / "smb.conf").write_text(_samba_config(workdir, port, guests=guests), encoding="utf-8")
    process, listed = await _talking_samba(site, workdir, port)
    said = await _told(site, workdir, port, f"//127.0.0.1/{SHARE}", "-c", "ls")
    if guests != (said.code == 0 and CANARY in said.text) or guests != (SHARE in listed.text):
        raise NotAsNamed(f"{name} answered a guest with {said.text[-100:]} {listed.text[-100:]}")
    version = (await site.ask(workdir, ["smbd", "--version"])).text
    return Server(
        name=name,
        datastore="smb",
        form="open" if guests else "protected",
        version=version.removeprefix("Version ").partition("-")[0],
        port=port,
        pid=process.pid,
    )


async def _talking_samba(site: Site, workdir: Path, port: int) -> tuple[Process, Said]:
    """A server that speaks, and what it says its shares are; one that stays silent is started again."""
    alone = ["--foreground", "--no-process-group", f"--configfile={workdir / 'smb.conf'}"]
    for left in reversed(range(STARTS)):
        process = await site.start(workdir, ["smbd", *alone])
        # It tells the names of shares; smbd itself would begin it out of the lab's sight.
        names = await site.start(workdir, ["/usr/libexec/samba/samba-dcerpcd", "--libexec-rpcds", *alone])
        await site.until(names, workdir, (workdir / "run" / "np" / "srvsvc").exists)
        await site.until(process, workdir, lambda: accepts(port))
        try:
            return process, await _told(site, workdir, port, "-L", "//127.0.0.1")
        except NotHad:
            if not left:
                raise
        await site.end(names)
        await site.end(process)
        (workdir / "run" / "np" / "srvsvc").unlink(missing_ok=True)
    raise AssertionError("the last start returns or raises")


async def _told(site: Site, workdir: Path, port: int, *words: str) -> Said:
    """What a guest's client is told; one that comes while the names of shares are being begun waits for ever."""
    for _ in range(GUESTS):
        client = ["timeout", "5", "smbclient", "-N", "-s", "/dev/null", "-p", str(port)]
        if (said := await site.ask(workdir, [*client, *words])).code != TIMED_OUT:
            return said
    raise NotHad(f"Samba said nothing to {GUESTS} guests")


def _samba_config(workdir: Path, port: int, *, guests: bool) -> str:
    places = "".join(f"{kind} = {workdir}/var\n" for kind in ("private dir", "lock directory", "state directory"))
    strict = "map to guest = never\nrestrict anonymous = 2\nserver signing = mandatory\n"
    who = "guest ok = yes\n" if guests else "guest ok = no\nvalid users = lab\n"
    return (
        "[global]\nserver role = standalone server\ninterfaces = 127.0.0.1\nbind interfaces only = yes\n"
        f"smb ports = {port}\n{places}cache directory = {workdir}/var\npid directory = {workdir}/run\n"
        f"ncalrpc dir = {workdir}/run\nlog file = {workdir}/log\nguest account = {user_name()}\n"
        f"disable netbios = yes\nload printers = no\n"
        f"rpc start on demand helpers = no\nusershare path =\n{'map to guest = bad user' if guests else strict}\n"
        f"[{SHARE}]\npath = {workdir}/files\nread only = yes\n{who}"
    )


async def rsync_open(site: Site) -> list[Server]:
    """A module for everybody."""
    return [await _rsync(site, "rsync-open", locked=False)]


async def rsync_protected(site: Site) -> list[Server]:
    """A module with logins that is not listed."""
    return [await _rsync(site, "rsync-protected", locked=True)]


async def _rsync(site: Site, name: str, *, locked: bool) -> Server:
    await site.shelf.debian("rsync")
    workdir, port = site.workdir(name), site.port()
    _lay_files(workdir, name)
    (workdir / "logins").write_text(f"lab:{PASSWORD}\n", encoding="utf-8")
    (workdir / "logins").chmod(0o600)
    lock = f"list = no\nauth users = lab\nsecrets file = {workdir}/logins\n" if locked else ""
    (workdir / "rsyncd.conf").write_text(
        f"port = {port}\naddress = 127.0.0.1\nuse chroot = no\n"
        f"[{SHARE}]\npath = {workdir}/files\ncomment = nightly copies\nread only = yes\n{lock}",
        encoding="utf-8",
    )
    process = await site.start(workdir, ["rsync", "--daemon", "--no-detach", f"--config={workdir / 'rsyncd.conf'}"])
    await site.until(process, workdir, lambda: first_bytes(port).startswith(b"@RSYNCD:"))
    (_, answer) = (await asyncio.to_thread(dialogue, port, f"@RSYNCD: 31.0\n{SHARE}"))[:2]
    if not answer.startswith("@RSYNCD: AUTHREQD" if locked else "@RSYNCD: OK"):
        raise NotAsNamed(f"{name} answered a stranger who opened its module with {answer[:40]}")
    stated = await site.ask(workdir, ["rsync", "--version"])
    return Server(
        name=name,
        datastore="rsync",
        form="protected" if locked else "open",
        version=stated.text.split()[2],
        port=port,
        pid=process.pid,
    )


async def vsftpd_open(site: Site) -> list[Server]:
    """Anybody may read as `anonymous`."""
    return [await _vsftpd(site, "vsftpd-open", anonymous=True)]


async def vsftpd_protected(site: Site) -> list[Server]:
    """Nobody may."""
    return [await _vsftpd(site, "vsftpd-protected", anonymous=False)]


async def _vsftpd(site: Site, name: str, *, anonymous: bool) -> Server:
    await site.shelf.debian("vsftpd")
    workdir, port = site.workdir(name), site.port()
    _lay_files(workdir, name)
    (workdir / "empty").mkdir()
    (workdir / "vsftpd.conf").write_text(
        _vsftpd_config(workdir, port, site.port(), anonymous=anonymous), encoding="utf-8"
    )
    process = await site.start(workdir, ["vsftpd", workdir / "vsftpd.conf"])
    await site.until(process, workdir, lambda: first_bytes(port).startswith(b"220"))
    listed = await asyncio.to_thread(_ftp_listing, port)
    if anonymous != (CANARY in listed):
        raise NotAsNamed(f"{name} answered an anonymous listing with {listed[:60]}")
    return Server(
        name=name,
        datastore="ftp",
        form="open" if anonymous else "protected",
        version=first_bytes(port).decode().partition("vsFTPd ")[2].partition(")")[0],
        port=port,
        pid=process.pid,
    )


def _vsftpd_config(workdir: Path, port: int, data: int, *, anonymous: bool) -> str:
    who = "anonymous_enable=YES\nlocal_enable=NO\n" if anonymous else "anonymous_enable=NO\nlocal_enable=YES\n"
    return (
        f"listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\n{who}"
        f"run_as_launching_user=YES\nftp_username={user_name()}\nnopriv_user={user_name()}\n"
        f"anon_root={workdir}/files\nsecure_chroot_dir={workdir}/empty\nseccomp_sandbox=NO\n"
        f"pasv_min_port={data}\npasv_max_port={data}\nxferlog_enable=NO\n"
    )


def _ftp_listing(port: int) -> str:
    """The names that an anonymous user sees, or the refusal."""
    with ftplib.FTP() as client:  # noqa: S321  (the lab's own server, on loopback)
        client.connect("127.0.0.1", port, timeout=5.0)
        try:
            client.login()
            return " ".join(client.nlst())
        except ftplib.error_perm as refusal:
            return str(refusal)


def _lay_files(workdir: Path, name: str) -> None:
    """File names are counted and never kept, so they carry the canary as the files do."""
    (workdir / "files").mkdir()
    for record in records_of(name):
        (workdir / "files" / f"{record['email']}.json").write_text(json.dumps(record), encoding="utf-8")
