"""Real workers behind real brokers, killed at the worst moments: the result is that of a quiet day on one machine.

`LEAKGUARD_FLEET_KILLS` says how many scans are disturbed; `make fleet-kills` asks for many.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from leakguard.cli.main import run
from leakguard.cli.options import Context
from leakguard.fleet.broker.courier import BrokerCourier
from leakguard.models.fleet import Envelope
from support.crowd import Crowd
from support.real_fleet import (
    BROKERS,
    OPEN,
    PER_HOST,
    PLANNED,
    SCOPE,
    SECOND,
    TOTAL,
    WORKERS,
    disturbed,
    expected,
    real_fleet,
    told,
)
from support.scans import statuses

pytestmark = [pytest.mark.long, pytest.mark.enable_socket]
KILLS = int(os.environ.get("LEAKGUARD_FLEET_KILLS", "1"))


@pytest.mark.parametrize("name", sorted(BROKERS))
def test_a_scan_by_killed_workers_finds_what_an_undisturbed_one_finds(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And all that were ever alive together kept to the limits of the scope."""
    with real_fleet(name, tmp_path, monkeypatch, capsys) as fleet:
        fleet.start("outside")
        for _ in range(KILLS):
            killed = fleet.start("campus")
            before = len(fleet.servers.connections)
            at = before + 1 + os.urandom(1)[0] % (2 * len(OPEN))
            began = time.monotonic()

            def kill(at: int = at, killed: subprocess.Popen[bytes] = killed) -> None:
                fleet.servers.wait_for(at, 20)
                fleet.begin("campus")
                fleet.kill(killed)

            with disturbed(kill):
                code, document = fleet.scan("--vantage", "campus,outside")

            assert code == 1
            assert told(document) == expected(fleet.servers, ("campus", "outside"))
            assert document["endpoints"] == statuses(exposed=16, protected=16, closed=2 * PLANNED - 32)
            assert document["differences"] == []
            held_to_the_limits(fleet.servers, before, began)
            fleet.kill(fleet.workers[-1])


def held_to_the_limits(servers: Crowd, before: int, began: float) -> None:
    """A share opens its first connection after one pause, so no more than the limit allows since the beginning."""
    seen = servers.connections[before:]
    last = max(moment for moment, _ in seen)
    assert len(seen) <= TOTAL * (last - began) + 2 * WORKERS
    for address in {address for _, address in seen}:
        own = [moment for moment, each in seen if each == address]
        assert len(own) <= PER_HOST * (max(own) - began) + 2


