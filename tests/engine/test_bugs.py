"""Bugs of ours that one host brings to light: they cost that endpoint alone, and are told without the host's words."""

from __future__ import annotations

import errno
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from leakguard.engine import bugs
from leakguard.engine import examiner as examine
from leakguard.engine.examiner import Examiner
from leakguard.engine.first_contact import FirstContact
from leakguard.errors import BadFile, StoreUnusable
from leakguard.models.targets import Endpoint, SweepEndpoint
from leakguard.ports import SweepWatcher
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.scans.scan_assets import ScanSummary
from leakguard.use_cases.scans.start_scan import ScanOptions, start_scan
from support.fake_prober import FakeProber, FakeSweep, library, store_server
from support.fake_tools import FakeTools, NotedProgress
from support.scans import NOW, gate_of, scope_of

CANARY = "Invented-Person-4711"
BROKEN = "127.0.0.2"
TARGETS = (parse_target("127.0.0.0/29:9200"),)


@pytest.fixture
def _contained(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a scan; in all other tests a bug is raised."""
    monkeypatch.setattr(examine, "bug_of", bugs.bug_of)


def trips(error: Exception) -> Callable[[Endpoint], Any]:
    """What one host says trips over a bug of ours."""

    async def pause(endpoint: Endpoint) -> None:
        if endpoint.address == BROKEN:
            raise error

    return pause


def tools_of(**network: Any) -> FakeTools:  # noqa: ANN401  (fields of the prober)
    servers = {"127.0.0.1:9200": store_server(), f"{BROKEN}:9200": store_server()}
    return FakeTools(network=FakeProber(servers=servers, **network))


def scan(tools: FakeTools, **options: Any) -> ScanSummary:  # noqa: ANN401  (fields of the wish)
    return start_scan(ScanOptions(**options), scope_of("127.0.0.0/24"), tools, NotedProgress())


@pytest.mark.usefixtures("_contained")
def test_a_bug_costs_one_endpoint_and_a_resumed_run_asks_it_again() -> None:
    tools = tools_of(pause=trips(KeyError(CANARY)))

    first = scan(tools, targets=TARGETS)
    tools.network.pause = trips(TypeError(CANARY))
    second = scan(tools, resume=first.run)
    tools.network.pause = FakeProber().pause
    third = scan(tools, resume=first.run)

    assert first.counts == second.counts == {"exposed": 1, "closed": 6, "not_checked": 1}
    assert (first.is_unfinished, first.is_interrupted) == (True, False)
    (bug, count), *more = first.bugs.items()
    assert bug.startswith("KeyError at engine/asking.py:")
    assert (count, more) == (1, [])
    assert CANARY not in repr(first)
    assert [each.partition(" ")[0] for each in second.bugs] == ["TypeError"]
    assert third.counts == {"exposed": 2, "closed": 6}
    assert (third.bugs, third.is_unfinished) == ({}, False)


@pytest.mark.parametrize("error", [ssl.SSLError(1, CANARY), TimeoutError(), ConnectionResetError(CANARY)])
@pytest.mark.usefixtures("_contained")
def test_an_end_of_a_line_that_nobody_expected_is_a_bug_as_any_other(error: Exception) -> None:
    assert scan(tools_of(pause=trips(error)), targets=TARGETS).counts["not_checked"] == 1


@pytest.mark.parametrize(
    "error", [StoreUnusable("away"), BadFile("a", ()), MemoryError(), OSError(errno.ENOSPC, "full")]
)
@pytest.mark.usefixtures("_contained")
def test_a_fault_of_our_own_machine_is_no_bug_and_ends_the_run(error: Exception) -> None:
    with pytest.raises(type(error)):
        scan(tools_of(pause=trips(error)), targets=TARGETS)


def test_every_other_test_sees_a_bug() -> None:
    with pytest.raises(KeyError):
        scan(tools_of(pause=trips(KeyError(CANARY))), targets=TARGETS)


@dataclass(slots=True, kw_only=True)
class BreakingSweep(FakeSweep):
    """A talk of its own trips over a bug."""

    async def run(self) -> None:
        for endpoint in self.endpoints:
            self.next_position = max(self.next_position, endpoint.position + 1)
            if endpoint.address == BROKEN:
                self.watcher.broke(endpoint, KeyError(CANARY))
            else:
                self.watcher.opened(endpoint)


@dataclass(slots=True, kw_only=True)
class BreakingProber(FakeProber):
    """Its sweeps are such."""

    def sweep(self, endpoints: Iterator[SweepEndpoint], watcher: SweepWatcher, *, first: int) -> BreakingSweep:
        return BreakingSweep(endpoints=endpoints, watcher=watcher, next_position=first)


@pytest.mark.usefixtures("_contained")
def test_a_bug_in_a_talk_of_the_sweep_costs_one_endpoint() -> None:
    tools = FakeTools(network=BreakingProber(servers={"127.0.0.1:9200": store_server()}))

    found = scan(tools, targets=TARGETS)

    assert found.counts == {"exposed": 1, "closed": 6, "not_checked": 1}
    assert found.bugs == {"KeyError": 1}


@pytest.mark.usefixtures("_contained")
def test_a_bug_in_the_conclusion_of_a_first_contact_costs_one_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    def conclude(*_: object, **_more: object) -> None:
        raise KeyError(CANARY)

    monkeypatch.setattr(examine, "conclude", conclude)
    examiner = Examiner(
        prober=FakeProber(), library=library(), gate=gate_of("127.0.0.0/8"), run="R-1", vantage="local",
        now=lambda: NOW, random_word="x",
    )  # fmt: skip
    contact = examiner.contact(Endpoint(address=BROKEN, port=9200))
    assert isinstance(contact, FirstContact)

    found = examiner.decided(contact)

    assert found.status == "not_checked"
    assert found.bug.startswith("KeyError at engine/examiner.py:")
