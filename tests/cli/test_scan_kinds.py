"""`scan --fields` and `--sample` as a user types them: what the scope must say, what is said aloud, what is shown."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from leakguard.models.targets import Endpoint
from support.fake_prober import FakeProber, store_server
from support.scan_commands import ScanCommands, scan_commands
from support.scans import SCOPE_TEXT


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    commands = scan_commands(tmp_path, monkeypatch, capsys)
    commands.world.network = FakeProber(servers={"127.0.0.1:9200": store_server()})
    return commands


def test_a_sample_without_the_owners_permission_is_refused_before_the_first_packet(leakguard: ScanCommands) -> None:
    ran = leakguard("scan", "127.0.0.1:9200", "--sample", "5")

    assert ran.code == 2
    assert "permits probes, but not the reading of records" in ran.err
    assert "sampling: allowed" in ran.err
    assert leakguard.world.network.asked == []


def test_a_permitted_sample_is_announced_loudly_and_told_in_the_finding(leakguard: ScanCommands) -> None:
    (leakguard.folder / "scope.yaml").write_text(SCOPE_TEXT + "sampling: allowed\n", encoding="utf-8")

    ran = leakguard("scan", "127.0.0.1:9200", "--sample", "5", "--format", "json")

    assert ran.code == 1
    assert "READING RECORDS, as the scope permits: at most 5 of each open store." in ran.err
    (finding,) = ran.document["findings"]
    assert finding["sampled"] == "not sampled: there is no sampler for store"


@pytest.mark.parametrize("value", ["maybe", "yes", "[allowed]"])
def test_a_permission_that_is_no_clear_word_is_a_mistake_of_the_scope(leakguard: ScanCommands, value: str) -> None:
    (leakguard.folder / "scope.yaml").write_text(f"{SCOPE_TEXT}sampling: {value}\n", encoding="utf-8")

    ran = leakguard("scan", "127.0.0.1:9200", "--sample", "5")

    assert ran.code == 2
    assert "sampling" in ran.err


@pytest.mark.parametrize("number", ["-1", "1001", "many"])
def test_a_sample_has_a_size(leakguard: ScanCommands, number: str) -> None:
    assert leakguard("scan", "127.0.0.1:9200", "--sample", number).code == 2


def test_without_the_option_nothing_is_said_of_records(leakguard: ScanCommands) -> None:
    ran = leakguard("scan", "127.0.0.1:9200", "--fields", "--format", "json")

    assert "READING" not in ran.err
    assert ran.document["findings"][0]["categories"] == []


def test_a_dry_run_of_a_sample_reads_nothing_and_says_so_to_nobody(leakguard: ScanCommands) -> None:
    (leakguard.folder / "scope.yaml").write_text(SCOPE_TEXT + "sampling: allowed\n", encoding="utf-8")

    ran = leakguard("scan", "127.0.0.1:9200", "--sample", "5", "--dry-run")

    assert ran.code == 0
    assert "READING" not in ran.err


def stopped_run(leakguard: ScanCommands, *words: str) -> str:
    async def interrupt(_: Endpoint) -> None:
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(5)

    calm, leakguard.world.network.pause = leakguard.world.network.pause, interrupt
    ran = leakguard("scan", "127.0.0.1:9200", *words)
    leakguard.world.network.pause = calm
    return ran.err.split("--resume ")[1].split()[0]


def test_a_resumed_run_looks_as_closely_as_it_was_begun_and_says_so_again(leakguard: ScanCommands) -> None:
    (leakguard.folder / "scope.yaml").write_text(SCOPE_TEXT + "sampling: allowed\n", encoding="utf-8")
    run = stopped_run(leakguard, "--sample", "5")

    ran = leakguard("scan", "--resume", run, "--format", "json")

    assert "READING RECORDS, as the scope permits: at most 5 of each open store." in ran.err
    assert ran.document["findings"][0]["sampled"].startswith("not sampled: there is no sampler")


def test_a_permission_that_was_taken_back_since_holds_for_a_resumed_run_too(leakguard: ScanCommands) -> None:
    (leakguard.folder / "scope.yaml").write_text(SCOPE_TEXT + "sampling: allowed\n", encoding="utf-8")
    run = stopped_run(leakguard, "--sample", "5")
    (leakguard.folder / "scope.yaml").write_text(SCOPE_TEXT, encoding="utf-8")

    ran = leakguard("scan", "--resume", run)

    assert ran.code == 2
    assert "permits probes, but not the reading of records" in ran.err
