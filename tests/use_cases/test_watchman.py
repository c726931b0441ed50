"""What a watchman raises, tells, repeats and writes down; on a real SQLite store, in stepped time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from leakguard.alerts.forecast import StepEstimate
from leakguard.alerts.records import KeyedAlertRecord
from leakguard.errors import ChannelFailed, ExitCode
from leakguard.frozen import replace
from leakguard.ledger.verification_result import Answer
from leakguard.models.alerts import AlertMessage, QuietHours, Severity
from leakguard.models.moments import to_z
from leakguard.models.records import KeptRecord
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.acknowledge import acknowledge
from leakguard.use_cases.alerts.heartbeats import Heartbeat
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.alerts.watch_check import AlertingStatus, WatchCheckResult, check
from leakguard.use_cases.alerts.watchman import LEASE
from leakguard.use_cases.proofs.evidence import verify_store
from support.ledgers import Tokens, make_record
from support.watching import INCIDENT, NOON, World, escalation, rule

HOUR = timedelta(hours=1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    time = SteppedTime(NOON)
    store = SqlStore.open(str(tmp_path / "leakguard.db"), now=time.now, token=Tokens())
    yield World(store=store, time=time)
    assert verify_store(store).answer is Answer.MATCH
    store.close()


def begun(world: World) -> World:
    world.open()
    world.event("awareness")
    world.look()
    return world


def test_each_threshold_is_raised_once_at_its_time(world: World) -> None:
    begun(world)
    for _ in range(24 * 5 + 1):
        world.look(after=1 / 5)
        world.look()

    assert [threshold for _, threshold, _ in world.raised()] == ["50%", "75%", "90%", "-PT1H", "PT0S"]
    assert world.missed() == []
    assert world.kinds().count("watchman_outage") == 24 * 5 + 1  # twelve minutes apart is an outage each time


def test_after_an_outage_only_the_most_severe_threshold_is_told(world: World) -> None:
    """Killed before T-1h and back after T-0: one alarm, the others are written down with the time of the outage."""
    begun(world)
    world.look(after=18.1)
    cycle = world.look(after=6)

    assert world.raised() == [("promise", "75%", Severity.WARNING), ("promise", "PT0S", Severity.OVERDUE)]
    assert world.missed() == [
        ("promise", "50%", "offline"),
        ("promise", "90%", "offline"),
        ("promise", "-PT1H", "offline"),
    ]
    assert cycle.unwatched_since == NOON + timedelta(hours=18.1)
    outage = [one for one in world.store.read(INCIDENT) if one.kind == "watchman_outage"][-1]
    assert outage.content["seconds"] == 6 * 3600
    last = [one for one in world.store.read(INCIDENT) if one.kind == "alarm_missed"][-1]
    assert (last.content["offline_from"], last.content["offline_to"]) == (
        "2026-05-25T06:06:00Z",
        "2026-05-25T12:06:00Z",
    )


def test_an_overdue_clock_is_told_every_hour_until_somebody_acknowledges(world: World) -> None:
    begun(world)
    world.look(after=24.01)
    world.look(after=1)
    world.look(after=1)
    acknowledge(world.store, INCIDENT, "promise", by="Ada", lasts=2 * HOUR, now=world.time.now)
    world.look(after=1)
    assert [threshold for _, threshold, _ in world.raised()] == ["PT0S", "+PT1H", "+PT2H"]

    world.look(after=1.01)

    assert [threshold for _, threshold, _ in world.raised()][3:] == ["+PT4H"]


def test_a_long_outage_of_an_overdue_clock_is_one_entry(world: World) -> None:
    begun(world)
    world.look(after=24.01)
    world.look(after=100)

    assert [threshold for _, threshold, _ in world.raised()] == ["PT0S", "+PT100H"]
    assert world.missed()[-1] == ("promise", "+PT1H to +PT99H", "offline")


def test_clocks_that_are_overdue_at_birth_make_one_message(world: World) -> None:
    world.rules = [rule(f"law{number}", hours=number + 1, law="Art. 1") for number in range(5)]
    world.open()
    world.look()
    world.event("awareness", at=NOON - timedelta(days=3))

    cycle = world.look()

    assert [len(message.lines) for message in cycle.messages] == [6]
    assert cycle.messages[0].title == f"{INCIDENT} 5 clocks: 5 OVERDUE"
    assert len(world.raised()) == 5
    assert len(world.sinks["commander"].got) == 1
    assert {why for _, _, why in world.missed()} == {"known_late"}


def test_each_level_is_told_after_its_time_until_somebody_acknowledges(world: World) -> None:
    begun(world)
    world.look(after=12)
    assert len(world.sinks["commander"].got) == 1
    assert world.sinks["deputy"].got == []
    world.look(after=0.15)
    assert world.sinks["deputy"].got == []

    world.look(after=0.02)

    assert [message.id for message in world.sinks["deputy"].got] == [world.sinks["commander"].got[0].id]


def test_an_acknowledgement_keeps_the_next_level_from_being_told(world: World) -> None:
    begun(world)
    world.look(after=12)
    message = world.sinks["commander"].got[0].id
    acknowledge(world.store, INCIDENT, message, by="Ada", lasts=HOUR, now=world.time.now)
    cycle = world.look(after=0.5)
    assert world.sinks["deputy"].got == []
    assert cycle.next_look == NOON + timedelta(hours=13)

    world.look(after=0.5)

    assert len(world.sinks["commander"].got) == 2  # it has run out: the chain begins again
    world.look(after=0.2)
    assert len(world.sinks["deputy"].got) == 1


def test_a_later_warning_is_never_milder_than_one_before(world: World) -> None:
    """Four hours to go come after nine tenths of 72 hours: who was still to be told of that must not be forgotten."""
    world.rules = [rule(hours=72, thresholds=["75%", "90%", "-PT4H", "PT0S"])]
    begun(world)
    for after in (55, 10, 3.5, 4):
        world.look(after=after)

    assert [(threshold, severity.value) for _, threshold, severity in world.raised()] == [
        ("75%", "warning"), ("90%", "urgent"), ("-PT4H", "urgent"), ("PT0S", "overdue"),
    ]  # fmt: skip


def test_a_level_that_comes_after_more_than_the_time_between_repeats_is_told(tmp_path: Path) -> None:
    """Each hourly repeat takes the place of the one before; the chain goes on from the first that nobody answered."""
    time = SteppedTime(NOON)
    store = SqlStore.open(str(tmp_path / "leakguard.db"), now=time.now, token=Tokens())
    world = World(store=store, time=time, escalation=escalation(("commander", 0), ("chief", 90)))
    world.rules = [rule(thresholds=["PT0S"])]
    begun(world)
    looked_at(world, 24, 24.5, 25, 25.4, 25.6, 26)

    assert [message.threshold for message in world.sinks["commander"].got] == ["PT0S", "+PT1H", "+PT2H"]
    assert [message.threshold for message in world.sinks["chief"].got] == ["+PT1H", "+PT2H"]

    acknowledge(store, INCIDENT, "promise", by="Ada", lasts=HOUR, now=time.now)
    looked_at(world, 27.1, 28.4)

    assert len(world.sinks["chief"].got) == 2  # whoever answered is given the time of the chain anew
    looked_at(world, 28.6)
    assert len(world.sinks["chief"].got) == 3
    store.close()


def test_a_failed_channel_raises_the_next_at_once_and_is_recorded(world: World) -> None:
    world.sinks["commander"].is_broken = True
    begun(world)
    cycle = world.look(after=12)

    assert len(world.sinks["deputy"].got) == 1
    assert cycle.failures == ("commander: commander refused",)
    assert [kind for kind in world.kinds() if kind in {"alarm_failed", "alarm_sent"}] == ["alarm_failed", "alarm_sent"]


def test_the_channels_of_a_role_are_tried_in_their_order(tmp_path: Path) -> None:
    time = SteppedTime(NOON)
    store = SqlStore.open(str(tmp_path / "leakguard.db"), now=time.now, token=Tokens())
    chain = escalation(("commander", 0), ("deputy", 10), roles={"commander": ["mail", "chat"], "deputy": ["phone"]})
    world = World(store=store, time=time, escalation=chain)
    world.sinks["mail"].is_broken = True
    begun(world)
    world.look(after=12)

    assert len(world.sinks["chat"].got) == 1
    assert world.sinks["phone"].got == []
    store.close()


def test_a_silent_channel_is_waited_for_once_a_look(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty seconds for each message would let the other incidents, and the heartbeat, wait for minutes."""
    waits = []

    def silent(_message: AlertMessage) -> None:
        waits.append(world.time.now())
        world.time.sleep(20)
        raise ChannelFailed("channel commander: nothing was settled", next_step="Look.")

    monkeypatch.setattr(world.sinks["commander"], "send", silent)
    incidents = [f"IR-2026-000{number}" for number in range(1, 6)]
    for incident in incidents:
        world.open(incident)
        world.event("awareness", incident=incident)
    cycle = world.look(after=12)

    assert len(waits) == 1
    assert [message.incident for message in world.sinks["deputy"].got] == incidents
    assert len(cycle.failures) == len(incidents)
    assert "left alone" in cycle.failures[-1]

    world.look(after=1 / 40)

    assert len(waits) == 2  # it is asked again after a pause, once


