"""Airflow and Superset, from PyPI: their own login, and a role of strangers that may read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from lab.clients.web import Web
from lab.fetch import PINS
from lab.model import CANARY, PASSWORD, NotAsNamed, Server
from lab.recipes.odd_fronts import plain_proxy
from lab.site import Site
from lab.trees import PYTHON, packages

DAGS = "/api/v1/dags"
DASHBOARDS = "/api/v1/dashboard/"
WORKFLOWS = 3


async def airflow_open(site: Site) -> list[Server]:
    """Strangers have the role of an administrator; and behind a plain proxy."""
    server = await _airflow(site, "airflow-open", role="Admin")
    return [server, await plain_proxy(site, server, name="airflow-proxied-open", path=DAGS)]


async def airflow_protected(site: Site) -> list[Server]:
    """As it comes."""
    return [await _airflow(site, "airflow-protected", role="Public")]


async def _airflow(site: Site, name: str, *, role: str) -> Server:
    workdir, port = site.workdir(name), site.port()
    tree = await packages(site.shelf, "airflow", workdir)
    (workdir / "dags").mkdir()
    for number in range(WORKFLOWS):
        (workdir / "dags" / f"customers_{number}.py").write_text(
            f"from airflow import DAG\ndag = DAG('customers_{number}', description='{CANARY}', schedule=None)\n",
            encoding="utf-8",
        )
    interface = f'AUTH_ROLE_PUBLIC = "{role}"\n' if role != "Public" else ""
    (workdir / "webserver_config.py").write_text(f"WTF_CSRF_ENABLED = True\n{interface}", encoding="utf-8")
    settings = _airflow_settings(workdir, tree, is_open=role != "Public")
    airflow: list[str | Path] = [PYTHON, tree / "bin" / "airflow"]
    await site.run(workdir, [*airflow, "db", "migrate"], env=settings)
    await site.run(workdir, [*airflow, "dags", "reserialize"], env=settings)
    # What `airflow webserver` begins, without the watch that ends it where a start takes more than two minutes.
    serve = ["--workers", "1", "--timeout", "300", "--bind", f"127.0.0.1:{port}", "airflow.www.app:cached_app()"]
    configured = ["--config", "python:airflow.www.gunicorn_config"]
    gunicorn: list[str | Path] = [PYTHON, tree / "bin" / "gunicorn", *configured, *serve]
    process = await site.start(workdir, gunicorn, env=settings)
    web = Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", "/health").status == 200)
    listed = await asyncio.to_thread(web.ask, "GET", DAGS)
    if (CANARY.encode() in listed.body) is not (role != "Public"):
        raise NotAsNamed(f"{name} answered a stranger's question for its workflows with {listed.status}")
    return _server(name, "airflow", port, process, is_open=role != "Public")


def _airflow_settings(workdir: Path, tree: Path, *, is_open: bool) -> Mapping[str, str]:
    backend = "airflow.api.auth.backend.default" if is_open else "airflow.api.auth.backend.session"
    return {
        "PYTHONPATH": str(tree),
        "PATH": f"{tree}/bin:/usr/bin:/bin",
        "AIRFLOW_HOME": str(workdir),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(workdir / "dags"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{workdir}/airflow.db",
        "AIRFLOW__API__AUTH_BACKENDS": backend,
        "AIRFLOW__WEBSERVER__SECRET_KEY": PASSWORD,
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }


async def superset_open(site: Site) -> list[Server]:
    """Strangers have the role Gamma; and behind a plain proxy."""
    server = await _superset(site, "superset-open", is_open=True)
    return [server, await plain_proxy(site, server, name="superset-proxied-open", path=DASHBOARDS)]


async def superset_protected(site: Site) -> list[Server]:
    """As it comes."""
    return [await _superset(site, "superset-protected", is_open=False)]


async def _superset(site: Site, name: str, *, is_open: bool) -> Server:
    workdir, port = site.workdir(name), site.port()
    tree = await packages(site.shelf, "superset", workdir)
    public = 'PUBLIC_ROLE_LIKE = "Gamma"\n' if is_open else ""
    (workdir / "superset_config.py").write_text(
        f"SECRET_KEY = '{PASSWORD}-{PASSWORD}-{PASSWORD}'\n{public}"
        f"SQLALCHEMY_DATABASE_URI = 'sqlite:///{workdir}/superset.db'\nTALISMAN_ENABLED = False\n",
        encoding="utf-8",
    )
    settings = {
        "PYTHONPATH": f"{workdir}:{tree}",
        "SUPERSET_CONFIG_PATH": str(workdir / "superset_config.py"),
        "FLASK_APP": "superset.app:create_app()",
    }
    superset: list[str | Path] = [PYTHON, tree / "bin" / "superset"]
    await site.run(workdir, [*superset, "db", "upgrade"], env=settings)
    await site.run(workdir, [*superset, "init"], env=settings)
    serve = ["run", "--host", "127.0.0.1", "--port", str(port), "--without-threads"]
    process = await site.start(workdir, [*superset, *serve], env=settings)
    web = Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", "/health").status == 200)
    listed = await asyncio.to_thread(web.ask, "GET", DASHBOARDS)
    if listed.status != (200 if is_open else 401):
        raise NotAsNamed(f"{name} answered a stranger's question for its dashboards with {listed.status}")
    return _server(name, "superset", port, process, is_open=is_open)


def _server(name: str, pin: str, port: int, process: asyncio.subprocess.Process, *, is_open: bool) -> Server:
    return Server(
        name=name,
        datastore=pin,
        form="open" if is_open else "protected",
        version=PINS[pin]["version"],
        transport="http",
        port=port,
        pid=process.pid,
    )
