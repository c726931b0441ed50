"""Pages and file servers that no check was built on: Flower, MLflow, sqlite-web, WsgiDAV, HFS, phpMyAdmin, Apache."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import sqlite3
from pathlib import Path

from lab.clients.web import Web
from lab.fetch import PINS
from lab.model import CANARY, PASSWORD, NotAsNamed, Server, records_of
from lab.recipes.keyvalue import redis_open_at
from lab.recipes.odd_fronts import below_a_path, guarded_front, plain_proxy
from lab.recipes.tables import start_mariadb
from lab.site import Site
from lab.trees import PYTHON, modules, packages

EXPERIMENTS = "/api/2.0/mlflow/experiments/search?max_results=5"
SHARED = "/~/api/get_file_list?uri=/"
PHPMYADMIN = Path("/usr/share/phpmyadmin")


async def flower_open(site: Site) -> list[Server]:
    """As it comes, where its pages are open and its interface for programs is not; and behind a plain proxy."""
    name = "flower-open"
    workdir, port = site.workdir(name), site.port()
    tree = await packages(site.shelf, "flower", workdir)
    broker = await redis_open_at(site, "flower-broker")
    run = ["-m", "celery", f"--broker=redis://127.0.0.1:{broker}/0", "flower", "--address=127.0.0.1", f"--port={port}"]
    process = await site.start(workdir, [PYTHON, *run], env={"PYTHONPATH": str(tree)})
    web = Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", "/workers?json=1").status == 200)
    ending = await asyncio.to_thread(web.ask, "POST", "/api/worker/shutdown/nobody")
    if ending.status != 401:
        raise NotAsNamed(f"{name} answered a stranger's command with {ending.status}")
    server = _server(name, "flower", "flower", port, process)
    return [server, await plain_proxy(site, server, name="flower-proxied-open", path="/workers?json=1")]


async def mlflow_open(site: Site) -> list[Server]:
    """As it comes; its front page alone guarded; and below a path, with and without a front page that leads there."""
    name = "mlflow-open"
    workdir, port = site.workdir(name), site.port()
    tree = await packages(site.shelf, "mlflow", workdir)
    store = ["--backend-store-uri", f"sqlite:///{workdir}/mlflow.db", "--default-artifact-root", f"{workdir}/files"]
    run = ["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", *store]
    quiet = {"PYTHONPATH": str(tree), "PATH": f"{tree}/bin:/usr/bin:/bin", "MLFLOW_DISABLE_TELEMETRY": "true"}
    process = await site.start(workdir, [PYTHON, *run], env=quiet)
    web = Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", EXPERIMENTS).status == 200)
    server = _server(name, "mlflow", "mlflow", port, process)
    low = {"below": "/mlflow", "path": EXPERIMENTS}
    return [
        server,
        await guarded_front(site, server, name="mlflow-guarded-front-open", path=EXPERIMENTS),
        await below_a_path(site, server, name="mlflow-below-open", is_led=False, **low),
        await below_a_path(site, server, name="mlflow-led-below-open", is_led=True, **low),
    ]


async def sqlite_web_open(site: Site) -> list[Server]:
    """As it comes."""
    return [await _sqlite_web(site, "sqlite-web-open", password="")]


async def sqlite_web_protected(site: Site) -> list[Server]:
    """A password."""
    return [await _sqlite_web(site, "sqlite-web-protected", password=PASSWORD)]


async def _sqlite_web(site: Site, name: str, *, password: str) -> Server:
    workdir, port = site.workdir(name), site.port()
    tree = await packages(site.shelf, "sqlite-web", workdir)
    rows = records_of(name)
    with sqlite3.connect(workdir / "shop.db") as database:
        database.execute("create table customers (name text, email text)")
        database.executemany("insert into customers values (:name, :email)", rows)
    database.close()
    run: list[str | Path] = [
        "-m",
        "sqlite_web.sqlite_web",
        "-H",
        "127.0.0.1",
        "-p",
        str(port),
        "-x",
        workdir / "shop.db",
    ]
    lock = {"SQLITE_WEB_PASSWORD": password} if password else {}
    words = [PYTHON, *run, *(["-P"] if password else [])]
    process = await site.start(workdir, words, env={"PYTHONPATH": str(tree), **lock})
    web = Web(port=port)
    await site.until(process, workdir, lambda: web.ask("GET", "/").status in {200, 302})
    answer = await asyncio.to_thread(web.ask, "GET", "/customers/content/")
    if (CANARY.encode() in answer.body) == bool(password):
        raise NotAsNamed(f"{name} answered a stranger's question for its rows with {answer.status}")
    return _server(name, "sqlite-web", "sqlite", port, process, is_open=not password)


async def wsgidav_open(site: Site) -> list[Server]:
    """Anonymous callers may read and write."""
    name = "wsgidav-open"
    workdir, port = site.workdir(name), site.port()
    tree = await packages(site.shelf, "wsgidav", workdir)
    lay_files(workdir / "files", name)
    run: list[str | Path] = [
        tree / "bin" / "wsgidav",
        "--host=127.0.0.1",
        f"--port={port}",
        f"--root={workdir}/files",
        "--auth=anonymous",
    ]
    process = await site.start(workdir, [PYTHON, *run], env={"PYTHONPATH": str(tree)})
    return [await _dav(site, name, "wsgidav", port, process, put=201)]


async def apache_dav_open(site: Site) -> list[Server]:
    """Everybody may look in, and its lock database cannot be written, so that no change succeeds."""
    name = "apache-dav-open"
    await site.shelf.debian("apache")
    workdir, port = site.workdir(name), site.port()
    lay_files(workdir / "files", name)
    (workdir / "httpd.conf").write_text(_apache_config(workdir, port), encoding="utf-8")
    process = await site.start(workdir, ["/usr/sbin/apache2", "-f", workdir / "httpd.conf", "-D", "FOREGROUND"])
    return [await _dav(site, name, "apache", port, process, put=500)]


async def _dav(site: Site, name: str, pin: str, port: int, process: asyncio.subprocess.Process, *, put: int) -> Server:
    web = Web(port=port)
    await site.until(process, site.folder / name, lambda: web.ask("PROPFIND", "/", None, {"Depth": "1"}).status == 207)
    read = await asyncio.to_thread(web.ask, "GET", "/customers-1.json")
    written = await asyncio.to_thread(web.ask, "PUT", "/new.txt", b"a")
    if CANARY.encode() not in read.body or written.status != put:
        raise NotAsNamed(
            f"{name} answered a stranger's question with {read.status}, and a new file with {written.status}"
        )
    if put < 300:
        await asyncio.to_thread(web.ask, "DELETE", "/new.txt")
    version = (
        str(PINS[pin].get("version", "")) or web.ask("HEAD", "/").headers.get("Server", "").partition("/")[2].split()[0]
    )
    return Server(
        name=name, datastore="webdav", form="open", version=version, transport="http", port=port, pid=process.pid
    )


def lay_files(folder: Path, name: str) -> None:
    """A file for each record."""
    folder.mkdir()
    for number, one in enumerate(records_of(name), 1):
        (folder / f"customers-{number}.json").write_text(json.dumps(one), encoding="utf-8")


def _apache_config(workdir: Path, port: int) -> str:
    names = ("mpm_event", "authz_core", "dir", "dav", "dav_fs", "mime")
    load = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in names)
    return (
        f"{load}ServerRoot {workdir}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {workdir}/pid\n"
        f"ErrorLog {workdir}/errors\nTypesConfig /etc/mime.types\nDocumentRoot {workdir}/files\n"
        f"DefaultRuntimeDir {workdir}\n"
        f"DavLockDB {workdir}/missing/locks\n"
        f"<Directory {workdir}/files>\nDav On\nDirectoryIndex disabled\nRequire all granted\n</Directory>\n"
    )


async def hfs_open(site: Site) -> list[Server]:
    """A folder shared with everybody; and behind a plain proxy."""
    name = "hfs-open"
    workdir, port = site.workdir(name), site.port()
    tree = await modules(site.shelf, "hfs", workdir)
    lay_files(workdir / "files", name)
    (workdir / "config.yaml").write_text(
        f"port: {port}\nopen_browser_at_start: false\nlisten_interface: 127.0.0.1\n"
        f"vfs:\n  children:\n    - source: {workdir}/files\n",
        encoding="utf-8",
    )
    main = tree / "node_modules" / "hfs" / "src" / "index.js"
    process = await site.start(workdir, ["node", main, "--cwd", workdir])
    web = Web(port=port)
    await site.until(process, workdir, lambda: b"files" in web.ask("GET", SHARED).body)
    file = await asyncio.to_thread(web.ask, "GET", "/files/customers-1.json")
    if CANARY.encode() not in file.body:
        raise NotAsNamed(f"{name} answered a stranger's question for a file with {file.status}")
    server = _server(name, "hfs", "hfs", port, process)
    return [server, await plain_proxy(site, server, name="hfs-proxied-open", path=SHARED)]


async def phpmyadmin_open(site: Site) -> list[Server]:
    """Everybody is logged in as root of a MariaDB."""
    return [await _phpmyadmin(site, "phpmyadmin-open", is_open=True)]


async def phpmyadmin_protected(site: Site) -> list[Server]:
    """It asks for a name and a password."""
    return [await _phpmyadmin(site, "phpmyadmin-protected", is_open=False)]


async def _phpmyadmin(site: Site, name: str, *, is_open: bool) -> Server:
    await site.shelf.debian("phpmyadmin", "php", "php-mysql")
    workdir, port = site.workdir(name), site.port()
    _, database, _ = await start_mariadb(site, f"{name}-database", password="")
    tree = workdir / "tree"
    await asyncio.to_thread(shutil.copytree, PHPMYADMIN, tree, symlinks=False, ignore_dangling_symlinks=True)
    (workdir / "parts").mkdir()
    # Debian's own copy reads its configuration from a folder of the machine.
    vendor = tree / "libraries" / "vendor_config.php"
    told = vendor.read_text(encoding="utf-8").replace("/etc/phpmyadmin/config.inc.php", f"{tree}/config.inc.php")
    vendor.write_text(told, encoding="utf-8")
    (tree / "config.inc.php").write_text(_phpmyadmin_config(workdir, database, is_open=is_open), encoding="utf-8")
    process = await site.start(workdir, ["php", "-S", f"127.0.0.1:{port}", "-t", tree])
    web = Web(port=port)
    await site.until(process, workdir, lambda: b"phpMyAdmin" in web.ask("GET", "/").body)
    front = await asyncio.to_thread(web.ask, "GET", "/")
    if (b"logged_in:true" in front.body) is not is_open:
        raise NotAsNamed(f"{name} answered a stranger with another page")
    stated = await site.ask(workdir, ["dpkg-query", "-W", "-f=${Version}", "phpmyadmin"])
    return Server(
        name=name,
        datastore="phpmyadmin",
        form="open" if is_open else "protected",
        version=stated.text.partition("+")[0].rpartition(":")[2],
        transport="http",
        port=port,
        pid=process.pid,
    )


def _phpmyadmin_config(workdir: Path, database: int, *, is_open: bool) -> str:
    login = (
        ["'auth_type' => 'config'", "'user' => 'root'", "'password' => ''"] if is_open else ["'auth_type' => 'cookie'"]
    )
    server = ", ".join(["'host' => '127.0.0.1'", f"'port' => '{database}'", "'AllowNoPassword' => true", *login])
    secret = base64.b64encode(bytes(24)).decode()
    settings = {
        "['blowfish_secret']": f"'{secret}'",
        "['TempDir']": f"'{workdir}/parts'",
        "['Servers'][1]": f"[{server}]",
    }
    return "<?php\n" + "".join(f"$cfg{name} = {value};\n" for name, value in settings.items())


def _server(
    name: str, pin: str, datastore: str, port: int, process: asyncio.subprocess.Process, *, is_open: bool = True
) -> Server:
    return Server(
        name=name,
        datastore=datastore,
        form="open" if is_open else "protected",
        version=PINS[pin]["version"],
        transport="http",
        port=port,
        pid=process.pid,
    )