def test_when_nothing_works_it_is_tried_again_and_again(world: World) -> None:
    for sink in world.sinks.values():
        sink.is_broken = True
    begun(world)
    cycle = world.look(after=12)
    assert cycle.next_look == NOON + timedelta(hours=12, minutes=1)
    world.look(after=1 / 50)
    world.sinks["deputy"].is_broken = False

    world.look(after=1 / 25)

    assert len(world.sinks["deputy"].got) == 1


def test_a_closed_incident_is_silent(world: World) -> None:
    begun(world)
    world.event("closed")
    cycle = world.look(after=30)

    assert (cycle.incident_count, world.raised()) == (0, [])


def test_a_laws_clock_is_told_after_the_incident_was_closed(world: World) -> None:
    """Closing is our own decision; the authority still waits for its final report."""
    world.rules = [rule("inside"), rule("final", law="Art. 1")]
    begun(world)
    world.look(after=12)
    world.event("closed")
    world.look(after=12.01)
    world.look(after=1)

    late = [(clock, threshold) for clock, threshold, _ in world.raised()][2:]
    assert late == [("final", "PT0S"), ("final", "+PT1H")]
    assert world.sinks["commander"].got[-1].title == f"{INCIDENT} final: OVERDUE by 1 h 36 s"


@pytest.mark.parametrize("kind", ["filed", "not_applicable", "cancelled"])
def test_a_laws_clock_of_a_closed_incident_is_silent_once_it_ended(world: World, kind: str) -> None:
    world.rules = [rule("final", law="Art. 1")]
    begun(world)
    world.event("closed")
    world.event(kind, obligation="final")
    cycle = world.look(after=30)

    assert (cycle.incident_count, world.raised()) == (0, [])


