"""A drill that people play themselves: somebody moves the time, the world goes on, and nobody acts for a role."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from leakguard.drills.answers import stand_ins
from leakguard.drills.deeds import deeds_of
from leakguard.errors import NotAllowed
from leakguard.ledger.custody import items_of, new_evidence_record
from leakguard.models.events import Interval
from leakguard.playbooks.states import StepState
from leakguard.use_cases.drills.drill_by_people import advance, begun_in, board_of
from leakguard.use_cases.drills.drill_play import begin, scored
from leakguard.use_cases.drills.drill_stage import Stage, scene_of
from leakguard.use_cases.responses.playbook_steps import StepStatement, tell_step
from support.drills import SHORT, Drill, local, scenario_of


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A drill that has just begun."""
    drill = Drill(place=str(tmp_path / "drill.db"))
    made = drill.stage()
    begin(made)
    yield made
    drill.world.store.close()


def test_a_store_knows_which_drill_it_was_begun_for(stage: Stage, tmp_path: Path) -> None:
    found = begun_in(stage.store)
    assert found is not None
    assert (found.scenario, found.earlier) == (scenario_of(SHORT), timedelta(0))

    other = Drill(place=str(tmp_path / "other.db"))
    assert begun_in(other.world.store) is None
    other.world.store.close()


def test_the_time_goes_on_to_what_the_world_does_next_and_the_incident_opens_when_somebody_knows(stage: Stage) -> None:
    advance(stage)
    assert (board_of(stage).now, board_of(stage).incident, board_of(stage).left) == (local(8, 5), "", 2)
    advance(stage)
    board = board_of(stage)
    assert board.now == local(8, 30)
    assert board.incident == "IR-2026-0001"
    assert board.told == ()
    advance(stage)
    (told,) = board_of(stage).told
    assert (told.at, told.inject.title, told.is_gone) == (local(9, 0), "Somebody calls", False)


def test_to_a_moment_all_happens_that_lies_before_it_and_no_role_acts_by_itself(stage: Stage) -> None:
    advance(stage, local(10, 0))
    scene = scene_of(stage)

    assert stage.time.now() == local(10, 0)
    assert scene.progress is not None
    owned = [one for one in scene.progress.steps.values() if one.step.kind != "automated"]
    assert not [one for one in owned if one.state is StepState.DONE]
    assert {one.kind for one in deeds_of(tuple(stage.store.read()))} <= {"known", "step"}


def test_time_does_not_run_backwards_and_ends_with_the_scenario(stage: Stage) -> None:
    advance(stage, local(9, 30))
    with pytest.raises(NotAllowed, match="does not run backwards"):
        advance(stage, local(9, 0))
    advance(stage, local(23, 0))
    assert stage.time.now() == local(13, 15)
    assert board_of(stage).is_ended
    with pytest.raises(NotAllowed, match="the drill is over"):
        advance(stage)


def test_what_people_do_themselves_counts_for_their_role_and_what_nobody_does_is_forgotten(stage: Stage) -> None:
    advance(stage, local(8, 45))
    scene = scene_of(stage)
    assert scene.progress is not None
    ready = [one for one in scene.progress.steps.values() if one.state is StepState.READY]
    step = next(one for one in ready if not (one.step.form or one.step.second_person))
    incident, owner = scene.story.incident, step.step.owner or ""
    at, taken = Interval(earliest=stage.time.now(), latest=stage.time.now()), stand_ins(step.id, step.step, by="Ada")
    stage.store.append(incident, [new_evidence_record(one, at=at) for one in taken])
    items = [one.id for one in items_of(stage.store.read(incident))]
    evidence = tuple(f"{name}: {item}" for name, item in zip(step.step.evidence, items, strict=True))
    told = StepStatement(step=step.id, by="Ada", evidence=evidence)
    tell_step(stage.store, incident, told, now=stage.time.now)
    advance(stage, local(13, 15))
    roles = {one.role: one for one in scored(stage).roles}

    assert roles[owner].done == 1 + (owner == stage.scenario.known.by)
    assert step.id not in roles[owner].forgotten_steps
    assert any(one.forgotten_steps for one in roles.values())
