"""An edited chain of roles is taken over by a person's decision, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from leakguard.errors import LeakGuardError, NotAllowed, NotFound, UsageProblem
from leakguard.models.alerts import Escalation
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.adopt_chain import MOST_CHARACTERS, adopt_chain, compare_chain
from leakguard.use_cases.alerts.time_sources import SteppedTime
from support.ledgers import Tokens
from support.watching import INCIDENT, NOON, Sink, World, escalation

EDITED = escalation(("director", 0), ("deputy", 30))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An incident of which the commander was told, and nobody has answered."""
    time = SteppedTime(NOON)
    world = World(store=SqlStore.open(str(tmp_path / "leakguard.db"), now=time.now, token=Tokens()), time=time)
    world.open()
    world.event("awareness")
    world.look(after=12)
    yield world
    world.store.close()


def adopt(world: World, settings: Escalation = EDITED, *, by: str = "Ada", reason: str = "on leave") -> None:
    adopt_chain(world.store, INCIDENT, settings, by=by, reason=reason, now=world.time.now)


def test_the_difference_is_shown_line_by_line(world: World) -> None:
    found = compare_chain(world.store, INCIDENT, EDITED)

    assert found.is_changed
    assert found.lines == (
        "- level 1: commander at once",
        "+ level 1: director at once",
        "- level 2: deputy after PT10M",
        "+ level 2: deputy after PT30M",
        "  an overdue clock is announced again every PT1H",
    )
    assert not compare_chain(world.store, INCIDENT, world.escalation).is_changed


def test_an_adopted_chain_is_a_new_generation_with_a_name_and_a_reason(world: World) -> None:
    adopt(world, by=" Ada ")
    kept = [one for one in world.store.read(INCIDENT) if one.kind == "escalation_set"]

    assert [one.content["generation"] for one in kept] == [1, 2]
    assert (kept[1].content["by"], kept[1].content["reason"]) == ("Ada", "on leave")
    assert "by" not in kept[0].content
    assert compare_chain(world.store, INCIDENT, EDITED).lines[0] == "  level 1: director at once"


def test_a_role_that_takes_anothers_place_is_told_of_what_is_open(world: World) -> None:
    """The commander on leave was told; nobody else would be until the next level."""
    assert len(world.sinks["commander"].got) == 1
    world.escalation, world.sinks["director"] = EDITED, Sink("director")
    world.look()
    assert world.sinks["director"].got == []
    adopt(world)

    world.look()
    world.look()

    assert [one.id for one in world.sinks["director"].got] == [world.sinks["commander"].got[0].id]
    assert len(world.sinks["commander"].got) == 1


def test_a_mailbox_that_two_roles_share_is_told_once(world: World) -> None:
    world.escalation = escalation(("director", 0), roles={"director": ["commander"]})
    adopt(world, world.escalation)
    world.look()

    assert len(world.sinks["commander"].got) == 1


def test_before_the_first_look_all_of_the_chain_is_new(world: World) -> None:
    world.open("IR-2026-0002")
    found = compare_chain(world.store, "IR-2026-0002", EDITED)

    assert (found.kept, found.edited.generation) == (None, 1)
    assert all(line.startswith("+ ") for line in found.lines)


@pytest.mark.parametrize(
    ("settings", "by", "reason", "error", "told"),
    [
        (EDITED, " ", "x", UsageProblem, "a name and a reason"),
        (EDITED, "Ada", "", UsageProblem, "a name and a reason"),
        (EDITED, "Ada", "x" * (MOST_CHARACTERS + 1), UsageProblem, "up to 500 characters"),
        (Escalation(), "Ada", "x", UsageProblem, "nobody would be notified"),
        (escalation(("commander", 0), ("deputy", 10)), "Ada", "x", NotAllowed, "already"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    world: World, settings: Escalation, by: str, reason: str, error: type[LeakGuardError], told: str
) -> None:
    with pytest.raises(error) as refusal:
        adopt(world, settings, by=by, reason=reason)

    assert told in refusal.value.message
    assert world.kinds().count("escalation_set") == 1


def test_an_unknown_incident_has_no_chain(world: World) -> None:
    with pytest.raises(NotFound):
        compare_chain(world.store, "IR-2026-0009", EDITED)


def test_of_two_who_adopt_at_once_the_second_looks_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have seen generation one; only one of them may write generation two."""
    before = tuple(world.store.read(INCIDENT))
    adopt(world)
    monkeypatch.setattr(world.store, "read", lambda _subject: iter(before))

    with pytest.raises(NotAllowed, match="at this very moment"):
        adopt(world, escalation(("deputy", 0)))
