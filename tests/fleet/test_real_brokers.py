"""Real workers behind real brokers, killed at the worst moments: the result is that of a quiet day on one machine.

`LEAKGUARD_FLEET_KILLS` says how many scans are disturbed; `make fleet-kills` asks for many.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from leakguard import __version__
from leakguard.cli.main import run
from leakguard.cli.options import Context
from leakguard.fleet.app import make_app
from leakguard.fleet.courier import BrokerCourier, deliver
from leakguard.models.fleet import Envelope
from support.brokers import PASSWORD, free_port, rabbit_broker, redis_broker, socket_broker
from support.crowd import CANARY, Crowd, crowd

pytestmark = pytest.mark.enable_socket
OPEN, LOCKED = [f"127.0.5.{last}" for last in range(1, 9)], [f"127.0.5.{last}" for last in range(9, 17)]
PLANNED = 32
TOTAL, PER_HOST, WORKERS = 80, 40, 2
LEASE_SECONDS = 5
KILLS = int(os.environ.get("LEAKGUARD_FLEET_KILLS", "1"))
BROKERS = {"redis": redis_broker, "rabbitmq": rabbit_broker}
ISOLATED = ("unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
"""A network of its own, in which nobody listens."""
SCOPE = f"""\
scope: fleet-test
owner: {{organisation: Example University, contact: security@example.edu, approved_by: CISO, approved_at: 2026-01-01}}
valid: {{from: 2026-01-01, until: 2099-12-31}}
include: [127.0.5.0/24]
limits: {{total: {TOTAL}/s, per_host: {PER_HOST}/s}}
"""


@dataclass(slots=True, kw_only=True)
class RealFleet:
    """A broker, servers to look at, and workers that may be killed."""

    folder: Path
    broker: str
    servers: Crowd
    capsys: pytest.CaptureFixture[str]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(
        self, vantage: str, *, before: Sequence[str] = (), program: Sequence[str] = ("-m", "leakguard")
    ) -> subprocess.Popen[bytes]:
        """A worker in a process group of its own; `before` is what its command begins with."""
        with (self.folder / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                [*before, sys.executable, *program, "fleet", "worker", "--vantage", vantage],
                cwd=self.folder / "worker", env=os.environ, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.workers.append(worker)
        return worker

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """SIGKILL to the worker alone: its child must go with it."""
        worker.kill()
        worker.wait()

    def end(self) -> None:
        for worker in self.workers:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()

    def run(self, *words: str) -> tuple[int, Any]:
        """One command of the coordinator; its exit code and its document."""
        context = Context()
        code = run(["--no-color", *words], context)
        context.wiring.store.close()
        said = self.capsys.readouterr()
        assert PASSWORD not in said.out + said.err
        assert CANARY not in said.out + said.err
        assert said.out, said.err
        return code, json.loads(said.out)

    def scan(self, *words: str) -> tuple[int, Any]:
        ports = f"{self.servers.port}"
        return self.run("scan", *words, "--checks", "elasticsearch_open", "--format", "json", f"127.0.5.0/27:{ports}")


@contextmanager
def real_fleet(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[RealFleet]:
    with ExitStack() as stack:
        broker = stack.enter_context((BROKERS | {"socket": socket_broker})[name]())
        servers = stack.enter_context(crowd(OPEN, LOCKED, port=free_port()))
        monkeypatch.setenv("LEAKGUARD_BROKER", broker)
        fleet = RealFleet(folder=folder, broker=broker, servers=servers, capsys=capsys)
        keys = {}
        for side in ("worker", "coordinator"):
            (folder / side).mkdir()
            monkeypatch.chdir(folder / side)
            write_settings(folder / side)
            assert run(["fleet", "key", "init"], Context()) == 0
            keys[side] = capsys.readouterr().out.strip()
        for side, other in (("worker", "coordinator"), ("coordinator", "worker")):
            write_settings(folder / side, trusted=f'[fleet.trusted]\n{other} = "{keys[other]}"\n')
        (folder / "coordinator" / "scope.yaml").write_text(SCOPE, encoding="utf-8")
        stack.callback(fleet.end)
        yield fleet
        assert PASSWORD not in (folder / "worker.log").read_text(encoding="utf-8", errors="replace")


def write_settings(folder: Path, *, trusted: str = "") -> None:
    text = (
        '[fleet]\nbroker_env = "LEAKGUARD_BROKER"\nkey_file = "fleet.key"\n'
        f"workers = {WORKERS}\nlease_seconds = {LEASE_SECONDS}\nattempts = 9\n{trusted}"
    )
    (folder / "leakguard.toml").write_text(text, encoding="utf-8")


def told(document: Any) -> set[tuple[str, str, str]]:  # noqa: ANN401  (JSON holds anything)
    return {(one["vantage"], one["target"], one["outcome"]) for one in document["findings"]}


def expected(servers: Crowd, vantages: Sequence[str]) -> set[tuple[str, str, str]]:
    found = dict.fromkeys(servers.open, "exposed") | dict.fromkeys(servers.locked, "not_exposed")
    return {
        (vantage, f"{address}:{servers.port}", outcome) for vantage in vantages for address, outcome in found.items()
    }


@contextmanager
def disturbed(act: Callable[[], None]) -> Iterator[None]:
    """Do something else meanwhile."""
    thread = threading.Thread(target=act)
    thread.start()
    try:
        yield
    finally:
        thread.join()


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
                fleet.start("campus")
                fleet.kill(killed)

            with disturbed(kill):
                code, document = fleet.scan("--vantage", "campus,outside")

            assert code == 1
            assert told(document) == expected(fleet.servers, ("campus", "outside"))
            assert document["endpoints"] == {"exposed": 16, "protected": 16, "closed": 2 * PLANNED - 32}
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
        assert document["endpoints"] == {"exposed": 8, "protected": 8, "closed": PLANNED - 16}
        assert max(fleet.servers.by_address.values()) <= 4
        worker.terminate()
        assert worker.wait(60) == 0, "a worker that is asked to end finishes its order and goes"


@pytest.mark.parametrize("name", sorted(BROKERS))
def test_orders_that_somebody_plays_again_are_done_once_by_all_workers_together(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each of three workers would else look at the same addresses at the same time, with a whole share each."""
    send = BrokerCourier.send

    def send_thrice(self: BrokerCourier, vantage: str, envelope: Envelope, *, until: datetime) -> None:
        for _ in range(3):
            send(self, vantage, envelope, until=until)

    monkeypatch.setattr(BrokerCourier, "send", send_thrice)
    with real_fleet(name, tmp_path, monkeypatch, capsys) as fleet:
        for _ in range(3):
            fleet.start("campus")

        code, document = fleet.scan("--vantage", "campus", "--rate", "20/s")

        assert code == 1
        assert told(document) == expected(fleet.servers, ["campus"])
        assert max(fleet.servers.by_address.values()) <= 3
        assert "an order that was taken before" in (tmp_path / "worker.log").read_text(encoding="utf-8")


