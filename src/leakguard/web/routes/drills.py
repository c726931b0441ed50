"""Drills: the scenarios, and the one that is played on this server in simulated time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.drills.scenario_file import snapshot_of
from leakguard.drills.scorecard import to_json
from leakguard.errors import BadFile, FileLost, NotAllowed, NotFound
from leakguard.frozen import replace
from leakguard.ledger.verification_result import Answer as Verified
from leakguard.logs import log
from leakguard.models.moments import to_z
from leakguard.outputs.drill import board_json, scenario_json
from leakguard.use_cases.drills.drill_by_people import advance, board_of
from leakguard.use_cases.drills.drill_play import HOLDER, scored
from leakguard.use_cases.drills.drill_scenarios import find_scenario, known_names, list_scenarios
from leakguard.use_cases.drills.drill_stage import Stage, drill_rules, scene_of
from leakguard.use_cases.drills.kept_scorecards import KeptCard, is_kept, keep_card, kept_card, kept_cards
from leakguard.use_cases.incidents.playbooks import find_file
from leakguard.use_cases.proofs.evidence import verify_store
from leakguard.web.call import Answer, Call
from leakguard.web.models import Body
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.shapes import drills as shapes

if TYPE_CHECKING:
    from leakguard.use_cases.drills.drill_by_people import Board
    from leakguard.web.request_wiring import RequestWiring

MOST_HOURS = 24 * 31
PLACE = Path()
"""The folder in which the server runs."""


class Advance(Body):
    """How far the time goes on."""

    hours: float | None = Field(
        default=None, gt=0, le=MOST_HOURS, description="So many hours; without it, to what the world does next."
    )


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
        kept=wiring.kept_files(),
    )  # fmt: skip


def list_all(call: Call) -> Answer:
    """Every scenario that ships, and which one is played here."""
    wiring = call.wiring
    found = list_scenarios(wiring.bundled, known_names(wiring.bundled, wiring.duties()))
    played = wiring.drill.scenario.scenario if wiring.drill is not None else None
    return Answer(document={"scenarios": [scenario_json(scenario) for scenario in found], "played": played})


def show(call: Call) -> Answer:
    """One scenario with its facts and their sources, as `drill show` has it."""
    wiring = call.wiring
    known = known_names(wiring.bundled, wiring.duties())
    found = find_scenario(wiring.bundled, call.path["scenario"], known)
    return Answer(document={**scenario_json(found), "content": snapshot_of(found)})


def show_played(call: Call) -> Answer:
    """Where the drill of this server stands."""
    return _board(board_of(stage_of(call.wiring)))


def move_on(call: Call) -> Answer:
    """Let the time of the drill go on; what is due on the way happens, and the watchman looks."""
    wiring, hours = call.wiring, call.body.hours
    stage = stage_of(wiring)
    with wiring.drill_lock:
        advance(stage, stage.time.now() + timedelta(hours=hours) if hours is not None else None)
        found = board_of(stage)
        if found.is_ended:
            try:
                keep_card(PLACE, _card(call, stage))
            except FileLost:  # the time went on nevertheless, and the page says what was not written
                log.warning("scorecard_not_written")
    return _board(found)


def write_card(call: Call) -> Answer:
    """Write the scorecard into the folder of the drill once more; raises `FileLost`."""
    stage = stage_of(call.wiring)
    with call.wiring.drill_lock:
        found = board_of(stage)
        if not found.is_ended:
            raise NotAllowed("the drill is not over", next_step="Let its time go on to the end.")
        keep_card(PLACE, _card(call, stage))
    return _board(found)


def _board(found: Board) -> Answer:
    return Answer(document=board_json(found) | {"scorecard_kept": is_kept(PLACE) if found.is_ended else None})


def scorecard(call: Call) -> Answer:
    """How the team did, as `drill run --format json` has it, once the drill is over."""
    stage = stage_of(call.wiring)
    if not board_of(stage).is_ended:
        raise NotAllowed("the drill is not over", next_step="Let its time go on to the end.")
    return Answer(document=_card(call, stage))


def _card(call: Call, stage: Stage) -> dict[str, Any]:
    card, head = scored(stage), call.wiring.existing_store.witnessed_head()
    words = f"entry {head.sequence}, {head.hash[:16]}" if head is not None else ""
    is_whole = verify_store(call.wiring.existing_store).answer is not Verified.MISMATCH
    progress = scene_of(stage).progress
    titles = {step.id: step.step.title for step in progress.steps.values()} if progress is not None else {}
    return {**to_json(replace(card, ledger=words, is_whole=is_whole)), "step_titles": titles}


def list_cards(_: Call) -> Answer:
    """The scorecards of the drills that were played in folders of the server's own, the latest first."""
    found = ((card, _checked(card)) for card in kept_cards(PLACE))
    return Answer(document={"scorecards": [_line(one, card) for one, card in found if card is not None]})


