"""Wrong clocks of machines: what they cannot move, what names them, and what mends what they told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.clocks.calendars import Calendars
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.event_history import EVERYTHING
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.verdicts import State
from leakguard.errors import NotAllowed, UsageProblem
from leakguard.ledger import chain as chaining
from leakguard.ledger.entries import Entry
from leakguard.ledger.system_time_corrections import SUBJECT, CorrectedReader, SystemTimeCorrections, corrections_in
from leakguard.ledger.verification_result import Answer, DiscrepancyKind
from leakguard.models.alerts import ChannelSettings, WatchSettings
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Event, Interval
from leakguard.models.records import SYSTEM_TIME_CORRECTED, KeptRecord, Record
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.acknowledge import acknowledge
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.alerts.watch_check import AlertingStatus, check
from leakguard.use_cases.incidents.incident_clocks import statuses
from leakguard.use_cases.incidents.incident_events import NewEvent, record_event
from leakguard.use_cases.incidents.incidents import load_incident, open_incident
from leakguard.use_cases.proofs.clock_doubts import clock_doubt
from leakguard.use_cases.proofs.clock_touched import find_wrong_clocks
from leakguard.use_cases.proofs.evidence import verify_store
from leakguard.use_cases.proofs.evidence_clock import (
    MOST_CHARACTERS,
    CorrectedClocks,
    CorrectionRequest,
    correct_clocks,
)
from support.ledgers import START, FakeClock, MemoryJournal, Tokens, exactly, make_record
from support.watching import World, escalation

ID = "IR-2026-0001"
DAY = timedelta(days=1)
HOURS = timedelta(hours=8)
READY = AlertingStatus(
    settings=WatchSettings(
        channels=tuple(ChannelSettings(name=name, kind="file") for name in ("commander", "deputy")),
        escalation=escalation(("commander", 0), ("deputy", 10)),
    )
)
"""Settings by which alerts reach somebody."""
RULES = (
    ClockRule.model_validate(
        {"id": "law", "law": "L", "anchor": "first(discovery)", "amount": {"elapsed": "PT72H"}, "end": "filed"}
    ),
    ClockRule.model_validate(
        {
            "id": "ours",
            "anchor": "last(awareness)",
            "amount": {"elapsed": "PT4H"},
            "end": "filed",
            "pausable": "with_basis",
        }
    ),
)


class Quick(MemoryJournal):
    """A ledger in memory that reads as a store does, for a hundred of them."""

    def clock_corrections(self) -> SystemTimeCorrections:
        return corrections_in(self.entries(SUBJECT))

    def entries(self, subject: str | None = None, *, after: int = 0) -> Iterator[Entry]:
        return (one for one in list(self.kept) if subject in {None, one.subject} and one.sequence > after)

    def read(self, subject: str | None = None) -> Iterator[KeptRecord]:
        return CorrectedReader(self.clock_corrections()).read(self.entries(subject))

    def append_all(self, records: Mapping[str, Sequence[Record]], *, after: Mapping[str, int]) -> None:
        assert all(one.sequence <= last for subject, last in after.items() for one in self.entries(subject))
        for subject, own in records.items():
            self.append(subject, own)


class Place:
    """One incident in a ledger of its own, and the clock of the machine that writes."""

    def __init__(self, path: Path | None = None) -> None:
        self.clock = FakeClock()
        self._real = SqlStore.open(str(path), now=self.clock, token=Tokens()) if path is not None else None
        self.store: Any = self._real or Quick(self.clock)
        open_incident(self.store, (), now=self.clock(), title="a test")

    def event(self, kind: str, *, at: datetime | None = None, ahead: timedelta = timedelta(0)) -> Event | None:
        """Record an event under a clock that is so far ahead; nothing where the incident's state refuses it."""
        stated = Interval(earliest=at, latest=at, stated="as a person wrote it") if at is not None else None
        new = NewEvent(kind=kind, occurred_at=stated, reason="a test")
        with self.wrong(ahead), suppress(NotAllowed):
            return record_event(self.store, ID, new, now=self.clock)
        return None

    def wrong(self, ahead: timedelta) -> Wrongly:
        return Wrongly(self.clock, ahead)

    def scan(self, *, ahead: timedelta) -> None:
        """What a scan keeps: nothing of the incident."""
        with self.wrong(ahead):
            self.store.append("R-1", [make_record("run_started", at=self.clock())])
            self.store.append("R-1", [make_record("run_finished", at=self.clock())])

    def statuses(self) -> tuple[ClockStatus, ...]:
        return statuses(self.store, ID, RULES, Calendars(), self.clock(), known_at=EVERYTHING)

    def told(self) -> list[tuple[object, ...]]:
        """Everything about the clocks but the ids of events and how often they changed."""
        return [
            (one.id, one.state, one.work_by, one.verdict.anchor_at, one.verdict.ended_at, one.verdict.late_by_seconds,
             one.first_final_verdict and one.first_final_verdict.state, [cycle.state for cycle in one.earlier_cycles])
            for one in self.statuses()
        ]  # fmt: skip

    def mend(self, **said: object) -> CorrectedClocks:
        asked = CorrectionRequest(**({"by": "Ada", "reason": "log of the host"} | said))  # type: ignore[arg-type]
        return correct_clocks(self.store, asked, now=self.clock())

    def close(self) -> None:
        if self._real is not None:
            self._real.close()


