"""Quiet hours of the scope: nothing is probed, whoever asks, and everybody is told when it may be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leakguard.engine import part_run
from leakguard.models.targets import Endpoint
from support.fake_prober import FakeProber, FakeServer, store_server
from support.scan_commands import ScanCommands, scan_commands
from support.scans import NOW, SCOPE_TEXT

QUIET = SCOPE_TEXT + "quiet_hours: {zone: Asia/Shanghai, from: 08:00, to: 18:00, days: [mon, tue, wed, thu, fri]}\n"
MORNING = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
"""Wednesday, 09:00 in Shanghai."""
EVENING = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
"""18:00: the quiet hours have just ended."""
UNTIL = "2026-11-25T18:00:00+08:00 (2026-11-25T10:00:00Z)"


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    commands = scan_commands(tmp_path, monkeypatch, capsys, scope=QUIET)
    commands.world.now = MORNING
    commands.world.network = FakeProber(servers={"127.0.0.1:9200": store_server()})
    return commands


def test_a_scan_is_refused_before_the_first_packet(leakguard: ScanCommands) -> None:
    ran = leakguard("scan", "127.0.0.1:9200")

    assert (ran.code, ran.out) == (3, "")
    assert f"nothing is probed before {UNTIL}" in ran.err
    assert "--wait" in ran.err
    assert leakguard.world.network.asked == []


def test_what_is_out_of_scope_is_told_first(leakguard: ScanCommands) -> None:
    assert leakguard("scan", "192.0.2.1:9200").code == 2


def test_a_scan_that_waits_begins_when_they_end(leakguard: ScanCommands) -> None:
    ran = leakguard("scan", "127.0.0.1:9200", "--wait")

    assert ran.code == 1
    assert f"waiting until {UNTIL}" in ran.err
    assert leakguard.world.now == EVENING
    assert max(leakguard.world.naps) <= 60, "a machine that was suspended looks at the clock again soon"


def test_outside_of_quiet_hours_nobody_waits(leakguard: ScanCommands) -> None:
    leakguard.world.now = EVENING

    assert leakguard("scan", "127.0.0.1:9200", "--wait").code == 1
    assert leakguard.world.naps == []


def test_nobody_waits_for_hours_that_never_end(leakguard: ScanCommands) -> None:
    always = SCOPE_TEXT + "quiet_hours: {zone: UTC, from: 00:00, to: 24:00}\n"
    (leakguard.folder / "scope.yaml").write_text(always)

    ran = leakguard("scan", "127.0.0.1:9200", "--wait")

    assert ran.code == 3
    assert "leave no time to probe" in ran.err


def test_nobody_waits_beyond_the_last_day_of_the_permission(leakguard: ScanCommands) -> None:
    (leakguard.folder / "scope.yaml").write_text(
        SCOPE_TEXT.replace("2027-02-01", "2026-11-25") + "quiet_hours: {zone: UTC, from: 00:30, to: 00:10}\n"
    )

    ran = leakguard("scan", "127.0.0.1:9200", "--wait")

    assert ran.code == 2
    assert "ends on 2026-11-25, before its quiet hours do" in ran.err
    assert leakguard.world.naps == []


def test_a_run_stops_when_they_begin_and_goes_on_when_they_have_ended(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in flight is ended; nothing more is begun."""
    monkeypatch.setattr(part_run, "REPORT_RESULTS", 100)
    leakguard.world.now = MORNING - timedelta(hours=1, seconds=1)

    async def time_passes(_: Endpoint) -> None:
        leakguard.world.now = max(leakguard.world.now, MORNING)

    servers: dict[str, FakeServer] = {f"127.0.0.{number}:9200": store_server(locked=True) for number in (1, 200)}
    leakguard.world.network = FakeProber(servers={**servers}, pause=time_passes)
    stopped = leakguard("scan", "127.0.0.0/24:9200")

    assert stopped.code == 3
    assert "Quiet hours began after" in stopped.err
    assert f"from {UNTIL} on" in stopped.err
    run = stopped.err.split("--resume ")[1].split(",")[0]
    assert leakguard("scan", "--resume", run).code == 3, "still quiet"
    leakguard.world.now = EVENING
    resumed = leakguard("scan", "--resume", run)
    assert resumed.code == 0
    assert "2 protected, 253 closed = 255 endpoints" in resumed.err


def test_a_run_stops_when_the_last_day_of_the_permission_is_over(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scan of a large network may last for days; what nobody permits any more is not asked."""
    monkeypatch.setattr(part_run, "REPORT_RESULTS", 100)
    one_day = SCOPE_TEXT.replace("2027-02-01", "2026-11-25")
    (leakguard.folder / "scope.yaml").write_text(one_day)

    async def midnight_passes(_: Endpoint) -> None:
        leakguard.world.now = datetime(2026, 11, 26, tzinfo=UTC)

    leakguard.world.network = FakeProber(servers={"127.0.0.1:9200": store_server(locked=True)}, pause=midnight_passes)
    stopped = leakguard("scan", "127.0.0.0/24:9200")

    assert stopped.code == 3
    assert "The scope is not valid any more" in stopped.err
    run = stopped.err.split("--resume ")[1].strip()
    assert leakguard("scan", "--resume", run).code == 2, "nobody has approved it again"
    (leakguard.folder / "scope.yaml").write_text(SCOPE_TEXT)
    assert "1 protected, 254 closed = 255 endpoints" in leakguard("scan", "--resume", run).err


def test_findings_are_not_probed_again_and_notes_are_not_read(leakguard: ScanCommands) -> None:
    leakguard.world.now = EVENING
    document = leakguard("scan", "127.0.0.1:9200", "--format", "json").document
    finding = document["findings"][0]["id"]
    leakguard.world.now = MORNING + timedelta(days=1)
    leakguard.world.network.asked.clear()

    assert leakguard("scan", "verify", finding).code == 3
    assert leakguard.world.network.asked == []


def test_a_scan_in_the_night_of_a_scope_without_quiet_hours_is_no_matter(leakguard: ScanCommands) -> None:
    (leakguard.folder / "scope.yaml").write_text(SCOPE_TEXT)
    leakguard.world.now = NOW

    assert leakguard("scan", "127.0.0.1:9200").code == 1