def show_card(call: Call) -> Answer:
    """One of them, whole."""
    kept = kept_card(PLACE, call.path["scorecard"])
    card = _checked(kept)
    if card is None:
        raise NotFound(f"the scorecard `{kept.id}` is not whole", next_step="Play the drill to its end once more.")
    return Answer(document={**card, "step_titles": card["step_titles"] or _titles(call, card["playbook"])})


def _checked(kept: KeptCard) -> shapes.Scorecard | None:
    """The content as its shape has it; `None` for a file that somebody changed, or half a file."""
    try:
        return msgspec.convert({"step_titles": {}, **kept.content}, shapes.Scorecard)
    except msgspec.ValidationError:
        return None


def _line(kept: KeptCard, card: shapes.Scorecard) -> dict[str, Any]:
    names = ("scenario", "title", "counts", "steps", "alarms")
    return {"id": kept.id, "written_at": to_z(kept.written_at), **{name: card[name] for name in names}}  # type: ignore[literal-required]


def _titles(call: Call, playbook: str) -> dict[str, str]:
    """By the id of a step, its title; nothing for a playbook that does not ship."""
    try:
        found = find_file(call.wiring.bundled, playbook).playbook
    except (BadFile, NotFound):
        return {}
    return {name: one.title for name, one in found.steps.items()}


_READ = Right.READ_INCIDENTS
OPERATIONS = (
    Operation(
        name="list_drills", method=Method.GET, path="/drills", right=_READ, handler=list_all, needs_store=False,
        answer=shapes.Drills, summary="List the scenarios of drills, and which one is played on this server.",
    ),
    Operation(
        name="show_scenario", method=Method.GET, path="/drills/{scenario}", right=_READ, handler=show,
        needs_store=False, answer=shapes.ScenarioContent,
        summary="Show a scenario: its facts with their sources, its injects, its cast.",
    ),
    Operation(
        name="show_drill", method=Method.GET, path="/drill", right=_READ, handler=show_played, answer=shapes.DrillBoard,
        summary="Show where the drill stands that is played on this server, and what its players heard so far.",
    ),
    Operation(
        name="advance_drill", method=Method.POST, path="/drill/advance", right=Right.RECORD_EVENTS, handler=move_on,
        request=Advance, takes=BodyKind.JSON, answer=shapes.DrillBoard,
        summary="Let the simulated time of the drill go on; what is due on the way happens.",
    ),
    Operation(
        name="write_scorecard", method=Method.POST, path="/drill/scorecard", right=Right.RECORD_EVENTS,
        handler=write_card, answer=shapes.DrillBoard,
        summary="Write the scorecard into the folder of the drill once more, where that failed at its end.",
    ),
    Operation(
        name="score_drill", method=Method.GET, path="/drill/scorecard", right=_READ, handler=scorecard,
        answer=shapes.Scorecard, summary="Tell how the team did, once the drill is over.",
    ),
    Operation(
        name="list_scorecards", method=Method.GET, path="/scorecards", right=_READ, handler=list_cards,
        needs_store=False, answer=shapes.Scorecards,
        summary="List the scorecards of drills that were played in folders beside the store, the latest first.",
    ),
    Operation(
        name="show_scorecard", method=Method.GET, path="/scorecards/{scorecard}", right=_READ, handler=show_card,
        needs_store=False, answer=shapes.Scorecard, summary="Show the scorecard of a drill that was played before.",
    ),
)  # fmt: skip
