"""Servers of tools for language models: MCP by its SDK for Python from PyPI."""

from __future__ import annotations

import asyncio
import json

from lab.clients.web import Web
from lab.fetch import PINS
from lab.model import CANARY, NotAsNamed, Server
from lab.recipes.asked import Place, place, waited
from lab.site import Site
from lab.trees import PYTHON, packages

PATH = "/mcp"
_SERVE = """
import sys
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer

port, way, name = int(sys.argv[1]), sys.argv[2], sys.argv[3]


class Nobody:
    async def verify_token(self, token: str) -> AccessToken | None:
        return None


lock = {}
if way == "protected":
    here = f"http://127.0.0.1:{port}"
    lock = {"token_verifier": Nobody(), "auth": AuthSettings(issuer_url=here, resource_server_url=here + "/mcp")}
server = MCPServer(name, **lock)


@server.tool()
def customers(name: str) -> str:
    return name


server.run(transport="streamable-http", host="127.0.0.1", port=port, stateless_http=way == "stateless")
"""
_BEGIN = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "lab", "version": "1"}},
}  # fmt: skip


async def mcp_open(site: Site) -> list[Server]:
    """With sessions, as it comes."""
    return [await _mcp(site, "mcp-open", "sessions")]


async def mcp_stateless_open(site: Site) -> list[Server]:
    """Each question on its own."""
    return [await _mcp(site, "mcp-stateless-open", "stateless")]


async def mcp_protected(site: Site) -> list[Server]:
    """A token."""
    return [await _mcp(site, "mcp-protected", "protected")]


async def _mcp(site: Site, name: str, way: str) -> Server:
    where = place(site, name)
    tree = await packages(site.shelf, "mcp", where.workdir)
    run = [PYTHON, "-c", _SERVE, str(where.port), way, CANARY]
    process = await site.start(where.workdir, run, env={"PYTHONPATH": str(tree)})
    await waited(site, where, process)
    await asyncio.to_thread(_assert, where)
    form = "open" if where.is_open else "protected"
    return Server(
        name=name, datastore="mcp", form=form, version=str(PINS["mcp"]["version"]), transport="http",
        port=where.port, pid=process.pid,
    )  # fmt: skip


def _assert(where: Place) -> None:
    """Raises `NotAsNamed` where a stranger may not begin a session, or may though it is protected."""
    takes = {"Accept": "application/json, text/event-stream"}
    said = Web(port=where.port).ask("POST", PATH, json.dumps(_BEGIN).encode(), takes)
    if (said.status, CANARY.encode() in said.body) != ((200, True) if where.is_open else (401, False)):
        raise NotAsNamed(f"{where.name} answered a stranger who begins a session with {said.status}")
