"""Software that people run and that is no datastore, as `negatives.toml` states it: none may be called exposed."""

from __future__ import annotations

import asyncio
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.clients.web import Web
from lab.fetch import PINS
from lab.model import NotAsNamed, NotHad, Server
from lab.recipes.front import start_nginx
from lab.site import Site
from lab.trees import PYTHON, packages

NEGATIVES: Mapping[str, Mapping[str, Any]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
NAMES = tuple(f"{name}-protected" for name in NEGATIVES)
_APACHE_MODULES = ("mpm_event", "authz_core", "dir", "autoindex", "mime")


async def negatives(site: Site) -> list[Server]:
    """All of them; those in Python share one tree of packages."""
    await site.shelf.debian("php", "apache", "nginx")
    tree = await packages(site.shelf, "negatives-python", site.workdir("negatives-tree"))
    return [await _one(site, name, stated, tree) for name, stated in NEGATIVES.items()]


async def _one(site: Site, name: str, stated: Mapping[str, Any], tree: Path) -> Server:
    workdir = site.workdir(f"{name}-protected")
    for file, text in {**stated.get("files", {}), **({"app.py": stated["app"]} if "app" in stated else {})}.items():
        await asyncio.to_thread(_lay, workdir / file, text)
    port, pid = await _started(site, workdir, stated, tree)
    said = await asyncio.to_thread(Web(port=port).ask, "GET", "/")
    if stated["says"].encode() not in said.body:
        raise NotAsNamed(f"{name} answered with {said.status} and another page")
    return Server(
        name=f"{name}-protected", datastore="none", form="protected", version=_version(stated), transport="http",
        port=port, pid=pid,
    )  # fmt: skip


def _lay(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


async def _started(site: Site, workdir: Path, stated: Mapping[str, Any], tree: Path) -> tuple[int, int]:
    program = stated.get("program", "python")
    if program == "nginx":
        port, pid, _ = await start_nginx(site, workdir, stated["rules"].format(workdir=workdir))
        return port, pid
    port = site.port()
    if program == "apache":
        (workdir / "httpd.conf").write_text(_apache_config(workdir, port), encoding="utf-8")
        words: list[str | Path] = ["/usr/sbin/apache2", "-f", workdir / "httpd.conf", "-D", "FOREGROUND"]
    else:
        found = PYTHON if program == "python" else shutil.which(program)
        if found is None:
            raise NotHad(f"there is no {program} on this machine")
        words = [found, *(word.format(port=port, workdir=workdir) for word in stated["run"])]
    process = await site.start(workdir, words, env={"PYTHONPATH": f"{tree}:{workdir}"})
    await site.until(process, workdir, lambda: Web(port=port).ask("GET", "/").status > 0)
    return port, process.pid


def _version(stated: Mapping[str, Any]) -> str:
    """As pinned, where a package of PyPI gives it."""
    pins: list[str] = PINS["negatives-python"]["pypi"]
    return next((pin.partition("==")[2] for pin in pins if pin.partition("==")[0] == stated.get("version")), "")


def _apache_config(workdir: Path, port: int) -> str:
    load = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in _APACHE_MODULES)
    return (
        f"{load}ServerRoot {workdir}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {workdir}/pid\n"
        f"ErrorLog {workdir}/errors\nTypesConfig /etc/mime.types\nDocumentRoot {workdir}/www\n"
        f"DefaultRuntimeDir {workdir}\n"
        f"<Directory {workdir}/www>\nOptions None\nRequire all granted\n</Directory>\n"
    )
