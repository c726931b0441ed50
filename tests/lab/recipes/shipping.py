"""Pages made by the usual tools of npm, with planted backends and secrets; built once, kept, and served by nginx."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.clients.web import Web
from lab.fetch import PINS, Shelf
from lab.model import NotAsNamed, NotHad, Server
from lab.recipes.front import start_nginx
from lab.site import Site
from support.planted import BACKENDS, MAP_ONLY, SECRETS, script_with

SOURCES = Path(__file__).parents[1] / "pages"
_QUIET = {"NEXT_TELEMETRY_DISABLED": "1", "EXPO_NO_TELEMETRY": "1", "EXPO_OFFLINE": "1", "CI": "1"}
_PACKAGES = ("--no-audit", "--no-fund", "--ignore-scripts", "--no-update-notifier")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """How one tool makes an application and builds its page."""

    name: str
    """Of the pin, and of the folder of sources before the hyphen."""
    main: str
    """The tool's program, below `node_modules`."""
    options: tuple[str, ...]
    build: tuple[str, ...]
    """A program below `node_modules/.bin`, with its words."""
    made: str
    """The folder that the build writes."""
    code: str
    """Where the application's own code lies."""
    environment: str
    """What stands before the name of a value of the environment in code."""


VITE = Tool(
    name="vite-page", main="create-vite/index.js", options=("--template", "react", "--no-interactive"),
    build=("vite", "build"), made="dist", code="src", environment="import.meta.env.VITE_",
)  # fmt: skip
NEXT = Tool(
    name="next-page", main="create-next-app/dist/index.js",
    options=("--js", "--app", "--no-eslint", "--no-tailwind", "--no-src-dir", "--skip-install",
             "--disable-git", "--yes"),
    build=("next", "build"), made="out", code="app", environment="process.env.NEXT_PUBLIC_",
)  # fmt: skip
EXPO = Tool(
    name="expo-page", main="create-expo/bin/create-expo.js",
    options=("--template", "expo-template-blank@56.0.26", "--no-install", "--yes"),
    build=("expo", "export", "--platform", "web", "--source-maps"), made="dist", code=".",
    environment="process.env.EXPO_PUBLIC_",
)  # fmt: skip


async def vite(site: Site) -> list[Server]:
    """React by create-vite: chunks that load later, and source maps."""
    return [await _served(site, VITE)]


async def next_app(site: Site) -> list[Server]:
    """create-next-app, exported as files."""
    return [await _served(site, NEXT)]


async def expo(site: Site) -> list[Server]:
    """create-expo-app, exported for browsers."""
    return [await _served(site, EXPO)]


async def _served(site: Site, tool: Tool) -> Server:
    name = f"{tool.name}-open"
    workdir = site.workdir(name)
    kept = await built(site.shelf, tool)
    await asyncio.to_thread(shutil.copytree, kept / "page", workdir / "www")
    port, pid, _ = await start_nginx(site, workdir, f"root {workdir}/www; index index.html;")
    page = await asyncio.to_thread(Web(port=port).ask, "GET", "/")
    if page.status != 200 or b"<script" not in page.body:
        raise NotAsNamed(f"{name} shows no page with scripts")
    return Server(
        name=name, datastore="page", form="open", version=PINS[tool.name]["version"], transport="http", port=port,
        path="/", pid=pid,
    )  # fmt: skip


async def built(shelf: Shelf, tool: Tool) -> Path:
    """The kept folder with the tool's `page`; raises `NotHad`."""
    if not shutil.which("npm"):
        raise NotHad("there is no npm on this machine")

    async def fill(part: Path) -> None:
        await _install(shelf, tool, part / "tool")
        env = {**os.environ, **_QUIET}
        main = part / "tool" / "node_modules" / tool.main
        await shelf.run(["node", str(main), "app", *tool.options], cwd=part, env=env)
        app = part / "app"
        await asyncio.to_thread(_lay_sources, tool, app)
        await shelf.run(["npm", "ci", *_PACKAGES], cwd=app, env=env)
        program, *words = tool.build
        await shelf.run(["nice", str(app / "node_modules" / ".bin" / program), *words], cwd=app, env=env)
        shutil.move(app / tool.made, part / "page")
        for left in ("tool", "app"):
            await asyncio.to_thread(shutil.rmtree, part / left)

    return await shelf.folder_of("npm", tool.name, fill)


async def _install(shelf: Shelf, tool: Tool, folder: Path) -> None:
    """The tool itself, held to the hash of its pin."""
    await asyncio.to_thread(folder.mkdir)
    await shelf.run(["npm", "install", *_PACKAGES, "--prefix", str(folder), PINS[tool.name]["npm"]], cwd=folder)
    locked = json.loads((folder / "node_modules" / ".package-lock.json").read_text(encoding="utf-8"))
    package = PINS[tool.name]["npm"].rpartition("@")[0]
    if locked["packages"][f"node_modules/{package}"]["integrity"] != PINS[tool.name]["integrity"]:
        raise NotHad(f"{PINS[tool.name]['npm']} is not the one that was pinned")


def _lay_sources(tool: Tool, app: Path) -> None:
    """Our own code over the tool's example, and what is planted: half of it in a part that a page loads later."""
    source = SOURCES / tool.name.partition("-")[0]
    shutil.copytree(source, app, dirs_exist_ok=True)
    shutil.copytree(SOURCES / "common", app / tool.code, dirs_exist_ok=True)
    for file in (*app.glob("*.js"), *(app / tool.code).glob("*.js*")):
        text = file.read_text(encoding="utf-8")
        text = text.replace("MAP_ONLY", MAP_ONLY).replace("ENV.", tool.environment)
        file.write_text(text, encoding="utf-8")
    for number, name in enumerate(("planted.js", "planted-late.js")):
        text = script_with(_half(SECRETS, number), _half(BACKENDS, number))
        (app / tool.code / name).write_text(text, encoding="utf-8")


def _half(planted: Mapping[str, str], number: int) -> dict[str, str]:
    return {name: text for at, (name, text) in enumerate(planted.items()) if at % 2 == number}
