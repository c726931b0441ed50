"""Workers of other releases, alone, elsewhere, and behind brokers that went away or are full."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis

from leakguard import __version__
from leakguard.cli.main import run
from leakguard.cli.options import Context
from leakguard.fleet.broker.app import make_app
from leakguard.fleet.broker.courier import BrokerCourier, deliver
from leakguard.models.fleet import Envelope
from support.brokers import PASSWORD, free_port, redis_broker
from support.real_fleet import (
    BROKERS,
    LEASE_SECONDS,
    LOCKED,
    OPEN,
    PLANNED,
    disturbed,
    expected,
    real_fleet,
    told,
)
from support.scans import statuses

pytestmark = [pytest.mark.long, pytest.mark.enable_socket]
ISOLATED = ("unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
"""A network of its own, in which nobody listens."""


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
from leakguard.fleet import messages
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
            fleet.begin("campus", program=other_release("newer"))

        with disturbed(replace_it):
            _, document = fleet.scan("--vantage", "campus", "--rate", "8/s")
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
    """Redis with `maxmemory` and no eviction, as the documentation asks for, filled up by others in mid-scan."""
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
        assert "so it probes the shard again" in log
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
        assert document["endpoints"] == statuses(exposed=8, protected=8, closed=PLANNED + PLANNED - 16)
        assert {one["place"]: one["standings"] for one in document["differences"]} == {
            f"{address}:{fleet.servers.port}": {"inside": "closed", "outside": standing}
            for standing, of in (("exposed", OPEN), ("protected", LOCKED))
            for address in of
        }
