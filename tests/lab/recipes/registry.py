"""The Docker registry, from Debian, with one image of invented layers."""

from __future__ import annotations

import asyncio
import hashlib
import json
from urllib.parse import urlsplit

from lab.clients.web import Web
from lab.model import BCRYPT, PASSWORD, NotAsNamed, NotHad, Server, records_of
from lab.site import Site

IMAGE = "lab/app"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


async def registry_open(site: Site) -> list[Server]:
    """No login."""
    return [await _registry(site, "docker-registry-open", password="")]


async def registry_protected(site: Site) -> list[Server]:
    """A file of logins."""
    return [await _registry(site, "docker-registry-protected", password=PASSWORD)]


async def _registry(site: Site, name: str, *, password: str) -> Server:
    await site.shelf.debian("docker-registry")
    workdir, port = site.workdir(name), site.port()
    (workdir / "logins").write_text(f"lab:{BCRYPT}\n", encoding="utf-8")
    settings = {
        "version": 0.1,
        "log": {"level": "warn"},
        "storage": {"filesystem": {"rootdirectory": str(workdir / "data")}},
        "http": {"addr": f"127.0.0.1:{port}"},
        **({"auth": {"htpasswd": {"realm": "lab", "path": str(workdir / "logins")}}} if password else {}),
    }
    (workdir / "config.yml").write_text(json.dumps(settings), encoding="utf-8")
    process = await site.start(workdir, ["docker-registry", "serve", workdir / "config.yml"])
    owner, stranger = Web(port=port, login=f"lab:{password}" if password else ""), Web(port=port)
    await site.until(process, workdir, lambda: owner.ask("GET", "/v2/").status == 200)
    await asyncio.to_thread(_push, owner, name)
    for path in ("/v2/_catalog", f"/v2/{IMAGE}/tags/list"):
        if (status := (await asyncio.to_thread(stranger.ask, "GET", path)).status) != (401 if password else 200):
            raise NotAsNamed(f"{name} answered {status} to a stranger's GET {path}")
    stated = await site.ask(workdir, ["docker-registry", "--version"])
    return Server(
        name=name,
        datastore="docker_registry",
        form="protected" if password else "open",
        version=stated.text.split()[-1].partition("+")[0].removeprefix("v"),
        transport="http",
        port=port,
        pid=process.pid,
    )


def _push(owner: Web, name: str) -> None:
    """An image whose environment variables, as in life, hold what nobody should read."""
    variables = [f"PERSON_{number}={json.dumps(one)}" for number, one in enumerate(records_of(name))]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Env": variables},
        "rootfs": {"type": "layers", "diff_ids": []},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": CONFIG, **_upload(owner, json.dumps(config).encode())},
        "layers": [{"mediaType": LAYER, **_upload(owner, json.dumps(records_of(name)).encode())}],
    }
    body, kind = json.dumps(manifest).encode(), {"Content-Type": MANIFEST}
    if (status := owner.ask("PUT", f"/v2/{IMAGE}/manifests/latest", body, kind).status) != 201:
        raise NotHad(f"{name} answered its image with {status}")


def _upload(owner: Web, data: bytes) -> dict[str, str | int]:
    """Digest and size of a blob that the registry now keeps."""
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    begun = owner.ask("POST", f"/v2/{IMAGE}/blobs/uploads/", b"")
    place = urlsplit(begun.headers["Location"])
    kind = {"Content-Type": "application/octet-stream"}
    owner.ask("PUT", f"{place.path}?{place.query}&digest={digest}", data, kind)
    return {"digest": digest, "size": len(data)}