def test_a_guideline_ends_with_the_incident(world: World) -> None:
    world.rules = [rule("guide", law="Guideline 1", soft=True)]
    begun(world)
    world.event("closed")

    assert (world.look(after=30).incident_count, world.raised()) == (0, [])


def test_what_passed_unwatched_on_a_clock_that_ended_meanwhile_is_written_down(world: World) -> None:
    """Nobody has to be told any more, but the record must not look as if somebody had been."""
    begun(world)
    world.time.sleep(20 * 3600)
    world.event("filed", obligation="promise")
    world.look()
    world.look()

    assert world.raised() == []
    assert world.missed() == [("promise", "50%", "offline"), ("promise", "75%", "offline")]
    assert {one.content["instead"] for one in world.store.read(INCIDENT) if one.kind == "alarm_missed"} <= {"", None}


def test_a_clock_that_was_ruled_out_unwatched_leaves_nothing(world: World) -> None:
    begun(world)
    world.time.sleep(20 * 3600)
    world.event("not_applicable", obligation="promise")
    world.look()

    assert (world.raised(), world.missed()) == ([], [])


def test_what_was_known_only_after_it_ended_is_no_gap_in_the_watch(world: World) -> None:
    world.open()
    world.look()
    world.event("awareness", at=NOON - timedelta(hours=40))
    world.event("filed", obligation="promise", at=NOON - timedelta(hours=20))
    world.look()

    assert (world.raised(), world.missed()) == ([], [])


def test_a_filed_clock_is_silent(world: World) -> None:
    begun(world)
    world.look(after=12)
    world.event("filed", obligation="promise")
    world.look(after=30)

    assert len(world.raised()) == 1
    assert len(world.sinks["deputy"].got) == 0


