"""`leakguard fleet` and a scan from several vantages, as a user types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path

import pytest

from leakguard.cli.main import run
from leakguard.cli.options import Context
from leakguard.errors import ExitCode
from leakguard.settings import read_settings
from leakguard.wiring import Wiring
from support.commands import Ran
from support.fleet import LEASE_SECONDS, Fleet, MemoryBroker
from support.scan_commands import ScanCommands, ScriptedWiring, World, scan_commands

TABLE = f'[fleet]\nbroker = "redis://localhost"\nkey_file = "fleet.key"\nworkers = 2\nlease_seconds = {LEASE_SECONDS}\n'


class FleetWiring(ScriptedWiring):
    """The scripted wiring with a fleet in memory."""

    made: Fleet
    worked: list[tuple[str, int]]

    @property
    def seal(self) -> object:  # type: ignore[override]  # the keys of the fleet in memory
        return self.made.seal

    def now(self) -> datetime:
        """The clock of the fleet in memory, which runs while somebody waits."""
        return self.made.clock.now()

    def courier(self, scan: str) -> MemoryBroker:  # type: ignore[override]  # as above
        return self.made.courier(scan)

    def work(self, vantage: str, *, concurrency: int, tell: Callable[[str], None]) -> int:
        tell(f"looking from {vantage}")
        self.worked.append((vantage, concurrency))
        return 0


class FleetContext(Context):
    """The real context with a fleet in memory."""

    def __init__(self, fleet: Fleet) -> None:
        super().__init__()
        self.fleet = fleet
        self.worked: list[tuple[str, int]] = []

    @cached_property
    def wiring(self) -> Wiring:
        made = FleetWiring(read_settings(store=self.store))
        made.world, made.made, made.worked = World(), self.fleet, self.worked
        return made


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    commands = scan_commands(tmp_path, monkeypatch, capsys)
    (tmp_path / "leakguard.toml").write_text(TABLE, encoding="utf-8")
    return commands


def by_fleet(leakguard: ScanCommands, fleet: Fleet, *words: str) -> Ran:
    context = FleetContext(fleet)
    code = run(["--no-color", *words], context)
    context.wiring.store.close()
    said = leakguard.capsys.readouterr()
    return Ran(code=code, out=said.out, err=said.err)


@pytest.mark.parametrize("words", [("--fields",), ("--sample", "5")])
def test_workers_elsewhere_look_no_closer(leakguard: ScanCommands, words: tuple[str, ...]) -> None:
    ran = by_fleet(leakguard, Fleet(), "scan", "--vantage", "campus", "127.0.0.0/28:9200", *words)

    assert ran.code == 2
    assert "names of collections alone" in ran.err


def test_what_is_open_from_outside_and_closed_inside_is_shown_side_by_side(leakguard: ScanCommands) -> None:
    ran = by_fleet(leakguard, Fleet(), "scan", "--vantage", "campus,outside", "127.0.0.0/28:9200")

    assert ran.code == ExitCode.EXPOSED
    rows = [line.split() for line in ran.out.splitlines()]
    assert ["PLACE", "FROM", "campus", "FROM", "outside"] in rows
    assert ["127.0.0.5:9200", "closed", "exposed"] in rows
    assert "-campus: 1 protected, 14 closed" in ran.err
    assert "-outside: 2 exposed, 1 protected, 12 closed" in ran.err


def test_the_document_of_a_scan_has_the_views_of_all_vantages(leakguard: ScanCommands) -> None:
    document = by_fleet(
        leakguard, Fleet(), "scan", "--vantage", "campus,outside", "--format", "json", "127.0.0.0/28:9200"
    ).document  # fmt: skip

    assert document["schema"] == "leakguard.scan/1"
    assert document["endpoints"] == {"exposed": 2, "protected": 2, "closed": 26}
    assert document["open"]["stores"] == 2
    assert document["differences"][0] == {
        "place": "127.0.0.1:9200", "standings": {"campus": "closed", "outside": "exposed"},
    }  # fmt: skip
    assert [(one["vantage"], one["planned"]) for one in document["vantages"]] == [("campus", 15), ("outside", 15)]
    assert {one["run"] for one in document["vantages"]} == {one["run"] for one in document["findings"]}


def test_the_findings_may_be_lines_in_a_file(leakguard: ScanCommands) -> None:
    ran = by_fleet(
        leakguard, Fleet(), "scan", "--vantage", "outside", "--format", "jsonl", "-o", "out.jsonl", "127.0.0.0/28:9200"
    )

    lines = (leakguard.folder / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert ran.out == ""
    assert {json.loads(line)["vantage"] for line in lines} == {"outside"}


def test_a_scan_that_was_stopped_goes_on_by_any_of_its_names(leakguard: ScanCommands) -> None:
    fleet = Fleet()
    fates = iter(["serve"] * 3)

    def interrupted(_: object) -> str:
        fate = next(fates, None)
        if fate is None:
            raise KeyboardInterrupt
        return fate

    fleet.broker.on_order = interrupted
    stopped = by_fleet(leakguard, fleet, "scan", "--vantage", "campus,outside", "127.0.0.0/28:9200")
    fleet.broker.on_order = lambda _: "serve"
    scan = stopped.err.split("--resume ")[1].split()[0]

    resumed = by_fleet(leakguard, fleet, "scan", "--resume", f"{scan}-campus", "--format", "json")

    assert stopped.code == ExitCode.UNFINISHED
    assert resumed.code == ExitCode.EXPOSED
    assert resumed.document["run"] == scan
    assert resumed.document["endpoints"] == {"exposed": 2, "protected": 2, "closed": 26}


def test_what_was_not_looked_at_is_said_with_its_reason(leakguard: ScanCommands) -> None:
    fleet = Fleet(names={"campus": {"mail.example.edu": ("127.0.0.3",)}})
    fleet.broker.on_order = lambda order: "lose" if order["kind"] == "shard" else "serve"

    ran = by_fleet(leakguard, fleet, "scan", "--vantage", "outside,campus", "mail.example.edu:9200")

    assert ran.code == ExitCode.UNFINISHED
    assert "Without an address from outside: mail.example.edu" in ran.err
    assert "Not looked at from campus, 1 shards: no result came in time" in ran.err


def test_a_run_of_this_machine_goes_on_here(leakguard: ScanCommands) -> None:
    """Although there is a fleet: the run was not one of its own."""
    first = by_fleet(leakguard, Fleet(), "scan", "127.0.0.1:9200", "--format", "json")

    again = by_fleet(leakguard, Fleet(), "scan", "--resume", first.document["run"], "--format", "json")

    assert again.document["run"] == first.document["run"]
    assert "vantages" not in again.document


def test_a_machine_without_a_fleet_looks_from_one_place(leakguard: ScanCommands) -> None:
    (leakguard.folder / "leakguard.toml").unlink()

    ran = leakguard("scan", "--vantage", "campus,outside", "127.0.0.1:9200")
    named = leakguard("scan", "--vantage", "Campus West", "127.0.0.1:9200")

    assert ran.code == ExitCode.USAGE
    assert "names no fleet" in ran.err
    assert named.code == ExitCode.CLEAN, "the vantage is but the name of this place"


def test_a_key_is_made_and_shown_as_the_other_side_names_it(leakguard: ScanCommands) -> None:
    made = leakguard("fleet", "key", "init")
    shown = leakguard("fleet", "key", "show")
    again = leakguard("fleet", "key", "init")

    assert made.out == shown.out
    assert made.out.startswith("ed25519:")
    assert "[fleet.trusted]" in made.err
    assert again.code == ExitCode.USAGE
    private = (leakguard.folder / "fleet.key").read_text(encoding="utf-8").splitlines()[1]
    assert private not in made.out + made.err + shown.out + shown.err


def test_a_worker_looks_from_one_vantage(leakguard: ScanCommands) -> None:
    ran = by_fleet(leakguard, Fleet(), "fleet", "worker", "--vantage", "campus", "--concurrency", "3")
    two = by_fleet(leakguard, Fleet(), "fleet", "worker", "--vantage", "campus,outside")

    assert (ran.code, ran.err) == (ExitCode.CLEAN, "looking from campus\n")
    assert two.code == ExitCode.USAGE
    assert "one vantage" in two.err


def test_a_worker_without_a_key_says_how_to_make_one(leakguard: ScanCommands) -> None:
    text = TABLE + '[fleet.trusted]\ncoordinator = "ed25519:' + "A" * 43 + '="\n'
    (leakguard.folder / "leakguard.toml").write_text(text, encoding="utf-8")

    ran = leakguard("fleet", "worker", "--vantage", "campus")

    assert ran.code == ExitCode.USAGE
    assert "leakguard fleet key init" in ran.err


def test_the_status_of_the_fleet_is_a_table_and_a_document(leakguard: ScanCommands) -> None:
    table = by_fleet(leakguard, Fleet(), "fleet", "status", "--vantage", "campus,outside")
    document = by_fleet(leakguard, Fleet(), "fleet", "status", "--vantage", "campus,outside", "--format", "json")

    assert (table.code, document.code) == (0, 0)
    assert [line.split()[:3] for line in table.out.splitlines()[1:]] == [
        ["campus", "campus-1", "worker-1"], ["outside", "outside-1", "worker-1"],
    ]  # fmt: skip
    told = json.loads(document.out)
    assert (told["schema"], told["vantages"], told["missing"]) == (
        "leakguard.fleet_status/1",
        ["campus", "outside"],
        [],
    )
    assert {(one["worker"], one["slots"], one["clock_seconds"]) for one in told["workers"]} == {
        ("campus-1", 2, 0.0), ("outside-1", 2, 0.0),
    }  # fmt: skip


def test_a_vantage_without_a_worker_is_named_with_what_to_do(leakguard: ScanCommands) -> None:
    fleet = Fleet()
    fleet.broker.workers = {"campus": None, "outside": None}

    ran = by_fleet(leakguard, fleet, "fleet", "status", "--vantage", "campus")

    assert ran.code == 3
    assert ran.out == ""
    assert "No worker at campus. Start one: leakguard fleet worker --vantage campus" in ran.err


@pytest.mark.parametrize("words", [(), ("worker",), ("status",), ("key",), ("key", "init"), ("key", "show")])
def test_every_help_of_the_fleet_has_an_example(leakguard: ScanCommands, words: tuple[str, ...]) -> None:
    ran = by_fleet(leakguard, Fleet(), "fleet", *words, "--help")

    assert "Examples:\n    leakguard fleet " in ran.out
    assert words or "[fleet.trusted]" in ran.out
