"""A fleet of real workers behind a real broker, and servers to look at."""

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
from pathlib import Path
from typing import Any

import pytest

from leakguard.cli.main import run
from leakguard.cli.options import Context
from support.brokers import (
    PASSWORD,
    free_port,
    rabbit_broker,
    rabbit_tls_broker,
    redis_broker,
    redis_tls_broker,
    socket_broker,
)
from support.crowd import CANARY, Crowd, crowd

OPEN, LOCKED = [f"127.0.5.{last}" for last in range(1, 9)], [f"127.0.5.{last}" for last in range(9, 17)]
PLANNED = 32
TOTAL, PER_HOST, WORKERS = 80, 40, 2
LEASE_SECONDS = 5
SECOND = "second"
"""The folder of workers with another key, and its name."""
START_SECONDS = 60
BROKERS = {"redis": redis_broker, "rabbitmq": rabbit_broker}
TLS_BROKERS = {"redis-tls": redis_tls_broker, "rabbitmq-tls": rabbit_tls_broker}
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
        self, vantage: str, *, before: Sequence[str] = (), program: Sequence[str] = ("-m", "leakguard"),
        side: str = "worker", installed: Path | None = None,
    ) -> subprocess.Popen[bytes]:  # fmt: skip
        """A worker that is ready: a busy machine needs longer to start one than a scan waits for somebody."""
        there = self._ready()
        worker = self.begin(vantage, before=before, program=program, side=side, installed=installed)
        end = time.monotonic() + START_SECONDS
        while self._ready() == there:
            assert worker.poll() is None, self._log.read_text(encoding="utf-8")
            assert time.monotonic() < end, "the worker is not ready"
            time.sleep(0.02)
        return worker

    def begin(
        self, vantage: str, *, before: Sequence[str] = (), program: Sequence[str] = ("-m", "leakguard"),
        side: str = "worker", installed: Path | None = None,
    ) -> subprocess.Popen[bytes]:  # fmt: skip
        """A worker in a process group of its own, not ready yet; `before` is what its command begins with.

        `installed` is a `leakguard-worker` of another environment.
        """
        command = [sys.executable, *program, "fleet", "worker"] if installed is None else [str(installed)]
        kept = {name: value for name, value in os.environ.items() if installed is None or name != "PYTHONPATH"}
        with self._log.open("ab") as log:
            worker = subprocess.Popen(
                [*before, *command, "--vantage", vantage],
                cwd=self.folder / side, env=kept, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.workers.append(worker)
        return worker

    @property
    def _log(self) -> Path:
        return self.folder / "worker.log"

    def _ready(self) -> int:
        """How many workers ever said that they look."""
        return self._log.read_text(encoding="utf-8").count(" looks from ") if self._log.exists() else 0

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
        broker = stack.enter_context((BROKERS | TLS_BROKERS | {"socket": socket_broker})[name]())
        servers = stack.enter_context(crowd(OPEN, LOCKED, port=free_port()))
        monkeypatch.setenv("LEAKGUARD_BROKER", broker)
        fleet = RealFleet(folder=folder, broker=broker, servers=servers, capsys=capsys)
        keys = {}
        for side in ("worker", SECOND, "coordinator"):
            (folder / side).mkdir()
            monkeypatch.chdir(folder / side)
            write_settings(folder / side)
            assert run(["fleet", "key", "init"], Context()) == 0
            keys[side] = capsys.readouterr().out.strip()
        for side, others in (
            ("worker", ["coordinator"]),
            (SECOND, ["coordinator"]),
            ("coordinator", ["worker", SECOND]),
        ):
            trusted = "".join(f'{other} = "{keys[other]}"\n' for other in others)
            write_settings(folder / side, trusted=f"[fleet.trusted]\n{trusted}")
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


@contextmanager
def one_machine(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """One machine that is coordinator and worker, and trusts itself."""
    monkeypatch.chdir(folder)
    table = '[fleet]\nbroker_env = "LEAKGUARD_BROKER"\nkey_file = "fleet.key"\nlease_seconds = 5\n'
    (folder / "leakguard.toml").write_text(table, encoding="utf-8")
    assert run(["fleet", "key", "init"], Context()) == 0
    key = capsys.readouterr().out.strip()
    (folder / "leakguard.toml").write_text(f'{table}[fleet.trusted]\nme = "{key} campus"\n', encoding="utf-8")
    yield
