"""Servers of block devices: tgt for iSCSI, nbd-server and nbdkit for NBD; all from Debian and without the kernel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lab.clients.lines import accepts
from lab.model import PASSWORD, NotAsNamed, Server, records_of
from lab.site import Site

DISK_BYTES = 4 * 2**20
TARGET = "iqn.2024-01.org.example:customers"
_APART = ("unshare", "--user", "--map-root-user", "--", "setpriv", "--pdeathsig", "KILL", "--", "unshare", "--pid")


async def tgt_open(site: Site) -> list[Server]:
    """One disk for every initiator."""
    return [await _tgt(site, "tgt-open", initiator="ALL")]


async def tgt_chap_open(site: Site) -> list[Server]:
    """CHAP for the target: its name is given to everybody, its disk is not."""
    return [await _tgt(site, "tgt-chap-open", initiator="ALL", secret=PASSWORD)]


async def tgt_protected(site: Site) -> list[Server]:
    """The target is there for one initiator elsewhere."""
    return [await _tgt(site, "tgt-protected", initiator="192.0.2.7")]


async def _tgt(site: Site, name: str, *, initiator: str, secret: str = "") -> Server:
    await site.shelf.debian("tgt", "iscsi-client")
    workdir, port = site.workdir(name), site.port()
    _lay_disk(workdir, name)
    control = {"TGT_IPC_SOCKET": str(workdir / "control")}
    process = await site.start(workdir, _together(f"tgtd -f --iscsi portal=127.0.0.1:{port}"), env=control)
    await site.until(process, workdir, lambda: accepts(port))
    orders = [
        f"new target --tid 1 -T {TARGET}",
        f"new logicalunit --tid 1 --lun 1 -b {workdir / 'disk'}",
        f"bind target --tid 1 -I {initiator}",
    ]
    if secret:
        orders += [f"new account --user lab --password {secret}", "bind account --tid 1 --user lab"]
    for order in orders:
        verb, mode, *rest = order.split()
        await _asked(site, workdir, ["tgtadm", "--lld", "iscsi", "--op", verb, "--mode", mode, *rest], control)
    listed = await site.ask(workdir, ["iscsi-ls", f"iscsi://127.0.0.1:{port}/"])
    disk = await site.ask(workdir, ["iscsi-readcapacity16", f"iscsi://127.0.0.1:{port}/{TARGET}/1"])
    is_seen, is_open = initiator == "ALL", initiator == "ALL" and not secret
    # 4 MiB is the size that the client prints of the disk that it reached.
    if (TARGET in listed.text) is not is_seen or (str(DISK_BYTES) in disk.text) is not is_open:
        raise NotAsNamed(f"{name} answered a stranger: {listed.text[-200:]} {disk.text[-200:]}")
    version = await _debian_version(site, workdir, "tgt")
    form = "open" if is_seen else "protected"
    return Server(name=name, datastore="iscsi", form=form, version=version, port=port, pid=process.pid)


async def nbd_server_open(site: Site) -> list[Server]:
    """The list of devices is told, and everybody gets each of them."""
    return [await _nbd_server(site, "nbd-server-open", is_open=True)]


async def nbd_server_protected(site: Site) -> list[Server]:
    """No list, and one client elsewhere that may have the device."""
    return [await _nbd_server(site, "nbd-server-protected", is_open=False)]


async def _nbd_server(site: Site, name: str, *, is_open: bool) -> Server:
    await site.shelf.debian("nbd-server", "nbd-client")
    workdir, port = site.workdir(name), site.port()
    _lay_disk(workdir, name)
    (workdir / "clients").write_text("192.0.2.7\n", encoding="utf-8")
    rule = "" if is_open else f"authfile = {workdir / 'clients'}\n"
    (workdir / "conf").write_text(
        f"[generic]\nport = {port}\nlistenaddr = 127.0.0.1\nallowlist = {str(is_open).lower()}\n"
        f"[customers]\nexportname = {workdir / 'disk'}\nreadonly = true\n{rule}",
        encoding="utf-8",
    )
    serve = f"nbd-server -C {workdir / 'conf'} -p {workdir / 'pid'} && sleep infinity"
    process = await site.start(workdir, _together(serve))
    await site.until(process, workdir, lambda: accepts(port))
    read = await site.ask(workdir, ["nbdcopy", f"nbd://127.0.0.1:{port}/customers", "-"])
    if (f"{name}-1@" in read.text) is not is_open:
        raise NotAsNamed(f"{name} answered a stranger who copies its device: {read.text[-200:]}")
    version = await _debian_version(site, workdir, "nbd-server")
    form = "open" if is_open else "protected"
    return Server(name=name, datastore="nbd", form=form, version=version, port=port, pid=process.pid)


async def nbdkit_open(site: Site) -> list[Server]:
    """One device without a name, for everybody."""
    name = "nbdkit-open"
    await site.shelf.debian("nbdkit", "nbd-client")
    workdir, port = site.workdir(name), site.port()
    _lay_disk(workdir, name)
    serve: list[str | Path] = ["nbdkit", "-f", "-r", "-i", "127.0.0.1", "-p", str(port), "file", workdir / "disk"]
    process = await site.start(workdir, serve)
    await site.until(process, workdir, lambda: accepts(port))
    read = await site.ask(workdir, ["nbdcopy", f"nbd://127.0.0.1:{port}", "-"])
    if f"{name}-1@" not in read.text:
        raise NotAsNamed(f"{name} refused its device: {read.text[-200:]}")
    version = await _debian_version(site, workdir, "nbdkit")
    return [Server(name=name, datastore="nbd", form="open", version=version, port=port, pid=process.pid)]


def _together(serve: str) -> list[str]:
    """In a namespace of processes, for a server that leaves its parent or ignores SIGTERM: all of it ends at once."""
    return [*_APART, "--fork", "--kill-child", "--", "sh", "-c", f"trap 'exit 0' TERM; {serve} & wait"]


def _lay_disk(workdir: Path, name: str) -> None:
    """A file of `DISK_BYTES` with records at its beginning."""
    rows = "".join(f"{one['name']},{one['email']}\n" for one in records_of(name)).encode()
    (workdir / "disk").write_bytes(rows.ljust(DISK_BYTES, b"\n"))


async def _asked(site: Site, workdir: Path, words: list[str], env: Mapping[str, str]) -> None:
    said = await site.ask(workdir, words, env=env)
    if said.code:
        raise NotAsNamed(f"{words[0]} refused: {said.text[-200:]}")


async def _debian_version(site: Site, workdir: Path, package: str) -> str:
    """Without Debian's own part of it."""
    stated = await site.ask(workdir, ["dpkg-query", "-W", "-f=${Version}", package])
    return stated.text.rpartition(":")[2].partition("-")[0]
