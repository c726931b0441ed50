"""A server on which a short drill is played by people."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from leakguard.drills.times import begins_at
from leakguard.settings import Settings
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.drills.drill_by_people import Begun
from leakguard.use_cases.drills.drill_play import begin
from leakguard.web.routes.drills import stage_of
from support.drills import scenario_of

if TYPE_CHECKING:
    from leakguard.web.request_wiring import SharedWiring


def drill_settings(folder: Path) -> Settings:
    """Of a folder for a drill, as its command writes them."""
    return Settings(store=str(folder / "drill.db"), zone="Europe/Berlin", drill=True, laws="eu")


def begin_on(shared: SharedWiring) -> None:
    """Begin the short drill in the store of a server."""
    shared.drill = Begun(scenario=scenario_of(), earlier=timedelta(0))
    shared.time = SteppedTime(begins_at(shared.drill.scenario))
    wiring = shared.for_caller(None)
    wiring.store.head()
    begin(stage_of(wiring))
    wiring.close()
