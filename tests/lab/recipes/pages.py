"""Pages of PyPI that show data, tasks or code, from Datasette to Radicale."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import sqlite3
from pathlib import Path
from urllib.parse import quote

from lab.clients.web import Web
from lab.model import CANARY, PASSWORD, NotHad, Server, records_of
from lab.recipes.asked import Place, Question, place, served, waited
from lab.recipes.keyvalue import redis_open_at
from lab.site import Site
from lab.trees import PYTHON, packages

TASKS = "/api/task_list?data=%7B%7D"
CARDS = "/lab/customers/"


async def datasette_open(site: Site) -> list[Server]:
    """As it comes."""
    return [await _datasette(site, "datasette-open", [])]


async def datasette_no_sql_open(site: Site) -> list[Server]:
    """Tables are shown, and statements of strangers are refused."""
    return [await _datasette(site, "datasette-no-sql-open", ["--setting", "default_allow_sql", "off"])]


async def datasette_protected(site: Site) -> list[Server]:
    """Only a named account may see the instance."""
    return [await _datasette(site, "datasette-protected", [])]


async def _datasette(site: Site, name: str, settings: list[str]) -> Server:
    where = place(site, name)
    tree = await packages(site.shelf, "datasette", where.workdir)
    rows = records_of(name)
    with sqlite3.connect(where.workdir / "shop.db") as database:
        database.execute("create table customers (name text, email text)")
        database.executemany("insert into customers values (:name, :email)", rows)
    database.close()
    lock = {} if where.is_open else {"allow": {"id": "root"}}
    (where.workdir / "metadata.json").write_text(json.dumps(lock), encoding="utf-8")
    run: list[str | Path] = ["-m", "datasette", "serve", "-h", "127.0.0.1", "-p", str(where.port), "shop.db"]
    process = await site.start(
        where.workdir, [PYTHON, *run, "-m", "metadata.json", *settings], env={"PYTHONPATH": str(tree)}
    )
    rows_of = Question(path="/shop/customers.json", refused=403)
    return await served(site, where, rows_of, process, datastore="datasette", pin="datasette", records=len(rows))


async def rq_dashboard_open(site: Site) -> list[Server]:
    """As it comes."""
    return [await _rq_dashboard(site, "rq-dashboard-open")]


async def rq_dashboard_protected(site: Site) -> list[Server]:
    """A login."""
    return [await _rq_dashboard(site, "rq-dashboard-protected")]


async def _rq_dashboard(site: Site, name: str) -> Server:
    where = place(site, name)
    tree = await packages(site.shelf, "rq-dashboard", where.workdir)
    broker = await redis_open_at(site, f"{name}-broker")
    queue = f"{CANARY}-queue"
    fill = f"from redis import Redis; from rq import Queue; q = Queue({queue!r}, connection=Redis(port={broker}))\n"
    fill += "for number in range(3): q.enqueue('shop.send', f'{number}')"
    await site.run(where.workdir, [PYTHON, "-c", fill], env={"PYTHONPATH": str(tree)})
    lock = [] if where.is_open else ["--username", "lab", "--password", PASSWORD]
    run = ["-m", "rq_dashboard", "-b", "127.0.0.1", "-p", str(where.port), "-u", f"redis://127.0.0.1:{broker}"]
    process = await site.start(where.workdir, [PYTHON, *run, *lock], env={"PYTHONPATH": str(tree)})
    queues = Question(path="/0/data/queues.json")
    return await served(site, where, queues, process, datastore="rq_dashboard", pin="rq-dashboard", records=3)


async def supervisor_open(site: Site) -> list[Server]:
    """A page without a login, as the sample of its configuration has it."""
    return [await _supervisor(site, "supervisor-open")]


async def supervisor_protected(site: Site) -> list[Server]:
    """A login."""
    return [await _supervisor(site, "supervisor-protected")]


async def _supervisor(site: Site, name: str) -> Server:
    where = place(site, name)
    tree = await packages(site.shelf, "supervisor", where.workdir)
    lock = "" if where.is_open else f"username=lab\npassword={PASSWORD}\n"
    (where.workdir / "supervisor.conf").write_text(
        f"[supervisord]\nnodaemon=true\nlogfile={where.workdir}/all\npidfile={where.workdir}/pid\n"
        f"[inet_http_server]\nport=127.0.0.1:{where.port}\n{lock}"
        "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n"
        f"[program:{CANARY}]\ncommand=/bin/sleep 100000\n",
        encoding="utf-8",
    )
    main = "from supervisor.supervisord import main; main()"
    run: list[str | Path] = ["-c", main, "-c", where.workdir / "supervisor.conf"]
    process = await site.start(where.workdir, [PYTHON, *run], env={"PYTHONPATH": str(tree)})
    return await served(site, where, Question(path="/"), process, datastore="supervisor", pin="supervisor")


async def pypiserver_open(site: Site) -> list[Server]:
    """As it comes: everybody may list and fetch."""
    return [await _pypiserver(site, "pypiserver-open")]


async def pypiserver_protected(site: Site) -> list[Server]:
    """A login for everything."""
    return [await _pypiserver(site, "pypiserver-protected")]


async def _pypiserver(site: Site, name: str) -> Server:
    where = place(site, name)
    tree = await packages(site.shelf, "pypiserver", where.workdir)
    (where.workdir / "files").mkdir()
    for number in range(3):
        (where.workdir / "files" / f"shop{number}-{number}.0.tar.gz").write_bytes(CANARY.encode())
    (where.workdir / "users").write_text(f"lab:{sha1_of(PASSWORD)}\n", encoding="utf-8")
    lock = ["-a", "."] if where.is_open else ["-a", "update,download,list"]
    keys: list[str | Path] = ["-P", "."] if where.is_open else ["-P", where.workdir / "users"]
    run: list[str | Path] = ["-m", "pypiserver", "run", "-i", "127.0.0.1", "-p", str(where.port), *lock, *keys]
    process = await site.start(where.workdir, [PYTHON, *run, where.workdir / "files"], env={"PYTHONPATH": str(tree)})
    listed = Question(path="/packages/", shows="shop2-2.0.tar.gz")
    return await served(site, where, listed, process, datastore="pypiserver", pin="pypiserver", records=3)


def sha1_of(password: str) -> str:
    """As files of passwords hold it, where the standard library makes nothing better; it guards invented data."""
    return "{SHA}" + base64.b64encode(hashlib.sha1(password.encode(), usedforsecurity=False).digest()).decode()


async def luigi_open(site: Site) -> list[Server]:
    """As it comes; it knows no login."""
    where = place(site, "luigi-open")
    tree = await packages(site.shelf, "luigi", where.workdir)
    main = "from luigi.cmdline import luigid; luigid()"
    run: list[str | Path] = ["-c", main, "--address", "127.0.0.1", "--port", str(where.port)]
    keeps: list[str | Path] = ["--state-path", where.workdir / "state.pickle"]
    process = await site.start(where.workdir, [PYTHON, *run, *keeps], env={"PYTHONPATH": str(tree)})
    await waited(site, where, process)
    for number in range(3):
        task = {"worker": "lab", "task_id": f"{CANARY}-{number}", "status": "PENDING", "family": "Customers"}
        said = await asyncio.to_thread(Web(port=where.port).ask, "GET", f"/api/add_task?data={quote(json.dumps(task))}")
        if said.status != 200:
            raise NotHad(f"luigi answered a task with {said.status}")
    return [await served(site, where, Question(path=TASKS), process, datastore="luigi", pin="luigi", records=3)]


async def marimo_open(site: Site) -> list[Server]:
    """Without its token, as --no-token has it."""
    return [await _marimo(site, "marimo-open")]


async def marimo_protected(site: Site) -> list[Server]:
    """A password."""
    return [await _marimo(site, "marimo-protected")]


async def _marimo(site: Site, name: str) -> Server:
    where = place(site, name)
    tree = await packages(site.shelf, "marimo", where.workdir)
    (where.workdir / "customers.py").write_text(f"import marimo\n\napp = marimo.App()\n# {CANARY}\n", encoding="utf-8")
    lock = ["--no-token"] if where.is_open else ["--token-password", PASSWORD]
    run = ["-m", "marimo", "edit", "--headless", "--host", "127.0.0.1", "-p", str(where.port), "--skip-update-check"]
    process = await site.start(where.workdir, [PYTHON, *run, *lock], env={"PYTHONPATH": str(tree)})
    status = Question(path="/api/status", shows='"mode":"edit"')
    return await served(site, where, status, process, datastore="marimo", pin="marimo")


async def radicale_open(site: Site) -> list[Server]:
    """No login at all, as version 2 and earlier came."""
    return [await _radicale(site, "radicale-open")]


async def radicale_protected(site: Site) -> list[Server]:
    """A file of passwords."""
    return [await _radicale(site, "radicale-protected")]


async def _radicale(site: Site, name: str) -> Server:
    where = place(site, name)
    tree = await packages(site.shelf, "radicale", where.workdir)
    _lay_cards(where, name)
    auth = (
        "type=none"
        if where.is_open
        else f"type=htpasswd\nhtpasswd_filename={where.workdir}/users\nhtpasswd_encryption=plain"
    )
    (where.workdir / "users").write_text(f"lab:{PASSWORD}\n", encoding="utf-8")
    rights = "[rights]\ntype=owner_only\n" if not where.is_open else "[rights]\ntype=authenticated\n"
    (where.workdir / "config").write_text(
        f"[server]\nhosts=127.0.0.1:{where.port}\n[auth]\n{auth}\n{rights}"
        f"[storage]\nfilesystem_folder={where.workdir}/cards\n",
        encoding="utf-8",
    )
    run: list[str | Path] = ["-m", "radicale", "--config", where.workdir / "config"]
    process = await site.start(where.workdir, [PYTHON, *run], env={"PYTHONPATH": str(tree)})
    cards = Question(path=CARDS, refused=401)
    return await served(site, where, cards, process, datastore="carddav", pin="radicale")


def _lay_cards(where: Place, name: str) -> None:
    folder = where.workdir / "cards" / "collection-root" / "lab" / "customers"
    folder.mkdir(parents=True)
    (folder / ".Radicale.props").write_text('{"tag": "VADDRESSBOOK", "D:displayname": "customers"}', encoding="utf-8")
    for number, one in enumerate(records_of(name)):
        card = (
            f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{number}\r\nFN:{one['name']}\r\nEMAIL:{one['email']}\r\nEND:VCARD\r\n"
        )
        (folder / f"{number}.vcf").write_text(card, encoding="utf-8")
