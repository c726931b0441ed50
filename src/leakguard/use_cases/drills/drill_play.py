"""Plays a drill: from moment to moment on simulated time, with the watchman looking in between.

Nothing is remembered but in the drill's own ledger, and each deed is kept in one transaction with the mark that it was
done: a drill that was killed goes on where it was, and its time stood still meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from leakguard.clocks.calendars import Calendars
from leakguard.drills.deeds import deeds_of, deeds_with_people
from leakguard.drills.moments import Kind, Moment, Scene, coming
from leakguard.drills.scenario_file import snapshot_of
from leakguard.drills.scorecard import Scorecard
from leakguard.drills.scoring import PlayedDrill, score
from leakguard.drills.shapes import Scenario
from leakguard.drills.story import DECIDED, ENDED, LATER, LEFT_OUT, STARTED, SUBJECT, record_at
from leakguard.drills.times import begins_at, ends_at, most_earlier
from leakguard.errors import NotAllowed, UsageProblem
from leakguard.models.texts import duration_words
from leakguard.ports import IncidentStore
from leakguard.use_cases.alerts.alert_sending import Cycle
from leakguard.use_cases.alerts.watchman import LEASE, once
from leakguard.use_cases.alerts.watchman_loop import LONGEST_SLEEP
from leakguard.use_cases.drills.drill_deeds import answers_of, is_prevented, perform, step_of
from leakguard.use_cases.drills.drill_stage import Offer, Stage, StageChoice, scene_of
from leakguard.use_cases.incidents.incident_clocks import statuses
from leakguard.use_cases.incidents.playbooks import response_of

HOLDER = "drill"
"""The same for every process: one that takes a killed drill up need not wait for the lease of the one before."""
_TEAM = frozenset({Kind.ACT, Kind.STEP, Kind.CLOSE, Kind.ACKNOWLEDGE})
"""Moments at which somebody may decide otherwise."""


def time_of(store: IncidentStore, start: datetime) -> datetime:
    """Where the time of a drill goes on: its last record, or its begin."""
    return max((record.recorded_at for record in store.read()), default=start)


def refuse_too_early(scenario: Scenario, earlier: timedelta) -> None:
    """Raises `UsageProblem` when nobody could have known that early."""
    most = most_earlier(scenario)
    if not timedelta(0) <= earlier <= most:
        minutes = int(most.total_seconds() // 60)
        raise UsageProblem(
            f"nobody could have known of it {duration_words(earlier)} earlier",
            next_step=f"In this scenario at most PT{minutes}M are possible: --known-earlier PT{minutes}M",
        )


def play(stage: Stage) -> bool:
    """Play to the end, or until the process is asked to stop; returns whether the end was reached.

    Raises `UsageProblem` for a moment of knowing that is too early, `NotAllowed` for a store of something else.
    """
    begin(stage)
    look: datetime | None = stage.time.now()
    for _ in range(stage.most_turns):
        if stage.is_stopped():
            return False
        scene = scene_of(stage)
        if scene.story.is_ended:
            return True
        moment = next(iter(coming(scene)), None)
        if not _wait(stage, moment, look):
            return False
        look = _turn(stage, scene, moment)
    raise NotAllowed("the drill does not come to an end", next_step="Report the scenario: this is a bug.")


def begin(stage: Stage) -> None:
    """Write the scenario down as it is now; a drill that goes on must be the same one. Raises as `play`."""
    refuse_too_early(stage.scenario, stage.earlier)
    first = next(iter(stage.store.read()), None)
    content = {
        "scenario": snapshot_of(stage.scenario),
        "known_earlier_seconds": int(stage.earlier.total_seconds()),
    }
    if first is None:
        stage.store.append(SUBJECT, (record_at(STARTED, stage.time.now(), content),), after=0)
    elif first.kind != STARTED or {name: first.content.get(name) for name in content} != content:
        raise NotAllowed(
            "this store holds something else than this drill", next_step="Name a new folder: --keep DIR, or none."
        )


def _wait(stage: Stage, moment: Moment | None, look: datetime | None) -> bool:
    """Let the time pass until something is due; returns whether that is so, and not the process asked to stop."""
    times = [ends_at(stage.scenario), *([moment.at] if moment is not None else []), *([look] if look else [])]
    until = min(times)
    while (left := (until - stage.time.now()).total_seconds()) > 0:
        if stage.is_stopped():
            return False
        stage.time.sleep(left)
    return True


def _turn(stage: Stage, scene: Scene, moment: Moment | None) -> datetime | None:
    """Whatever is due now, then one look of the watchman; returns when the next look is."""
    now, end = stage.time.now(), ends_at(stage.scenario)
    is_due = moment is not None and moment.at <= min(now, end)
    if is_due and moment is not None:
        _meet(stage, scene, moment)
    cycle = look(stage)
    if now >= end and not is_due:
        # Only now: a drill that dies before must look once more at what is due at its very end.
        stage.store.append(SUBJECT, (record_at(ENDED, now, {}),))
    return cycle.next_look


def _meet(stage: Stage, scene: Scene, moment: Moment) -> None:
    choice = stage.decide(_offer(stage, scene, moment)) if moment.kind in _TEAM else StageChoice()
    if choice.is_left_out:
        _decided(stage, moment, {"what": LEFT_OUT})
        stage.tell(moment, "left out")
    elif choice.later is not None:
        late = stage.time.now() - moment.at
        _decided(stage, moment, {"what": LATER, "seconds": int((late + choice.later).total_seconds())})
        stage.tell(moment, f"put off by {duration_words(choice.later)}")
    else:
        if choice.answers:
            _decided(stage, moment, {"what": "answers", "answers": dict(choice.answers)})
            scene = scene_of(stage)
        end = perform(stage, scene, moment)
        inject = stage.scenario.injects.get(moment.id)
        is_gone = inject is not None and is_prevented(scene, inject)
        stage.tell(moment, "did not happen any more" if is_gone else end)


def _decided(stage: Stage, moment: Moment, content: Mapping[str, object]) -> None:
    record = record_at(DECIDED, stage.time.now(), {"moment": moment.id, **content})
    stage.store.append(SUBJECT, (record,))


def _offer(stage: Stage, scene: Scene, moment: Moment) -> Offer:
    step = step_of(scene, moment)
    labels = {name: field.label for name, field in step.form.items()} if step is not None else {}
    return Offer(moment=moment, answers=answers_of(stage, scene, moment), labels=labels)


def look(stage: Stage) -> Cycle:
    """One cycle of the watchman; those in between, at which nothing was due, are left out and count as made."""
    store, now = stage.store, stage.time.now()
    before = now - timedelta(seconds=LONGEST_SLEEP)
    beat = store.last_beat(LEASE)
    if beat is not None and beat < before:
        store.beat(LEASE, stage.watchman.holder, now=before)
    return once(stage.watchman)


def scored(stage: Stage) -> Scorecard:
    """The scorecard of a drill that is over; raises `NotAllowed` when nobody ever knew."""
    records = tuple(stage.store.read())
    scene = scene_of(stage)
    incident = scene.story.incident
    if not incident or scene.progress is None or scene.incident is None or scene.history is None:
        raise NotAllowed("the drill ended before anybody knew of the incident", next_step="Play it to its end.")
    own = tuple(record for record in records if record.subject == incident)
    at = min(max(stage.time.now(), begins_at(stage.scenario)), ends_at(stage.scenario))
    rules = stage.watchman.rules(incident, own)
    return score(
        PlayedDrill(
            scenario=stage.scenario,
            earlier=stage.earlier,
            story=scene.story,
            deeds=deeds_with_people(deeds_of(records), scene.progress, stage.scenario),
            statuses=statuses(stage.store, incident, rules, Calendars(), at),
            history=scene.history,
            progress=scene.progress,
            due_at=response_of(incident, own, now=at).due_at,
            incident=incident,
            incident_state=scene.incident.state.value,
        )
    )
