"""A drill from its begin to its scorecard, on a real store and the real clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from leakguard.drills.deeds import deeds_of
from leakguard.drills.moments import Kind
from leakguard.drills.scorecard import ClockScore, RoleScore, Scorecard, to_json
from leakguard.errors import NotAllowed, NotFound, UsageProblem
from leakguard.frozen import replace
from leakguard.models.incidents import IncidentState
from leakguard.models.records import KeptRecord, Record
from leakguard.ports import AlertStore
from leakguard.use_cases.alerts.time_sources import PacedTime, SteppedTime
from leakguard.use_cases.drills.drill_play import play, scored
from leakguard.use_cases.drills.drill_scenarios import find_scenario, known_names, list_scenarios
from leakguard.use_cases.drills.drill_stage import Offer, StageChoice, reach_of
from leakguard.use_cases.incidents.incident_rules import Reach
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.incidents.timelines import timeline
from leakguard.use_cases.intake.reports import reports_in
from support.drills import INCIDENT, SHORT, Drill, KeptHere, hold_against, local, materials, scenario_of
from support.each import for_each
from support.killing import Killed
from support.ledgers import make_record

Made = Callable[..., Drill]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Made]:
    """Makes drills, each in a store of its own."""
    made: list[Drill] = []

    def one(*, earlier: timedelta = timedelta(0), **changes: Any) -> Drill:  # noqa: ANN401  (fields of a scenario)
        text = yaml.safe_dump(yaml.safe_load(SHORT) | changes, sort_keys=False) if changes else SHORT
        made.append(Drill(place=str(tmp_path / f"{len(made)}.db"), text=text, earlier=earlier))
        return made[-1]

    yield one
    for drill in made:
        drill.world.store.close()


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    """One that was played to its end as it is written."""
    drill = Drill(place=str(tmp_path_factory.mktemp("quiet") / "leakguard.db")).play()
    yield drill
    drill.world.store.close()


def clock(card: Scorecard, name: str) -> ClockScore:
    return next(one for one in card.clocks if one.clock == name)


def role(card: Scorecard, name: str) -> RoleScore:
    return next(one for one in card.roles if one.role == name)


def test_the_scorecard_tells_what_was_met_late_answered_and_forgotten(quiet: Drill) -> None:
    """Told yesterday at 11:30, contained at 11:40 and verified 7.5 minutes later: late by a quarter of an hour."""
    drill = quiet
    card = drill.card()

    assert clock(card, "remediate").late_by == timedelta(minutes=17, seconds=30)
    assert clock(card, "remediate").role == "analyst"
    assert clock(card, "remediate").first_taken_after == timedelta(minutes=10)
    assert clock(card, "eu-gdpr-33-authority.initial").margin == timedelta(hours=70)
    assert clock(card, "eu-gdpr-33-authority.initial").role == "dpo"
    assert role(card, "commander").forgotten_steps == ("learn",)
    assert role(card, "system_owner").late_steps.keys() == {"contain", "recover"}
    assert role(card, "analyst").missed_clocks == ("remediate",)
    assert role(card, "dpo").refused.keys() == {"refused"}
    assert role(card, "dpo").first_act_after_known == timedelta(minutes=22, seconds=30)
    assert role(card, "counsel").done == 0
    assert card.counts == {"met": 1, "missed": 1, "open": 3}
    assert (card.steps_done, card.step_count, card.incident_state) == (7, 11, "open")
    assert card.messages == card.taken > 2


def test_injects_are_answered_by_the_first_act_of_whoever_heard_of_them(quiet: Drill) -> None:
    card = quiet.card()

    assert [(one.inject, one.role, one.first_act_after) for one in card.injects] == [
        ("caller", "commander", timedelta(minutes=12)),
        ("caller", "dpo", timedelta(minutes=90)),
    ]


def test_what_the_team_was_faster_than_does_not_happen(quiet: Drill) -> None:
    drill = quiet

    assert ("never", "did not happen any more") in drill.said
    assert dict(drill.said)["refused"].endswith("is open already")


def test_everything_is_marked_as_a_drill(quiet: Drill) -> None:
    drill = quiet
    messages = [message for sink in drill.world.sinks.values() for message in sink.got]

    assert load_incident(drill.world.store, INCIDENT).title == "DRILL: Four hours before a limit"
    assert messages
    assert {message.is_drill for message in messages} == {True}
    assert to_json(drill.card())["drill"] is True


def test_knowing_earlier_moves_what_follows_from_it(make: Made) -> None:
    early = make(earlier=timedelta(minutes=20)).play().card()

    assert early.known_earlier == timedelta(minutes=20)
    assert clock(early, "remediate").late_by is None
    assert clock(early, "remediate").margin == timedelta(minutes=2, seconds=30)


@pytest.mark.parametrize("minutes", [26, -5])
def test_nobody_can_know_before_there_was_anything_to_know(make: Made, minutes: int) -> None:
    drill = make(earlier=timedelta(minutes=minutes))

    with pytest.raises(UsageProblem, match="nobody could have known") as refused:
        play(drill.stage())
    assert "PT25M" in refused.value.next_step


def test_a_role_may_leave_its_moment_out_put_it_off_or_answer_otherwise(make: Made) -> None:
    seen: list[Offer] = []

    def decide(offer: Offer) -> StageChoice:
        seen.append(offer)
        if offer.moment.id == "contain":
            return StageChoice(is_left_out=True)
        if offer.moment.id == "answer" and offer.moment.at < local(9, 30):
            return StageChoice(later=timedelta(hours=1))
        if offer.moment.step == "decide_awareness":
            return StageChoice(answers={"basis": "because I say so"})
        return StageChoice()

    drill = make()
    drill.decide = decide
    card = drill.play().card()

    assert {"contain", "preserve_evidence"} <= {
        *role(card, "system_owner").left_out,
        *role(card, "analyst").forgotten_steps,
    }
    assert ("contain", "left out") in drill.said
    assert ("answer", "put off by 1 h") in drill.said
    answer = next(deed for deed in deeds_of(drill.world.store.read()) if deed.moment == "answer")
    assert answer.at == local(10, 12)
    awareness = [e for e in load_incident(drill.world.store, INCIDENT).events if e.kind == "awareness"]
    assert awareness[-1].fields["basis"] == "because I say so"
    offer = next(one for one in seen if one.moment.step == "decide_awareness")
    assert offer.labels.keys() == offer.answers.keys() == {"basis"}


def test_a_bad_answer_is_refused_and_told(make: Made) -> None:
    drill = make()
    drill.decide = lambda offer: (
        StageChoice(answers={"basis": 7}) if offer.moment.step == "decide_awareness" else StageChoice()
    )
    card = drill.play().card()

    assert "must be text" in role(card, "dpo").refused["decide_awareness"]
    assert "\n" not in role(card, "dpo").refused["decide_awareness"]
    assert card.steps_done < 7


def test_the_story_tells_what_happened_once_and_what_was_only_said_as_well(quiet: Drill) -> None:
    """The script's marks stay in the ledger; in the timeline they would tell everything twice."""
    lines = [line.event for line in timeline(quiet.world.store, INCIDENT)]
    marks = [event.fields["moment"] for event in lines if event.kind == "drill_deed"]

    assert [event.kind for event in lines].count("contained") == 1
    assert marks == ["caller", "answer", "never"]


