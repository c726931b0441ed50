"""A scan that is killed again and again comes to the result of an undisturbed one, and repeats nothing that it kept."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leakguard.checks.definitions import CheckDefinition
from leakguard.frozen import replace
from leakguard.models.findings import Finding
from leakguard.models.scope import Limits, Scope
from leakguard.scanning.order import order_of
from leakguard.scanning.plan import Plan
from leakguard.scanning.targets import parse_target
from leakguard.settings import read_settings
from leakguard.use_cases.scans.plan_scan import plan_scan
from leakguard.use_cases.scans.run_opening import read_opening
from leakguard.use_cases.scans.scan_assets import ScanSummary
from leakguard.use_cases.scans.start_scan import ScanOptions, start_scan
from leakguard.wiring import Wiring
from support.fake_prober import library
from support.fake_tools import NotedProgress
from support.scans import scope_of
from support.store_servers import Stores, open_stores

pytestmark = [pytest.mark.long, pytest.mark.enable_socket]
OPEN = [f"127.9.{number % 3}.{number * 5 + 1}" for number in range(18)]
RUNS = max(6, int(os.environ.get("LEAKGUARD_KILLS", "0")) // 10)
"""Scans, each killed up to three times; `make kills` has a hundred."""
KILLS = settings(deadline=None, max_examples=RUNS, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Tools(Wiring):
    """The real wiring with the test library."""

    @cached_property
    def checks(self) -> tuple[CheckDefinition, ...]:
        return library()


def tools_at(store: Path) -> Tools:
    return Tools(read_settings(store=str(store)))


def scope_at(rate: float) -> Scope:
    limits = Limits(total=rate, per_host=1e6, per_network=1e6, per_name=1e6)
    return replace(scope_of("127.9.0.0/16", exclude=("127.9.1.77",)), limits=limits)


def scan(stores: Stores, store: Path, *, rate: float, workers: int = 1, resume: str | None = None) -> ScanSummary:
    targets = () if resume else tuple(parse_target(f"127.9.{part}.0/25:{stores.port}") for part in range(3))
    options = ScanOptions(targets=targets, resume=resume, workers=workers, checks=())
    return start_scan(options, scope_at(rate), tools_at(store), NotedProgress())


def killed_scan(stores: Stores, store: Path, *, workers: int, resume: str | None, seconds: float) -> None:
    """Scan in a process of its own, which is killed with all that it started."""
    process = os.fork()
    if process == 0:  # pragma: no cover  (it is killed)
        os.setsid()
        try:
            scan(stores, store, rate=700, workers=workers, resume=resume)
        finally:
            os._exit(0)
    time.sleep(seconds)
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def told(summary: ScanSummary) -> set[tuple[str, str, str, int | None]]:
    return {
        (one.target, one.check_id, one.verdict.outcome.value, one.verdict.size.records if one.verdict.size else None)
        for one in summary.findings
    }


def run_of(store: Path) -> str | None:
    """The run that the killed process began, if it came so far: it may have died with an empty file just made."""
    if not store.exists() or not store.stat().st_size:
        return None
    return next(iter(tools_at(store).existing_store.subjects("R-")), None)


def kept_addresses(store: Path, run: str) -> set[str]:
    """The addresses whose results the store has: everything below the next position that is not pending."""
    kept = tools_at(store).existing_store
    opening = read_opening(kept, run)
    plan: Plan = plan_scan(
        [parse_target(text) for text in opening.targets], scope_at(1), ports=opening.ports, resolve=lambda _: ()
    )
    found = set()
    for part, state in kept.run_states(run).items():
        space = plan.space.part(part, opening.parts) if opening.parts > 1 else plan.space
        done = set(range(state.next_position)) - set(state.pending)
        indices = [order_of(space.size, f"{run}/{part}").at(position) for position in done]
        found |= {space.endpoint(index).address for index in indices if index is not None}
    return found


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    with open_stores(OPEN, tmp_path_factory.mktemp("stores") / "asked.log") as running:
        yield running


@KILLS
@given(st.lists(st.floats(0.02, 0.5), min_size=1, max_size=3), st.sampled_from([1, 2]))
def test_kills_at_any_moment_change_nothing(
    stores: Stores, tmp_path_factory: pytest.TempPathFactory, moments: list[float], workers: int
) -> None:
    store = tmp_path_factory.mktemp("killed") / "leakguard.db"
    for moment in moments:
        killed_scan(stores, store, workers=workers, resume=run_of(store), seconds=moment)
    run = run_of(store)
    kept = kept_addresses(store, run) if run else set()
    asked_before = len(stores.asked())

    summary = scan(stores, store, rate=1e6, workers=workers, resume=run)
    asked_again = set(stores.asked()[asked_before:])

    assert {target.rpartition(":")[0] for target, *_ in told(summary)} == set(OPEN)
    assert {(check, outcome, records) for _, check, outcome, records in told(summary)} == {("store_open", "exposed", 7)}
    assert summary.counts == {"exposed": len(OPEN), "closed": 3 * 128 - 1 - len(OPEN)}
    assert not summary.is_unfinished
    assert not asked_again & kept
    assert list(tools_at(store).existing_store.damage()) == []


class KillsOne(NotedProgress):
    """Kills one of the processes of a scan once something was found."""

    def found(self, finding: Finding) -> None:
        super().found(finding)
        if len(self.seen) == 1:
            kill_one()


def kill_one() -> None:
    process = multiprocessing.active_children()[0].pid
    assert process is not None
    os.kill(process, signal.SIGKILL)


def test_a_scan_says_which_end_one_of_its_processes_came_to_and_goes_on_to_the_same_result(
    stores: Stores, tmp_path: Path
) -> None:
    store = tmp_path / "leakguard.db"
    options = ScanOptions(
        targets=tuple(parse_target(f"127.9.{part}.0/25:{stores.port}") for part in range(3)), workers=2
    )

    cut = start_scan(options, scope_at(300), tools_at(store), KillsOne())
    whole = scan(stores, store, rate=1e6, workers=2, resume=cut.run)

    assert cut.is_unfinished
    assert "was killed (SIGKILL)" in cut.lost_process
    assert not whole.is_unfinished
    assert {target.rpartition(":")[0] for target, *_ in told(whole)} == set(OPEN)
