"""An alert that nobody answered goes on, whatever happens to its clock or to its entries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from leakguard.alerts.forecast import StepEstimate
from leakguard.alerts.history import history_of
from leakguard.alerts.records import SENT, Attempt, end_record, raised_record, try_record
from leakguard.errors import NotAllowed
from leakguard.frozen import replace
from leakguard.ledger.erasure import ERASED
from leakguard.ledger.verification_result import Answer
from leakguard.models.alerts import Alert, EscalationLevel, Severity, WatchSettings
from leakguard.models.records import KeptRecord
from leakguard.store.kept_files import KeptFiles
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.acknowledge import acknowledge
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.alerts.watch_check import AlertingStatus, check
from leakguard.use_cases.proofs.evidence import verify_store
from leakguard.use_cases.proofs.evidence_redact import Redaction, redact
from support.each import for_each
from support.ledgers import Tokens
from support.watching import INCIDENT, NOON, World, rule

MINUTE, HOUR = 1 / 60, timedelta(hours=1)
LAW = rule(thresholds=["90%", "PT0S"], law="Art. 1")


@contextmanager
def a_world(place: Path) -> Iterator[World]:
    time = SteppedTime(NOON)
    store = SqlStore.open(str(place / "leakguard.db"), now=time.now, token=Tokens())
    yield World(store=store, time=time, rules=[LAW])
    assert verify_store(store).answer is Answer.MATCH
    store.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as world:
        yield world


def begun(world: World) -> None:
    world.open()
    world.event("awareness")
    world.look()


def got(world: World, role: str) -> list[str]:
    return [message.id for message in world.sinks[role].got]


def recorded_anew(world: World, at: datetime = NOON) -> None:
    """The anchor of the clock is recorded again."""
    last = [one for one in world.store.read(INCIDENT) if one.kind == "awareness"][-1]
    world.event("awareness", at=at, corrects=f"E-{last.sequence}")


def waiting(world: World) -> list[str]:
    """What the check from outside lists as not acknowledged."""
    found = check(
        world.store, lambda *_: tuple(world.rules), None, AlertingStatus(settings=WatchSettings()), now=world.time.now()
    )
    return [trouble.clock for trouble in found.troubles if trouble.kind == "unacknowledged"]


def test_an_unanswered_alert_goes_up_the_chain_although_the_clock_was_recorded_anew(world: World) -> None:
    begun(world)
    world.look(after=21.7)
    world.look(after=MINUTE)
    for _ in range(2):
        recorded_anew(world)
        world.look(after=MINUTE)
    assert world.missed()[-1] == ("promise", "90%", "told_before")
    assert waiting(world) == ["promise"]

    world.look(after=10 * MINUTE)

    assert got(world, "deputy") == got(world, "commander")
    assert len(got(world, "deputy")) == 1


def test_an_alert_of_a_limit_that_moved_away_states_the_new_one_to_the_next_level(world: World) -> None:
    begun(world)
    world.look(after=23)
    recorded_anew(world, NOON + HOUR / 2)
    world.look(after=MINUTE)
    world.look(after=10 * MINUTE)

    assert got(world, "deputy") == got(world, "commander")
    assert world.sinks["deputy"].got[0].due_at == NOON + 24.5 * HOUR


def test_an_alert_that_was_acknowledged_stays_so_when_the_clock_is_recorded_anew(world: World) -> None:
    begun(world)
    world.look(after=21.7)
    acknowledge(world.store, INCIDENT, got(world, "commander")[0], by="Ada", lasts=2 * HOUR, now=world.time.now)
    recorded_anew(world)
    world.look(after=MINUTE)
    world.look(after=1)

    assert got(world, "deputy") == []
    assert waiting(world) == []


def test_the_answer_to_an_alert_holds_back_no_more_urgent_one_of_its_clock(world: World) -> None:
    """Whoever answers yesterday's warning has not seen that the limit is over."""
    begun(world)
    world.look(after=22)
    warning = world.history().messages[0].id
    world.look(after=2)

    with pytest.raises(NotAllowed, match=f"{warning} is over: the more urgent alert {world.history().messages[-1].id}"):
        acknowledge(world.store, INCIDENT, warning, by="Ada", lasts=timedelta(hours=2), now=world.time.now)
    world.look(after=0.25)
    assert [message.threshold for message in world.sinks["deputy"].got] == ["PT0S"]


def test_the_answer_to_an_alert_about_two_clocks_takes_the_one_that_is_not_more_urgent(world: World) -> None:
    world.rules = [rule(thresholds=["50%", "90%"]), rule("other", thresholds=["50%"])]
    begun(world)
    world.look(after=12)
    both = world.history().messages[0]
    world.look(after=10)

    done = acknowledge(world.store, INCIDENT, both.id, by="Ada", lasts=timedelta(hours=2), now=world.time.now)
    assert (len(both.alarms), done.clocks) == (2, ("other",))


