"""A drill that is played on the pages of this server: its time stands still until somebody moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.drills.times import begins_at
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.drills.drill_by_people import begun_in
from leakguard.use_cases.drills.drill_play import time_of

if TYPE_CHECKING:
    from leakguard.web.request_wiring import SharedWiring


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
