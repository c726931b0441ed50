"""A worker that is told to log: its processes write into one log, and no word of a host."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.crowd import CANARY
from support.real_fleet import real_fleet

pytestmark = pytest.mark.enable_socket
LOGGED = ("-m", "leakguard", "--log-level", "debug", "--log-format", "json", "--log-file", "events.log")


def test_a_worker_logs_what_its_processes_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with real_fleet("redis", tmp_path, monkeypatch, capsys) as fleet:
        fleet.start("campus", program=LOGGED)
        code, document = fleet.scan("--vantage", "campus")
        text = (tmp_path / "worker" / "events.log").read_text("utf-8")
    said = [json.loads(line) for line in text.splitlines()]
    taken = [one for one in said if one["event"] == "fleet_order_taken"]

    assert code == 1
    assert taken
    assert {one["vantage"] for one in taken} == {"campus"}
    assert {one["run"] for one in taken} == {one["run"] for one in document["findings"]}
    assert len({one["request_id"] for one in said}) == 1
    assert CANARY not in text
    assert [one for one in said if one["event"] == "field_refused"] == []
