"""Servers protected by what the product itself brings: Flower, MLflow, WsgiDAV, Apache, HFS, OrientDB."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from pathlib import Path

from lab.clients.web import Web
from lab.fetch import PINS
from lab.model import CANARY, PASSWORD, NotAsNamed, Server
from lab.recipes.asked import Place, place
from lab.recipes.consoles import EXPERIMENTS, SHARED, lay_files
from lab.recipes.keyvalue import redis_open_at
from lab.recipes.search import java_home
from lab.recipes.unforeseen import SMALL, orientdb_config
from lab.site import Site
from lab.trees import PYTHON, jars, modules, packages

LOGIN = f"lab:{PASSWORD}"
LONG_PASSWORD = f"{PASSWORD}-of-the-lab"
"""MLflow wants twelve characters."""
_HIDDEN = 401
_OK = 200


async def _told(
    where: Place, process: asyncio.subprocess.Process, *, datastore: str, pin: str, paths: tuple[str, ...],
    method: str = "GET", version: str = "",
) -> Server:  # fmt: skip
    """The row of one that refused a stranger on all of these paths; raises `NotAsNamed`."""
    for path in paths:
        said = await asyncio.to_thread(Web(port=where.port).ask, method, path, None, {"Depth": "1"})
        if said.status != _HIDDEN or CANARY.encode() in said.body:
            raise NotAsNamed(f"{where.name} answered a stranger's {method} {path} with {said.status}")
    return Server(
        name=where.name, datastore=datastore, form="protected", version=version or str(PINS[pin]["version"]),
        transport="http", port=where.port, pid=process.pid,
    )  # fmt: skip


async def flower(site: Site) -> list[Server]:
    """With `--basic-auth`, which guards its pages and its interface for programs."""
    where = place(site, "flower-protected")
    tree = await packages(site.shelf, "flower", where.workdir)
    broker = await redis_open_at(site, "flower-guarded-broker")
    listen = ["--address=127.0.0.1", f"--port={where.port}", f"--basic-auth={LOGIN}"]
    run = ["-m", "celery", f"--broker=redis://127.0.0.1:{broker}/0", "flower", *listen]
    process = await site.start(where.workdir, [PYTHON, *run], env={"PYTHONPATH": str(tree)})
    owner = Web(port=where.port, login=LOGIN)
    await site.until(process, where.workdir, lambda: owner.ask("GET", "/workers?json=1").status == _OK)
    paths = ("/", "/workers?json=1", "/api/workers?status=true", "/tasks")
    return [await _told(where, process, datastore="flower", pin="flower", paths=paths)]


async def mlflow(site: Site) -> list[Server]:
    """With `--app-name basic-auth`."""
    where = place(site, "mlflow-protected")
    tree = await packages(site.shelf, "mlflow", where.workdir)
    more = await packages(site.shelf, "mlflow-login", _made(where.workdir / "login"))
    workdir = where.workdir
    (workdir / "auth.ini").write_text(
        f"[mlflow]\ndefault_permission = READ\ndatabase_uri = sqlite:///{workdir}/auth.db\nadmin_username = lab\n"
        f"admin_password = {LONG_PASSWORD}\nauthorization_function = "
        "mlflow.server.auth:authenticate_request_basic_auth\n",
        encoding="utf-8",
    )
    store = ["--backend-store-uri", f"sqlite:///{workdir}/mlflow.db", "--default-artifact-root", f"{workdir}/files"]
    run = ["-m", "mlflow", "server", "--app-name", "basic-auth", "--host", "127.0.0.1", "--port", str(where.port)]
    env = {
        "PYTHONPATH": f"{tree}:{more}", "PATH": f"{tree}/bin:/usr/bin:/bin", "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_AUTH_CONFIG_PATH": f"{workdir}/auth.ini", "MLFLOW_FLASK_SERVER_SECRET_KEY": LONG_PASSWORD,
    }  # fmt: skip
    process = await site.start(workdir, [PYTHON, *run, "--workers", "1", *store], env=env)
    owner = Web(port=where.port, login=f"lab:{LONG_PASSWORD}")
    await site.until(process, workdir, lambda: owner.ask("GET", EXPERIMENTS).status == _OK)
    return [await _told(where, process, datastore="mlflow", pin="mlflow", paths=(EXPERIMENTS,))]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def wsgidav(site: Site) -> list[Server]:
    """With one user in its mapping, and none for everybody."""
    where = place(site, "wsgidav-protected")
    tree = await packages(site.shelf, "wsgidav", where.workdir)
    lay_files(where.workdir / "files", where.name)
    config = {
        "host": "127.0.0.1", "port": where.port, "provider_mapping": {"/": str(where.workdir / "files")},
        "simple_dc": {"user_mapping": {"*": {"lab": {"password": PASSWORD}}}},
        "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
    }  # fmt: skip
    (where.workdir / "wsgidav.json").write_text(json.dumps(config), encoding="utf-8")
    run: list[str | Path] = [PYTHON, tree / "bin" / "wsgidav", "--config", where.workdir / "wsgidav.json"]
    process = await site.start(where.workdir, run, env={"PYTHONPATH": str(tree)})
    await _until_listed(site, where, process)
    return [await _told(where, process, datastore="webdav", pin="wsgidav", paths=("/",), method="PROPFIND")]


async def _until_listed(site: Site, where: Place, process: asyncio.subprocess.Process) -> None:
    owner = Web(port=where.port, login=LOGIN)
    await site.until(process, where.workdir, lambda: owner.ask("PROPFIND", "/", None, {"Depth": "1"}).status == 207)


async def apache_dav(site: Site) -> list[Server]:
    """Apache's folder for its user alone."""
    where = place(site, "apache-dav-protected")
    await site.shelf.debian("apache")
    lay_files(where.workdir / "files", where.name)
    digest = base64.b64encode(hashlib.sha1(PASSWORD.encode(), usedforsecurity=False).digest()).decode()
    (where.workdir / "htpasswd").write_text(f"lab:{{SHA}}{digest}\n", encoding="utf-8")
    (where.workdir / "httpd.conf").write_text(_apache_config(where.workdir, where.port), encoding="utf-8")
    process = await site.start(
        where.workdir, ["/usr/sbin/apache2", "-f", where.workdir / "httpd.conf", "-D", "FOREGROUND"]
    )  # fmt: skip
    await _until_listed(site, where, process)
    stated = (await asyncio.to_thread(Web(port=where.port).ask, "HEAD", "/")).headers.get("Server", "")
    version = stated.partition("/")[2].split()[0]
    return [
        await _told(where, process, datastore="webdav", pin="apache", paths=("/",), method="PROPFIND", version=version)
    ]


