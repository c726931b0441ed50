"""Servers of language models and of what is built with them: Ollama, LiteLLM and n8n. None of them has a model here."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path

from lab.clients.web import Web
from lab.model import CANARY, PASSWORD, NotAsNamed, Server
from lab.recipes.app_backends import OWNER, backend, database
from lab.recipes.asked import Question, place, served, waited
from lab.recipes.front import nginx_front
from lab.site import Site
from lab.trees import PYTHON, modules, packages

MODEL_BYTES = 1_000
CONFIG = {"model_format": "gguf", "model_family": "llama", "model_type": "1B", "file_type": "Q4_0"}


async def ollama(site: Site) -> list[Server]:
    """It has no login of its own: one server, and an nginx that asks for a password in front of it."""
    program = await site.shelf.go("ollama")
    where = place(site, "ollama-open")
    _lay_model(where.workdir / "models")
    env = {
        "OLLAMA_HOST": f"127.0.0.1:{where.port}", "OLLAMA_MODELS": str(where.workdir / "models"), "OLLAMA_NOPRUNE": "1",
    }  # fmt: skip
    process = await site.start(where.workdir, [program, "serve"], env=env)
    question = Question(path="/api/tags", shows="lab-model")
    server = await served(site, where, question, process, datastore="ollama", pin="ollama")
    shown = await asyncio.to_thread(Web(port=where.port).ask, "POST", "/api/show", b'{"model": "lab-model"}')
    if CANARY.encode() not in shown.body:
        raise NotAsNamed(f"{where.name} does not tell a stranger what its model was told")
    return [server, await nginx_front(site, server, name="ollama-protected", path="/api/tags")]


def _lay_model(folder: Path) -> None:
    """A model in form alone: a configuration, some bytes, and what it was told."""
    blobs, named = folder / "blobs", folder / "manifests" / "registry.ollama.ai" / "library" / "lab-model"
    blobs.mkdir(parents=True)
    named.mkdir(parents=True)

    def laid(content: bytes, kind: str) -> dict[str, object]:
        digest = hashlib.sha256(content).hexdigest()
        (blobs / f"sha256-{digest}").write_bytes(content)
        return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(content)}

    layers = [
        laid(b"GGUF" + bytes(MODEL_BYTES - 4), "application/vnd.ollama.image.model"),
        laid(f"You know {CANARY}.".encode(), "application/vnd.ollama.image.system"),
    ]
    config = laid(json.dumps(CONFIG).encode(), "application/vnd.docker.container.image.v1+json")
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    manifest = {"schemaVersion": 2, "mediaType": kind, "config": config, "layers": layers}
    (named / "latest").write_text(json.dumps(manifest), encoding="utf-8")


async def litellm(site: Site) -> list[Server]:
    """Without a master key, and with one."""
    workdir = site.workdir("litellm")
    tree = await packages(site.shelf, "litellm", workdir)
    return [await _litellm(site, tree, name) for name in ("litellm-open", "litellm-protected")]


async def _litellm(site: Site, tree: Path, name: str) -> Server:
    where = place(site, name)
    model = {"model": "openai/lab-model", "api_base": "http://127.0.0.1:9", "api_key": CANARY}
    config = {"model_list": [{"model_name": "lab-model", "litellm_params": model}]}
    lock = {} if where.is_open else {"general_settings": {"master_key": f"sk-{PASSWORD}"}}
    (where.workdir / "config.yaml").write_text(json.dumps({**config, **lock}), encoding="utf-8")
    # Nothing is fetched or told while it runs.
    env = {"PYTHONPATH": str(tree), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    listen = ["--host", "127.0.0.1", "--port", str(where.port), "--telemetry", "False"]
    command: list[str | Path] = [PYTHON, tree / "bin" / "litellm", *listen, "--config", where.workdir / "config.yaml"]
    process = await site.start(where.workdir, command, env=env)
    question = Question(path="/v1/models", shows="lab-model", ready="/health/liveliness")
    return await served(site, where, question, process, datastore="litellm", pin="litellm")


async def n8n(site: Site) -> list[Server]:
    """Before anybody is its owner, and after that."""
    workdir = site.workdir("n8n")
    tree = await modules(site.shelf, "n8n", workdir, is_large=True)
    return [await _n8n(site, tree, name) for name in ("n8n-unclaimed-open", "n8n-protected")]


async def _n8n(site: Site, tree: Path, name: str) -> Server:
    where = place(site, name)
    store = await database(site, where.workdir, "create database n8n;")
    told_nobody = ("DIAGNOSTICS", "VERSION_NOTIFICATIONS", "TEMPLATES", "RUNNERS")
    quiet = {f"N8N_{one}_ENABLED": "false" for one in told_nobody}
    env = {
        **quiet, "N8N_PORT": str(where.port), "N8N_LISTEN_ADDRESS": "127.0.0.1", "DB_TYPE": "postgresdb",
        "DB_POSTGRESDB_HOST": "127.0.0.1", "DB_POSTGRESDB_PORT": str(store), "DB_POSTGRESDB_DATABASE": "n8n",
        "DB_POSTGRESDB_USER": "postgres", "DB_POSTGRESDB_PASSWORD": PASSWORD,
        "NODE_OPTIONS": "--max-old-space-size=700",
    }  # fmt: skip
    process = await site.start(where.workdir, ["node", tree / "node_modules" / "n8n" / "bin" / "n8n", "start"], env=env)
    await waited(site, where, process, "/healthz")
    web = Web(port=where.port)
    await site.until(process, where.workdir, lambda: bool(web.ask("GET", "/rest/settings").json()["data"]))
    if not where.is_open:
        owner = {"email": OWNER, "firstName": "Lab", "lastName": "Lab", "password": f"Lab1{PASSWORD}"}
        said = await asyncio.to_thread(web.ask, "POST", "/rest/owner/setup", json.dumps(owner).encode())
        if said.status != 200:
            raise NotAsNamed(f"{name} answered the setting-up of its owner with {said.status}")
    told = (await asyncio.to_thread(web.ask, "GET", "/rest/settings")).json()["data"]["userManagement"]
    if told["showSetupOnFirstLoad"] is not where.is_open:
        raise NotAsNamed(f"{name} says that it waits for its owner: {told['showSetupOnFirstLoad']}")
    return backend(where, "n8n", "n8n", process.pid)
