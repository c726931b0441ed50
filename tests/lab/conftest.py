"""The lab, and one scan of all of it, shared by the tests of this folder."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lab.model import Lab, Server

ROOT = Path(__file__).parents[2]
SCAN_SECONDS = 300.0
DEVICE_SCHEMES = {"dicom": "dicom", "modbus": "modbus", "opcua": "opc.tcp", "rtsp": "rtsp"}
"""What a device is spoken to in must be said: nobody guesses it on a port that is not its own."""


@pytest.fixture(scope="session")
def lab() -> Lab:
    """All servers, started once per test run, whichever worker asks first."""
    workdir = Path(os.environ["LEAKGUARD_LAB_RUN"])
    workdir.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = os.environ.get("LEAKGUARD_LAB_OWNER")
    with (workdir / "start.lock").open("w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        started = lab_command("start", str(workdir), *(["--until", owner] if owner else []))
    running = Lab.read(workdir)
    assert running is not None, started.stdout + started.stderr
    return running


@contextlib.contextmanager
def contents_to_oneself() -> Iterator[None]:
    """No other test counts or changes what the servers hold meanwhile; tests run in several processes."""
    with (Path(os.environ["LEAKGUARD_LAB_RUN"]) / "contents.lock").open("w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What one run of the command line left behind."""

    folder: Path
    """Its work folder: scope, targets, store."""
    logs: Path
    """What it said to each server."""
    code: int
    stdout: str
    stderr: str
    findings: tuple[Mapping[str, Any], ...]
    fronts: Mapping[str, int]
    """Server name to the port of the recorder in front of it, which is the port that was scanned."""

    def of(self, server: Server, bucket: str = "") -> list[Mapping[str, Any]]:
        """The findings about one server, below whatever path, or about one bucket of it."""
        place = f"127.0.0.1:{self.fronts[server.name]}"
        if bucket or server.buckets:
            place += f"/{bucket}" if bucket else ""
            return [finding for finding in self.findings if finding["target"] == place]
        return [finding for finding in self.findings if finding["target"].partition("/")[0] == place]


@pytest.fixture(scope="session")
def scan(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """`leakguard scan` on every server of the lab at once, through recorders, as a user would type it."""
    folder, logs = tmp_path_factory.mktemp("scan"), tmp_path_factory.mktemp("recorder")
    with subprocess.Popen(
        [sys.executable, "-m", "lab.recorder", str(logs), *(f"{one.name}={one.port}" for one in lab.running)],
        env=plain_environment("tests"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as recorder:
        assert recorder.stdout is not None
        fronts = json.loads(recorder.stdout.readline())
        write_scope(folder, lab)
        lines = [line for server in lab.running for line in targets_of(server, fronts[server.name])]
        (folder / "targets.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        with contents_to_oneself():
            done = leakguard(folder, "scan", "--targets", "targets.txt", "--scope", "scope.yaml", "--format", "jsonl")
        recorder.communicate()
    findings = tuple(json.loads(line) for line in done.stdout.splitlines())
    return Scan(
        folder=folder,
        logs=logs,
        code=done.returncode,
        stdout=done.stdout,
        stderr=done.stderr,
        findings=findings,
        fronts=fronts,
    )


def targets_of(server: Server, port: int) -> list[str]:
    """What a user types for a server behind `port`: its address, or its buckets where the store has no other door."""
    if server.buckets and _scheme(server) != "s3":
        return [f"{_scheme(server)}://127.0.0.1:{port}/{name}" for name in server.buckets]
    if server.datastore in DEVICE_SCHEMES:
        return [f"{DEVICE_SCHEMES[server.datastore]}://127.0.0.1:{port}{server.path}"]
    return [f"http://127.0.0.1:{port}{server.path}" if server.path else f"127.0.0.1:{port}"]


def _scheme(server: Server) -> str:
    return {"gcs": "gs", "azure_blob": "az", "swift": "swift"}.get(server.datastore, "s3")


def write_scope(folder: Path, lab: Lab, **further: object) -> None:
    """A scope that holds the loopback network and the lab's buckets; `further` are keys of the file."""
    buckets = [f"{_scheme(server)}://{name}" for server in lab.running for name in server.buckets]
    scope = {
        "scope": "lab",
        "owner": {
            "organisation": "LeakGuard's own lab",
            "contact": "lab@example.org",
            "approved_by": "the test",
            "approved_at": "2026-01-01",
        },
        "valid": {"from": "2026-01-01", "until": "2099-12-31"},
        "include": ["127.0.0.0/8", *buckets],
        "limits": {"total": "500/s", "per_host": "500/s"},
        "industrial": "allowed",
        **further,
    }
    # Every JSON document is YAML.
    (folder / "scope.yaml").write_text(json.dumps(scope), encoding="utf-8")


def leakguard(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in `folder`, with a store of its own there."""
    return subprocess.run(
        [sys.executable, "-m", "leakguard", *words, "--store", "store.db"],
        cwd=folder,
        env=plain_environment("src"),
        capture_output=True,
        text=True,
        check=False,
        timeout=SCAN_SECONDS,
    )


def had(lab: Lab, name: str) -> Server:
    """The server, or a skipped test that says why; a CI run may not skip a core server."""
    server = next((server for server in lab.servers if server.name == name), None)
    if server is None:
        pytest.skip(f"{name} is not in the part of the lab that was started")
    if server.missing and server.core and os.environ.get("CI") == "true":
        pytest.fail(f"{name} could not be had: {server.missing}")
    if server.missing:
        pytest.skip(f"{name} could not be had: {server.missing}")
    return server


def lab_command(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the lab's own command line."""
    command = [sys.executable, "-m", "lab", *words]
    return subprocess.run(command, env=plain_environment("tests"), capture_output=True, text=True, check=False)


def plain_environment(path: str) -> dict[str, str]:
    """For a program that finds its modules there."""
    return {**os.environ, "PYTHONPATH": str(ROOT / path)}