def test_a_network_is_asked_no_faster_by_all_workers_together_than_the_scope_permits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All addresses are in one /24, which may be asked eight times a second; the total would let eighty through."""
    with real_fleet("redis", tmp_path, monkeypatch, capsys) as fleet:
        narrow = SCOPE.replace("per_host:", "per_network: 8/s, per_host:")
        (tmp_path / "coordinator" / "scope.yaml").write_text(narrow, encoding="utf-8")
        for _ in range(WORKERS):
            fleet.start("campus")

        code, document = fleet.scan("--vantage", "campus")

        assert code == 1
        assert told(document) == expected(fleet.servers, ["campus"])
        moments = sorted(moment for moment, _ in fleet.servers.connections)
        busiest = max(sum(first <= other < first + 1 for other in moments) for first in moments)
        assert busiest <= 8 + WORKERS, "each worker may begin with one at once"


def test_a_dry_run_and_quiet_hours_reach_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with real_fleet("redis", tmp_path, monkeypatch, capsys) as fleet:
        fleet.start("campus")

        code, document = fleet.scan("--vantage", "campus", "--dry-run")
        always = SCOPE + "quiet_hours: {zone: UTC, from: '00:00', to: '24:00'}\n"
        (tmp_path / "coordinator" / "scope.yaml").write_text(always, encoding="utf-8")
        refused = run(["scan", "--vantage", "campus", f"127.0.5.0/27:{fleet.servers.port}"], Context())

        assert (code, document["vantages"][0]["estimate"]["endpoints"]) == (0, PLANNED)
        assert refused == 3
        assert fleet.servers.connections == []


def test_one_coordinator_at_a_time_is_at_a_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with real_fleet("redis", tmp_path, monkeypatch, capsys) as fleet:
        fleet.start("campus")
        command = [sys.executable, "-m", "leakguard", "scan", "--vantage", "campus", "--rate", "20/s"]
        command += ["--checks", "elasticsearch_open", f"127.0.5.0/27:{fleet.servers.port}"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as first:
            assert fleet.servers.wait_for(5)
            context = Context()
            scan = next(iter(context.wiring.store.subjects("R-")))
            context.wiring.store.close()
            second = run(["scan", "--resume", scan], Context())
            said = capsys.readouterr().err
            _, told_by_first = first.communicate(timeout=60)

        assert second == 2
        assert f"is in the hands of another process (number {first.pid})" in said
        assert first.returncode == 1
        assert f"leakguard scan --resume {scan}" in told_by_first
        assert max(fleet.servers.by_address.values()) <= 4


def test_a_killed_coordinator_is_followed_by_one_that_sends_only_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with real_fleet("redis", tmp_path, monkeypatch, capsys) as fleet:
        worker = fleet.start("campus")
        command = [sys.executable, "-m", "leakguard", "scan", "--vantage", "campus", "--rate", "20/s"]
        command += ["--checks", "elasticsearch_open", f"127.0.5.0/27:{fleet.servers.port}"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as coordinator:
            assert fleet.servers.wait_for(5)
            coordinator.kill()
        context = Context()
        scan = next(iter(context.wiring.store.subjects("R-")))
        context.wiring.store.close()

        code, document = fleet.run("scan", "--resume", scan, "--format", "json")

        assert code == 1
        assert told(document) == expected(fleet.servers, ["campus"])
        assert document["endpoints"] == statuses(exposed=8, protected=8, closed=PLANNED - 16)
        assert max(fleet.servers.by_address.values()) <= 4
        worker.terminate()
        assert worker.wait(60) == 0, "a worker that is asked to end finishes its order and goes"


@pytest.mark.parametrize("name", sorted(BROKERS))
def test_orders_that_somebody_plays_again_are_done_once_by_all_workers_together(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each of three workers would else look at the same addresses at the same time, with a whole share each."""
    send = BrokerCourier.send

    def send_thrice(
        self: BrokerCourier, vantage: str, envelope: Envelope, *, until: datetime, holder: str = ""
    ) -> None:  # fmt: skip
        for _ in range(3):
            send(self, vantage, envelope, until=until, holder=holder)

    monkeypatch.setattr(BrokerCourier, "send", send_thrice)
    with real_fleet(name, tmp_path, monkeypatch, capsys) as fleet:
        for _ in range(3):
            fleet.start("campus")

        code, document = fleet.scan("--vantage", "campus", "--rate", "20/s")

        assert code == 1
        assert told(document) == expected(fleet.servers, ["campus"])
        assert max(fleet.servers.by_address.values()) <= 3
        assert "an order that was taken before" in (tmp_path / "worker.log").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(BROKERS))
def test_each_of_two_keys_gets_its_own_orders_and_answers_for_them_alone(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with real_fleet(name, tmp_path, monkeypatch, capsys) as fleet:
        fleet.start("campus")
        fleet.start("campus", side=SECOND)

        code, document = fleet.scan("--vantage", "campus", "--rate", "20/s")
        _, reports = fleet.run("fleet", "reports", "--format", "json")

        assert code == 1
        assert told(document) == expected(fleet.servers, ["campus"])
        assert {one["became"] for one in reports["reports"]} == {"taken"}
        assert {one["signer"] for one in reports["reports"]} == {"worker", SECOND}