class Wrongly:
    """The clock of the machine is so far ahead, for as long as the block lasts."""

    def __init__(self, clock: FakeClock, ahead: timedelta) -> None:
        self._clock, self._ahead = clock, ahead

    def __enter__(self) -> None:
        self._clock.at += self._ahead

    def __exit__(self, *_: object) -> None:
        self._clock.at -= self._ahead


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    found = Place(tmp_path / "leakguard.db")
    yield found
    found.close()


KINDS = st.sampled_from(["discovery", "awareness", "filed", "note", "closed", "reopened"])
STEPS = st.lists(st.tuples(KINDS, st.integers(1, 3000)), max_size=6)
"""Kinds of events, each so many minutes after the one before."""
WRONG = st.integers(-20 * 24 * 60, 20 * 24 * 60)
"""Minutes."""


# What no clock can move.


def test_an_event_that_happens_now_takes_the_real_now_after_a_scan_under_a_clock_that_was_ahead(place: Place) -> None:
    place.scan(ahead=HOURS)
    kept = place.event("discovery")

    assert kept is not None
    assert kept.occurred_at.earliest == START
    assert place.statuses()[0].work_by == START + timedelta(hours=72)
    assert place.statuses()[0].remaining_seconds == 72 * 3600


def test_a_second_event_of_an_incident_is_not_moved_behind_one_that_a_wrong_clock_told(place: Place) -> None:
    place.event("note", ahead=HOURS)
    kept = place.event("discovery")

    assert kept is not None
    assert kept.occurred_at.earliest == START


def test_only_the_ledgers_own_time_follows_the_entry_before_and_tells_what_the_clock_said(place: Place) -> None:
    place.scan(ahead=HOURS)
    place.event("discovery")
    last = list(place.store.entries())[-1]

    assert last.recorded_at > "2026-05-24T09"
    assert last.flags.split() == ["clock_stepped_back", "clock=2026-05-24T01:00:00Z"]


@given(steps=STEPS, scans=st.lists(st.tuples(st.integers(0, 6), WRONG), min_size=1, max_size=3))
def test_commands_without_an_instant_of_their_own_change_no_limit_under_any_clock(
    steps: list[tuple[str, int]], scans: list[tuple[int, int]]
) -> None:
    right, wrong = Place(), Place()
    for number in range(len(steps) + 1):
        for ahead in (minutes for before, minutes in scans if before == number or number == len(steps) < before):
            wrong.scan(ahead=timedelta(minutes=ahead))
        if number < len(steps):
            kind, minutes = steps[number]
            for one in (right, wrong):
                one.clock.move(minutes=minutes)
                one.event(kind)

    assert wrong.told() == right.told()


# A clock that is behind hides nothing.


def test_a_clock_that_was_set_back_hides_no_limit_and_no_end(place: Place) -> None:
    place.event("discovery")
    place.clock.move(hours=1)
    place.event("filed")
    place.clock.move(hours=-40)
    law = place.statuses()[0]

    assert (law.state, law.work_by) == (State.MET_ON_TIME, START + timedelta(hours=72))


def test_two_minutes_between_two_machines_refuse_nothing_that_the_other_one_has_recorded(place: Place) -> None:
    with place.wrong(timedelta(seconds=110)):
        place.event("note")
        told = place.clock()
    assert place.event("discovery", at=told) is not None
    assert clock_doubt(place.store, place.clock()) is None
    assert not find_wrong_clocks(place.store, now=place.clock())
    with pytest.raises(UsageProblem, match="is in the future"):
        place.event("discovery", at=told + timedelta(minutes=5))


