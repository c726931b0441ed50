"""A limit that binds is named with the rate that it allows: before the scan, while it runs, behind it, and in JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.scan_commands import ScanCommands, scan_commands

PACE = {
    "binding_limit": "per_host", "limit_per_second": 5.0, "allows_per_second": 5.0, "asked_per_second": 500.0,
    "least_seconds": 4.0,
}  # fmt: skip
SAID = "per_host 5/s binds (the limit to one address): at most 5.0/s in all, not the 500/s of --rate; at least 4 s"
SCAN = ("scan", "127.0.0.1", "--ports", "40001-40020", "--rate", "500")


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    return scan_commands(tmp_path, monkeypatch, capsys)


def test_a_scan_says_first_and_last_which_limit_binds(leakguard: ScanCommands) -> None:
    lines = leakguard(*SCAN).err.splitlines()

    assert lines[0] == SAID
    assert f"Limited by: {SAID}" in lines


def test_a_dry_run_names_the_rate(leakguard: ScanCommands) -> None:
    assert f"binds        {SAID}" in leakguard(*SCAN, "--dry-run").out.splitlines()
    assert leakguard(*SCAN, "--dry-run", "--format", "json").document["pace"] == PACE


def test_a_script_reads_it_from_the_result_and_from_the_stored_run(leakguard: ScanCommands) -> None:
    document = leakguard(*SCAN, "--format", "json").document
    shown = leakguard("scan", "show", document["run"], "--format", "json").document

    assert document["pace"] == shown["pace"] == PACE


def test_a_monitor_reads_it_while_the_scan_runs(leakguard: ScanCommands) -> None:
    lines = [json.loads(line) for line in leakguard(*SCAN, "--progress", "json").err.splitlines() if line[:1] == "{"]

    assert lines
    assert all(line["pace"] == PACE for line in lines)


def test_a_scan_that_is_over_at_once_says_nothing_of_limits(leakguard: ScanCommands) -> None:
    ran = leakguard("scan", "127.0.0.1:40001", "--rate", "500")

    assert "binds" not in ran.err
    assert "Limited by" not in ran.err


def test_without_a_wish_nothing_is_said_to_be_less_than_it(leakguard: ScanCommands) -> None:
    ran = leakguard(*SCAN[:-2])

    assert "per_host 5/s binds" in ran.err
    assert "--rate" not in ran.err


def test_a_more_polite_wish_binds_by_itself(leakguard: ScanCommands) -> None:
    assert "total 2/s binds (the limit in total): at most 2.0/s in all" in leakguard(*SCAN[:-1], "2").err
