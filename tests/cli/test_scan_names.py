"""`leakguard scan` of names: no address is dropped without a word, whoever asks, and whenever."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from leakguard.models.targets import Endpoint
from support.fake_prober import FakeProber, store_server
from support.scan_commands import ScanCommands, scan_commands
from support.scans import SCOPE_TEXT

NAME = "mail.example.edu"
MANY = tuple(f"127.0.0.{number}" for number in range(10, 110))


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    return scan_commands(tmp_path, monkeypatch, capsys)


def test_of_a_name_with_a_hundred_addresses_in_scope_the_rest_is_told_and_not_finished(leakguard: ScanCommands) -> None:
    """The open server may be the one that nobody looked at."""
    leakguard.world.names = {NAME: MANY}
    leakguard.world.network = FakeProber(servers={f"{MANY[98]}:9200": store_server()})

    ran = leakguard("scan", f"{NAME}:9200")

    assert ran.code == 3
    assert "64 closed = 64 endpoints" in ran.err
    assert f"Not looked at: 36 of the 100 addresses of {NAME} (36 beyond the first 64)" in ran.err


def test_the_first_addresses_are_counted_among_those_in_scope(leakguard: ScanCommands) -> None:
    """A thousand strangers' addresses in front hide none of ours."""
    leakguard.world.names = {NAME: (*(f"10.0.{number // 250}.{number % 250}" for number in range(1000)), "127.0.0.8")}
    leakguard.world.network = FakeProber(servers={"127.0.0.8:9200": store_server()})

    assert leakguard("scan", f"{NAME}:9200").code == 1


def test_addresses_outside_and_excluded_ones_are_told_apart(leakguard: ScanCommands) -> None:
    leakguard.world.names = {NAME: ("127.0.0.8", "10.9.9.9", "127.0.0.7", "10.9.9.8")}

    ran = leakguard("scan", f"{NAME}:9200")

    assert ran.code == 0, "what is not ours leaves nothing unfinished"
    words = f"3 of the 4 addresses of {NAME} (2 out of the scope, 1 excluded by the scope)"
    assert f"Not looked at: {words}" in ran.err
    assert f"left out     {words}" in leakguard("scan", "--dry-run", f"{NAME}:9200").out


def test_a_script_reads_them_beside_the_names_without_an_address(leakguard: ScanCommands) -> None:
    leakguard.world.names = {NAME: ("127.0.0.8", "10.9.9.9"), "gone.lab.example.edu": ()}
    command = ("scan", f"{NAME}:9200", "gone.lab.example.edu:9200", "--format", "json")
    left = {"name": NAME, "addresses": 2, "out_of_scope": 1, "excluded": 0, "too_many": 0, "unasked_paths": 0}

    for document in (leakguard(*command).document, leakguard(*command, "--dry-run").document):
        assert document["unresolved"] == ["gone.lab.example.edu"]
        assert document["left_out"] == [left]


def test_an_excluded_name_without_an_address_is_told_since_it_keeps_nobody_out(leakguard: ScanCommands) -> None:
    """The resolver was just away, and the host that the owner excluded lies in a range of the scope."""
    excluded = SCOPE_TEXT.replace("127.0.0.7", "127.0.0.7, plant.example.edu, gone.example.edu")
    (leakguard.folder / "scope.yaml").write_text(excluded)
    leakguard.world.names = {"plant.example.edu": ("127.0.0.9",)}

    ran, dry = leakguard("scan", "127.0.0.8:9200"), leakguard("scan", "--dry-run", "127.0.0.8:9200")

    told = "a name that has no address, so no address of its host is excluded: gone.example.edu\n"
    assert told in ran.err
    assert told in dry.out
    assert ran.code == 0


def test_an_asset_that_no_address_is_left_of_is_told_as_well(leakguard: ScanCommands) -> None:
    """A scan of the whole scope leaves it out, since it leads inside; the owner will want to know."""
    leakguard.world.names = {NAME: ("10.9.9.9",)}

    ran = leakguard("scan", "--checks", "store_open")

    assert f"Not looked at: the one address of {NAME} (1 out of the scope)" in ran.err


@pytest.mark.parametrize("addresses", [(), MANY])
def test_a_run_that_is_shown_again_tells_of_them_and_ends_as_it_did(
    leakguard: ScanCommands, addresses: tuple[str, ...]
) -> None:
    leakguard.world.names = {NAME: addresses}
    command = ("127.0.0.8:9200", f"{NAME}:9200", "--format", "json")

    ran = leakguard("scan", *command)
    shown = leakguard("scan", "show", ran.document["run"], "--format", "json")

    assert (ran.code, shown.code) == (3, 3)
    assert shown.document == ran.document
    assert [line for line in shown.err.splitlines() if "Not looked at" in line] == [
        line for line in ran.err.splitlines() if "Not looked at" in line
    ]
    assert NAME in shown.err


@pytest.mark.parametrize("addresses", [(), MANY])
def test_the_report_of_a_run_that_looked_at_no_part_of_a_name_does_not_say_that_nothing_is_open(
    leakguard: ScanCommands, addresses: tuple[str, ...]
) -> None:
    leakguard.world.names = {NAME: addresses}

    page = leakguard("scan", "127.0.0.8:9200", f"{NAME}:9200", "--format", "html").out

    assert "Nothing was found open, but not everything could be checked." in page
    assert "Nothing is open." not in page
    assert NAME in page.partition("What could not be checked")[2]


def test_a_resumed_run_looks_at_the_same_addresses_and_tells_the_same(leakguard: ScanCommands) -> None:
    leakguard.world.names = {NAME: MANY}
    run = leakguard("scan", f"{NAME}:9200", "--format", "json").document["run"]
    leakguard.world.names = {}

    ran = leakguard("scan", "--resume", run)

    assert ran.code == 3
    assert f"Not looked at: 36 of the 100 addresses of {NAME}" in ran.err


def test_the_scope_is_the_one_that_the_cases_mean() -> None:
    assert "127.0.0.7" in SCOPE_TEXT.partition("exclude")[2]


def test_a_server_of_the_scope_that_leads_inside_is_told_as_a_name_is_and_so_is_it_by_a_resumed_run(
    leakguard: ScanCommands,
) -> None:
    listed = SCOPE_TEXT.replace("include: [127.0.0.0/24", 'include: ["https://app.example.edu/", 127.0.0.0/26')
    (leakguard.folder / "scope.yaml").write_text(listed.replace('"s3://campus-backups", ', ""))
    leakguard.world.names = {NAME: ("10.9.9.8",), "app.example.edu": ("10.9.9.9",)}

    async def interrupt(_: Endpoint) -> None:
        if len(leakguard.world.network.asked) == 3:
            signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(0)

    leakguard.world.network.pause = interrupt
    stopped = leakguard("scan")
    leakguard.world.network = FakeProber()
    resumed = leakguard("scan", "--resume", stopped.err.split("--resume ")[1].split()[0])
    whole = leakguard("scan", "--format", "json")

    for ran in (stopped, resumed, whole):
        for name in (NAME, "app.example.edu"):
            assert f"Not looked at: the one address of {name} (1 out of the scope)" in ran.err
    assert {left["name"] for left in whole.document["left_out"]} == {NAME, "app.example.edu"}
    assert (stopped.code, resumed.code, whole.code) == (3, 0, 0)
