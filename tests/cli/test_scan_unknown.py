"""What a scan says of what no check knows: it is not judged, and that is said."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from leakguard.checks.library import ports_of
from leakguard.checks.scope_permissions import without_industrial
from leakguard.cli.scan.unknown import say_which_ports
from leakguard.errors import ExitCode
from leakguard.scanning.scope.file import parse_scope
from leakguard.use_cases.scans.start_scan import ScanOptions
from rules.docs_parts import load_checks
from support.fake_prober import FakeProber, FakeServer
from support.scan_commands import ScanCommands, scan_commands
from support.scans import NOW, SCOPE_TEXT

pytestmark = pytest.mark.untraced

STRANGE = FakeServer(answers={"http": {}})
"""A web server of nothing that the library knows."""


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    return scan_commands(tmp_path, monkeypatch, capsys)


def test_an_endpoint_that_no_check_knows_is_named_with_what_usually_listens_there(leakguard: ScanCommands) -> None:
    leakguard.world.network = FakeProber(servers={"127.0.0.1:1433": STRANGE})
    ran = leakguard("scan", "127.0.0.1:1433")

    assert ran.code == ExitCode.CLEAN
    assert "No check knows what it is, so it was not judged: 1 endpoint answered: 127.0.0.1:1433 " in ran.err
    assert "usually Microsoft SQL Server: no check for it" in ran.err.replace("\n", " ")
    assert "leakguard scan --explain 127.0.0.1:1433" in ran.err


def test_many_are_counted_and_the_first_named(leakguard: ScanCommands) -> None:
    places = [f"127.0.0.1:{port}" for port in range(40000, 40012)]
    leakguard.world.network = FakeProber(servers=dict.fromkeys(places, STRANGE))
    ran = leakguard("scan", *places)

    assert "12 endpoints answered" in ran.err
    assert "and 2 more" in ran.err


def test_a_scan_of_the_whole_scope_names_the_entries_that_it_cannot_look_at(leakguard: ScanCommands) -> None:
    whole = leakguard("scan")
    named = leakguard("scan", "127.0.0.1:9200")

    assert "Not looked at: aws://123456789012: an account is asked from the owner's side" in whole.err
    assert "Not looked at: *.lab.example.edu: nobody knows the names under it" in whole.err
    assert "aws://" not in named.err


def test_a_host_without_ports_is_scanned_on_those_of_the_checks_and_the_scan_says_how_many(
    leakguard: ScanCommands,
) -> None:
    ran = leakguard("scan", "127.0.0.1")
    said = " ".join(ran.err.split())

    assert "of 65,535 ports are asked" in said
    assert "--ports 1-65535" in said
    assert "65,535" not in ran.out
    assert "65,535" in leakguard("scan").err
    assert "65,535" not in leakguard("-q", "scan", "127.0.0.1").err


@pytest.mark.parametrize("words", [("127.0.0.1:9200",), ("127.0.0.1", "--ports", "9200")])
def test_a_scan_of_named_ports_says_nothing_of_others(leakguard: ScanCommands, words: tuple[str, ...]) -> None:
    assert "65,535" not in leakguard("scan", *words).err


def test_the_ports_that_a_scan_says_it_asks_are_those_that_the_scope_permits() -> None:
    """By the checks that ship: those of industrial devices are left out, where the scope gives no leave."""
    said: list[str] = []
    context: Any = SimpleNamespace(wiring=SimpleNamespace(checks=load_checks()), remark=said.append)

    say_which_ports(context, parse_scope(SCOPE_TEXT, name="scope.yaml", now=NOW), ScanOptions())

    permitted = ports_of(without_industrial(load_checks()))
    assert len(permitted) < len(ports_of(load_checks()))
    assert f" {len(permitted)} of 65,535 ports are asked" in said[0]
