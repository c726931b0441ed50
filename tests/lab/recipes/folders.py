"""NFS by nfs-ganesha from Debian, without the kernel's server."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

from lab.clients import mapper
from lab.model import NotAsNamed, Server, records_of
from lab.site import Said, Site
from lab.trees import PYTHON

MOUNT, NFS = 32_048, 32_049
TRIES = 60
FOLDER = "/customers"
_APART = ("unshare", "--user", "--map-root-user", "--mount", "--", "sh", "-c")


async def nfs_open(site: Site) -> list[Server]:
    """One folder for everybody."""
    return [await _ganesha(site, "nfs-open", exports=1)]


async def nfs_protected(site: Site) -> list[Server]:
    """No folder at all."""
    return [await _ganesha(site, "nfs-protected", exports=0)]


async def _ganesha(site: Site, name: str, *, exports: int) -> Server:
    await site.shelf.debian("nfs-ganesha", "nfs-ganesha-mem", "nfs-client")
    workdir, mount, nfs = site.workdir(name), site.port(), site.port()
    (workdir / "conf").write_text(_CORE + _EXPORT * exports, encoding="utf-8")
    shutil.copy(mapper.__file__, workdir / "mapper.py")
    fresh = "mount -t tmpfs none /run && mkdir /run/ganesha && mount -t tmpfs none /var/lib/nfs"
    serve = f"exec ganesha.nfsd -F -f {workdir / 'conf'} -p /run/ganesha/pid -L {workdir / 'ganesha'}"
    words = [*_APART, f"{fresh} && {{ {PYTHON} {workdir / 'mapper.py'} /run/rpcbind.sock & sleep 1; {serve}; }}"]
    process = await site.start(workdir, words, inner={mount: MOUNT, nfs: NFS})
    place, ports = f"nfs://127.0.0.1{FOLDER}", f"?version=3&mountport={mount}&nfsport={nfs}"
    for one in records_of(name):
        (workdir / "record").write_text(one["email"], encoding="utf-8")
        copy: list[str | Path] = ["nfs-cp", workdir / "record", f"{place}/{one['email']}{ports}"]
        await _until_answered(site, workdir, process, copy)
    said = await _until_answered(site, workdir, process, ["nfs-ls", place + ports])
    if (said.text.count("@example.org") == len(records_of(name))) is not bool(exports):
        raise NotAsNamed(f"{name} answered a stranger who mounts its folder: {said.text[-200:]}")
    stated = await site.ask(workdir, ["dpkg-query", "-W", "-f=${Version}", "nfs-ganesha"])
    form, version = "open" if exports else "protected", stated.text.partition("-")[0]
    return Server(name=name, datastore="nfs", form=form, version=version, port=mount, pid=process.pid)


async def _until_answered(
    site: Site, workdir: Path, process: asyncio.subprocess.Process, words: Sequence[str | Path]
) -> Said:
    """What the client says once the server has answered it, if only with a refusal."""
    said = Said(code=1, text="")
    for _ in range(TRIES):
        said = await site.ask(workdir, words)
        if process.returncode is not None or said.code == 0 or "MNT3ERR" in said.text:
            break
        await asyncio.sleep(0.5)
    return said


_CORE = f"""NFS_CORE_PARAM {{
NFS_Port = {NFS}; MNT_Port = {MOUNT}; Protocols = 3; Enable_UDP = false; Enable_NLM = false; Enable_RQUOTA = false;
}}
NFS_KRB5 {{ Active_krb5 = false; }}
"""
_EXPORT = f"""EXPORT {{
Export_Id = 1; Path = {FOLDER}; Pseudo = {FOLDER}; Access_Type = RW; Squash = All; Anonymous_Uid = 0;
Anonymous_Gid = 0; SecType = sys; Protocols = 3; Transports = TCP; FSAL {{ Name = MEM; }}
}}
"""