def test_a_law_that_reaches_us_in_the_middle_begins_to_count_then(make: Made) -> None:
    injects = {"law": {"at": "2026-05-20T10:00", "title": "Students in China", "to": "dpo", "invented": "a test",
                       "laws": "cn", "obligated_as": "network_operator"}}  # fmt: skip
    drill = make(injects=injects, acts={}).play()
    records = tuple(drill.world.store.read(INCIDENT))
    before = [record for record in records if record.recorded_at < local(10)]
    scenario = scenario_of(drill.text)

    assert reach_of(scenario, before) == Reach(laws=frozenset({"eu"}), obligated_as=frozenset({"controller"}))
    assert reach_of(scenario, records).laws == {"eu", "cn"}
    assert clock(drill.card(), "cn-pipl-57-authority.initial").begun_at == local(8, 30)


def test_what_a_machine_does_counts_as_done_and_nothing_is_done(make: Made) -> None:
    """The response to a ransomed store has steps that end by no event."""
    drill = make(playbook="ransomed-datastore", acts={}, by_the_book={"pace": 0.05}).play()
    ended = [one.content for one in drill.world.store.read(INCIDENT) if one.kind == "step_run_ended"]

    assert [(one["step"], one["text"]) for one in ended] == [("keep_findings", "drill: nothing was done")]
    assert drill.card().steps_done == drill.card().step_count


