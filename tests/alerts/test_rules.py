"""The rules of alarms by themselves: marks, urgency, quiet hours, forecast, words, and who is told next."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.alerts.chains import compared
from leakguard.alerts.due import Watch, due_of
from leakguard.alerts.escalation import PATIENCE, sending, unacknowledged
from leakguard.alerts.forecast import StepEstimate, forecast, forecast_alarm
from leakguard.alerts.history import AttemptResult, History, Message
from leakguard.alerts.marks import alarm_of, duration_text, marks_of, next_repeat, repeat_of, severity_of
from leakguard.alerts.messages import MOST_LINES, IncidentContext, message_id, message_of
from leakguard.alerts.quiet import channel_for, end_of, is_quiet, waits_until
from leakguard.alerts.records import Attempt, step_record
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.durations import parse_exact
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.thresholds import MIN_GAP, ThresholdInstant
from leakguard.models.alerts import Alert, Escalation, EscalationLevel, QuietHours, Severity
from leakguard.models.events import Event, Interval
from support.watching import INCIDENT, NOON, escalation, rule

HOUR = timedelta(hours=1)
NIGHT = QuietHours(start=time(22), end=time(7), zone="UTC", instead={"mail": "phone"})


def status(one: ClockRule | None = None, *, after: float = 0.0) -> ClockStatus:
    event = Event(id="e1", kind="awareness", occurred_at=Interval(earliest=NOON, latest=NOON), recorded_at=NOON)
    return evaluate((event,), (one or rule(),), Calendars(), NOON + timedelta(hours=after))[0]


def alarm(clock: str = "promise", *, threshold: str = "50%", severity: Severity = Severity.NOTICE, law: bool = False,
          due: datetime | None = NOON + 24 * HOUR) -> Alert:  # fmt: skip
    return Alert(
        incident=INCIDENT, clock=clock, generation=1, threshold=threshold, severity=severity, at=NOON, due_at=due,
        is_statutory=law,
    )  # fmt: skip


def message(*alarms: Alert, tries: tuple[AttemptResult, ...] = ()) -> Message:
    return Message(id="A-1", raised_at=NOON, alarms=alarms or (alarm(),), tries=tries)


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("50%", Severity.NOTICE), ("75%", Severity.WARNING), ("90%", Severity.URGENT), ("100%", Severity.OVERDUE),
        ("-PT4H", Severity.WARNING), ("-PT1H", Severity.URGENT), ("PT0S", Severity.OVERDUE),
        ("+PT1H", Severity.OVERDUE), ("target", Severity.WARNING),
    ],
)  # fmt: skip
def test_the_nearer_the_limit_the_more_urgent(text: str, severity: Severity) -> None:
    assert severity_of(text) is severity


def test_the_limit_itself_is_always_a_mark() -> None:
    marks = marks_of(status(rule(thresholds=["50%", "-PT1M"])))

    assert [(mark.text, mark.at - NOON) for mark in marks] == [("50%", 12 * HOUR), ("PT0S", 24 * HOUR)]


def test_a_clock_without_a_limit_is_told_at_its_aim() -> None:
    free = rule(amount={"none": True}, target="PT2H")

    assert [(mark.text, mark.at) for mark in marks_of(status(free))] == [("target", NOON + 2 * HOUR)]
    assert marks_of(status(rule(amount={"none": True}))) == ()
    late = status(free, after=3)
    assert (repeat_of(late, HOUR, NOON + 3 * HOUR), next_repeat(late, HOUR, NOON)) == (None, None)
    found = due_of(INCIDENT, late, History(incident=INCIDENT), Watch(now=NOON + 3 * HOUR, last_beat=None, repeat=HOUR))
    assert found.raised is not None
    assert (found.raised.threshold, found.raised.severity, found.raised.due_at) == ("target", Severity.WARNING, None)


def test_a_repeat_that_falls_on_a_threshold_is_that_threshold() -> None:
    late = status(rule(thresholds=["PT0S", "+PT1H"]), after=25.5)

    assert repeat_of(late, HOUR, NOON + 25.5 * HOUR) is None
    assert repeat_of(late, HOUR, NOON + 26 * HOUR) == ThresholdInstant(text="+PT2H", at=NOON + 26 * HOUR)
    assert next_repeat(late, HOUR, NOON + 25.5 * HOUR) == NOON + 26 * HOUR
    assert next_repeat(status(), HOUR, NOON) is None


@given(st.integers(min_value=1, max_value=10**6))
def test_a_duration_reads_back(seconds: int) -> None:
    assert parse_exact(duration_text(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@given(
    st.lists(st.sampled_from(["1%", "50%", "99%", "99.9%", "-PT1M", "-PT119S", "PT0S", "+PT1M", "-PT30H"]), max_size=6)
)
def test_marks_stand_apart_and_the_limit_is_among_them(texts: list[str]) -> None:
    moments = [mark.at for mark in marks_of(status(rule(thresholds=texts)))]

    assert NOON + 24 * HOUR in moments
    assert all(later - earlier >= MIN_GAP for earlier, later in pairwise(moments))


def test_quiet_hours_go_over_midnight() -> None:
    night, day = NOON + 11 * HOUR, NOON
    assert (is_quiet(NIGHT, night), is_quiet(NIGHT, NOON + 18 * HOUR), is_quiet(NIGHT, day)) == (True, True, False)
    assert not is_quiet(None, night)
    assert (channel_for("mail", NIGHT, night), channel_for("mail", NIGHT, day), channel_for("mail", None, night)) == (
        "phone", "mail", "mail",
    )  # fmt: skip
    assert end_of(NIGHT, night) == end_of(NIGHT, NOON + 18 * HOUR) == NOON + 19 * HOUR


def test_quiet_hours_may_lie_in_one_day() -> None:
    siesta = QuietHours(start=time(13), end=time(15), zone="UTC")

    assert [is_quiet(siesta, NOON + hours * HOUR) for hours in (0, 1, 2, 3)] == [False, True, True, False]
    assert end_of(siesta, NOON + HOUR) == NOON + 3 * HOUR


def test_a_jump_of_the_wall_clock_is_kept_to_the_millisecond() -> None:
    assert step_record(-2.5, now=NOON).content == {"milliseconds": -2500}


def test_what_is_urgent_or_law_never_waits() -> None:
    night = NOON + 11 * HOUR

    assert waits_until(message(), NIGHT, night, night) == NOON + 19 * HOUR
    assert waits_until(message(), NIGHT, night, NOON + 20 * HOUR) == NOON + 19 * HOUR
    assert waits_until(message(), NIGHT, NOON, NOON) == NOON
    assert waits_until(message(alarm(law=True)), NIGHT, night, night) == night
    assert waits_until(message(alarm(severity=Severity.OVERDUE)), NIGHT, night, night) == night
    assert waits_until(message(), None, night, night) == night


def test_the_longest_way_decides_and_a_way_back_counts_for_nothing() -> None:
    steps = {
        "a": StepEstimate(id="a", takes=HOUR, next=("b", "c", "gone")),
        "b": StepEstimate(id="b", takes=3 * HOUR, next=("end",)),
        "c": StepEstimate(id="c", takes=None, next=("end", "a")),
        "end": StepEstimate(id="end", takes=HOUR, next=(), emits="filed"),
    }
    found = forecast(status(), steps, NOON)

    assert found is not None
    assert (found.steps, found.needs, found.ready_at) == (("a", "b", "end"), 5 * HOUR, NOON + 5 * HOUR)
    assert forecast_alarm(INCIDENT, status(), found, NOON) is None
    late = forecast(status(after=20), steps, NOON + 20 * HOUR)
    told = forecast_alarm(INCIDENT, status(after=20), late, NOON + 20 * HOUR)
    assert told is not None
    assert (told.threshold, told.severity) == ("forecast", Severity.URGENT)
    assert forecast_alarm(INCIDENT, status(after=25), forecast(status(after=25), steps, NOON), NOON) is None


def test_where_nobody_estimated_nothing_is_forecast() -> None:
    steps = {"end": StepEstimate(id="end", takes=None, next=(), emits="filed")}

    assert forecast(status(), steps, NOON) is None
    assert forecast(status(), {}, NOON) is None
    assert forecast(status(rule(end=None)), steps, NOON) is None
    assert forecast_alarm(INCIDENT, status(), None, NOON) is None


def test_a_message_about_many_clocks_is_short() -> None:
    many = message(*(alarm(f"c{number:03}") for number in range(MOST_LINES + 5)))
    text = message_of(many, incident=INCIDENT, now=NOON, is_repeated=True)

    assert text.title == f"{INCIDENT} 45 clocks: the first: 1 d left"
    assert text.lines[-3:] == (
        f"and 5 more: leakguard clock list --incident {INCIDENT}",
        "Sent again, because nobody knows whether it went out the first time.",
        f"Acknowledge: leakguard clock ack {INCIDENT} A-1",
    )
    assert (text.clock, text.threshold) == ("", "")


def test_a_message_says_how_it_stands_when_it_is_sent() -> None:
    def title(one: Alert, at: datetime) -> str:
        return message_of(message(one), incident=INCIDENT, now=at, about=IncidentContext(is_drill=True)).title

    assert title(alarm(), NOON + 24 * HOUR) == f"DRILL {INCIDENT} promise: 0 s left"
    assert title(alarm(), NOON + 25 * HOUR) == f"DRILL {INCIDENT} promise: OVERDUE by 1 h"
    assert "there is no fixed limit" in title(alarm(due=None), NOON)
    assert (
        message_of(message(), incident=INCIDENT, now=NOON, about=IncidentContext(link="https://x/{incident}")).link
        == f"https://x/{INCIDENT}"
    )


def test_a_message_is_named_after_its_alarms_alone() -> None:
    one, other = alarm("a"), alarm("b")

    assert message_id((one, other)) == message_id((other, one)) != message_id((one,))


def try_of(channel: str = "commander", *, at: datetime, outcome: str = "", number: int = 1) -> AttemptResult:
    attempt = Attempt(message="A-1", round=0, level=0, role="commander", channel=channel, number=number)
    return AttemptResult(attempt=attempt, at=at, outcome=outcome, ended_at=at if outcome else None)


def plan(*tries: AttemptResult, after: timedelta, settings: Escalation | None = None) -> list[tuple[str, int]]:
    history = History(incident=INCIDENT, messages=(message(tries=tries),))
    found = sending(history, settings or escalation(("commander", 0), ("deputy", 10)), {"promise": 1}, NOON + after)
    return [(attempt.channel, attempt.number) for _, attempt in found.attempts]


def test_a_try_that_was_never_heard_of_again_is_repeated() -> None:
    lost = try_of(at=NOON)

    assert plan(lost, after=PATIENCE / 2) == []
    assert plan(lost, after=PATIENCE) == [("commander", 2)]


def test_a_channel_that_failed_is_left_alone_for_a_growing_while() -> None:
    failed = [try_of(at=NOON, outcome="alarm_failed"), try_of(at=NOON + HOUR / 60, outcome="alarm_failed", number=2)]
    only = escalation(("commander", 0))

    assert plan(failed[0], after=timedelta(seconds=59), settings=only) == []
    assert plan(failed[0], after=timedelta(seconds=60), settings=only) == [("commander", 2)]
    assert plan(*failed, after=timedelta(seconds=179), settings=only) == []
    assert plan(*failed, after=timedelta(seconds=180), settings=only) == [("commander", 3)]


def test_a_mild_alarm_does_not_reach_a_level_for_urgent_ones() -> None:
    levels = (
        EscalationLevel(role="boss", after=timedelta(0), least=Severity.URGENT),
        EscalationLevel(role="commander", after=timedelta(0)),
    )
    settings = Escalation(levels=levels, roles={"boss": ("boss",), "commander": ("commander",)})

    assert plan(after=HOUR, settings=settings) == [("commander", 1)]


def test_a_role_without_a_channel_holds_nobody_up() -> None:
    assert plan(after=timedelta(0), settings=escalation(("commander", 0), ("deputy", 10), roles={"commander": []})) == [
        ("deputy", 1)
    ]


def test_alarms_of_a_clock_that_changed_or_ended_ask_for_nobody() -> None:
    history = History(incident=INCIDENT, messages=(message(),))

    assert unacknowledged(history, {"promise": 1}, NOON) == (alarm(),)
    assert unacknowledged(history, {"promise": 2}, NOON) == unacknowledged(history, {}, NOON) == ()


def test_an_alarm_of_a_guideline_is_no_statute() -> None:
    point = ThresholdInstant(text="50%", at=NOON)

    assert alarm_of(INCIDENT, status(rule(law="Art. 33")), point).is_statutory
    assert not alarm_of(INCIDENT, status(rule(law="Art. 33", soft=True)), point).is_statutory


def test_a_chain_is_told_in_words() -> None:
    levels = (
        EscalationLevel(role="commander", after=timedelta(0)),
        EscalationLevel(role="director", after=timedelta(minutes=90), least=Severity.OVERDUE),
    )
    found = compared(None, Escalation(levels=levels, repeat=timedelta(minutes=30)))

    assert found.lines == (
        "+ level 1: commander at once",
        "+ level 2: director after PT90M, from overdue on",
        "+ an overdue clock is announced again every PT30M",
    )