def test_a_reopening_after_a_closing_under_a_clock_that_was_ahead_opens_the_clocks_again(
    place: Place,
) -> None:
    place.event("closed", ahead=DAY)
    place.clock.move(minutes=1)
    place.event("reopened")
    place.clock.move(minutes=1)
    place.event("discovery")
    place.clock.move(hours=73)

    assert place.statuses()[0].state is State.OVERDUE


# What names a wrong clock.


def test_verify_names_the_entries_how_far_they_are_ahead_and_what_to_do(place: Place) -> None:
    place.scan(ahead=HOURS)
    place.event("discovery")
    found = verify_store(place.store)

    doubt = next(one for one in found.discrepancies if one.kind is DiscrepancyKind.WRONG_SYSTEM_TIME)
    assert found.answer is Answer.NOT_VERIFIABLE
    assert "ahead by 8 h or more when entries 2 to 3 were recorded" in doubt.text
    assert "behind when entry 4 was recorded" in doubt.text
    assert "leakguard evidence clock" in doubt.text


def test_verify_names_a_last_entry_that_is_ahead_of_this_machines_clock(place: Place) -> None:
    place.scan(ahead=HOURS)

    texts = [one.text for one in verify_store(place.store, now=place.clock()).discrepancies]
    assert any("or the clock of this machine is behind now" in text for text in texts)
    assert verify_store(place.store, now=place.clock() + HOURS).discrepancies == ()


def test_a_wrong_clock_is_a_trouble_of_the_check_from_outside(place: Place) -> None:
    checked = check(place.store, lambda _incident, _records: RULES, None, READY, now=START, ahead=HOURS)

    assert "wrong_clock" in [trouble.kind for trouble in checked.troubles]
    assert "8 h ahead" in next(trouble.text for trouble in checked.troubles if trouble.kind == "wrong_clock")


def test_the_doubt_lasts_until_it_is_mended_and_no_longer(place: Place) -> None:
    place.scan(ahead=HOURS)
    place.event("discovery")
    doubt = clock_doubt(place.store, place.clock())
    assert doubt is not None
    assert HOURS <= doubt.ahead < HOURS + timedelta(seconds=1)

    place.mend(length=HOURS)
    place.clock.move(minutes=5)
    place.event("note")
    assert clock_doubt(place.store, place.clock()) is None
    place.scan(ahead=DAY)

    assert clock_doubt(place.store, place.clock()) is not None


# What mends it.


@given(
    before=STEPS,
    inside=st.lists(st.tuples(KINDS, st.integers(1, 60)), min_size=1, max_size=4),
    after=STEPS,
    is_behind=st.booleans(),
    more=st.integers(0, 9 * 24 * 60),
)
def test_a_mended_store_has_the_limits_of_one_whose_clock_was_right(
    before: list[tuple[str, int]],
    inside: list[tuple[str, int]],
    after: list[tuple[str, int]],
    *,
    is_behind: bool,
    more: int,
) -> None:
    """The clock was wrong by more than the time that the entries took, so that it shows."""
    length = timedelta(minutes=sum(minutes for _, minutes in (*before, *inside, *after)) + 5 + more)
    ahead = -length if is_behind else length
    right, wrong = Place(), Place()
    wronged = 0
    for number, (kind, minutes) in enumerate([*before, *inside, *after]):
        is_wrong = len(before) <= number < len(before) + len(inside)
        right.clock.move(minutes=minutes)
        wrong.clock.move(minutes=minutes)
        right.event(kind)
        wronged += wrong.event(kind, ahead=ahead if is_wrong else timedelta(0)) is not None and is_wrong
    if wronged:
        named = find_wrong_clocks(wrong.store, now=wrong.clock()).found
        assert len(named) == 1
        touched = named[0].behind if is_behind else named[0].ahead
        assert sum(len(one.entries) for one in touched) == wronged
        wrong.mend(length=length, is_behind=is_behind)

    assert wrong.told() == right.told()
    assert not find_wrong_clocks(wrong.store, now=wrong.clock())