def test_no_law_named_is_everybodys(make: Made) -> None:
    drill = make(laws=[], obligated_as=[])

    assert reach_of(scenario_of(drill.text), ()) == Reach()


def test_a_response_may_fail_reopen_and_begin_again(make: Made) -> None:
    """As in the case of a VPN whose store was open again at another address."""
    injects = {"again": {"at": "2026-05-20T12:00", "title": "Open again", "to": "commander", "invented": "a test",
                         "records": [{"kind": "reopened"}, {"kind": "exposure_seen_again"}]}}  # fmt: skip
    acts = {
        "fail": {"fails": "verify", "says": "still open", "after": "contain", "in": "PT1M"},
        "start": {"role": "commander", "after": "again", "in": "PT5M", "starts": "exposed-datastore-24h"},
        "note": {"role": "dpo", "after": "known", "event": {"kind": "note", "fields": {"text": "x"}}},
    }
    drill = make(injects=injects, acts=acts, by_the_book={"pace": 0.05}, closes_after=[]).play()
    card = drill.card()

    assert [deed.moment for deed in deeds_of(drill.world.store.read()) if deed.kind == Kind.CLOSE] == [
        "closed",
        "closed/2",
    ]
    assert (card.incident_state, card.steps_done) == (IncidentState.CLOSED.value, card.step_count)
    assert {deed.moment for deed in deeds_of(drill.world.store.read())} >= {
        "contain/2",
        "fail",
        "verify",
        "note",
        "start",
    }


def test_a_drill_that_was_played_to_its_end_is_not_played_again(quiet: Drill) -> None:
    drill = quiet
    count = sum(1 for _ in drill.world.store.read())

    assert play(drill.stage())
    assert sum(1 for _ in drill.world.store.read()) == count


def test_a_drill_that_is_asked_to_stop_stops_and_goes_on_later(make: Made) -> None:
    drill = make()
    asked = iter([False, False, False, True, True])

    assert not play(replace(drill.stage(), is_stopped=lambda: next(asked, True)))
    assert not play(replace(drill.stage(), is_stopped=lambda: True))
    assert drill.play().card().steps_done == 7


def test_a_drill_wakes_up_to_stop_while_it_waits(make: Made) -> None:
    """Its time may return early from a sleep, as when a signal comes."""
    drill = make()
    stage = drill.stage()
    asleep = PacedTime(SteppedTime(local(8)), start=local(8), speed=1e9)
    asked = iter([False, False, True])

    assert not play(replace(stage, time=_Restless(asleep), is_stopped=lambda: next(asked, True)))


class _Restless:
    """A clock that wakes whoever sleeps at once; implements `ports.TimeSource`."""

    def __init__(self, base: PacedTime) -> None:
        self._base = base

    def now(self) -> datetime:
        return self._base.now()

    def monotonic(self) -> float:
        return self._base.monotonic()

    def sleep(self, seconds: float) -> None:
        """Not at all."""


def test_a_drill_that_does_not_end_is_a_bug_that_says_so(make: Made) -> None:
    with pytest.raises(NotAllowed, match="does not come to an end"):
        play(replace(make().stage(), most_turns=3))


