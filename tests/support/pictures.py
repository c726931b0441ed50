"""The pictures of the documentation: screenshots of the console on a store of one bad morning.

`make pictures` writes them all again. People and incidents in them are invented.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from leakguard.accounts.rights import Role
from leakguard.cli.drill.stage import DrillOptions, load_scenario, on_stage
from leakguard.cli.main import run
from leakguard.errors import ExitCode
from leakguard.settings import Settings, read_settings
from leakguard.use_cases.accounts.manage_accounts import NewAccount, add_account
from leakguard.use_cases.drills.drill_by_people import advance, board_of
from leakguard.use_cases.drills.drill_play import begin
from leakguard.web.drill_stage import take_up
from leakguard.web.request_wiring import SharedWiring
from leakguard.wiring import Wiring
from support.accounts import PASSWORD
from support.console_world import LEAD, OFFICER
from support.driven import browser_of
from support.picture_world import bad_morning
from support.small_png import small
from support.web_process import serving

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One screenshot."""

    path: str
    who: str = LEAD
    height: int = 860
    of_drill: bool = False


PICTURES = {
    "console-now": Picture(path="/"),
    "console-incident": Picture(path="/incidents/{incident}"),
    "console-facts": Picture(path="/incidents/{incident}/facts", who=OFFICER),
    "console-letter": Picture(path="/incidents/{incident}/letters/{letter}", who=OFFICER),
    "console-exposures": Picture(path="/exposures", height=600),
    "console-drill": Picture(path="/drills", height=620, of_drill=True),
}
"""By the name of its file in `docs/pictures`, without `.png`: in English, light, 1280 px wide."""
WIDTH, ZONE = 1280, "Asia/Shanghai"


def write(folder: Path) -> None:
    """Write each picture into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        root = Path(place)
        for name in ("store", "drill"):
            (root / name).mkdir()
        world = bad_morning(root / "store", patch)
        begin_drill(root / "drill", patch)
        for is_drill, where in ((False, root / "store"), (True, root / "drill")):
            with serving(where) as server:
                for name, one in PICTURES.items():
                    if one.of_drill is is_drill:
                        if not is_drill:
                            watched(where)
                        _shoot(server.url, root / name, one, world.places, folder / f"{name}.png")


def watched(folder: Path) -> None:
    """Let the watchman look, so that the page says that he did a moment ago."""
    with chdir(folder):
        assert run(["-q", "watchman", "once"]) == ExitCode.CLEAN


def begin_drill(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """The drill of the university, when its players have heard of two things."""
    patch.chdir(folder)
    options = DrillOptions(scenario=load_scenario(Wiring(Settings()), "university-2019"))
    with on_stage(folder, options, tell=lambda *_: None) as (stage, _):
        begin(stage)
        while len(board_of(stage).told) < 2:
            advance(stage, None)
    shared = SharedWiring(read_settings())
    take_up(shared)
    wiring = shared.for_caller(None)
    roles = frozenset({Role.ADMIN, Role.COMMANDER})
    add_account(wiring.store, wiring, NewAccount(name=LEAD, roles=roles, password=PASSWORD))
    wiring.close()


def _shoot(url: str, profile: Path, one: Picture, places: Mapping[str, str], to: Path) -> None:
    with browser_of(url, profile, width=WIDTH) as person:
        person.set_width(WIDTH, one.height)
        person.driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": ZONE})
        person.log_in(one.who).open("/account")  # the pages learn the zone of the browser
        person.open(one.path.format(**places))
        to.write_bytes(small(person.driver.get_screenshot_as_png()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    write(parser.parse_args().folder.resolve())