def test_a_mend_rewrites_nothing_and_verifies(place: Place) -> None:
    place.event("discovery", ahead=HOURS)
    place.event("note")
    before = list(place.store.entries())
    place.mend(length=HOURS)
    found = verify_store(place.store, now=place.clock())

    assert list(place.store.entries())[: len(before)] == before
    assert found.answer is Answer.MATCH
    assert [(one.kind, one.sequence) for one in found.discrepancies] == [(DiscrepancyKind.CORRECTED_SYSTEM_TIME, 2)]
    assert (
        "8 h ahead when entry 2 was recorded; entry 4 corrects that, by Ada: log of the host"
        in found.discrepancies[0].text
    )


def test_a_time_that_a_person_stated_is_theirs_and_stays(place: Place) -> None:
    stated = START - timedelta(minutes=30)
    place.event("discovery", at=stated, ahead=HOURS)
    place.event("note")
    place.mend(length=HOURS)

    discovery = load_incident(place.store, ID).events[1]
    assert (discovery.occurred_at.earliest, discovery.recorded_at) == (stated, START)


def test_where_nobody_knows_by_how_much_clocks_count_from_the_earliest_that_the_ledger_allows(place: Place) -> None:
    place.clock.move(minutes=10)
    place.event("discovery", ahead=HOURS)
    place.clock.move(minutes=20)
    place.event("note")
    place.mend()
    at = load_incident(place.store, ID).events[1].occurred_at

    assert (at.earliest, at.latest) == (START, START + timedelta(minutes=30))
    assert place.statuses()[0].work_by == START + timedelta(hours=72)


@pytest.mark.parametrize("which", ["by", "second", "reason"])
def test_a_mend_with_a_text_of_more_than_two_thousand_characters_is_refused(tmp_path: Path, which: str) -> None:
    clock = FakeClock(START)
    store = SqlStore.open(str(tmp_path / "a.db"), now=clock, token=Tokens())
    texts = {"by": "Ada", "second": "Grace", "reason": "x"} | {which: "x" * (MOST_CHARACTERS + 1)}

    with pytest.raises(UsageProblem, match="2,000 characters"):
        correct_clocks(
            store, CorrectionRequest(by=texts["by"], second=texts["second"], reason=texts["reason"]), now=clock()
        )
    store.close()


def test_a_first_entry_needs_the_length_since_no_clock_lies_before_it(tmp_path: Path) -> None:
    clock = FakeClock(START + HOURS)
    store = SqlStore.open(str(tmp_path / "a.db"), now=clock, token=Tokens())
    open_incident(store, (), now=clock(), title="a test")
    clock.at = START

    with pytest.raises(UsageProblem, match="does not tell by how much at most"):
        correct_clocks(store, CorrectionRequest(by="Ada", reason="x"), now=clock())
    correct_clocks(store, CorrectionRequest(by="Ada", reason="x", length=HOURS), now=clock())
    assert load_incident(store, ID).opened_at == START
    store.close()


@pytest.mark.parametrize("length", [timedelta(hours=6), timedelta(hours=12)])
def test_a_length_that_contradicts_the_other_clocks_is_refused_and_nothing_is_recorded(
    place: Place, length: timedelta
) -> None:
    place.event("discovery", ahead=HOURS)
    place.event("note")
    count = len(list(place.store.entries()))

    with pytest.raises(NotAllowed, match="with that, the clock was ahead"):
        place.mend(length=length)
    assert len(list(place.store.entries())) == count


def test_a_better_mend_takes_the_place_of_the_one_before(place: Place) -> None:
    place.clock.move(minutes=10)
    place.event("discovery", ahead=HOURS)
    place.clock.move(minutes=20)
    place.event("note")
    place.mend()
    place.mend(entries=(2, 2), length=HOURS, second="Alan")

    assert place.statuses()[0].work_by == START + timedelta(minutes=10, hours=72)


def test_a_person_may_state_when_it_was(place: Place) -> None:
    place.event("discovery", ahead=HOURS)
    place.event("note")
    place.mend(length=HOURS, instants={2: exactly(START - timedelta(minutes=5))}, second="Alan")

    assert place.statuses()[0].work_by == START + timedelta(hours=72, minutes=-5)


def test_a_clock_that_contradicts_no_other_one_is_mended_by_two_people_and_by_no_single_one(place: Place) -> None:
    place.event("discovery", ahead=HOURS)
    place.clock.move(hours=9)
    assert not find_wrong_clocks(place.store, now=place.clock())
    for second in ("", "ADA", "\u0410da"):
        with pytest.raises(NotAllowed):
            place.mend(entries=(2, 2), length=HOURS, second=second)
    place.mend(entries=(2, 2), length=HOURS, second="Alan")

    assert place.statuses()[0].work_by == START + timedelta(hours=72)