@pytest.mark.parametrize("appends", [1, 3, 4, 6])
def test_a_drill_that_dies_between_two_deeds_goes_on_with_the_second(make: Made, quiet: Drill, appends: int) -> None:
    """The first appends are the begin, the mail, the opening of the incident, its first event and so on."""
    drill = make()
    stage = drill.stage()
    with pytest.raises(Killed):
        play(replace(stage, store=cast("AlertStore", _Mortal(stage.store, appends))))

    hold_against(drill.play(), quiet)


class _Mortal:
    """A store after whose n-th append the process is gone; implements `ports.AlarmStore`."""

    def __init__(self, store: AlertStore, appends: int) -> None:
        self._store = store
        self._left = appends

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        kept = self._store.append(subject, records, after=after)
        self._left -= 1
        if not self._left:
            raise Killed
        return kept


def test_of_two_events_of_a_moment_one_may_be_refused(make: Made) -> None:
    records = [{"kind": "incident_opened"}, {"kind": "note", "fields": {"text": "kept all the same"}}]
    injects = {"two": {"at": "2026-05-20T09:00", "title": "x", "invented": "a test", "records": records}}
    drill = make(injects=injects, acts={}).play()

    assert dict(drill.said)["two"].endswith("is open already")
    notes = [event for event in load_incident(drill.world.store, INCIDENT).events if event.kind == "note"]
    assert [event.fields["text"] for event in notes] == ["kept all the same"]


def test_paced_time_passes_only_for_those_who_wait() -> None:
    base = SteppedTime(local(8))
    paced = PacedTime(base, start=local(12), speed=1000)
    base.sleep(50)

    assert (paced.now(), paced.monotonic()) == (local(12), 0)
    paced.sleep(3000)
    assert (paced.now(), base.monotonic()) == (local(12, 50), 53)


def test_a_store_of_something_else_is_refused(make: Made) -> None:
    other, drill = make(), make()
    other.world.store.append("IR-2026-0001", [make_record()])
    drill.play()

    with pytest.raises(NotAllowed, match="something else"):
        play(other.stage())
    with pytest.raises(NotAllowed, match="something else"):
        play(replace(drill.stage(), earlier=timedelta(minutes=5)))


def test_a_drill_without_anybody_who_knows_has_no_score(make: Made) -> None:
    drill = make()

    with pytest.raises(NotAllowed, match="before anybody knew"):
        scored(drill.stage())


def test_alarms_are_left_alone_where_nobody_takes_them_over(make: Made) -> None:
    card = make(acknowledges=None).play().card()

    assert card.taken == 0
    assert clock(card, "remediate").first_taken_after is None


def test_a_scenario_is_found_by_its_name_or_its_files() -> None:
    folders, known = materials().folders, known_names(materials().folders, materials().book)

    assert find_scenario(folders, "university-2019", known).scenario == "university-2019"
    assert find_scenario(folders, "university_2019.yaml", known).scenario == "university-2019"
    assert "university-2019" in {one.scenario for one in list_scenarios(folders, known)}
    with pytest.raises(NotFound, match="did you mean `university-2019`"):
        find_scenario(folders, "universtiy-2019", known)
    with pytest.raises(NotFound, match="there is no scenario `zzz`"):
        find_scenario(folders, "zzz", known)


def test_the_decoy_of_the_marks_is_no_part_of_a_real_incident(quiet: Drill) -> None:
    """What belongs to the exercise alone is kept apart from the incident."""
    drill = quiet
    kinds = {record.kind for record in drill.world.store.read("DRILL")}

    assert kinds == {"drill_started", "drill_deed", "drill_refused", "drill_ended"}


APP = {"name": "Jobs", "category": "recruiting", "permissions": ["android.permission.READ_CONTACTS"]}
SITES = [
    {"site": "a.example", "home": "<p>Welcome</p>"},
    {
        "site": "b.example", "home": "<p>投诉：security@b.example</p>",
        "security_txt": "Contact: https://b.example/\nExpires: 2019-05-01T00:00:00Z\n",
    },
]  # fmt: skip
MAIL = """From: Finder <canary@finder.example>
Subject: open

http://192.0.2.44:9200 answers a canary without a login
"""


