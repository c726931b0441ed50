"""Stores of earlier releases: their ledgers verify, their clocks stand where they stood, and their alarms fire once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.clock_status import to_json
from leakguard.clocks.times import parse_instant
from leakguard.ledger.verification_result import DiscrepancyKind
from leakguard.notices.book import load_duties
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.alert_sending import Cycle
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.alerts.watchman import Watchman, once
from leakguard.use_cases.incidents.incident_clocks import statuses
from leakguard.use_cases.incidents.incident_rules import Reach, rule_book
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.incidents.playbooks import load_response
from leakguard.use_cases.incidents.step_estimates import step_estimates
from leakguard.use_cases.proofs.evidence import verify_store
from leakguard.use_cases.responses.playbook_steps import StepStatement, tell_step
from support.intakes import AnyFile
from support.killed_days import told
from support.ledgers import Tokens
from support.postgres_server import PostgresServer
from support.releases import Release, leave, read_release, releases
from support.watching import INCIDENT, World, escalation

pytestmark = pytest.mark.long

OTHER = "IR-2026-0002"
REACH = Reach(laws=frozenset({"cn", "eu"}), obligated_as=frozenset({"controller", "network_operator"}))
"""What a folder without settings says."""


@pytest.fixture(params=releases())
def release(request: pytest.FixtureRequest) -> Release:
    return read_release(request.param)


@contextmanager
def opened(release: Release, place: Path | str) -> Iterator[World]:
    """The store of a release, opened by today's code right after the last command of that day."""
    leave(release, place)
    time = SteppedTime(parse_instant(release.now))
    with closing(SqlStore.open(str(place), now=time.now, token=Tokens())) as store:
        yield World(store=store, time=time, escalation=escalation(("commander", 0)))


def watchman(world: World) -> Watchman:
    """Today's watchman with the real clocks."""
    found = world.watchman("today's")
    return Watchman(
        store=found.store, rules=rule_book(BundledFiles(), REACH), steps=step_estimates, channels=found.channels,
        settings=found.settings, holder=found.holder, now=found.now,
    )  # fmt: skip


def hold(world: World, release: Release) -> None:
    """What must hold on every database."""
    assert {doubt.kind for doubt in verify_store(world.store).discrepancies} <= {
        DiscrepancyKind.NO_HEAD,
        DiscrepancyKind.NOT_COVERED,
    }
    found = _statuses(world, release, world.time.now())
    gone = release.statuses.keys() - found.keys()
    assert found == {name: one for name, one in release.statuses.items() if name not in gone}
    assert all(_legs(name) for name in gone), "a clock that is gone belongs to a duty that was split"
    assert load_incident(world.store, OTHER).zone == "Europe/Berlin"
    assert "preserve_evidence" in [
        one.id for one in load_response(world.store, INCIDENT, now=world.time.now).progress.open
    ]

    before = told(world, INCIDENT)
    cycles = list(_look_until(world, watchman(world), hours=28))
    after = told(world, INCIDENT)

    assert any(cycle.messages for cycle in cycles)
    assert before < after
    assert set(after.values()) == {1}
    assert ("remediate", 1, "PT0S") in after
    assert {text for clock, _, text in told(world, OTHER) if clock == "remediate"} == set()
    assert {doubt.kind for doubt in verify_store(world.store).discrepancies} <= {
        DiscrepancyKind.NO_HEAD,
        DiscrepancyKind.NOT_COVERED,
    }


def _legs(clock: str) -> tuple[str, ...]:
    """The clocks of the duties into which the duty of an earlier clock was split, each with its own recipient."""
    duty, _, stage = clock.rpartition(".")
    legs = (leg for leg in load_duties(BundledFiles()).legs_of(duty) if leg.phase(stage) is not None)
    return tuple(f"{leg.id}.{stage}" for leg in legs)


def _statuses(world: World, release: Release, now: datetime) -> dict[str, dict[str, object]]:
    """The clocks that the release knew, in its own fields; a law that was added since is another matter."""
    rules = rule_book(BundledFiles(), REACH)(INCIDENT, tuple(world.store.read(INCIDENT)))
    found = (to_json(one, now=now) for one in statuses(world.store, INCIDENT, rules, Calendars(), now))
    return {
        str(one["id"]): {name: one[name] for name in release.statuses[str(one["id"])]}
        for one in found
        if one["id"] in release.statuses
    }


def _look_until(world: World, at_work: Watchman, *, hours: float) -> Iterator[Cycle]:
    end = world.time.now() + timedelta(hours=hours)
    while world.time.now() < end:
        cycle = once(at_work)
        yield cycle
        until = min(cycle.next_look or end, end)
        world.time.sleep(max((until - world.time.now()).total_seconds(), 1.0))


def test_a_store_of_an_earlier_release_is_read_and_its_clocks_fire(tmp_path: Path, release: Release) -> None:
    with opened(release, tmp_path / "leakguard.db") as world:
        hold(world, release)


def test_the_same_on_a_server(server: PostgresServer, release: Release) -> None:
    with opened(release, server.new_database()) as world:
        hold(world, release)


def test_a_response_of_an_earlier_release_goes_on(tmp_path: Path, release: Release) -> None:
    """Its playbook was kept as it was; a step of it can still be done."""
    with opened(release, tmp_path / "leakguard.db") as world:
        response = tell_step(
            world.store,
            INCIDENT,
            StepStatement(step="take_command", by="Ada", evidence=("role_list: wall",)),
            now=world.time.now,
            intake=AnyFile(),
        )

        assert "decide_awareness" in [one.id for one in response.progress.open]
