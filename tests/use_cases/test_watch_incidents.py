"""Incidents learn what a watch saw: closure, and that what was closed is open again, here or elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.verdicts import State
from leakguard.errors import NotAllowed
from leakguard.models.event_records import event_of, is_event_record, record_of_event
from leakguard.models.events import Event, exactly
from leakguard.models.incidents import Incident, IncidentState
from leakguard.models.records import KeptRecord, Record
from leakguard.scanning.diff import ChangeKind
from leakguard.use_cases.incidents.incident_clocks import statuses
from leakguard.use_cases.incidents.incident_events import NewEvent, record_event
from leakguard.use_cases.incidents.incidents import load_incident, open_incident
from leakguard.use_cases.incidents.playbooks import find_playbook
from leakguard.use_cases.scans.start_scan import verify_again
from leakguard.use_cases.watches import watch_settling
from leakguard.use_cases.watches.watch_incidents import known_incident, tell_incident
from leakguard.use_cases.watches.watch_settling import HELD_FOR, LEASE, open_for
from support.fake_prober import FakeServer, store_server
from support.fake_tools import NotedProgress
from support.memory_store import MemoryStore
from support.watched_exposures import TARGETS, Killed, Watching

HERE, THERE = TARGETS
OPEN, LOCKED = store_server(records=100), store_server(locked=True)
CLUSTER = "cluster-4f1d9a"


def clustered(records: int = 100) -> FakeServer:
    return store_server(records=records, cluster=CLUSTER)


def opened_about(world: Watching, *targets: str) -> str:
    """An incident about the latest open findings there."""
    latest = {
        finding.place: finding for finding in world.tools.store.findings() if finding.place in (targets or (HERE,))
    }
    return open_incident(world.tools.store, tuple(latest.values()), now=world.tools.now()).id


def events(world: Watching, incident: str) -> list[Event]:
    return [event_of(record) for record in world.tools.store.read(incident) if is_event_record(record)]


def kinds(world: Watching, incident: str) -> list[str]:
    """What was recorded after the opening."""
    return world.tools.store.kinds(incident)[2:]


@pytest.fixture
def world() -> Watching:
    """A watch has seen one open server."""
    made = Watching()
    made.serve(at_1=OPEN)
    made.watch().look()
    made.shown.clear()
    return made


def test_an_incident_about_the_finding_itself_is_told_nothing_new(world: Watching) -> None:
    incident = opened_about(world)

    world.watch().look()

    assert kinds(world, incident) == []


def test_a_closure_that_a_watch_sees_is_a_proof(world: Watching) -> None:
    incident = opened_about(world)
    world.serve()

    world.watch().look()

    assert kinds(world, incident) == ["finding_verified", "remediation_verified"]
    assert [(one.change.kind, one.incidents) for one in world.shown] == [(ChangeKind.CLOSED, (incident,))]


def test_an_incident_is_verified_once_all_of_it_is_closed() -> None:
    world = Watching()
    world.serve(at_1=OPEN, at_2=OPEN)
    watch = world.watch()
    watch.look()
    incident = opened_about(world, HERE, THERE)
    world.serve(at_2=OPEN)
    watch.look()
    assert kinds(world, incident) == ["finding_verified"]
    world.serve()

    watch.look()

    assert kinds(world, incident) == ["finding_verified", "finding_verified", "remediation_verified"]


def test_what_was_verified_by_hand_is_not_verified_again(world: Watching) -> None:
    incident = opened_about(world)
    world.serve()
    (finding,) = load_incident(world.tools.store, incident).findings
    verify_again([finding], world.scope, world.tools, NotedProgress(), vantage="local")
    before = kinds(world, incident)

    world.watch().look()

    assert kinds(world, incident) == before


def test_what_was_met_again_by_hand_is_not_told_again(world: Watching) -> None:
    incident = opened_about(world)
    (finding,) = load_incident(world.tools.store, incident).findings
    for servers in ({}, {"at_1": store_server()}):
        world.serve(**servers)
        verify_again([finding], world.scope, world.tools, NotedProgress(), vantage="local")
    before = kinds(world, incident)

    world.watch().look()

    assert before[-3:] == ["reopened", "exposure_seen_again", "finding_verified"]
    assert kinds(world, incident) == before


def test_a_silence_is_told_and_proves_nothing(world: Watching) -> None:
    incident = opened_about(world)
    world.serve(at_1=FakeServer())

    world.watch().look()

    assert kinds(world, incident) == ["exposure_changed"]
    told = events(world, incident)[-1].fields
    assert (told["what"], told["target"], told["check"]) == ("unknown", HERE, "store_open")


def test_growth_is_told(world: Watching) -> None:
    incident = opened_about(world)
    world.serve(at_1=store_server(records=900))

    world.watch().look()

    told = events(world, incident)[-1].fields
    assert told["what"] == "grown"
    assert told["differences"].startswith("records 100 -> 900, bytes ")


@pytest.mark.parametrize("closing", ["verified", "closed"])
def test_what_is_open_again_reopens_its_incident(world: Watching, closing: str) -> None:
    incident = opened_about(world)
    (finding,) = load_incident(world.tools.store, incident).findings
    world.serve()
    world.watch().look()
    if closing == "closed":
        record_event(world.tools.store, incident, NewEvent(kind="closed"), now=world.tools.now)
    before = len(kinds(world, incident))
    world.serve(at_1=OPEN)

    world.watch().look()

    assert kinds(world, incident)[before:] == ["reopened", "exposure_seen_again", "finding_verified"]
    now = load_incident(world.tools.store, incident)
    assert (now.state, now.findings) == (IncidentState.OPEN, (finding,))
    reopened, seen = now.events[-2:]
    assert reopened.fields["finding"] == seen.fields["finding"] == finding
    assert seen.occurred_at == reopened.occurred_at


def test_the_promise_of_24_hours_begins_anew(world: Watching) -> None:
    incident = opened_about(world)
    world.serve()
    world.watch().look()
    world.serve(at_1=OPEN)
    world.watch().look()
    rule = find_playbook(BundledFiles(), "exposed-datastore-24h").clocks["remediate"]

    (status,) = statuses(world.tools.store, incident, (rule,), Calendars(), world.tools.now())

    assert status.state is State.RUNNING
    assert status.generation == 2


def test_a_closure_after_a_re_exposure_has_to_be_proved_again(world: Watching) -> None:
    incident = opened_about(world)
    for servers in ({}, {"at_1": OPEN}, {}):
        world.serve(**servers)
        world.watch().look()

    assert kinds(world, incident).count("remediation_verified") == 2
    assert kinds(world, incident)[-1] == "remediation_verified"


def test_an_incident_that_a_person_closed_after_the_look_is_reopened_from_now_on(world: Watching) -> None:
    """Nothing that happened before its end can open it again."""
    incident = opened_about(world)
    world.serve()
    world.watch().look()
    world.serve(at_1=OPEN)
    world.scan()
    record_event(world.tools.store, incident, NewEvent(kind="closed"), now=world.tools.now)

    world.watch()

    told = events(world, incident)
    closed, reopened, seen = told[-3:]
    assert (reopened.kind, seen.kind) == ("reopened", "exposure_seen_again")
    assert closed.occurred_at.latest < reopened.occurred_at.earliest == seen.occurred_at.earliest


def test_a_void_word_is_shown_again_by_the_next_watch_where_one_was_killed_and_told_once(world: Watching) -> None:
    incident = opened_about(world)
    word = NewEvent(kind="remediation_verified", reason="the admin says so")
    record_event(world.tools.store, incident, word, now=world.tools.now)

    def killed(_: Sequence[object]) -> None:
        raise Killed

    with pytest.raises(Killed):
        world.watch(show=killed).look()
    world.watch().look()

    assert world.kinds() == [("re_exposed", HERE)]
    assert kinds(world, incident).count("exposure_seen_again") == 1


def test_a_closed_incident_is_left_in_peace_by_everything_else(world: Watching) -> None:
    """Stores have incidents that were closed over an open exposure, which nobody may do any more."""
    incident = opened_about(world)
    closed = record_of_event(kind="closed", occurred_at=exactly(world.tools.now()), reason="decoys by now")
    world.tools.store.append(incident, (closed,))
    world.serve(at_1=store_server(records=900))

    world.watch().look()

    assert kinds(world, incident) == ["closed"]


def test_a_store_that_opens_at_another_address_reopens_its_incident() -> None:
    world = Watching()
    world.serve(at_1=clustered())
    watch = world.watch()
    watch.look()
    incident = opened_about(world)
    world.serve()
    watch.look()
    world.serve(at_2=clustered(3))

    watch.look()

    assert [(one.change.kind, one.incidents) for one in world.shown[-1:]] == [(ChangeKind.RE_EXPOSED, (incident,))]
    assert kinds(world, incident)[-3:] == ["reopened", "exposure_seen_again", "finding_verified"]
    assert len(load_incident(world.tools.store, incident).findings) == 2


def test_more_of_a_store_belongs_to_its_incident_and_has_to_be_closed_too() -> None:
    world = Watching()
    world.serve(at_1=clustered())
    watch = world.watch()
    watch.look()
    incident = opened_about(world)
    world.serve(at_1=clustered(), at_2=clustered())
    watch.look()
    assert kinds(world, incident) == ["exposure_spread", "finding_verified"]
    world.serve(at_2=clustered())
    watch.look()
    assert "remediation_verified" not in kinds(world, incident)
    world.serve()

    watch.look()

    assert kinds(world, incident)[-1] == "remediation_verified"


def test_an_incident_about_something_else_is_told_nothing(world: Watching) -> None:
    other = open_incident(world.tools.store, (), now=world.tools.now(), title="a stolen laptop").id
    world.serve()

    world.watch().look()

    assert world.tools.store.kinds(other) == ["incident_opened"]
    assert [one.incidents for one in world.shown] == [()]


class Busy(MemoryStore):
    """Somebody else writes into the incident before each of the first writes."""

    meddlings = 0

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        if after and self.meddlings:
            self.meddlings -= 1
            super().append(subject, [record_of_event(kind="note", occurred_at=exactly(self._now()))])
        return super().append(subject, records, after=after)


@pytest.mark.parametrize(("meddlings", "told"), [(3, 1), (99, 0)])
def test_a_lost_race_is_run_again_but_not_for_ever(meddlings: int, told: int) -> None:
    world = Watching()
    world.tools.store = store = Busy(world.tools.now)
    world.serve(at_1=OPEN)
    world.watch().look()
    incident = opened_about(world)
    world.serve(at_1=store_server(records=900))
    store.meddlings = meddlings

    if told:
        world.watch().look()
    else:
        with pytest.raises(NotAllowed):
            world.watch().look()

    assert kinds(world, incident).count("exposure_changed") == told


def test_telling_the_same_again_tells_nothing(world: Watching) -> None:
    incident = opened_about(world)
    world.serve()
    world.watch().look()
    (told,) = world.shown
    before = kinds(world, incident)

    store = world.tools.store
    tell_incident(store, known_incident(store, incident), told.part, [told.change], now=world.tools.now)

    assert kinds(world, incident) == before


def test_one_incident_is_opened_for_each_store_that_opens() -> None:
    world = Watching()
    world.serve(at_1=clustered(), at_2=clustered(), at_3=OPEN)
    targets = (*TARGETS, "127.0.0.3:9200")

    world.watch(*targets, opens=True).look()

    store = world.tools.store
    assert store.subjects("IR-") == ("IR-2026-0001", "IR-2026-0002")
    assert sorted((one.change.target, one.incidents, one.is_opened) for one in world.shown) == [
        (HERE, ("IR-2026-0001",), True),
        (THERE, ("IR-2026-0001",), True),
        ("127.0.0.3:9200", ("IR-2026-0002",), True),
    ]
    assert [event.kind for event in events(world, "IR-2026-0001")] == [
        "incident_opened",
        "detected",
        "exposure_first_seen",
    ]


MANY = tuple(f"127.0.0.{number}:9200" for number in range(1, 7))


def slowly(world: Watching, seconds: Sequence[float], patched: pytest.MonkeyPatch) -> list[bool]:
    """Each opening of an incident takes so long; whether another watch may open incidents after each of them."""
    left, free = list(seconds), list[bool]()

    def open_late(*given: Any, **more: Any) -> Incident:  # noqa: ANN401  (handed through)
        incident = open_for(*given, **more)
        world.tools.seconds += left.pop(0) if left else 0
        now = world.tools.now()
        free.append(world.tools.store.take_lease(LEASE, "another", now=now, until=now + HELD_FOR))
        world.tools.store.release_lease(LEASE, "another")
        return incident

    patched.setattr(watch_settling, "open_for", open_late)
    return free


def test_no_other_watch_opens_incidents_while_one_opens_many_however_long_that_takes() -> None:
    world = Watching()
    world.serve(**{f"at_{number}": OPEN for number in range(1, 7)})

    with pytest.MonkeyPatch.context() as patched:
        free = slowly(world, [50] * 6, patched)
        world.watch(*MANY, opens=True).look()

    assert free == [False] * 6
    assert [one.is_opened for one in world.shown] == [True] * 6
    assert len(world.tools.store.subjects("IR-")) == 6


def test_a_watch_that_stood_still_while_it_opened_incidents_looks_again_which_are_open() -> None:
    """As a machine that slept: another watch may have opened the rest, and opens none twice."""
    world = Watching()
    world.serve(**{f"at_{number}": OPEN for number in range(1, 7)})

    with pytest.MonkeyPatch.context() as patched:
        slowly(world, [0, 300], patched)
        watch = world.watch(*MANY, opens=True)
        watch.look()

    assert len(world.tools.store.subjects("IR-")) == 2
    assert world.shown == []
    world.watch(*MANY, opens=True, holder="two").look()
    watch.look()
    assert len(world.tools.store.subjects("IR-")) == 6
    assert len(world.shown) == 6
    assert sum(one.is_opened for one in world.shown) == 4


def test_no_second_incident_is_opened_for_what_is_known(world: Watching) -> None:
    incident = opened_about(world)
    for servers in ({}, {"at_1": OPEN}, {}, {"at_1": OPEN}):
        world.serve(**servers)
        world.watch(opens=True).look()

    assert world.tools.store.subjects("IR-") == (incident,)
    assert not any(one.is_opened for one in world.shown)
    assert kinds(world, incident).count("reopened") == 2


def test_an_incident_that_was_opened_before_the_watch_was_killed_is_not_opened_again() -> None:
    world = Watching()
    world.serve(at_1=OPEN)

    def die(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(world, "show", die)
        watch = world.watch(opens=True)
        with pytest.raises(KeyboardInterrupt):
            watch.look()
    before = world.tools.store.kinds("IR-2026-0001")

    world.watch(opens=True)

    assert world.tools.store.subjects("IR-") == ("IR-2026-0001",)
    assert world.tools.store.kinds("IR-2026-0001") == before
    assert [one.incidents for one in world.shown] == [("IR-2026-0001",)]
