"""A store as a team has it on a bad day: the demo's case, and an incident of this morning that everybody works on."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Role
from leakguard.cli.main import run
from leakguard.clocks.times import zone_of
from leakguard.settings import read_settings
from leakguard.translations.catalogue import catalogue
from leakguard.use_cases.accounts.callers import Caller
from leakguard.use_cases.accounts.manage_accounts import NewAccount, add_account
from leakguard.web.call import Upload
from leakguard.web.console.desk import Desk
from leakguard.web.jobs import Jobs
from leakguard.web.operations import BY_NAME
from leakguard.web.request_wiring import SharedWiring
from leakguard.wiring.accounts import AccountWiring
from support.accounts import CHEAP, PASSWORD
from support.notices import complete, to_text
from support.played import played_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

TEAM: Mapping[str, tuple[Role, ...]] = {
    "Li Wei": (Role.ADMIN, Role.COMMANDER), "A. Chen": (Role.DPO,), "R. Okafor": (Role.RESPONDER,),
    "C. Berg": (Role.COUNSEL,), "V. Ito": (Role.VIEWER,),
}  # fmt: skip
LEAD, OFFICER, RESPONDER, COUNSEL = "Li Wei", "A. Chen", "R. Okafor", "C. Berg"
STORE = "leakguard.db"
SETTINGS = 'store = "leakguard.db"\nscope = "scope.yaml"\nzone = "Asia/Shanghai"\nlaws = "cn, eu"\n'
TITLE = "Student cache open to the internet"


class World:
    """The folder, and those who act in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shared = SharedWiring(read_settings())
        self.callers: dict[str, Caller] = {}
        self.places: dict[str, str] = {}
        """What stands for each place in a path of the console, such as `incident`."""

    def desk(self, name: str, **path: str) -> Desk:
        """As the server makes one for this person."""
        wiring = self.shared.for_caller(None)
        wiring.need_store()
        wiring.speak_for(self.callers[name])
        return Desk(
            caller=self.callers[name], wiring=wiring, jobs=Jobs(), words=catalogue("en"),
            zone=zone_of("Asia/Shanghai"), now=wiring.now(), path=path, operations=BY_NAME,
        )  # fmt: skip

    def ask(self, name: str, operation: str, **more: Any) -> Any:  # noqa: ANN401  (as `Desk.ask`)
        """Ask an operation as this person, about the incident of this morning."""
        desk = self.desk(name, **self.places)
        try:
            return desk.ask(operation, **more)
        finally:
            desk.wiring.close()


@contextmanager
def _within(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def team_in(
    folder: Path, patch: pytest.MonkeyPatch, *, with_demo: bool = True, store: str = STORE,
    team: Mapping[str, tuple[Role, ...]] = TEAM,
) -> World:  # fmt: skip
    """A store with an account for each of the team, and the demo's case where that is asked for."""
    if with_demo:
        assert run(["demo", "--keep", str(folder)]) == 0
    settings = SETTINGS if with_demo else SETTINGS.replace('scope = "scope.yaml"\n', "")
    (folder / "leakguard.toml").write_text(settings.replace(STORE, store))
    patch.chdir(folder)
    patch.setattr(AccountWiring, "password_cost", CHEAP)
    world = World(folder)
    wiring = world.shared.for_caller(None)
    for name, roles in team.items():
        mail = ("".join(sign for sign in name.lower() if "a" <= sign <= "z") or roles[0].value) + "@example.edu"
        new = NewAccount(name=name, mail=mail, roles=frozenset(roles), password=PASSWORD)
        person = add_account(wiring.store, wiring, new)
        world.callers[name] = Caller(actor=person.actor, name=name, roles=frozenset(roles))
    wiring.close()
    return world


def working_team(folder: Path, patch: pytest.MonkeyPatch) -> World:
    """As `team_in`, with an incident that began nine hours ago: noticed, known, with facts and a playbook."""
    world = team_in(folder, patch)
    now = world.desk(LEAD).now
    opened = world.ask(RESPONDER, "open_incident", body={"title": TITLE})
    world.places["incident"] = opened["id"]
    for kind, hours in (("notice_received", 9), ("awareness", 8)):
        at = (now - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
        world.ask(RESPONDER, "record_event", body={"kind": kind, "at": at, "reason": "read in the morning"})
    world.ask(OFFICER, "write_facts", body=to_text(complete()))
    world.ask(LEAD, "start_playbook", body={"playbook": "exposed-datastore-24h"})
    world.ask(COUNSEL, "add_comment", body={"text": "Counsel is informed."})
    _name_places(world)
    return world


def _report(world: World) -> str:
    """A mail from outside about the place that the demo found, taken in as one of the team would."""
    mail = b"From: Zo <zo@example.org>\r\nSubject: your server is open\r\n\r\nhttp://127.0.0.1:9200/ is open\r\n"
    with tempfile.TemporaryFile() as file:
        file.write(mail)
        file.seek(0)
        number, digest = f"/proc/self/fd/{file.fileno()}", sha256(mail).hexdigest()
        upload = Upload(file=file, size=len(mail), path=number, sha256=digest)
        return str(world.ask(RESPONDER, "import_report", query={"name": "mail.eml"}, upload=upload)["id"])


def _name_places(world: World) -> None:
    """A thing of each kind that a path of the console names; `test_every_page` says which of them are missing."""
    ask = world.ask
    runs = ask(LEAD, "list_runs", query={"limit": 10})["runs"]
    world.places |= {
        "clock": ask(LEAD, "list_clocks", query={})["clocks"][0]["id"],
        "step": ask(LEAD, "next_steps")["open"][0],
        "run": runs[0]["run"],
        "duty": "eu-gdpr-33-authority",
        "scenario": "university-2019",
        "letter": "eu-gdpr-33-authority",
        "event": ask(LEAD, "show_incident")["events"][0]["id"],
        "account": world.callers[COUNSEL].actor,
        "card": played_in(world.folder).name,
    }
    world.places["letter"] = ask(LEAD, "list_letters")["letters"][0]["letter"]
    with tempfile.TemporaryFile() as file:
        file.write(b"cluster.name: campus")
        file.seek(0)
        number = f"/proc/self/fd/{file.fileno()}"
        upload = Upload(file=file, size=20, path=number, sha256=sha256(b"cluster.name: campus").hexdigest())
        added = ask(RESPONDER, "add_evidence", query={"name": "es.yml"}, upload=upload)
    world.places["item"] = added["items"][0]["id"]
    world.places["report"] = _report(world)
    desk = world.desk(LEAD, **world.places)
    parts = desk.answer("show_run").chunks
    assert isinstance(parts, Iterable)
    world.places["finding"] = json.loads(b"".join(parts))["findings"][0]["id"]
    desk.wiring.close()
