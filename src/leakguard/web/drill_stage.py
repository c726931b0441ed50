"""A drill that is played on the pages of this server: its time stands still until somebody moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.drills.times import begins_at
from leakguard.errors import NotFound
from leakguard.frozen import replace
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.drills.drill_by_people import begun_in
from leakguard.use_cases.drills.drill_play import HOLDER, time_of
from leakguard.use_cases.drills.drill_stage import Stage, drill_rules

if TYPE_CHECKING:
    from leakguard.web.request_wiring import RequestWiring, SharedWiring


def take_up(shared: SharedWiring) -> None:
    """Let the server live in the time of the drill that its store was begun for; nothing happens in any other store."""
    if not shared.settings.drill:
        return
    wiring = shared.for_caller(None)
    try:
        begun = begun_in(wiring.store)
        if begun is not None:
            shared.time = SteppedTime(time_of(wiring.store, begins_at(begun.scenario)))
            shared.drill = begun
    finally:
        wiring.close()


def stage_of(wiring: RequestWiring) -> Stage:
    """What the drill is played with in one request; raises `NotFound` where none is played."""
    begun = wiring.drill
    if begun is None:
        raise NotFound("no drill is played on this server", next_step="Begin one: leakguard drill run SCENARIO --web")
    book = wiring.duties()
    rules = drill_rules(wiring.bundled, begun.scenario, book)
    return Stage(
        store=wiring.existing_store, folders=wiring.bundled, book=book, scenario=begun.scenario, time=wiring.time,
        watchman=replace(wiring.watchman(), rules=rules, holder=HOLDER), earlier=begun.earlier,
    )  # fmt: skip
