"""Schedulers, trackers and monitors of PyPI: Dask, Optuna, Glances, TensorBoard, Dagster, Ray."""

from __future__ import annotations

import hashlib
from pathlib import Path

from lab.clients.web import Web
from lab.model import CANARY, PASSWORD, Server
from lab.recipes.asked import Question, guarded_api, place, served, waited
from lab.site import Site
from lab.trees import PYTHON, packages

TASKS = "/json/counts.json"


async def dask_open(site: Site) -> list[Server]:
    """The page of its scheduler as it comes; and behind a proxy that asks for a password for all but the front page."""
    where, scheduler = place(site, "dask-open"), site.port()
    tree = await packages(site.shelf, "dask", where.workdir)
    run = ["-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(scheduler)]
    page = ["--dashboard-address", f"127.0.0.1:{where.port}"]
    process = await site.start(where.workdir, [PYTHON, *run, *page], env={"PYTHONPATH": str(tree)})
    await waited(site, where, process, TASKS)
    fill = f"from distributed import Client, fire_and_forget; client = Client('tcp://127.0.0.1:{scheduler}')\n"
    fill += f"for n in range(3): fire_and_forget(client.submit(pow, n, 2, key={CANARY!r} + str(n)))"
    await site.run(where.workdir, [PYTHON, "-c", fill], env={"PYTHONPATH": str(tree)})
    await site.until(process, where.workdir, lambda: Web(port=where.port).ask("GET", TASKS).json()["tasks"] == 3)
    counts = Question(path="/json/identity.json", shows="Scheduler-", ready=TASKS)
    server = await served(site, where, counts, process, datastore="dask", pin="dask", records=3)
    return [
        server,
        await guarded_api(site, server, name="dask-guarded-api-protected", question=counts, free=("/", "/status")),
    ]


async def optuna_open(site: Site) -> list[Server]:
    """As it comes; and behind a proxy that asks for a password for all but the front page."""
    where = place(site, "optuna-open")
    tree = await packages(site.shelf, "optuna", where.workdir)
    store = f"sqlite:///{where.workdir}/studies.db"
    fill = f"import optuna\nfor n in range(3): optuna.create_study(storage={store!r}, study_name={CANARY!r} + str(n))"
    await site.run(where.workdir, [PYTHON, "-c", fill], env={"PYTHONPATH": str(tree)})
    run = ["-c", "from optuna_dashboard._cli import main; main()", store, "--host", "127.0.0.1"]
    process = await site.start(where.workdir, [PYTHON, *run, "--port", str(where.port)], env={"PYTHONPATH": str(tree)})
    studies = Question(path="/api/studies")
    server = await served(site, where, studies, process, datastore="optuna", pin="optuna")
    return [
        server,
        await guarded_api(
            site, server, name="optuna-guarded-api-protected", question=studies, free=("/", "/dashboard")
        ),
    ]


async def glances_open(site: Site) -> list[Server]:
    """Its web server as it comes."""
    return [await _glances(site, "glances-open")]


async def glances_protected(site: Site) -> list[Server]:
    """A password."""
    return [await _glances(site, "glances-protected")]


async def _glances(site: Site, name: str) -> Server:
    where = place(site, name)
    tree = await packages(site.shelf, "glances", where.workdir)
    folder = where.workdir / ".config" / "glances"
    folder.mkdir(parents=True)
    digest = _glances_hash(_glances_hash(PASSWORD, ""), "salt")
    (folder / "glances.pwd").write_text(f"salt${digest}", encoding="utf-8")
    lock = [] if where.is_open else ["--password"]
    run = ["-m", "glances", "-w", "-B", "127.0.0.1", "-p", str(where.port), "--disable-check-update", *lock]
    environment = {"PYTHONPATH": str(tree), "XDG_CONFIG_HOME": str(where.workdir / ".config")}
    process = await site.start(where.workdir, [PYTHON, *run], env=environment)
    processes = Question(path="/api/4/processlist", shows="cmdline", ready="/api/4/status")
    return await served(site, where, processes, process, datastore="glances", pin="glances")


def _glances_hash(plain: str, salt: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", plain.encode(), salt.encode(), 100_000, dklen=128).hex()


async def tensorboard_open(site: Site) -> list[Server]:
    """As it comes; and behind a proxy that asks for a password for all but the front page."""
    where = place(site, "tensorboard-open")
    tree = await packages(site.shelf, "tensorboard", where.workdir)
    for number in range(3):
        (where.workdir / "runs" / f"{CANARY}-{number}").mkdir(parents=True)
    fill = "import sys; from tensorboard.summary.writer.event_file_writer import EventFileWriter\n"
    fill += "for place in sys.argv[1:]: EventFileWriter(place).close()"
    runs = sorted((where.workdir / "runs").iterdir())
    await site.run(where.workdir, [PYTHON, "-c", fill, *runs], env={"PYTHONPATH": str(tree)})
    run: list[str | Path] = ["-m", "tensorboard.main", "--logdir", where.workdir / "runs", "--host", "127.0.0.1"]
    process = await site.start(where.workdir, [PYTHON, *run, "--port", str(where.port)], env={"PYTHONPATH": str(tree)})
    web, listed = Web(port=where.port), Question(path="/data/runs")
    await site.until(
        process, where.workdir, lambda: web.ask("GET", "/data/runs").body.count(CANARY.encode()) == len(runs)
    )
    server = await served(site, where, listed, process, datastore="tensorboard", pin="tensorboard")
    return [server, await guarded_api(site, server, name="tensorboard-guarded-api-protected", question=listed)]


async def dagster_open(site: Site) -> list[Server]:
    """As it comes; and behind a proxy that asks for a password for all but the front page."""
    where = place(site, "dagster-open")
    tree = await packages(site.shelf, "dagster", where.workdir)
    environment = {"PYTHONPATH": str(tree), "PATH": f"{tree}/bin:/usr/bin:/bin", "DAGSTER_HOME": str(where.workdir)}
    run = ["-m", "dagster_webserver", "-h", "127.0.0.1", "-p", str(where.port), "--empty-workspace"]
    process = await site.start(where.workdir, [PYTHON, *run], env=environment)
    info = Question(path="/server_info", shows="dagster_webserver_version")
    server = await served(site, where, info, process, datastore="dagster", pin="dagster")
    return [server, await guarded_api(site, server, name="dagster-guarded-api-protected", question=info)]


async def ray_open(site: Site) -> list[Server]:
    """As it comes."""
    return [await _ray(site, "ray-open")]


async def ray_protected(site: Site) -> list[Server]:
    """A token."""
    return [await _ray(site, "ray-protected")]


async def _ray(site: Site, name: str) -> Server:
    where = place(site, name)
    tree = await packages(site.shelf, "ray", where.workdir)
    (where.workdir / "token").write_text(PASSWORD * 4, encoding="utf-8")
    lock = {} if where.is_open else {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(where.workdir / "token")}
    environment = {"PYTHONPATH": str(tree), "PATH": f"{tree}/bin:/usr/bin:/bin", "RAY_USAGE_STATS_ENABLED": "0", **lock}
    environment["RAY_raylet_start_wait_time_s"] = "280"  # as one of several servers it starts slowly
    small = ["--num-cpus", "1", "--object-store-memory", "80000000", "--disable-usage-stats"]
    run = ["-m", "ray.scripts.scripts", "start", "--head", "--block", "--node-ip-address=127.0.0.1", *small]
    page = ["--dashboard-host", "127.0.0.1", "--dashboard-port", "8265", "--temp-dir", str(where.workdir)]
    process = await site.start(where.workdir, [PYTHON, *run, *page], env=environment, inner={where.port: 8265})
    jobs = Question(path="/api/jobs/", shows="[]", ready="/api/version")
    web = Web(port=where.port)
    await site.until(process, where.workdir, lambda: web.ask("GET", "/api/version").status in {200, 401, 403})
    return await served(site, where, jobs, process, datastore="ray", pin="ray")