def _apache_config(workdir: Path, port: int) -> str:
    names = (
        "mpm_event", "authz_core", "authz_user", "authn_core", "authn_file", "auth_basic", "dir", "dav", "dav_fs",
        "mime",
    )  # fmt: skip
    load = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in names)
    return (
        f"{load}ServerRoot {workdir}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {workdir}/pid\n"
        f"ErrorLog {workdir}/errors\nTypesConfig /etc/mime.types\nDocumentRoot {workdir}/files\n"
        f"DefaultRuntimeDir {workdir}\n"
        f"DavLockDB {workdir}/locks\n"
        f"<Directory {workdir}/files>\nDav On\nDirectoryIndex disabled\nAuthType Basic\nAuthName files\n"
        f"AuthUserFile {workdir}/htpasswd\nRequire valid-user\n</Directory>\n"
    )


async def hfs(site: Site) -> list[Server]:
    """All of its folders for people with an account."""
    where = place(site, "hfs-protected")
    tree = await modules(site.shelf, "hfs", where.workdir)
    lay_files(where.workdir / "files", where.name)
    (where.workdir / "config.yaml").write_text(
        f"port: {where.port}\nopen_browser_at_start: false\nlisten_interface: 127.0.0.1\n"
        f"accounts:\n  lab:\n    password: {PASSWORD}\n"
        f'vfs:\n  can_read: "*"\n  can_list: "*"\n  can_see: "*"\n  children:\n    - source: {where.workdir}/files\n',
        encoding="utf-8",
    )
    main = tree / "node_modules" / "hfs" / "src" / "index.js"
    process = await site.start(where.workdir, ["node", main, "--cwd", where.workdir])
    owner = Web(port=where.port, login=LOGIN)
    await site.until(
        process, where.workdir, lambda: CANARY.encode() in owner.ask("GET", "/files/customers-1.json").body
    )
    paths = (SHARED, "/files/customers-1.json")
    return [await _told(where, process, datastore="hfs", pin="hfs", paths=paths)]


async def orientdb(site: Site) -> list[Server]:
    """Without the guest's right to list databases, which it has by the settings and by the database of the system."""
    where = place(site, "orientdb-protected")
    java = await java_home(site) / "bin" / "java"
    workdir, port = where.workdir, where.port
    tree = await jars(site.shelf, "orientdb", workdir)
    (workdir / "orientdb.xml").write_text(orientdb_config(port, site.port(), guest="connect"), encoding="utf-8")
    home: list[str | Path] = [f"-DORIENTDB_HOME={workdir}", f"-Dorientdb.config.file={workdir}/orientdb.xml"]
    main = ["-cp", f"{tree}/*", "com.orientechnologies.orient.server.OServerMain"]
    process = await site.start(workdir, [java, *SMALL, *home, *main])
    owner, stranger = Web(port=port, login=f"root:{PASSWORD}"), Web(port=port)
    await site.until(process, workdir, lambda: owner.ask("GET", "/listDatabases").status == _OK)
    await asyncio.to_thread(owner.ask, "POST", "/database/customers/plocal")
    gone = await asyncio.to_thread(owner.ask, "POST", "/command/OSystem/sql", b"delete from OUser where name = 'guest'")
    if b'"count": 1' not in gone.body:
        raise NotAsNamed(f"{where.name} answered its owner, who removes the guest, with {gone.status}")
    listed = [await asyncio.to_thread(each.ask, "GET", "/listDatabases") for each in (owner, stranger)]
    if b"customers" not in listed[0].body or b"customers" in listed[1].body:
        raise NotAsNamed(f"{where.name} answered a stranger's question for its databases with {listed[1].status}")
    return [
        Server(
            name=where.name,
            datastore="orientdb",
            form="protected",
            version=PINS["orientdb"]["version"],
            transport="http",
            port=port,
            pid=process.pid,
        )
    ]