OTHER_RELEASES = {
    "newer": ("9.9.9", {"form": 99, "release": "9.9.9", "new_field": [1]}, "LeakGuard 9.9.9"),
    "older": ("0.0.1", {"form": None, "release": None}, "another release of LeakGuard"),
}


def other_release(name: str) -> tuple[str, str]:
    """The program of a worker whose messages have another form, and which knows no other; None is a field less."""
    version, fields, _ = OTHER_RELEASES[name]
    text = f"""
import json, sys, leakguard
leakguard.__version__, fields = {version!r}, {fields!r}
from leakguard.__main__ import main
from leakguard.fleet.keys import KeyRing
from leakguard.ledger.canonical import canonical
from leakguard.scanning import messages
close, messages.FORM = KeyRing.close, fields["form"] or 0
def closed(ring, kind, body):
    said = json.loads(body) | fields
    return close(ring, kind, canonical({{key: value for key, value in said.items() if value is not None}}))
KeyRing.close = closed
main()
"""
    return "-c", text


@pytest.mark.parametrize("name", sorted(BROKERS))
@pytest.mark.parametrize("release", sorted(OTHER_RELEASES))
def test_a_worker_of_another_release_and_its_coordinator_both_say_what_is_amiss(
    release: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the release of the other side, and at once: neither waits for what it would never understand."""
    version, _, words = OTHER_RELEASES[release]
    with real_fleet(name, tmp_path, monkeypatch, capsys) as fleet:
        fleet.start("campus", program=other_release(release))

        code = run(["scan", "--vantage", "campus", f"127.0.5.0/27:{fleet.servers.port}"], Context())

        said = " ".join(capsys.readouterr().err.split())
        log = " ".join((tmp_path / "worker.log").read_text(encoding="utf-8").split())
        assert code == 2
        assert (
            f"of `campus` refused: it runs {words}, and this is {__version__}: install the same release on both" in said
        )
        assert f"it runs LeakGuard {__version__}, and this is {version}: install the same release on both" in log
        assert fleet.servers.connections == []


def test_shards_that_a_worker_of_another_release_takes_are_not_checked_and_looked_at_by_a_resumed_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It comes in the middle, in place of one of ours: the scan ends by itself, and nothing is lost."""
    with real_fleet("redis", tmp_path, monkeypatch, capsys) as fleet:
        ours = fleet.start("campus")

        def replace_it() -> None:
            fleet.servers.wait_for(2, 20)
            fleet.kill(ours)
            fleet.start("campus", program=other_release("newer"))

        with disturbed(replace_it):
            _, document = fleet.scan("--vantage", "campus", "--rate", "20/s")
        fleet.kill(fleet.workers[-1])
        fleet.start("campus")
        code, resumed = fleet.run("scan", "--resume", document["run"], "--format", "json")

        (given_up,) = document["vantages"][0]["given_up"]
        assert given_up.startswith("it runs LeakGuard 9.9.9, and this is ")
        assert document["endpoints"]["not_checked"] > 0
        assert (code, told(resumed)) == (1, expected(fleet.servers, ["campus"]))


def test_one_worker_does_all_of_a_scan_that_was_meant_for_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What waits in the queue would else be over before its turn came."""
    with real_fleet("redis", tmp_path, monkeypatch, capsys) as fleet:
        settings = fleet.folder / "coordinator" / "leakguard.toml"
        settings.write_text(
            settings.read_text(encoding="utf-8").replace("workers = 2", "workers = 16").replace("= 9", "= 1"),
            encoding="utf-8",
        )
        fleet.start("campus")

        code, document = fleet.scan("--vantage", "campus")

        assert code == 1
        assert told(document) == expected(fleet.servers, ["campus"])
        assert not any(vantage["given_up"] for vantage in document["vantages"])


def test_a_worker_at_work_says_what_it_is_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with real_fleet("redis", tmp_path, monkeypatch, capsys) as fleet:
        fleet.start("campus")
        command = [sys.executable, "-m", "leakguard", "scan", "--vantage", "campus", "--rate", "4/s"]
        command += ["--checks", "elasticsearch_open", f"127.0.5.0/27:{fleet.servers.port}"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as coordinator:
            assert fleet.servers.wait_for(1)

            code, document = fleet.run("fleet", "status", "--vantage", "campus", "--format", "json")

            coordinator.kill()
        assert code == 0
        (worker,) = document["workers"]
        assert [shard.partition("-campus/")[0][:2] for shard in worker["at_hand"]] == ["R-"]
        assert abs(worker["clock_seconds"]) < 5


def test_a_broker_that_was_restarted_is_found_again() -> None:
    """What lay in its queues is lost, and the lease of each shard sees to that."""
    port, envelope = free_port(), Envelope(kind="result", body="{}", key="ed25519:x", signature="y")
    app = make_app(f"redis://:{PASSWORD}@127.0.0.1:{port}/0", lease_seconds=LEASE_SECONDS)
    courier = BrokerCourier(app, "R-1")
    with redis_broker(port):
        assert courier.receive(0.01) is None
    with redis_broker(port):
        assert courier.receive(0.01) is None
        deliver(app, "R-1", envelope)
        answer = courier.receive(5)

        assert answer is not None
        assert answer.value == envelope.model_dump()
        courier.close(is_finished=True)


def test_a_broker_without_room_ends_no_worker_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Redis with `maxmemory` and no eviction, as the README asks for, filled up by others in the middle of a scan."""
    with real_fleet("redis", tmp_path, monkeypatch, capsys) as fleet:
        worker, broker = fleet.start("campus"), Redis.from_url(fleet.broker)

        def fill() -> None:
            fleet.servers.wait_for(3, 20)
            broker.config_set("maxmemory", 1)

        words = ["--vantage", "campus", "--rate", "20/s", "--checks", "elasticsearch_open"]
        with disturbed(fill):
            code = run(["scan", *words, f"127.0.5.0/27:{fleet.servers.port}"], Context())
        said = " ".join(capsys.readouterr().err.split())
        broker.config_set("maxmemory", 0)
        broker.close()
        found, document = fleet.run("scan", "--resume", said.split("--resume ")[1].split()[0], "--format", "json")

        assert code == 3
        assert "the broker has no room left and takes no message" in said
        assert (found, told(document)) == (1, expected(fleet.servers, ["campus"]))
        assert worker.poll() is None
        log = (tmp_path / "worker.log").read_text(encoding="utf-8")
        assert "so its shard is looked at again" in log
        assert "Traceback" not in log


def may_isolate() -> bool:
    """Whether this machine lets its user make a network namespace."""
    try:
        return subprocess.run([*ISOLATED, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.mark.skipif(not may_isolate(), reason="this machine lets nobody make a network namespace")
def test_a_worker_in_another_network_sees_another_side_of_the_same_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Open from outside, closed inside."""
    with real_fleet("socket", tmp_path, monkeypatch, capsys) as fleet:
        fleet.start("outside")
        fleet.start("inside", before=ISOLATED)

        code, document = fleet.scan("--vantage", "inside,outside")

        assert code == 1
        assert told(document) == expected(fleet.servers, ["outside"])
        assert document["endpoints"] == {"exposed": 8, "protected": 8, "closed": PLANNED + PLANNED - 16}
        assert {one["place"]: one["standings"] for one in document["differences"]} == {
            f"{address}:{fleet.servers.port}": {"inside": "closed", "outside": standing}
            for standing, of in (("exposed", OPEN), ("protected", LOCKED))
            for address in of
        }