def answers(drill: Drill, incident: str = INCIDENT) -> list[str]:
    events = load_incident(drill.world.store, incident).events
    return [str(one.fields["text"]) for one in events if one.kind == "note" and "text" in one.fields]


@for_each(
    ("question", "answer"),
    [
        ({"mail": MAIL}, "the mail names 192.0.2.44:9200"),
        ({"sites": SITES}, "a.example: missing (error), no_complaint_contact (error); b.example: expired (error)"),
        ({"apps": [APP]}, "1 of 1 ask for more than their category needs; Jobs (recruiting): contacts unrelated"),
        ({"outbound": {"organisation": {"name": "X"}}}, "by the law of 2026-05-20: needs fact, missing important_data"),
        ({"outbound": {"organisation": {"name": "X"}, "at": "2020-01-01"}}, "by the law of 2020-01-01: no rule known"),
        (
            {"outbound": {"organisation": {"name": "X"}, "facts": {"important_data": {"value": "notified"}}}},
            "by the law of 2026-05-20: security assessment",
        ),
    ],
)
def test_an_act_asks_leakguard_itself_and_the_timeline_keeps_the_answer(
    make: Made, question: dict[str, Any], answer: str
) -> None:
    acts = {
        "contain": {"step": "contain", "in": "PT1H"},
        "ask": {"role": "dpo", "after": "known", "in": "PT5M"} | question,
    }
    found = answers(make(acts=acts).play())

    assert [one for one in found if answer in one], found
    assert "canary" not in " ".join(found)


def test_a_mail_of_a_scenario_is_a_report_in_the_inbox_once_however_often_somebody_takes_it_in(tmp_path: Path) -> None:
    acts = {
        "contain": {"step": "contain", "in": "PT1H"},
        "first": {"role": "dpo", "after": "known", "in": "PT5M", "mail": MAIL},
        "second": {"role": "dpo", "after": "known", "in": "PT9M", "mail": MAIL},
    }
    text = yaml.safe_dump(yaml.safe_load(SHORT) | {"acts": acts}, sort_keys=False)
    drill = Drill(place=str(tmp_path / "leakguard.db"), text=text, kept=KeptHere()).play()
    (report,) = reports_in(drill.world.store)
    drill.world.store.close()

    assert (report.address, [one.place for one in report.named]) == ("canary@finder.example", ["192.0.2.44:9200"])
    assert [end for moment, end in drill.said if moment in {"first", "second"}] == ["", ""]


@for_each(
    "question",
    [
        {"mail": "no mail at all"},
        {"apps": [APP | {"category": "recruting"}]},
        {"outbound": {"organisation": {"name": "X"}, "facts": {"ciio": {"value": "perhaps"}}}},
    ],
)
def test_a_question_that_cannot_be_read_is_refused_and_the_drill_goes_on(make: Made, question: dict[str, Any]) -> None:
    acts = {
        "contain": {"step": "contain", "in": "PT1H"},
        "ask": {"role": "dpo", "after": "known", "in": "PT5M"} | question,
    }
    drill = make(acts=acts).play()

    assert any(moment == "ask" and end for moment, end in drill.said), drill.said
    assert answers(drill) == []


def test_the_month_of_the_bulletin_is_played_to_its_end_with_every_answer(tmp_path: Path) -> None:
    scenario = (Path(__file__).parents[2] / "scenarios" / "bulletin_2019.yaml").read_text(encoding="utf-8")
    drill = Drill(place=str(tmp_path / "leakguard.db"), text=scenario, kept=KeptHere()).play()
    found = answers(drill, "IR-2019-0001")
    (report,) = reports_in(drill.world.store)
    drill.world.store.close()

    assert [end for _, end in drill.said if end] == []
    assert report.id == "RP-2019-0001"
    for answer in ("jobs.university.example: expired (error)",
                   "the mail names 192.0.2.44:9200", "2 of 3 ask for more", "2019-06-14: no rule known",
                   "2026-11-30: standard contract, filed or certification"):  # fmt: skip
        assert [one for one in found if answer in one], answer
