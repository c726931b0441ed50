"""What comes next in a drill: at its time, after what it waits for, as the playbook says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from leakguard.drills.moments import Kind, Scene, act_title, awake_at, coming, round_of
from leakguard.drills.shapes import Action, Scenario, Sleep
from leakguard.drills.story import Story
from leakguard.frozen import replace
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Interval
from leakguard.models.incidents import Incident, IncidentState
from leakguard.models.records import Record
from leakguard.playbooks.engine import STARTED, STEP_DONE, advance
from leakguard.use_cases.incidents.incidents import incident_of
from support.drills import INCIDENT, SHORT, local, materials, scenario_of
from support.ledgers import FakeClock, MemoryJournal

NONE = timedelta(0)


def scenario(**changes: object) -> Scenario:
    return scenario_of(yaml.safe_dump(yaml.safe_load(SHORT) | changes))


def at_start(changes: Mapping[str, object] | None = None, story: Story | None = None, *records: Record) -> Scene:
    """Half past eight: the incident is open, its playbook has begun."""
    journal = MemoryJournal(FakeClock(local(8, 30)))
    now = Interval(earliest=local(8, 30), latest=local(8, 30))
    playbook = materials().known.playbooks["exposed-datastore-24h"]
    opening = record_of_event(kind="incident_opened", occurred_at=now, fields={"title": "x", "findings": []})
    started = Record(kind=STARTED, occurred_at=now, content={})
    kept = journal.append(INCIDENT, (opening, started, *records))
    return Scene(
        scenario=scenario(**(changes or {})), story=story or Story(incident=INCIDENT), earlier=NONE,
        incident=incident_of(INCIDENT, kept), progress=advance(playbook, kept),
    )  # fmt: skip


def done(step: str, minute: int, **form: object) -> Record:
    at = local(8, 30) + timedelta(minutes=minute)
    return Record(kind=STEP_DONE, occurred_at=Interval(earliest=at, latest=at), content={"step": step, "form": form})


def times(scene: Scene) -> dict[str, datetime]:
    return {moment.id: moment.at for moment in coming(scene)}


def test_before_anybody_knows_only_the_world_moves() -> None:
    scene = Scene(scenario=scenario(), story=Story(), earlier=NONE)

    assert [(moment.id, moment.kind) for moment in coming(scene)] == [
        ("mail", Kind.INJECT), ("known", Kind.KNOWN), ("caller", Kind.INJECT), ("never", Kind.INJECT),
    ]  # fmt: skip


def test_knowing_earlier_moves_that_moment_and_not_the_world() -> None:
    before = times(Scene(scenario=scenario(), story=Story(), earlier=NONE))
    after = times(Scene(scenario=scenario(), story=Story(), earlier=timedelta(minutes=20)))

    assert before["known"] - after["known"] == timedelta(minutes=20)
    assert after["caller"] == before["caller"]


def test_open_steps_are_done_at_the_pace_of_the_book_unless_an_act_names_them() -> None:
    """`contain` is an act of the scenario; `take_command` takes half an hour, at a quarter of the time."""
    found = times(at_start())

    assert found["take_command"] == local(8, 30) + timedelta(minutes=7.5)
    assert found["contain"] == local(11, 40)


def test_a_step_of_which_the_book_gives_no_estimate_takes_half_an_hour() -> None:
    scene = at_start({"by_the_book": {"pace": 1}})
    assert scene.progress is not None
    steps = {
        name: replace(one, step=one.step.model_copy(update={"takes": None}))
        for name, one in scene.progress.steps.items()
    }
    found = times(replace(scene, progress=replace(scene.progress, steps=steps)))

    assert found["take_command"] == local(9)


def test_an_act_waits_for_all_that_it_names() -> None:
    acts = {"both": {"role": "dpo", "after": ["known", "caller"], "in": "PT5M", "says": "x"}}
    story = Story(incident=INCIDENT, done={"known": local(8, 30)})
    later = replace(story, done={"known": local(8, 30), "caller": local(9)})

    assert "both" not in times(at_start({"acts": acts}, story))
    assert times(at_start({"acts": acts}, later))["both"] == local(9, 5)


def test_an_act_after_a_step_comes_when_the_step_is_settled() -> None:
    acts = {"then": {"role": "dpo", "after": "take_command", "in": "PT5M", "says": "x"}}

    assert "then" not in times(at_start({"acts": acts}))
    assert times(at_start({"acts": acts}, None, done("take_command", 10)))["then"] == local(8, 45)


def test_an_act_may_follow_what_was_left_out() -> None:
    acts = {"then": {"role": "dpo", "after": "one", "says": "x"}, "one": {"role": "dpo", "after": "known", "says": "x"}}
    story = Story(incident=INCIDENT, left_out={"one": local(9)})

    assert times(at_start({"acts": acts}, story))["then"] == local(9)


def test_an_act_at_a_fixed_time_is_at_that_time_but_not_before_the_incident_is_open() -> None:
    acts = {"fixed": {"role": "dpo", "at": "2026-05-20T08:10", "says": "x"}}

    assert times(at_start({"acts": acts}))["fixed"] == local(8, 10)
    assert "fixed" not in times(Scene(scenario=scenario(acts=acts), story=Story(), earlier=NONE))


def test_what_was_put_off_comes_later() -> None:
    story = Story(incident=INCIDENT, later={"take_command": timedelta(hours=1)})

    assert times(at_start(None, story))["take_command"] == local(9, 30) + timedelta(minutes=7.5)


def test_forgotten_steps_never_come_and_left_out_ones_not_again() -> None:
    story = Story(incident=INCIDENT, left_out={"take_command": local(9)})
    found = times(at_start({"by_the_book": {"forgotten": ["contain"]}, "acts": {}}, story))

    assert {"take_command", "contain"} & found.keys() == set()


def test_a_step_that_has_to_be_done_again_is_another_round() -> None:
    assert round_of("verify", Story()) == "verify"
    assert round_of("verify", Story(done={"verify": local(9)})) == "verify/2"
    assert round_of("verify", Story(done={"verify": local(9), "verify/2": local(10)})) == "verify/3"


def finished(state: IncidentState = IncidentState.OPEN, **changes: object) -> Scene:
    """Every step is done, and so is everything of the scenario."""
    names = ("mail", "known", "caller", "never", "contain", "answer", "file_eu", "refused")
    story = Story(incident=INCIDENT, done=dict.fromkeys(names, local(9)))
    verified = record_of_event(
        kind="remediation_verified", occurred_at=Interval(earliest=local(8, 51), latest=local(8, 51))
    )
    steps = [done(name, 20) for name in ("contain", "take_command")]
    steps += [verified, *(done(name, 30) for name in ("preserve_evidence", "decide_awareness", "scope_data"))]
    steps += [
        done("decide_risk", 31, tell_people=True),
        *(done(name, 32) for name in ("tell_authorities", "tell_people")),
    ]
    scene = at_start(changes, story, *steps, done("recover", 33), done("learn", 40))
    assert scene.incident is not None
    assert scene.progress is not None
    assert scene.progress.is_finished
    return replace(scene, incident=replace(scene.incident, state=state))


def test_the_incident_is_closed_a_quarter_of_an_hour_after_everything() -> None:
    (closing,) = coming(finished())

    assert (closing.kind, closing.role, closing.at) == (Kind.CLOSE, "commander", local(9, 25))


def test_what_is_closed_is_not_closed_again() -> None:
    assert coming(finished(IncidentState.CLOSED)) == ()


def test_closing_waits_for_what_the_scenario_names_alone() -> None:
    scene = finished(closes_after=["caller"])
    waiting = replace(
        scene,
        story=replace(
            scene.story,
            done={"caller": local(9)},
            left_out=dict.fromkeys(("mail", "known", "never", "contain", "answer", "file_eu", "refused"), local(9)),
        ),
    )

    assert [moment.kind for moment in coming(waiting)] == [Kind.CLOSE]
    assert [m for m in coming(replace(waiting, story=replace(waiting.story, done={}))) if m.kind is Kind.CLOSE] == []


def test_an_incident_that_was_opened_again_is_not_closed_before_a_response() -> None:
    scene = finished()
    assert scene.incident is not None
    again = replace(scene.incident.events[0], kind="reopened", recorded_at=local(10))

    assert coming(replace(scene, incident=replace(scene.incident, events=(again,)))) == ()


def test_without_a_commander_whoever_knew_closes() -> None:
    scene = finished()
    cast = {role: name for role, name in scene.scenario.cast.items() if role != "commander"}
    (closing,) = coming(replace(scene, scenario=scene.scenario.model_copy(update={"cast": cast})))

    assert closing.role == "system_owner"


@pytest.mark.parametrize(
    ("asleep", "at", "until"),
    [
        (("22:00", "07:00"), "2026-05-20T23:30", "2026-05-21T07:00"),
        (("22:00", "07:00"), "2026-05-21T03:00", "2026-05-21T07:00"),
        (("22:00", "07:00"), "2026-05-21T12:00", "2026-05-21T12:00"),
        (("01:00", "05:30"), "2026-05-21T02:00", "2026-05-21T05:30"),
        (("01:00", "05:30"), "2026-05-21T23:00", "2026-05-21T23:00"),
    ],
)
def test_who_sleeps_takes_alarms_over_in_the_morning(asleep: tuple[str, str], at: str, until: str) -> None:
    sleep = Sleep.model_validate({"from": asleep[0], "to": asleep[1]})
    moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (at, until)]

    assert awake_at(moments[0], sleep, "UTC") == moments[1]
    assert awake_at(moments[0], None, "UTC") == moments[0]


def test_an_act_is_told_in_a_few_words() -> None:
    words = {
        "files d (initial)": {"role": "a", "after": "known", "files": {"duty": "d"}},
        "records note": {"role": "a", "after": "known", "event": {"kind": "note"}},
        "starts p again": {"role": "a", "after": "known", "starts": "p"},
        "fails at verify: open": {"after": "known", "fails": "verify", "says": "open"},
        "does contain": {"step": "contain"},
        "hello": {"role": "a", "after": "known", "says": "hello"},
    }

    assert {act_title(Action.model_validate(act)): act for act in words.values()} == words


def test_an_incident_without_a_response_has_no_steps() -> None:
    scene = replace(at_start(), progress=None)

    assert {moment.kind for moment in coming(scene)} == {Kind.INJECT, Kind.KNOWN}
    assert isinstance(scene.incident, Incident)
