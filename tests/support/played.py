"""A server on which a short drill is played by people."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from leakguard.drills.scorecard import ClockScore, RoleScore, Scorecard, to_json
from leakguard.drills.times import begins_at
from leakguard.settings import Settings
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.drills.drill_by_people import BegunDrill
from leakguard.use_cases.drills.drill_play import begin
from leakguard.use_cases.drills.kept_scorecards import CARD, MARK, SETTINGS
from leakguard.web.routes.drills import stage_of
from support.drills import scenario_of

if TYPE_CHECKING:
    from leakguard.web.request_wiring import SharedWiring


def drill_settings(folder: Path) -> Settings:
    """Of a folder for a drill, as its command writes them."""
    return Settings(store=str(folder / "drill.db"), zone="Europe/Berlin", drill=True, laws="eu")


def begin_on(shared: SharedWiring) -> None:
    """Begin the short drill in the store of a server."""
    shared.drill = BegunDrill(scenario=scenario_of(), earlier=timedelta(0))
    shared.time = SteppedTime(begins_at(shared.drill.scenario))
    wiring = shared.for_caller(None)
    wiring.store.head()
    begin(stage_of(wiring))
    wiring.close()


def a_scorecard() -> Scorecard:
    """Of a drill in which the DPO was late once."""
    begun = datetime(2019, 5, 21, 7, tzinfo=UTC)
    clock = ClockScore(
        clock="eu-gdpr-33-authority.initial", title="", law="GDPR (EU) 2016/679, Art. 33(1)", soft=False, role="dpo",
        state="overdue", begun_at=begun, limit=begun + timedelta(hours=72), ended_at=None,
        late_by=timedelta(hours=5), margin=None, took=None, is_certain=True, alarms=3, first_taken_after=None,
    )  # fmt: skip
    role = RoleScore(
        role="dpo", name="D. Field", done=1, late_steps={}, forgotten_steps=("tell_authorities",), left_out=(),
        refused={}, first_act_after_known=timedelta(hours=1), missed_clocks=(clock.clock,),
    )  # fmt: skip
    return Scorecard(
        scenario="university-2019", version=1, title="A university's mail log is open to the internet",
        playbook="exposed-datastore-24h", known_at=begun, known_earlier=timedelta(0), begun_at=begun,
        ended_at=begun + timedelta(days=19), zone="Asia/Shanghai", incident="IR-2019-0001", incident_state="open",
        clocks=(clock,), not_begun=(), roles=(role,), injects=(), steps_done=1, step_count=11, messages=3, taken=0,
        held_back=0, ledger="entry 12, 0a1b2c3d", counts={"met": 0, "missed": 1, "open": 0},
    )  # fmt: skip


def played_in(folder: Path, name: str = "drill") -> Path:
    """The folder of a drill that was played to its end, with its scorecard."""
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    (place / SETTINGS).write_text(f"{MARK}drill = true\n", encoding="utf-8")
    (place / CARD).write_text(json.dumps(to_json(a_scorecard())), encoding="utf-8")
    return place
