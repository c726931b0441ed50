"""The console in process, before a store that holds something of everything, with an account for each single role."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import lxml.html

from leakguard.accounts.rights import Role
from leakguard.use_cases.accounts.callers import Caller
from leakguard.use_cases.accounts.manage_accounts import NewAccount, add_account
from leakguard.web.door import Door, Limiters, application
from leakguard.web.hosts import ServeOptions, site_of
from leakguard.web.jobs import Jobs
from leakguard.web.server import login_routes
from support.accounts import PASSWORD
from support.console_world import World, working_team
from support.door import MovedTime, Served

if TYPE_CHECKING:
    import pytest

    from leakguard.web.console.screen import Act

SINGLE = {f"Only {role.value}": role for role in Role}
"""By the name of an account: its one role."""


def served_world(folder: Path, patch: pytest.MonkeyPatch) -> tuple[World, Served]:
    """The world of a bad day, and the door before it; nobody is counted, and time goes on as it does."""
    world = working_team(folder, patch)
    wiring = world.shared.for_caller(None)
    for name, role in SINGLE.items():
        person = add_account(wiring.store, wiring, NewAccount(name=name, roles=frozenset({role}), password=PASSWORD))
        world.callers[name] = Caller(actor=person.actor, name=name, roles=frozenset({role}))
    wiring.close()
    seconds = iter(range(0, 10**9, 60))
    door = Door(
        site=site_of(ServeOptions()),
        shared=world.shared,
        jobs=Jobs(),
        limiters=Limiters.of(lambda: float(next(seconds))),
    )
    app = application(door, login_routes(door, {}))
    return world, Served(folder=folder, door=door, app=app, time=MovedTime())


def places_of(world: World) -> dict[str, str]:
    """What stands for each place of a path, also for what the world has none of."""
    return {"scan": "none", "stage": "initial", **world.places}


def path_of(act: Act, world: World) -> str:
    """The path of an act with its places filled in."""
    return act.path.format(**places_of(world))


def forms_on(text: str) -> list[Any]:
    """The forms of a page that change something."""
    return [one for one in lxml.html.fromstring(text).forms if (one.get("method") or "get").lower() == "post"]
