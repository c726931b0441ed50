"""`leakguard scan --dry-run`: to whom, how much, how long; without a packet and without a store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leakguard.models.observations import Ending
from leakguard.outputs.estimate import ELSEWHERE
from leakguard.probes import protocols
from support.fake_prober import FakeProber, store_server
from support.scan_commands import ScanCommands, scan_commands
from support.scans import SCOPE_TEXT


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    return scan_commands(tmp_path, monkeypatch, capsys)


def test_nothing_is_asked_and_nothing_is_stored(leakguard: ScanCommands) -> None:
    leakguard.world.network = FakeProber(servers={"127.0.0.1:9200": store_server()})

    ran = leakguard("scan", "--dry-run", "127.0.0.0/25:9200")

    assert ran.code == 0
    assert leakguard.world.network.asked == []
    assert [path.name for path in leakguard.folder.iterdir()] == ["scope.yaml"]
    assert "Nothing was probed; names were resolved." in ran.err


def test_a_person_reads_what_would_be_done(leakguard: ScanCommands) -> None:
    lines = leakguard("scan", "--dry-run", "127.0.0.0/25:9200", "--checks", "store_open").out.splitlines()

    told = {line[:13].strip(): line[13:] for line in lines}
    assert told["endpoints"] == "127", "one address is excluded"
    assert (told["addresses"], told["ports"], told["names"]) == ("127", "9200", "-")
    assert told["checks"] == "store_open"
    assert told["limits"].startswith("total 500/s per_host 5/s per_network 50/s per_name 10/s; what it waits for is ")
    assert told["limits"].endswith("the limit to one /24 or /64")
    assert told["at least"] == "3 s, where every port is closed and says so"
    assert told["each host"].startswith("1 connection where its ports are closed")
    assert told["quiet hours"] == "none fall into it"
    assert "`User-Agent: leakguard/" in told["says who"]
    assert "(security@example.edu)`" in told["says who"]


def test_a_script_reads_the_same_in_one_document(leakguard: ScanCommands) -> None:
    leakguard.world.names = {"mail.example.edu": ("127.0.0.5", "127.0.0.6")}

    document = leakguard("scan", "--dry-run", "mail.example.edu:80,9200", "127.0.0.5", "--format", "json").document

    assert document["schema"] == "leakguard.estimate/1"
    assert document["names"] == [{"name": "mail.example.edu", "addresses": 2}]
    assert document["addresses"] == 2
    assert document["endpoints"] == document["left"]
    assert document["seconds"]["least"] <= document["seconds"]["silent"] <= document["seconds"]["most"]
    assert document["connections"]["to_a_closed_endpoint"] == 1
    assert document["connections"]["to_one_address_at_most"] >= document["connections"]["to_one_address_at_least"]
    assert "security@example.edu" in document["identification"]["user_agent"]


def test_the_user_may_be_more_polite(leakguard: ScanCommands) -> None:
    words = ("scan", "--dry-run", "127.0.0.0/25:9200", "--rate", "1/s", "--format", "json")

    document = leakguard(*words).document

    assert (document["binding_limit"], document["seconds"]["least"]) == ("total", 127.0)


def test_a_shorter_patience_ends_silence_sooner(leakguard: ScanCommands) -> None:
    (leakguard.folder / "scope.yaml").write_text(SCOPE_TEXT.replace("500/s, per_host: 5/s", "9999/s, per_host: 9999/s"))
    words = ("scan", "--dry-run", "127.0.0.0/25:9200", "--format", "json")

    usual, short = (leakguard(*words, *more).document["seconds"] for more in ((), ("--timeout", "0.5")))

    assert short["silent"] == usual["silent"] / 6


def test_names_without_an_address_and_many_words_are_told_in_short(leakguard: ScanCommands) -> None:
    ran = leakguard("scan", "--dry-run", "mail.example.edu", "127.0.0.1:1-50")

    assert "no address   mail.example.edu" in ran.out
    assert "50: 1, 2, 3, 4, 5, 6 ..." in ran.out


def test_quiet_hours_are_no_reason_to_refuse_an_estimate(leakguard: ScanCommands) -> None:
    quiet = "quiet_hours: [{zone: UTC, from: 15:00, to: 18:00}]\n"
    (leakguard.folder / "scope.yaml").write_text(SCOPE_TEXT + quiet)

    ran = leakguard("scan", "--dry-run", "127.0.0.1:9200")
    document = leakguard("scan", "--dry-run", "127.0.0.1:9200", "--format", "json").document

    assert ran.code == 0
    assert "quiet hours  2026-11-24T15:00:00Z to 2026-11-24T18:00:00Z" in ran.out
    assert document["quiet_hours"] == [
        {"since": "2026-11-24T15:00:00Z", "until": "2026-11-24T18:00:00Z", "zone": "UTC"}
    ]


def test_hours_that_never_end_are_told_as_such(leakguard: ScanCommands) -> None:
    (leakguard.folder / "scope.yaml").write_text(SCOPE_TEXT + "quiet_hours: {zone: UTC, from: 00:00, to: 24:00}\n")

    assert "for ever" in leakguard("scan", "--dry-run", "127.0.0.1:9200").out
    assert (
        leakguard("scan", "--dry-run", "127.0.0.1:9200", "--format", "json").document["quiet_hours"][0]["until"] is None
    )


@pytest.mark.parametrize("target", ["192.0.2.1", "127.0.0.7:9200", "strange.example"])
def test_what_a_scan_would_refuse_is_refused(leakguard: ScanCommands, target: str) -> None:
    assert leakguard("scan", "--dry-run", target).code == 2


def test_the_rest_of_a_stopped_run_is_estimated(leakguard: ScanCommands) -> None:
    leakguard.world.network = FakeProber(servers={"127.0.0.1:9200": Ending.BLOCKED})
    run = leakguard("scan", "127.0.0.0/28:9200", "--format", "json").document["run"]

    ran = leakguard("scan", "--dry-run", "--resume", run)

    assert ran.code == 0
    assert "are done" in ran.out


def test_it_can_be_written_to_a_file(leakguard: ScanCommands) -> None:
    ran = leakguard("scan", "--dry-run", "127.0.0.1:9200", "--format", "json", "-o", "plan.json")

    assert ran.out == ""
    assert json.loads((leakguard.folder / "plan.json").read_text())["endpoints"] == 1


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_what_it_says_of_other_protocols_is_true(kind: str) -> None:
    """`leakguard` stands in the constant bytes of every protocol that is named."""
    module = {"activemq": "openwire"}.get(kind, kind)
    text = (Path(protocols.__file__).parent / module / "gate.py").read_text(encoding="utf-8")

    assert "leakguard" in text.partition('"""')[2].partition('"""')[2].replace("from leakguard", "").lower()
