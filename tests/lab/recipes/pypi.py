"""Servers from PyPI: Chroma and Jupyter."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from lab.clients.web import Web
from lab.fetch import PINS
from lab.model import CANARY, PASSWORD, NotAsNamed, NotHad, Server, records_of
from lab.recipes.front import nginx_front
from lab.site import Site
from lab.trees import PYTHON, packages

COLLECTIONS = "/api/v2/tenants/default_tenant/databases/default_database/collections"


async def chroma(site: Site) -> list[Server]:
    """It has no login of its own: one server, and an nginx that asks for a password in front of it."""
    name = "chroma-open"
    workdir, port = site.workdir(name), site.port()
    tree = await packages(site.shelf, "chroma", workdir)
    quiet = {"PYTHONPATH": str(tree), "ANONYMIZED_TELEMETRY": "False"}
    run: list[str | Path] = ["run", "--host", "127.0.0.1", "--port", str(port), "--path", workdir / "data"]
    process = await site.start(workdir, [PYTHON, tree / "bin" / "chroma", *run], env=quiet)
    web = Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", "/api/v2/heartbeat").status == 200)
    await asyncio.to_thread(_plant_vectors, web, name)
    server = Server(
        name=name,
        datastore="chroma",
        form="open",
        version=PINS["chroma"]["version"],
        transport="http",
        port=port,
        records=len(records_of(name)),
        pid=process.pid,
    )
    return [server, await nginx_front(site, server, name="chroma-protected", path=COLLECTIONS)]


def _plant_vectors(web: Web, name: str) -> None:
    made = web.ask("POST", COLLECTIONS, json.dumps({"name": "customers"}).encode()).json()
    records = records_of(name)
    body = {
        "ids": [one["email"] for one in records],
        "embeddings": [[0.1, 0.2, 0.3] for _ in records],
        "documents": [json.dumps(one) for one in records],
        "metadatas": records,
    }
    if (status := web.ask("POST", f"{COLLECTIONS}/{made['id']}/add", json.dumps(body).encode()).status) != 201:
        raise NotHad(f"{name} answered its records with {status}")


async def jupyter_open(site: Site) -> list[Server]:
    """An empty token."""
    return [await _jupyter(site, "jupyter-open", token="")]


async def jupyter_protected(site: Site) -> list[Server]:
    """A token."""
    return [await _jupyter(site, "jupyter-protected", token=PASSWORD)]


async def _jupyter(site: Site, name: str, *, token: str) -> Server:
    workdir, port = site.workdir(name), site.port()
    tree = await packages(site.shelf, "jupyter", workdir)
    (workdir / "files").mkdir()
    for one in records_of(name):
        # Names of files are counted and never kept, so they carry the canary too.
        cell = {"cell_type": "raw", "metadata": {}, "source": json.dumps(one), "id": "a"}
        notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        (workdir / "files" / f"{one['email']}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    options = {"ip": "127.0.0.1", "port": port, "port_retries": 0, "open_browser": False, "root_dir": workdir / "files"}
    words = [f"--ServerApp.{key}={value}" for key, value in options.items()]
    login = [f"--IdentityProvider.token={token}", "--PasswordIdentityProvider.hashed_password="]
    run = [PYTHON, "-m", "jupyter_server", *words, *login]
    process = await site.start(workdir, run, env={"PYTHONPATH": str(tree)})
    web = Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", "/api").status == 200)
    answer = await asyncio.to_thread(web.ask, "GET", "/api/contents")
    if answer.status != (403 if token else 200) or (CANARY.encode() in answer.body) == bool(token):
        raise NotAsNamed(f"{name} answered a stranger's listing with {answer.status}")
    return Server(
        name=name,
        datastore="jupyter",
        form="protected" if token else "open",
        version=PINS["jupyter"]["version"],
        transport="http",
        port=port,
        pid=process.pid,
    )
