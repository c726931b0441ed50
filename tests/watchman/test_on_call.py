"""Tonight's holder of a role gets the alert, and tomorrow's does not; who cannot be reached is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from leakguard.accounts.rights import Role
from leakguard.alerts.undelivered import undelivered_words
from leakguard.errors import CalendarUnread, ChannelFailed
from leakguard.frozen import replace as changed
from leakguard.models.accounts import Person
from leakguard.models.alerts import AlertMessage, ChannelSettings, Escalation, QuietHours, WatchSettings
from leakguard.use_cases.accounts.manage_accounts import disable_account
from leakguard.use_cases.accounts.manage_oncall import NewShift, set_shift
from leakguard.use_cases.accounts.rosters import ReadCalendar
from leakguard.use_cases.alerts.alert_sending import Cycle
from leakguard.use_cases.alerts.heartbeats import parse_heartbeat
from leakguard.use_cases.alerts.on_call import OnCall
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.alerts.watch_check import AlertingStatus, WatchCheckResult, check
from leakguard.use_cases.alerts.watch_state import WatchCounts
from leakguard.use_cases.alerts.watchman import once
from support.accounts import AccountTools, add, open_store
from support.ledgers import FakeClock
from support.watching import NOON, World, escalation

TONIGHT, TOMORROW = timedelta(hours=20), timedelta(hours=32)
"""After noon: the shift of tonight ends, and that of tomorrow."""


@dataclass
class Mailbox:
    """What a channel to one person, or to all, was given."""

    got: list[tuple[str, AlertMessage]] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def to(self, *words: str) -> list[AlertMessage]:
        return [message for to, message in self.got if to in words]

    @property
    def readers(self) -> list[str]:
        return [to for to, _ in self.got]


@dataclass
class Sender:
    name: str
    to: str
    box: Mailbox

    def send(self, message: AlertMessage) -> None:
        if self.to in self.box.broken:
            raise ChannelFailed(f"channel {self.name}: the mail server refused every recipient", next_step="Look.")
        self.box.got.append((self.to, message))


@dataclass
class OnCallWorld:
    """A world to watch with accounts, a mail server and a roster."""

    world: World
    tools: AccountTools
    box: Mailbox = field(default_factory=Mailbox)
    read: ReadCalendar | None = None
    kinds: dict[str, str] = field(default_factory=lambda: {"mail": "smtp", "pager": "webhook"})
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def settings(self) -> WatchSettings:
        channels = tuple(
            ChannelSettings(name=name, kind=kind, options={"to": ["all"]}) for name, kind in self.kinds.items()
        )
        return WatchSettings(channels=channels, escalation=self.world.escalation)

    def make(self, one: ChannelSettings) -> Sender:
        return Sender(name=one.name, to=one.options["to"][0] if one.kind == "smtp" else one.name, box=self.box)

    @property
    def on_call(self) -> OnCall:
        return OnCall(
            store=self.world.store, settings=self.settings, channels={one.name: self.make(one) for one in
            self.settings.channels}, make=self.make, zone=ZoneInfo("Europe/Berlin"), read=self.read,
        )  # fmt: skip

    def look(self, *, after: float = 0.0) -> Cycle:
        self.world.time.sleep(after * 3600)
        self.tools.clock.at = self.world.time.now()
        watchman = changed(
            self.world.watchman(), settings=self.settings, channels=self.on_call.channels, on_call=self.on_call.at
        )
        return once(watchman)

    def check(self) -> WatchCheckResult:
        rules = self.world.watchman().rules
        beat = parse_heartbeat(None)
        return check(
            self.world.store, rules, beat, AlertingStatus(settings=self.settings, on_call=self.on_call.at),
            now=self.world.time.now(),
        )  # fmt: skip

    def set(self, role: str, *people: str, begin: timedelta | None = None, end: timedelta | None = None) -> None:
        start = NOON + begin if begin is not None else None
        new = NewShift(role=role, people=people, start=start, end=NOON + end if end is not None else None)
        set_shift(self.world.store, self.tools, new)


@pytest.fixture
def team(tmp_path: Path) -> Iterator[OnCallWorld]:
    """Ada has tonight, Bob tomorrow, Cleo never; an incident is open whose clock began at noon."""
    tools = AccountTools(FakeClock(NOON))
    store = open_store(str(tmp_path / "leakguard.db"), tools)
    made = OnCallWorld(world=World(store=store, time=SteppedTime(NOON)), tools=tools)
    made.world.escalation = escalation(
        ("commander", 0), ("commander", 10), ("commander", 20), ("commander", 30),
        roles={"commander": ("mail", "pager")},
    )  # fmt: skip
    for name, mail in (("Ada", "ada@example.edu"), ("Bob", "bob@example.edu"), ("Cleo", "cleo@example.edu")):
        made.people[name] = add(store, tools, name, Role.ADMIN, mail=mail)
    made.set("commander", "Cleo", end=timedelta(hours=1))
    made.set("commander", "Ada", end=TONIGHT)
    made.set("commander", "Bob", begin=TONIGHT, end=TOMORROW)
    made.world.open()
    made.world.event("awareness")
    yield made
    store.close()


def test_tonights_holder_gets_the_alert_and_tomorrows_does_not(team: OnCallWorld) -> None:
    cycle = team.look(after=13)

    assert team.box.readers == ["ada@example.edu"]
    assert [(one.role, one.person, one.channel) for one in cycle.sent] == [
        ("commander", "Ada", f"mail@{team.people['Ada'].actor}")
    ]
    assert not cycle.problems
    assert not cycle.undelivered


def test_after_the_shift_the_next_alert_goes_to_whoever_took_over(team: OnCallWorld) -> None:
    team.look(after=13)
    team.look(after=9)

    assert team.box.readers == ["ada@example.edu", "bob@example.edu"]


def test_levels_of_one_role_go_along_its_people_and_in_the_end_to_everybody_whom_the_settings_name(
    team: OnCallWorld,
) -> None:
    for _ in range(5):
        team.look(after=13 if not team.box.got else 11 / 60)

    assert team.box.readers == ["ada@example.edu", "bob@example.edu", "cleo@example.edu", "all"]


def test_whose_mail_is_refused_is_passed_over_by_their_other_channels_and_the_ledger_keeps_no_address(
    team: OnCallWorld,
) -> None:
    team.box.broken = {"ada@example.edu"}
    cycle = team.look(after=13)

    assert team.box.readers == ["pager"]
    assert cycle.failures == ("mail for Ada: channel mail: the mail server refused every recipient",)
    assert not any("example.edu" in str(one.content) for one in team.world.store.read())


def test_where_nobody_of_the_roster_can_be_reached_the_others_are_told_in_turn_and_then_all(team: OnCallWorld) -> None:
    team.box.broken = {"ada@example.edu", "pager", "bob@example.edu", "cleo@example.edu"}
    team.look(after=13)

    assert team.box.readers == ["all"]


def test_an_alert_that_reaches_nobody_says_why_of_each_person(team: OnCallWorld) -> None:
    team.box.broken = {"ada@example.edu", "pager", "bob@example.edu", "cleo@example.edu", "all"}
    left = team.look(after=13).undelivered[0]

    assert dict(left.failures)[f"mail@{team.people['Ada'].actor}"].startswith("channel mail: ")
    assert "channel mail" not in undelivered_words(left)


def test_where_nobody_holds_the_role_its_channels_get_the_alert_and_it_is_told(team: OnCallWorld) -> None:
    team.set("commander", end=TONIGHT)
    cycle = team.look(after=13)

    assert team.box.readers == ["all"]
    assert [(one.kind, one.incident) for one in cycle.problems] == [("role_unheld", "")]
    assert "nobody holds it now" in cycle.problems[0].text
    assert "leakguard oncall set commander" in cycle.problems[0].next_step


@pytest.mark.parametrize("mail", ["", "ada@example.edu"])
def test_a_holder_without_an_address_or_whose_account_is_disabled_is_told(team: OnCallWorld, mail: str) -> None:
    store = team.world.store
    if mail:
        disable_account(store, team.tools, "Ada")
    else:
        store.change_person(team.people["Ada"], changed(team.people["Ada"], mail=""), [])
    cycle = team.look(after=13)

    assert team.box.readers == ["all"]
    assert ("disabled" if mail else "no mail address") in cycle.problems[0].text


def test_a_role_without_a_mail_channel_notifies_nobody_in_person_and_says_so(team: OnCallWorld) -> None:
    team.world.escalation = escalation(("commander", 0), roles={"commander": ("pager",)})
    cycle = team.look(after=13)

    assert team.box.readers == ["pager"]
    assert "no channel of kind smtp" in cycle.problems[0].text


def test_a_role_that_no_roster_names_keeps_its_channels_and_is_remarked(team: OnCallWorld) -> None:
    team.world.escalation = escalation(
        ("deputy", 0), ("commander", 10), roles={"deputy": ("mail",), "commander": ("mail",)}
    )
    team.look(after=13)
    checked = team.check()

    assert team.box.readers == ["all"]
    told = {one.kind: (one.text, int(one.exit_code)) for one in checked.troubles}
    assert told["role_not_on_roster"][0].startswith("role deputy: nobody is on its roster")
    assert told["role_not_on_roster"][1] == 0


def test_the_check_from_outside_tells_of_roles_that_nobody_holds_and_of_gaps_to_come(team: OnCallWorld) -> None:
    team.world.time.sleep(13 * 3600)
    gap = {one.kind: (one.text, int(one.exit_code)) for one in team.check().troubles}
    team.set("commander", end=TONIGHT)
    unheld = {one.kind: int(one.exit_code) for one in team.check().troubles}

    assert gap["roster_gap_ahead"] == ("role commander: nobody holds it from 2026-05-25T20:00:00Z on, by the roster", 0)
    assert unheld["role_unheld"] == 3
    assert "roster_gap_ahead" not in unheld


def test_without_a_roster_nothing_is_otherwise(tmp_path: Path) -> None:
    tools = AccountTools(FakeClock(NOON))
    store = open_store(str(tmp_path / "empty.db"), tools)
    world = OnCallWorld(world=World(store=store, time=SteppedTime(NOON)), tools=tools)
    world.world.escalation = escalation(("commander", 0), roles={"commander": ("mail",)})
    world.world.open()
    world.world.event("awareness")
    cycle = world.look(after=13)

    assert world.box.readers == ["all"]
    assert cycle.problems == ()
    assert not [one for one in world.check().troubles if "role" in one.kind]
    store.close()


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
BEGIN:VEVENT
UID:1
SUMMARY:Commander: cleo@example.edu, Nobody Known
DTSTART;TZID=Europe/Berlin:20260524T180000
DTEND;TZID=Europe/Berlin:20260525T080000
RRULE:FREQ=DAILY
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_says_who_is_on_call_where_the_ledger_says_nothing(tmp_path: Path) -> None:
    tools = AccountTools(FakeClock(NOON))
    store = open_store(str(tmp_path / "calendar.db"), tools)
    world = OnCallWorld(world=World(store=store, time=SteppedTime(NOON)), tools=tools, read=lambda: CALENDAR)
    world.world.escalation = escalation(("commander", 0), roles={"commander": ("mail",)})
    add(store, tools, "Cleo", Role.ADMIN, mail="cleo@example.edu")
    world.world.open()
    world.world.event("awareness")
    world.look(after=13)

    assert world.box.readers == ["cleo@example.edu"]

    def refuse() -> str:
        raise CalendarUnread("the calendar of x could not be read", next_step="Look.")

    world.read = refuse
    cycle = world.look(after=6)
    assert world.box.readers == ["cleo@example.edu", "all"]
    assert [(one.kind, one.next_step) for one in cycle.problems] == [("calendar_unread", "Look.")]
    assert {one.kind: int(one.exit_code) for one in world.check().troubles}["calendar_unread"] == 3

    world.read = CALENDAR.replace("cleo@example.edu, ", "").__str__
    (problem,) = world.look(after=10).problems
    assert "there is no account `Nobody Known`" in problem.text
    store.close()


def test_in_quiet_hours_the_mail_to_a_person_goes_through_the_channel_of_the_night(team: OnCallWorld) -> None:
    team.kinds = {"mail": "smtp", "night": "smtp"}
    quiet = QuietHours(start=time(0, 30), end=time(2), zone="UTC", instead={"mail": "night"})
    base = escalation(("commander", 0), roles={"commander": ("mail",)})
    team.world.escalation = Escalation(levels=base.levels, roles=base.roles, quiet=quiet)
    duty = team.on_call.at(NOON + timedelta(hours=13))

    assert duty is not None
    actor = team.people["Ada"].actor
    assert duty.settings.escalation.calls["commander"][0][0] == f"night@{actor}"


def test_that_one_person_cannot_be_reached_says_nothing_of_the_channel(team: OnCallWorld) -> None:
    counts = WatchCounts(settings=team.settings, unset=frozenset())
    team.box.broken = {"ada@example.edu", "pager"}
    counts.take(team.look(after=13).tries)

    assert counts.channels()["smtp", "working"] == 1
    assert replace(counts, unset=frozenset({"mail"})).channels()["smtp", "unset"] == 1
    assert not [one for one in team.check().troubles if one.kind == "dead_channel" and "channel mail" in one.text]
