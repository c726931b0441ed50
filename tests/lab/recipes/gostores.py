"""Stores of Go with several ports: Weaviate and the filer of SeaweedFS, each server in a network of its own."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.clients.web import Web
from lab.model import CANARY, PASSWORD, Server, records_of
from lab.recipes.asked import Place, Question, place, put_in, served
from lab.recipes.databases import built_of_go
from lab.site import Site
from leakguard.frozen import replace

WEAVIATE, FILER = 8080, 8888
"""The ports inside."""
FOLDER = "/customers"
RELEASE = "4.53"
"""Of SeaweedFS, whose tags are no versions of a Go module."""
CHANGES, READS = "jwt.filer_signing", "jwt.filer_signing.read"
LOCKED: Mapping[str, tuple[str, ...]] = {
    "seaweedfs-filer-open": (),
    "seaweedfs-filer-read-only-open": (CHANGES,),
    "seaweedfs-filer-protected": (CHANGES, READS),
}
"""What each filer asks a token for."""
LATE = 4_102_444_800
"""The first second of the year 2100, when the owner's tokens end."""


async def weaviate(site: Site) -> list[Server]:
    """Anonymous access, with a collection and without one; and keys for programs alone."""
    program = await built_of_go(site, "weaviate")
    return [await _weaviate(site, program, f"weaviate-{state}") for state in ("open", "empty-open", "protected")]


async def _weaviate(site: Site, program: Path, name: str) -> Server:
    where = place(site, name)
    env = {
        "PERSISTENCE_DATA_PATH": str(where.workdir / "data"), "DISABLE_TELEMETRY": "true", "CLUSTER_HOSTNAME": "lab",
        "CLUSTER_ADVERTISE_ADDR": "127.0.0.1", "RAFT_BOOTSTRAP_EXPECT": "1", "DEFAULT_VECTORIZER_MODULE": "none",
        "GO_PROFILING_DISABLE": "true", "PERSISTENCE_MAX_REUSE_WAL_SIZE": "0",
        "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED": json.dumps(where.is_open),
        "AUTHENTICATION_APIKEY_ENABLED": json.dumps(not where.is_open),
        "AUTHENTICATION_APIKEY_ALLOWED_KEYS": PASSWORD, "AUTHENTICATION_APIKEY_USERS": "lab",
    }  # fmt: skip
    run: list[str | Path] = [program, "--scheme", "http", "--host", "127.0.0.1", "--port", str(WEAVIATE)]
    key = {} if where.is_open else {"Authorization": f"Bearer {PASSWORD}"}
    people = [] if "empty" in name else records_of(name)
    if people:
        await _planted(site, where, run, env, key)
    process = await site.start(where.workdir, run, env=env, inner={where.port: WEAVIATE})
    await _ready(site, where, process, where.port)
    if people:
        counted, nodes = f'"objectCount":{len(people)}'.encode(), "/v1/nodes?output=verbose"
        web = Web(port=where.port)
        await site.until(process, where.workdir, lambda: counted in web.ask("GET", nodes, headers=key).body)
    shown = CANARY if people else '"objects":[]'
    question = Question(path="/v1/objects?limit=5", shows=shown, ready="/v1/.well-known/ready")
    server = await served(site, where, question, process, datastore="weaviate", pin="weaviate")
    if not where.is_open:
        return server
    return replace(server, records=len(people) or None, collections=int(bool(people)))


async def _planted(
    site: Site, where: Place, run: Sequence[str | Path], env: Mapping[str, str], key: Mapping[str, str]
) -> None:
    """Start it, fill it and end it: its nodes count what is written to disk, which an end does at once."""
    port = site.port()
    process = await site.start(where.workdir, run, env=env, inner={port: WEAVIATE})
    await _ready(site, where, process, port)
    for one in records_of(where.name):
        body = json.dumps({"class": "Customers", "properties": one, "vector": [0.1, 0.2, 0.3]}).encode()
        await put_in(Web(port=port), "POST", "/v1/objects", body, key)
    await site.end(process)


async def _ready(site: Site, where: Place, process: asyncio.subprocess.Process, port: int) -> None:
    await site.until(process, where.workdir, lambda: Web(port=port).ask("GET", "/v1/.well-known/ready").status == 200)


async def seaweedfs(site: Site) -> list[Server]:
    """A filer as it comes; one that asks for a token for changes alone; and one that asks for it for everything."""
    program = await built_of_go(site, "seaweedfs")
    return [await _seaweedfs(site, program, name) for name in LOCKED]


async def _seaweedfs(site: Site, program: Path, name: str) -> Server:
    where = place(site, name)
    locked = LOCKED[name]
    (where.workdir / "security.toml").write_text(
        "".join(f'[{part}]\nkey = "{PASSWORD}"\n' for part in locked), encoding="utf-8"
    )
    (where.workdir / "data").mkdir()
    # Its parts also meet at sockets of the file system that are named by their ports.
    shift = list(LOCKED).index(name)
    ports = {"master": 9333 + shift, "volume": 8080 + shift, "filer": FILER + shift}
    words = [f"-{part}.port={port}" for part, port in ports.items()]
    words += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-volume.max=20", "-master.volumeSizeLimitMB=16", "-filer"]
    process = await site.start(
        where.workdir, [program, "server", f"-dir={where.workdir}/data", *words], inner={where.port: ports["filer"]}
    )
    web, owner = Web(port=where.port), {"Authorization": f"Bearer {_token(PASSWORD)}"} if locked else {}
    await site.until(process, where.workdir, lambda: web.ask("GET", "/", headers=owner).status == 200)
    await site.until(process, where.workdir, lambda: _put(web, where, owner))
    question = Question(path=f"{FOLDER}/?limit=9", headers={"Accept": "application/json"})
    server = await served(site, where, question, process, datastore="seaweedfs", pin="seaweedfs")
    return replace(server, version=RELEASE)


def _put(web: Web, where: Place, owner: Mapping[str, str]) -> bool:
    """Whether all files are kept; a volume is there some time after the filer."""
    statuses = []
    for number, one in enumerate(records_of(where.name)):
        path = f"{FOLDER}/{CANARY}-{number}.json"
        statuses.append(web.ask("PUT", path, json.dumps(one).encode(), owner).status)
    return all(status == 201 for status in statuses)


def _token(key: str) -> str:
    """Signed as the filer's own clients sign it."""
    parts = ({"alg": "HS256", "typ": "JWT"}, {"exp": LATE})
    text = b".".join(_letters(json.dumps(part).encode()) for part in parts)
    return (text + b"." + _letters(hmac.digest(key.encode(), text, hashlib.sha256))).decode()


def _letters(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
