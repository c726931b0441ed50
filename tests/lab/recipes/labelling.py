"""Label Studio from PyPI: as it comes, and behind a proxy that passes somebody's token on for everybody."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from lab.clients.web import Web
from lab.model import CANARY, PASSWORD, NotHad, Server, records_of
from lab.recipes.asked import Place, Question, asserted, place, served
from lab.recipes.front import start_nginx
from lab.site import Site
from lab.trees import PYTHON, packages
from leakguard.frozen import replace

QUESTION = Question(path="/api/projects/", ready="/health")
"""What a stranger asks: the projects by their names."""
_VIEW = '<View><Text name="text" value="$email"/></View>'
_RUN = "import sys; sys.argv[0] = 'label-studio'; from label_studio.server import main; main()"


async def label_studio(site: Site) -> list[Server]:
    """It always asks for a login: one server, and a front that logs everybody in."""
    where, behind = place(site, "label-studio-protected"), "label-studio-logged-in-open"
    tree = await packages(site.shelf, "label-studio", where.workdir)
    token = PASSWORD.encode().hex()
    process = await site.start(where.workdir, _command(where, token), env=_quiet(where.workdir, tree))
    await site.until(process, where.workdir, lambda: Web(port=where.port).ask("GET", QUESTION.ready).status == 200)
    await asyncio.to_thread(_plant, where.port, token, behind)
    server = await served(site, where, QUESTION, process, datastore="label_studio", pin="label-studio")
    front = Place(name=behind, workdir=site.workdir(behind), port=0)
    passed = f'proxy_set_header Authorization "Token {token}"; proxy_pass http://127.0.0.1:{where.port};'
    port, _, _ = await start_nginx(site, front.workdir, f"location / {{ {passed} }}")
    shown = await asserted(
        replace(front, port=port), QUESTION, process,
        datastore="label_studio", version=server.version, records=len(records_of(behind)),
    )  # fmt: skip
    return [server, replace(shown, collections=2)]


def _command(where: Place, token: str) -> list[str | Path]:
    login = ["--username", "lab@example.org", "--password", PASSWORD, "--user-token", token]
    run = ["start", "--internal-host", "127.0.0.1", "--port", str(where.port), "--no-browser", *login]
    return [PYTHON, "-c", _RUN, *run, "--enable-legacy-api-token"]


def _quiet(workdir: Path, tree: Path) -> dict[str, str]:
    """It asks nobody outside for newer releases, and tells nobody what is done with it."""
    return {
        "PYTHONPATH": str(tree), "LABEL_STUDIO_BASE_DATA_DIR": str(workdir / "data"), "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false", "SENTRY_DSN": "", "FRONTEND_SENTRY_DSN": "",
    }  # fmt: skip


def _plant(port: int, token: str, name: str) -> None:
    """A project with a task for each record, and an empty one."""
    web, login = Web(port=port), {"Authorization": f"Token {token}"}
    for title in (CANARY, f"{CANARY}-empty"):
        made = web.ask("POST", "/api/projects/", json.dumps({"title": title, "label_config": _VIEW}).encode(), login)
        if made.status != 201:
            raise NotHad(f"{name} answered a project with {made.status}")
        if title == CANARY:
            tasks = json.dumps([dict(one) for one in records_of(name)]).encode()
            said = web.ask("POST", f"/api/projects/{made.json()['id']}/import", tasks, login)
            if said.status != 201:
                raise NotHad(f"{name} answered its records with {said.status}")