def test_a_message_that_is_sent_later_names_only_clocks_that_still_wait(world: World) -> None:
    world.rules = [rule(f"law{number}", law="Art. 1") for number in range(3)]
    world.open()
    world.event("awareness", at=NOON - timedelta(days=3))
    world.look()
    for met in ("law0", "law1"):
        world.event("filed", obligation=met)
    world.sinks["deputy"].is_broken = True
    (left,) = (one for one in world.look(after=14 * MINUTE).undelivered if one.role == "deputy")
    world.sinks["deputy"].is_broken = False
    world.look(after=2 * MINUTE)

    (first,), (later,) = (world.sinks[role].got for role in ("commander", "deputy"))
    assert first.title == f"{INCIDENT} 3 clocks: 3 OVERDUE"
    assert later.id == first.id == left.message
    assert later.title.startswith(f"{INCIDENT} law2: OVERDUE")
    assert not [line for line in later.lines if "law0" in line or "law1" in line]


def erased(world: World, place: Path, *kinds: str) -> None:
    """The entries of these kinds lose their content."""
    names = tuple(f"E-{one.sequence}" for one in world.store.read(INCIDENT) if one.kind in kinds)
    asked = Redaction(names=names, by="Ada", reason="a test")
    redact(world.store, KeptFiles.beside(str(place / "leakguard.db")), asked, now=world.time.now)


@for_each(("kind",), [("alarm_raised",), ("alarm_try",), ("alarm_sent",)])
def test_what_was_erased_of_an_alert_neither_sends_it_again_nor_stops_it(tmp_path: Path, kind: str) -> None:
    place = tmp_path / kind
    place.mkdir()
    with a_world(place) as world:
        world.rules = [LAW, rule("other", thresholds=["90%", "PT0S"])]
        begun(world)
        world.look(after=21.7)
        assert len(got(world, "commander")) == 2
        erased(world, place, kind)
        for _ in range(4):
            world.look(after=3 * MINUTE)
        world.look(after=1)

        assert len(got(world, "commander")) == len(got(world, "deputy")) == 2
        assert sorted(got(world, "commander")) == sorted(got(world, "deputy"))
        assert not any("erased" in message for message in got(world, "deputy"))


def test_a_failed_try_that_was_erased_is_followed_by_the_next(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        begun(world)
        world.sinks["commander"].is_broken = True
        world.look(after=21.7)
        erased(world, tmp_path, "alarm_try", "alarm_failed")
        world.sinks["commander"].is_broken = False
        world.look(after=2 * MINUTE)

        assert len(got(world, "commander")) == 1


def test_an_end_that_an_earlier_release_erased_belongs_to_the_try_that_is_open() -> None:
    attempt = Attempt(message="A-1", round=0, level=0, role="commander", channel="mail", number=1)
    begin, end = (one.record for one in (try_record(attempt, incident=INCIDENT, now=NOON),
                                         end_record(attempt, incident=INCIDENT, now=NOON)))  # fmt: skip
    alarm = Alert(incident=INCIDENT, clock="promise", generation=1, threshold="90%", severity=Severity.URGENT, at=NOON,
                  due_at=None, is_statutory=True)  # fmt: skip
    raised = raised_record(alarm, message="A-1", now=NOON).record
    records = [
        KeptRecord(sequence=number, subject=INCIDENT, kind=one.kind, occurred_at=one.occurred_at, recorded_at=NOON,
                   content={**one.content, **more}, hash="")
        for number, (one, more) in enumerate(
            [(raised, {}), (begin, {}), (end, {"message": ERASED, "attempt": 0})], start=1
        )
    ]  # fmt: skip

    (message,) = history_of(INCIDENT, records).messages

    assert [(tried.attempt, tried.outcome) for tried in message.tries] == [(attempt, SENT)]


def with_levels_from(world: World, least: Severity) -> None:
    """The deputy gets what nobody answered for half an hour, if it is so urgent."""
    deputy = EscalationLevel(role="deputy", after=timedelta(minutes=30), least=least)
    world.escalation = replace(world.escalation, levels=(world.escalation.levels[0], deputy))
    world.rules = [rule()]


def test_a_threshold_after_a_forecast_is_never_milder(world: World) -> None:
    with_levels_from(world, Severity.URGENT)
    begun(world)
    world.look(after=11.9)
    world.steps = {"draft": StepEstimate(id="draft", takes=13 * HOUR, next=(), emits="filed")}
    world.look()
    world.look(after=0.15)
    world.look(after=0.5)

    assert world.raised() == [("promise", "forecast", Severity.URGENT), ("promise", "50%", Severity.URGENT)]
    assert len(got(world, "deputy")) == 1


def test_a_threshold_after_a_limit_that_moved_closer_is_never_milder(world: World) -> None:
    with_levels_from(world, Severity.WARNING)
    begun(world)
    world.look(after=1)
    world.time.sleep(1)
    recorded_anew(world, NOON - timedelta(hours=10.5))
    world.look(after=MINUTE)
    world.look(after=0.5)
    world.look(after=0.5)

    assert world.raised() == [("promise", "moved", Severity.WARNING), ("promise", "50%", Severity.WARNING)]
    assert len(got(world, "deputy")) == 1