def test_one_person_does_not_turn_a_late_filing_into_one_in_time(place: Place) -> None:
    place.event("discovery")
    place.clock.move(hours=73)
    filed = place.event("filed")
    assert filed is not None
    assert place.statuses()[0].state is State.MET_LATE
    before = list(place.store.entries())

    with pytest.raises(NotAllowed, match="no clock of this ledger contradicts the one of entry 3"):
        place.mend(entries=(3, 3), length=timedelta(hours=2))
    with pytest.raises(NotAllowed, match="no clock of this ledger contradicts the time of entry 3"):
        place.mend(instants={3: exactly(START + timedelta(hours=71))})
    assert list(place.store.entries()) == before


def test_a_contradiction_elsewhere_lets_one_person_move_nothing_that_it_does_not_touch(place: Place) -> None:
    place.event("discovery")
    place.clock.move(hours=73)
    place.event("filed")
    place.event("note", ahead=HOURS)
    place.event("note")

    with pytest.raises(NotAllowed, match="no clock of this ledger contradicts the time of entry 3"):
        place.mend(length=HOURS, instants={3: exactly(START + timedelta(hours=71))})
    with pytest.raises(NotAllowed, match="entries 3 to 4"):
        place.mend(entries=(3, 4), length=HOURS)
    place.mend(length=HOURS)


def test_a_part_of_a_wrong_stretch_that_leaves_the_contradiction_needs_two_people(place: Place) -> None:
    for kind in ("discovery", "filed", "note"):
        place.event(kind, ahead=HOURS)
        place.clock.move(minutes=3)
    place.event("note")

    with pytest.raises(NotAllowed, match="no clock of this ledger contradicts the one of entry 3"):
        place.mend(entries=(3, 3), length=timedelta(seconds=1))


def test_one_person_states_a_time_that_lies_between_the_clocks_of_a_contradiction(place: Place) -> None:
    place.clock.move(minutes=10)
    place.event("discovery", ahead=HOURS)
    place.clock.move(minutes=20)
    place.event("note")
    with pytest.raises(NotAllowed, match="do not allow that time for entry 2"):
        place.mend(instants={2: exactly(START - timedelta(hours=5))})
    place.mend(instants={2: exactly(START + timedelta(minutes=9))})

    assert place.statuses()[0].work_by == START + timedelta(minutes=9, hours=72)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"by": " "}, "by somebody who says why"),
        ({"reason": ""}, "by somebody who says why"),
        ({"entries": (1, 1)}, "only you know how wrong"),
        ({"entries": (1, 9), "length": HOURS}, "no entries 1 to 9"),
        ({"length": HOURS, "instants": {9: exactly(START)}}, "no entry 9"),
        ({"reason": "x" * 2001}, "may have 2,000 characters"),
    ],
)
def test_what_is_said_wrongly_mends_nothing(place: Place, said: dict[str, object], refusal: str) -> None:
    place.event("discovery", ahead=HOURS)

    with pytest.raises(UsageProblem, match=refusal):
        place.mend(**said)


def test_there_is_nothing_to_mend_where_no_clock_contradicts_another_one(place: Place) -> None:
    with pytest.raises(NotAllowed, match="no clock of this ledger contradicts another one"):
        place.mend(length=HOURS)


def test_the_mend_stands_in_the_timeline_of_each_incident_that_it_touched_and_of_no_other(place: Place) -> None:
    open_incident(place.store, (), now=place.clock(), title="another one")
    place.event("discovery", ahead=HOURS)
    place.event("note")
    place.mend(length=HOURS)

    assert [event.kind for event in load_incident(place.store, ID).events][-1] == SYSTEM_TIME_CORRECTED
    assert [event.kind for event in load_incident(place.store, "IR-2026-0002").events] == ["incident_opened"]


def test_what_a_wrong_clock_told_at_one_remove_is_mended_too(place: Place) -> None:
    """A finding of a scan under the wrong clock brings its time into an incident that a right one opened."""
    with place.wrong(HOURS):
        place.store.append("R-1", [make_record("run_started", at=place.clock())])
        seen = place.clock()
    seen_first = record_of_event(kind="exposure_first_seen", occurred_at=exactly(seen))
    place.store.append(ID, [seen_first])
    done = place.mend(length=HOURS)

    assert (ID, (3,)) in [(one.subject, one.entries) for one in done.touched]
    assert load_incident(place.store, ID).events[1].occurred_at.earliest == START