def known_since(world: World, moment: datetime) -> None:
    """Correct when the incident was known: its clocks have begun at another moment."""
    first = next(one for one in world.store.read(INCIDENT) if one.kind == "awareness")
    world.event("awareness", at=moment, corrects=f"E-{first.sequence}")


def test_a_limit_that_moves_closer_is_told_at_once(world: World) -> None:
    begun(world)
    world.look(after=13)
    known_since(world, NOON - timedelta(hours=1))

    world.look()

    assert [threshold for _, threshold, _ in world.raised()] == ["50%", "50%"]


def test_a_limit_that_moves_closer_is_told_once_where_no_threshold_has_passed(world: World) -> None:
    """Whoever plans by the old limit must hear of the new one before its first threshold."""
    begun(world)
    world.look(after=1)
    world.time.sleep(1)
    known_since(world, NOON - timedelta(hours=8))
    for _ in range(3):
        world.look(after=1 / 60)

    assert world.raised() == [("promise", "moved", Severity.WARNING)]
    assert "is earlier than before, 14 h 58 min left" in world.sinks["commander"].got[0].title


def test_a_limit_that_moved_closer_while_the_wall_clock_was_set_back_is_told_once(world: World) -> None:
    """What was recorded after the moment of a look may be seen by it all the same."""
    begun(world)
    world.look(after=1)
    world.time.sleep(60)
    known_since(world, NOON - timedelta(hours=8))
    world.time.set_wall(world.time.now() - timedelta(seconds=30))
    for _ in range(4):
        world.look(after=15 / 3600)

    assert [threshold for _, threshold, _ in world.raised()] == ["moved"]


def test_a_limit_that_moves_away_is_not_told_twice(world: World) -> None:
    begun(world)
    world.look(after=13.5)
    first = next(one for one in world.store.read(INCIDENT) if one.kind == "awareness")
    world.event("awareness", at=NOON + timedelta(hours=1), corrects=f"E-{first.sequence}")

    world.look()

    assert [threshold for _, threshold, _ in world.raised()] == ["50%"]
    assert world.missed()[-1] == ("promise", "50%", "told_before")


def looked_at(world: World, *hours: float) -> list[str]:
    """The thresholds that are raised when somebody looks so many hours after noon."""
    before = len(world.raised())
    for hour in hours:
        world.time.sleep((NOON + hour * HOUR - world.time.now()).total_seconds())
        world.look()
    return [threshold for _, threshold, _ in world.raised()[before:]]


def test_every_warning_comes_again_on_the_way_to_a_limit_that_moved_away(world: World) -> None:
    """An authority that gives two more days must not leave the last hour before its limit without a word."""
    begun(world)
    assert looked_at(world, 12.1, 18.1, 21.7, 23.1) == ["50%", "75%", "90%", "-PT1H"]

    world.event("extension_granted", obligation="promise", until="2026-05-27T12:00:00Z", document="letter")

    assert looked_at(world, 23.2, 36.1, 54.1, 64.9, 71.1, 72.1) == ["50%", "75%", "90%", "-PT1H", "PT0S"]


def test_a_rule_that_gives_more_time_does_not_leave_its_new_limit_untold(world: World) -> None:
    """Another playbook, or another release, has other hours: what was told of the old limit says nothing of the new."""
    begun(world)
    assert looked_at(world, 18.1, 24.1, 25.1) == ["75%", "PT0S", "+PT1H"]

    world.rules = [rule(hours=72)]

    assert looked_at(world, 25.2, 54.1, 64.9, 71.1, 72.1, 73.1) == ["75%", "90%", "-PT1H", "PT0S", "+PT1H"]


def test_a_cadence_clock_counts_from_the_last_update(world: World) -> None:
    world.rules = [
        rule(
            "status",
            anchor="last(awareness)|last(status_sent)",
            amount={"elapsed": "PT20M"},
            end="status_sent",
            thresholds=["PT0S"],
        )
    ]
    begun(world)
    world.look(after=0.34)
    world.event("status_sent")
    world.look(after=0.32)
    assert len(world.raised()) == 1

    world.look(after=0.02)

    assert len(world.raised()) == 2


