"""A drill that people play themselves, as on the pages of a console: somebody moves the time, and the world goes on.

The world sends its injects, opens the incident when somebody knows, and stands in for machines, as nothing is probed.
What a role does, its people do: whatever nobody does is not done, and the scorecard says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from leakguard.drills.moments import Kind, Moment, Scene, coming
from leakguard.drills.shapes import Inject, Scenario
from leakguard.drills.story import ENDED, STARTED, SUBJECT, record_at
from leakguard.drills.times import ends_at
from leakguard.errors import NotAllowed
from leakguard.frozen import Frozen
from leakguard.ports import Journal
from leakguard.use_cases.drills.drill_deeds import perform, step_of
from leakguard.use_cases.drills.drill_play import look
from leakguard.use_cases.drills.drill_stage import Stage, scene_of

_WORLD = frozenset({Kind.INJECT, Kind.KNOWN})


class BegunDrill(Frozen):
    """What a store says of the drill that it is for."""

    scenario: Scenario
    earlier: timedelta


class PlayedInject(Frozen):
    """Something that the world did."""

    at: datetime
    inject: Inject
    is_gone: bool
    """Whether the team was faster, so that it did not happen any more."""


class Board(Frozen):
    """Where a drill stands, as its players may see it."""

    scenario: Scenario
    now: datetime
    incident: str
    """Empty until somebody knows."""
    told: tuple[PlayedInject, ...]
    """What some role heard, the latest first; what happens behind their backs is left out."""
    left: int
    """How many injects are still to come; what they are stays hidden."""
    is_ended: bool


def begun_in(store: Journal) -> BegunDrill | None:
    """The drill that a store was begun for; `None` where it holds none."""
    first = next(iter(store.of_kinds({STARTED}, SUBJECT)), None)
    if first is None:
        return None
    content: Any = first.content
    return BegunDrill(
        scenario=Scenario.model_validate(content["scenario"]),
        earlier=timedelta(seconds=int(content["known_earlier_seconds"])),
    )


def board_of(stage: Stage) -> Board:
    """Read it from the store."""
    scene = scene_of(stage)
    story = scene.story
    happened = [
        PlayedInject(at=story.done[name], inject=inject, is_gone=name in story.prevented)
        for name, inject in stage.scenario.injects.items()
        if name in story.done and inject.to
    ]
    return Board(
        scenario=stage.scenario, now=stage.time.now(), incident=story.incident,
        told=tuple(sorted(happened, key=lambda inject: inject.at, reverse=True)),
        left=sum(moment.kind is Kind.INJECT for moment in coming(scene)), is_ended=story.is_ended,
    )  # fmt: skip


def advance(stage: Stage, until: datetime | None = None) -> None:
    """Let the time pass until a moment, or until the world has done what it does next; the watchman looks meanwhile.

    Raises `NotAllowed` for a drill that is over, and for a moment that lies behind.
    """
    scene, end = scene_of(stage), ends_at(stage.scenario)
    if scene.story.is_ended:
        raise NotAllowed("the drill is over", next_step="Read its scorecard.")
    if until is not None and until < stage.time.now():
        raise NotAllowed("time does not run backwards", next_step="Name a later moment.")
    following = next(iter(_of_world(scene)), None)
    goal = min(end, until if until is not None else following.at if following is not None else end)
    for _ in range(stage.most_turns):
        moment = next((one for one in _of_world(scene_of(stage)) if one.at <= goal), None)
        next_look = look(stage).next_look
        due = min([goal, *([moment.at] if moment else []), *([next_look] if next_look else [])])
        stage.time.sleep(max(0.0, (due - stage.time.now()).total_seconds()))
        if moment is not None and moment.at <= stage.time.now():
            perform(stage, scene_of(stage), moment)
        elif stage.time.now() >= goal:
            break
    look(stage)
    if stage.time.now() >= end:
        stage.store.append(SUBJECT, (record_at(ENDED, stage.time.now(), {}),))


def _of_world(scene: Scene) -> Sequence[Moment]:
    """What happens without the team; who first knew is part of the story."""
    return [moment for moment in coming(scene) if moment.kind in _WORLD or _is_machine(scene, moment)]


def _is_machine(scene: Scene, moment: Moment) -> bool:
    step = step_of(scene, moment) if moment.kind is Kind.STEP else None
    return step is not None and step.kind == "automated"