# Alerts and acknowledgements.


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    time = SteppedTime(START)
    store = SqlStore.open(str(tmp_path / "leakguard.db"), now=time.now, token=Tokens())
    yield World(store=store, time=time)
    store.close()


def test_an_incident_turns_overdue_by_the_real_time_alone(world: World) -> None:
    """The watchman looked by the time of the last entry, which was ahead."""
    world.open()
    world.event("awareness")
    world.time.set_wall(START + timedelta(hours=30))
    world.event("note")
    world.time.set_wall(START + timedelta(minutes=1))
    world.look()

    assert world.raised() == []


def test_an_acknowledgement_after_a_clock_that_was_ahead_holds_for_as_long_as_it_says(world: World) -> None:
    world.open()
    world.event("awareness")
    world.time.set_wall(START + timedelta(hours=30))
    world.event("note")
    world.time.set_wall(START + timedelta(hours=25))
    world.look()
    acknowledge(world.store, ID, "promise", by="Ada", lasts=timedelta(hours=2), now=world.time.now)

    def troubles() -> list[str]:
        return [
            one.kind for one in check(world.store, lambda *_: world.rules, None, READY, now=world.time.now()).troubles
        ]

    assert troubles() == ["stale_heartbeat"]
    world.time.set_wall(START + timedelta(hours=28))
    assert troubles()[:2] == ["stale_heartbeat", "unacknowledged_overdue"]


def test_alerts_of_a_clock_that_was_ahead_are_over_once_it_is_mended_and_the_real_ones_come(world: World) -> None:
    world.open()
    world.event("awareness")
    world.time.set_wall(START + timedelta(hours=30))
    world.look()
    assert world.raised()[-1][1] == "+PT6H"
    world.time.set_wall(START + timedelta(minutes=5))
    correct_clocks(
        world.store, CorrectionRequest(by="Ada", reason="x", length=timedelta(hours=30)), now=world.time.now()
    )
    raised = len(world.raised())
    world.look()

    assert [
        one.kind for one in check(world.store, lambda *_: world.rules, None, READY, now=world.time.now()).troubles
    ] == ["stale_heartbeat"]
    for _ in range(25):
        world.look(after=1)
    assert [threshold for _, threshold, _ in world.raised()[raised:]][:5] == ["50%", "75%", "90%", "-PT1H", "PT0S"]


def test_an_acknowledgement_under_a_clock_that_was_ahead_ends_when_it_should_once_that_is_mended(world: World) -> None:
    world.open()
    world.event("awareness")
    world.look(after=25)
    real = world.time.now()
    world.time.set_wall(real + timedelta(hours=30))
    acknowledge(world.store, ID, "promise", by="Ada", lasts=timedelta(hours=2), now=world.time.now)
    world.time.set_wall(real + timedelta(minutes=5))
    correct_clocks(
        world.store, CorrectionRequest(by="Ada", reason="x", length=timedelta(hours=30)), now=world.time.now()
    )

    assert [one.until for one in world.history().acknowledgements] == [real + timedelta(hours=2)]


# Stores of earlier releases, which moved also what happened now, and kept no reading.


def test_a_store_that_an_earlier_release_poisoned_is_named_and_mended(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stamped(last: Entry | None, now: datetime) -> tuple[str, str]:
        at, flags = real(last, now)
        return at, " ".join(flags.split()[:1])

    real = chaining._stamp  # noqa: SLF001  (what earlier releases did in its place)
    monkeypatch.setattr(chaining, "_stamp", stamped)
    place.scan(ahead=HOURS)
    place.clock.move(minutes=1)
    opened = open_incident(place.store, (), now=place.clock(), title="second")
    moved = place.clock() + HOURS
    place.store.append(opened.id, [record_of_event(kind="discovery", occurred_at=exactly(moved))])
    monkeypatch.undo()
    place.clock.move(minutes=1)
    wrong = find_wrong_clocks(place.store, now=place.clock())

    assert [one.sequence for one in wrong.moved] == [5]
    assert [one.step.ahead for one in wrong.found] == [(2, 3)]
    place.mend()
    at = load_incident(place.store, opened.id).events[1].occurred_at
    assert (at.earliest, at.latest) == (START + timedelta(minutes=1), START + timedelta(minutes=2))
    assert verify_store(place.store, now=place.clock()).answer is Answer.MATCH
