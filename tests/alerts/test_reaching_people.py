"""Which alerts have reached nobody, which settings cannot reach anybody, and what people are told to do next."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from leakguard.alerts.escalation import PATIENCE
from leakguard.alerts.history import AttemptResult, History, Message
from leakguard.alerts.messages import IncidentContext, message_of
from leakguard.alerts.next_actions import next_action
from leakguard.alerts.readiness import Use, chain_problems, settings_problems, uses_of
from leakguard.alerts.records import Attempt, Chain
from leakguard.alerts.settings import CHANNEL_KINDS
from leakguard.alerts.undelivered import undelivered, undelivered_words
from leakguard.clocks.rules import ClockRule
from leakguard.frozen import replace
from leakguard.models.alerts import (
    Alert,
    ChannelSettings,
    Escalation,
    EscalationLevel,
    QuietHours,
    Severity,
    WatchSettings,
)
from support.watching import INCIDENT, NOON, escalation, rule

MINUTE = timedelta(minutes=1)
HOSTILE = "Closed\r\nBcc: everybody@example.org\x1b[31m\u202e\nNext: rm -rf /"


def alarm(clock: str = "promise", *, severity: Severity = Severity.NOTICE, title: str = "") -> Alert:
    return Alert(
        incident=INCIDENT, clock=clock, generation=1, threshold="50%", severity=severity, at=NOON,
        due_at=NOON + timedelta(hours=12), is_statutory=False, title=title,
    )  # fmt: skip


def tried(role: str, channel: str, outcome: str, *, level: int = 0, after: timedelta = MINUTE) -> AttemptResult:
    attempt = Attempt(message="A-1", round=0, level=level, role=role, channel=channel, number=1)
    ended_at = NOON + after if outcome else None
    failure = f"channel {channel}: refused" if outcome == "alarm_failed" else ""
    return AttemptResult(attempt=attempt, at=NOON + after, outcome=outcome, ended_at=ended_at, failure=failure)


def left(
    *tries: AttemptResult,
    after: timedelta = 2 * MINUTE,
    settings: Escalation | None = None,
    severity: Severity = Severity.NOTICE,
) -> list[tuple[int, str]]:
    """Level and role of everybody whom the one alert of the incident has not reached."""
    message = Message(id="A-1", raised_at=NOON, alarms=(alarm(severity=severity),), tries=tries)
    chain = settings or escalation(("commander", 0), ("deputy", 10))
    history = History(incident=INCIDENT, messages=(message,))
    return [(one.level, one.role) for one in undelivered(history, chain, {"promise": 1}, NOON + after)]


def test_an_alert_that_was_refused_has_reached_nobody_until_a_channel_takes_it() -> None:
    refused = tried("commander", "commander", "alarm_failed")

    assert left(refused) == [(1, "commander")]
    assert left(refused, tried("commander", "other", "alarm_sent")) == []
    assert left(tried("commander", "commander", "alarm_sent")) == []


def test_a_deputy_who_got_it_does_not_hide_that_the_commander_did_not() -> None:
    deputy = tried("deputy", "deputy", "alarm_sent", level=1)

    assert left(tried("commander", "commander", "alarm_failed"), deputy) == [(1, "commander")]


def test_a_level_whose_time_has_not_come_is_not_unreached() -> None:
    got = tried("commander", "commander", "alarm_sent")

    assert left(got, after=9 * MINUTE) == []
    assert left(got, after=10 * MINUTE + PATIENCE) == [(2, "deputy")]


def test_what_is_being_sent_at_this_moment_is_not_undelivered() -> None:
    assert left(after=PATIENCE / 2) == []
    assert left(after=PATIENCE) == [(1, "commander")]
    assert left(tried("commander", "commander", ""), after=2 * MINUTE) == []
    assert left(tried("commander", "commander", ""), after=MINUTE + PATIENCE) == [(1, "commander")]


def test_a_role_without_a_channel_reaches_nobody_at_once() -> None:
    assert left(after=timedelta(0), settings=escalation(("commander", 0), roles={"commander": []})) == [
        (1, "commander")
    ]


def test_without_a_level_every_alert_has_reached_nobody() -> None:
    assert left(settings=Escalation()) == [(0, "")]


def test_a_mild_alert_is_not_meant_for_a_level_of_urgent_ones() -> None:
    boss = EscalationLevel(role="boss", after=timedelta(0), least=Severity.URGENT)
    commander = EscalationLevel(role="commander", after=timedelta(0))
    roles = {"boss": ("boss",), "commander": ("commander",)}
    chain = Escalation(levels=(boss, commander), roles=roles)

    urgent = left(after=2 * PATIENCE, settings=chain, severity=Severity.URGENT)

    assert left(after=2 * PATIENCE, settings=chain) == [(2, "commander")]
    assert urgent == [(1, "boss"), (2, "commander")]


@pytest.mark.parametrize(
    "levels",
    [
        (EscalationLevel(role="boss", after=timedelta(0), least=Severity.OVERDUE),),
        (
            EscalationLevel(role="boss", after=timedelta(0), least=Severity.OVERDUE),
            EscalationLevel(role="boss", after=timedelta(hours=9999)),
        ),
    ],
)
def test_an_alert_that_no_level_sends_in_time_has_reached_nobody(levels: tuple[EscalationLevel, ...]) -> None:
    chain = Escalation(levels=levels, roles={"boss": ("boss",)})

    assert left(after=timedelta(0), settings=chain, severity=Severity.URGENT) == [(0, "")]
    assert left(tried("boss", "boss", "alarm_sent"), settings=chain, severity=Severity.OVERDUE) == []


def test_what_a_late_level_sent_after_all_has_reached_somebody() -> None:
    late = EscalationLevel(role="boss", after=timedelta(hours=25))
    chain = Escalation(levels=(late,), roles={"boss": ("boss",)})
    sent = tried("boss", "boss", "alarm_sent", after=timedelta(hours=25))

    assert left(after=timedelta(hours=26), settings=chain) == [(0, "")]
    assert left(sent, after=timedelta(hours=26), settings=chain) == []


def test_what_waits_for_the_morning_is_not_undelivered() -> None:
    night = QuietHours(start=time(11), end=time(15), zone="UTC")
    quiet = replace(escalation(("commander", 0)), quiet=night)

    assert left(after=2 * PATIENCE, settings=quiet) == []
    assert left(after=timedelta(hours=3) + PATIENCE, settings=quiet) == [(1, "commander")]


def test_an_undelivered_alert_is_told_with_its_reason_and_its_next_try() -> None:
    message = Message(
        id="A-1", raised_at=NOON, alarms=(alarm(),), tries=(tried("commander", "commander", "alarm_failed"),)
    )
    history = History(incident=INCIDENT, messages=(message,))
    (found,) = undelivered(history, escalation(("commander", 0)), {"promise": 1}, NOON + 90 * MINUTE / 60)

    assert undelivered_words(found) == (
        f"{INCIDENT} promise: the alert A-1 has reached nobody at level 1 (commander): commander: refused; "
        "next try from 2026-05-24T12:02:00Z on"
    )


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (Escalation(), "no [escalation] level says whom to notify"),
        (escalation(("commander", 0), roles={"commander": []}), "the role has no channel that was tried"),
    ],
)
def test_an_alert_that_nobody_could_be_sent_says_why(settings: Escalation, told: str) -> None:
    message = Message(id="A-1", raised_at=NOON, alarms=(alarm(),), tries=())
    (found,) = undelivered(History(incident=INCIDENT, messages=(message,)), settings, {"promise": 1}, NOON)

    assert told in undelivered_words(found)


def watch(*names: str, chain: Escalation | None = None) -> WatchSettings:
    kinds = list(CHANNEL_KINDS)
    channels = tuple(ChannelSettings(name=name, kind=kinds[number % len(kinds)]) for number, name in enumerate(names))
    return WatchSettings(channels=channels, escalation=chain or escalation(*((name, 0) for name in names)))


def test_settings_that_notify_nobody_say_what_is_missing() -> None:
    (no_channel,) = settings_problems(WatchSettings(), {})
    (no_level,) = settings_problems(watch("mail", chain=Escalation()), {})

    assert (no_channel.kind, "[[channel]]" in no_channel.text) == ("nobody_to_notify", True)
    assert (no_level.kind, "[escalation] levels" in no_level.text) == ("nobody_to_notify", True)
    assert no_channel.next_step
    assert no_level.next_step
    assert settings_problems(watch("mail"), {}) == ()


def test_a_missing_secret_names_its_variable_and_whom_the_channel_notifies() -> None:
    used, unused = settings_problems(watch("mail"), {"mail": "MAIL_PW", "spare": "HOOK"})

    assert used.kind == unused.kind == "missing_secret"
    assert "MAIL_PW is not set; it notifies level 1 (mail, at once)" in used.text
    assert unused.text.endswith("HOOK is not set")
    assert "leakguard channel test mail" in used.next_step


def test_every_use_of_a_channel_is_named_also_in_quiet_hours() -> None:
    levels = (
        EscalationLevel(role="commander", after=timedelta(0)),
        EscalationLevel(role="deputy", after=10 * MINUTE, least=Severity.URGENT),
    )
    night = QuietHours(start=time(22), end=time(7), zone="UTC", instead={"mail": "phone"})
    chain = Escalation(levels=levels, roles={"commander": ("mail",), "deputy": ("mail", "gone")}, quiet=night)
    uses = uses_of(watch("mail", "phone", "spare", chain=chain))

    assert uses["mail"] == uses["phone"] == (
        Use(level=1, role="commander", after="PT0S", least=Severity.NOTICE),
        Use(level=2, role="deputy", after="PT10M", least=Severity.URGENT),
    )  # fmt: skip
    assert uses["spare"] == ()
    assert [use.words for use in uses["mail"]] == [
        "level 1 (commander, at once)", "level 2 (deputy, after PT10M, from urgent on)",
    ]  # fmt: skip


def test_alerts_that_the_chain_of_one_incident_leaves_out_are_named_for_it_alone() -> None:
    levels = (EscalationLevel(role="commander", after=timedelta(0), least=Severity.WARNING),)
    history = History(incident=INCIDENT, chain=Chain(generation=1, levels=levels, repeat=timedelta(hours=1)))
    (gap,) = chain_problems(history, watch("commander"))
    same = watch("commander", chain=Escalation(levels=levels, roles={"commander": ("commander",)}))

    assert gap.text == f"{INCIDENT}: alerts below warning reach nobody: no level has a lower `least`"
    assert f"leakguard watchman chain {INCIDENT} --adopt" in gap.next_step
    assert chain_problems(history, same) == ()
    assert [one.kind for one in settings_problems(same, {})] == ["alerts_reach_nobody"]


def test_the_chain_of_an_incident_may_name_roles_that_are_gone() -> None:
    levels = escalation(("commander", 0), ("deputy", 10)).levels
    history = History(incident=INCIDENT, chain=Chain(generation=1, levels=levels, repeat=timedelta(hours=1)))
    (gone,) = chain_problems(history, watch("deputy"))

    assert (gone.kind, gone.incident) == ("level_reaches_nobody", INCIDENT)
    assert "level 1 (commander) reaches nobody" in gone.text
    assert f"leakguard watchman chain {INCIDENT} --adopt" in gone.next_step
    assert chain_problems(replace(history, chain=None), watch("deputy")) == ()


@pytest.mark.parametrize(
    ("clock", "is_started", "command"),
    [
        (rule(end="remediation_verified"), True, f"leakguard playbook next {INCIDENT}"),
        (rule(end="remediation_verified"), False, f"leakguard playbook start {INCIDENT}"),
        (
            rule(end="filed(obligation=eu-gdpr-33-authority, stage=initial)"),
            True,
            f"leakguard notice draft facts.yaml --incident {INCIDENT} --duty eu-gdpr-33-authority --stage initial",
        ),
        (
            rule(end="filed(obligation=cn-1) | subjects_notified(obligation=cn-1)"),
            False,
            f"leakguard notice draft facts.yaml --incident {INCIDENT} --duty cn-1",
        ),
        (rule(end="filed"), True, f"leakguard playbook next {INCIDENT}"),
        (rule("a b", end=None), True, f"leakguard clock why --incident {INCIDENT} 'a b'"),
    ],
)
def test_the_next_command_fits_the_end_of_the_clock(clock: ClockRule, command: str, *, is_started: bool) -> None:
    assert next_action(INCIDENT, clock, is_response_started=is_started) == command


def test_a_message_says_title_task_limit_on_both_clocks_and_the_commands() -> None:
    one = alarm(title="Close the exposure")
    about = IncidentContext(
        title="An open cluster", zone="Asia/Shanghai", actions={"promise": "leakguard playbook next X"}
    )
    text = message_of(
        Message(id="A-1", raised_at=NOON, alarms=(one,), tries=()), incident=INCIDENT, now=NOON, about=about
    )

    assert (text.incident_title, text.clock_title) == ("An open cluster", "Close the exposure")
    assert (text.due_local, text.zone) == ("2026-05-25 08:00 +08:00 (Asia/Shanghai)", "Asia/Shanghai")
    assert (text.next_action, text.acknowledge) == ("leakguard playbook next X", f"leakguard clock ack {INCIDENT} A-1")
    assert text.remaining_seconds == 12 * 3600
    assert "due 2026-05-25 08:00 +08:00 (Asia/Shanghai), 2026-05-25T00:00:00Z" in text.lines[0]


def test_a_message_without_a_limit_names_no_time() -> None:
    one = replace(alarm(), due_at=None)
    text = message_of(Message(id="A-1", raised_at=NOON, alarms=(one,), tries=()), incident=INCIDENT, now=NOON)

    assert (text.due_local, text.remaining_seconds) == ("", None)
    assert text.next_action == f"leakguard playbook next {INCIDENT}"


def test_a_limit_with_seconds_keeps_them() -> None:
    late = replace(alarm(), due_at=datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC))
    text = message_of(Message(id="A-1", raised_at=NOON, alarms=(late,), tries=()), incident=INCIDENT, now=NOON)

    assert text.due_local == "2026-01-02 03:04:05 +00:00 (UTC)"


def test_no_title_begins_another_line_or_moves_a_cursor() -> None:
    message = Message(id="A-1", raised_at=NOON, alarms=(alarm(title=HOSTILE),), tries=())
    text = message_of(message, incident=INCIDENT, now=NOON, about=IncidentContext(title=HOSTILE))

    for said in (text.incident_title, text.clock_title, *text.lines, text.title):
        assert said.isprintable()
