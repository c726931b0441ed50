"""A watch that is killed behind each of its transactions tells in the end what an undisturbed one tells."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from leakguard.models.observations import Ending
from support.fake_prober import FakeServer, store_server
from support.watched_exposures import Watching

pytestmark = pytest.mark.long

OPEN, SILENT = store_server(records=100), FakeServer(otherwise=Ending.SILENT)
DAYS = ({"at_1": OPEN}, {"at_2": OPEN}, {"at_1": OPEN, "at_2": SILENT}, {"at_2": OPEN})


def lived(world: Watching, days: Sequence[dict[str, FakeServer]], *, opens: bool) -> None:
    """Each day brings other servers, and one round of a watch that is started anew."""
    for servers in days:
        world.serve(**servers)
        world.watch(opens=opens).look()


def finished(world: Watching) -> int:
    return sum(record.kind == "run_finished" for record in world.tools.store.records)


def told_to(world: Watching) -> list[list[str]]:
    """What each incident was told, in order."""
    store = world.tools.store
    return [store.kinds(incident) for incident in store.subjects("IR-")]


@pytest.mark.parametrize("opens", [False, True])
def test_wherever_a_watch_is_killed_the_ledger_tells_the_same_in_the_end(*, opens: bool) -> None:
    """Cut off behind every transaction, and gone on with: nothing is lost, and nothing is kept twice."""
    whole = Watching()
    lived(whole, DAYS, opens=opens)

    for cut in sorted(set(whole.tools.store.commits)):
        world = Watching()
        lived(world, DAYS, opens=opens)
        world.tools.store.cut(cut)
        lived(world, DAYS[finished(world) :] or ({"at_2": OPEN},), opens=opens)
        assert (world.recorded(), told_to(world)) == (whole.recorded(), told_to(whole)), cut