def test_quiet_hours_hold_back_what_can_wait_and_never_a_law(world: World) -> None:
    quiet = QuietHours(start=NOON.time(), end=(NOON + 14 * HOUR).time(), zone="UTC", instead={"commander": "deputy"})
    world.escalation = escalation(("commander", 0))
    world.escalation = replace(world.escalation, quiet=quiet)
    world.rules = [rule("inside"), rule("law", law="Art. 33")]
    begun(world)
    world.look(after=12.1)
    assert [message.clock for message in world.sinks["deputy"].got] == ["law"]
    assert world.sinks["commander"].got == []

    world.look(after=2)

    assert [message.clock for message in world.sinks["commander"].got] == ["inside"]


def test_work_that_no_longer_fits_is_told_once(world: World) -> None:
    world.steps = {
        "close": StepEstimate(id="close", takes=5 * HOUR, next=("tell",)),
        "tell": StepEstimate(id="tell", takes=3 * HOUR, next=(), emits="filed"),
    }
    begun(world)
    world.look(after=15)
    world.look(after=1.5)
    world.look(after=0.5)

    assert [threshold for _, threshold, _ in world.raised()] == ["50%", "forecast"]
    assert "takes longer than the 7 h 30 min" in world.sinks["commander"].got[-1].title


def test_of_two_watchmen_one_works(world: World) -> None:
    begun(world)

    assert world.look(after=0.001, holder="two").is_leader is False
    assert world.look(after=1, holder="two").is_leader is True
    assert world.look().is_leader is False


def test_whoever_takes_over_knows_from_whom_and_what_was_sent(world: World) -> None:
    begun(world)
    standby = world.look(after=0.001, holder="two")
    world.time.sleep(12 * 3600)
    cycle = world.look(holder="two")

    assert (standby.is_leader, standby.other_holder, standby.last_beat) == (False, "one", NOON)
    assert (cycle.is_takeover, cycle.other_holder, cycle.last_beat) == (True, "one", NOON)
    assert [(one.clocks, one.role, one.channel) for one in cycle.sent] == [
        ("promise", "commander", "commander"), ("watchman", "commander", "commander"),
    ]  # fmt: skip
    again = world.look(after=0.001, holder="two")
    assert (again.is_takeover, again.sent) == (False, ())


def taken_over(world: World) -> list[KeptRecord]:
    return [one for one in world.store.read(LEASE) if one.kind == "watchman_takeover"]


def checked(world: World) -> WatchCheckResult:
    settings = world.watchman().settings
    return check(
        world.store, lambda *_: tuple(world.rules), Heartbeat(at=world.time.now(), holder="two", incident_count=1,
        next_look=None, problems=()), AlertingStatus(settings=settings), now=world.time.now(),
    )  # fmt: skip


def test_a_takeover_is_recorded_and_sent_as_an_alert_of_its_own_and_shown_for_a_day(world: World) -> None:
    begun(world)
    world.look(after=1, holder="two")
    world.look(after=0.001, holder="two")

    (record,) = taken_over(world)
    assert (record.content["from"], record.content["to"], record.content["last_beat"]) == ("one", "two", to_z(NOON))
    (told,) = world.sinks["commander"].got
    assert (told.threshold, told.incident, told.severity) == ("takeover", "", Severity.WARNING)
    assert told.lines[0] == f"The watchman two took over from one, which looked last at {to_z(NOON)}."
    (trouble,) = checked(world).troubles
    assert (trouble.kind, trouble.exit_code) == ("took_over", ExitCode.CLEAN)
    assert "two took over from one" in trouble.text
    assert "sent to commander" in trouble.text
    world.watch(0.01, holder="two")
    world.time.sleep(24 * 3600)
    assert "took_over" not in {one.kind for one in checked(world).troubles}


def test_a_takeover_that_nobody_was_told_of_is_tried_again_and_keeps_the_check_at_three(world: World) -> None:
    begun(world)
    for sink in world.sinks.values():
        sink.is_broken = True
    cycle = world.look(after=1, holder="two")

    assert [one.clocks for one in cycle.undelivered] == ["watchman"]
    assert checked(world).exit_code is ExitCode.UNFINISHED
    assert "nobody was notified" in " ".join(one.text for one in checked(world).troubles)
    world.sinks["deputy"].is_broken = False
    later = world.look(after=0.05, holder="two")

    assert [(one.clocks, one.role) for one in later.sent] == [("watchman", "deputy")]
    assert later.undelivered == ()
    assert world.look(after=0.01, holder="two").sent == ()
    assert [one.kind for one in taken_over(world)] == ["watchman_takeover"]


def test_each_takeover_is_an_alert(world: World) -> None:
    begun(world)
    world.look(after=0.5, holder="two")
    world.look(after=0.5, holder="three")

    assert [one.id for one in world.sinks["commander"].got] == ["A-takeover-1", "A-takeover-2"]
    assert len(taken_over(world)) == 2


def test_a_lease_that_was_let_go_is_no_takeover(world: World) -> None:
    """Cron lets one process look after the other."""
    begun(world)
    world.store.release_lease(LEASE, "one")

    assert world.look(after=0.01, holder="two").is_takeover is False


def test_an_alert_carries_the_title_and_the_next_command_of_its_incident(world: World) -> None:
    world.rules = [rule(title="Close the exposure", end="remediation_verified")]
    begun(world)
    world.look(after=12)
    message = world.sinks["commander"].got[0]

    assert (message.incident_title, message.clock_title) == ("a test", "Close the exposure")
    assert message.next_action == f"leakguard playbook start {INCIDENT}"
    assert message.acknowledge == f"leakguard clock ack {INCIDENT} {message.id}"
    assert message.remaining_seconds == 12 * 3600


def test_a_try_that_fails_leaves_the_alert_undelivered_until_one_succeeds(world: World) -> None:
    for sink in world.sinks.values():
        sink.is_broken = True
    begun(world)
    first, second = world.look(after=12), world.look(after=0.001)
    world.sinks["commander"].is_broken = False
    third = world.look(after=0.02)

    assert [(one.role, one.failures) for one in first.undelivered] == [
        ("commander", (("commander", "commander refused"),))
    ]
    assert (second.sent, second.failures, second.undelivered) == ((), (), first.undelivered)
    assert third.undelivered == ()


def test_a_chain_that_was_edited_does_not_change_a_running_incident(world: World) -> None:
    begun(world)
    world.escalation = escalation(("deputy", 0))
    world.look(after=12)

    assert len(world.sinks["commander"].got) == 0  # the role has no channel any more, so the next level is told
    assert len(world.sinks["deputy"].got) == 1
    chain = world.history().chain
    assert chain is not None
    assert [level.role for level in chain.levels] == ["commander", "deputy"]


def test_a_chain_that_comes_late_is_taken_over(world: World) -> None:
    usual, world.escalation = world.escalation, escalation()
    begun(world)
    world.look(after=12)
    world.escalation = usual

    world.look()

    assert len(world.sinks["commander"].got) == 1
    assert world.kinds().count("escalation_set") == 2


def test_a_channel_that_is_not_set_up_is_a_failed_one(world: World) -> None:
    del world.sinks["commander"]
    begun(world)
    cycle = world.look(after=12)

    assert cycle.failures == ("commander: no channel is called commander",)
    assert len(world.sinks["deputy"].got) == 1


def test_whoever_loses_the_lease_in_the_middle_sends_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new holder finds the alarm in the ledger and sends it."""
    begun(world)
    answers = iter([True, False])
    with monkeypatch.context() as patched:
        patched.setattr(world.store, "take_lease", lambda *_, **__: next(answers))
        assert world.look(after=12).sent_count == 0
    assert world.sinks["commander"].got == []

    world.look(after=0.02, holder="two")

    assert [one.clock for one in world.sinks["commander"].got if one.incident] == ["promise"]


def test_a_try_that_another_one_has_begun_is_left_to_it(world: World) -> None:
    """Both saw the same message; the key of the try lets one of them through."""
    begun(world)
    world.look(after=12)
    sent = next(one for one in world.store.read(INCIDENT) if one.kind == "alarm_try")
    key = "/".join(str(sent.content[part]) for part in ("message", "round", "level", "channel", "attempt"))

    assert (
        world.store.append_once(INCIDENT, [KeyedAlertRecord(keys=(f"try/{INCIDENT}/{key}",), record=make_record())])
        == ()
    )
