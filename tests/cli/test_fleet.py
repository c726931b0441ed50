"""`leakguard fleet` and a scan from several vantages, as a user types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import pytest

from leakguard.cli.main import run
from leakguard.cli.options import Context
from leakguard.cli.scan.by_fleet import HONOURED
from leakguard.cli.scan.run import run_cmd
from leakguard.errors import ExitCode
from leakguard.fleet.messages import message_text
from leakguard.models.fleet import Refusal
from leakguard.settings import read_settings
from leakguard.use_cases.fleets import withdraw_results
from leakguard.wiring import Wiring
from support.commands import Ran
from support.each import for_each
from support.fake_prober import store_server
from support.fleet import LEASE_SECONDS, Clock, Fleet, MemoryBroker, interrupted_behind, worker_seal
from support.scan_commands import ScanCommands, ScriptedWiring, World, scan_commands
from support.scans import SCOPE_TEXT, statuses

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


class FleetTime:
    """The clock of the fleet in memory; implements `ports.TimeSource`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        """Its time."""
        return self._clock.now()

    def monotonic(self) -> float:
        """Its time, as a duration."""
        return self._clock.now().timestamp()

    def sleep(self, seconds: float) -> None:
        """Be there at once."""
        self._clock.wait(seconds)


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
        made.time = FleetTime(self.fleet.clock)
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
    from_campus, from_outside = rows.index(["FROM", "campus"]), rows.index(["FROM", "outside"])
    first, second = [number for number, row in enumerate(rows) if row[:1] == ["protected"]]
    assert from_campus < first < from_outside < second, "each finding stands under the vantage that saw it"
    assert ["127.0.0.5:9200", "closed", "exposed"] in rows
    assert "-campus: 1 protected, 14 closed" in ran.err
    assert "-outside: 2 exposed, 1 protected, 12 closed" in ran.err


def test_the_id_of_a_whole_scan_leads_to_its_runs(leakguard: ScanCommands) -> None:
    """It is the one that a scan begins with, and `scan show` knows runs alone."""
    fleet = Fleet()
    scan = by_fleet(
        leakguard, fleet, "scan", "--vantage", "campus,outside", "--format", "json", "127.0.0.0/28:9200"
    ).document["run"]  # fmt: skip

    ran = by_fleet(leakguard, fleet, "scan", "show", scan)

    assert ran.code == ExitCode.USAGE
    assert f"Name one of them: {scan}-campus, {scan}-outside" in ran.err


def test_the_document_of_a_scan_has_the_views_of_all_vantages(leakguard: ScanCommands) -> None:
    document = by_fleet(
        leakguard, Fleet(), "scan", "--vantage", "campus,outside", "--format", "json", "127.0.0.0/28:9200"
    ).document  # fmt: skip

    assert document["schema"] == "leakguard.scan/1"
    assert document["endpoints"] == statuses(exposed=2, protected=2, closed=26)
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
    fleet.broker.on_order = interrupted_behind(3)
    stopped = by_fleet(leakguard, fleet, "scan", "--vantage", "campus,outside", "127.0.0.0/28:9200")
    fleet.broker.on_order = lambda _: "serve"
    scan = stopped.err.split("--resume ")[1].split()[0]

    resumed = by_fleet(leakguard, fleet, "scan", "--resume", f"{scan}-campus", "--format", "json")

    assert stopped.code == ExitCode.UNFINISHED
    assert f"Run {scan}-outside: nothing = 0 endpoints" in stopped.err
    assert f"Run {scan}-outside was stopped: 15 of 15 endpoints were not looked at." in stopped.err
    assert "not checked" not in stopped.err
    assert resumed.code == ExitCode.EXPOSED
    assert resumed.document["run"] == scan
    assert resumed.document["endpoints"] == statuses(exposed=2, protected=2, closed=26)


def test_what_was_not_looked_at_is_said_with_its_reason(leakguard: ScanCommands) -> None:
    fleet = Fleet(names={"campus": {"mail.example.edu": ("127.0.0.3",)}})
    fleet.broker.on_order = lambda order: "lose" if order["kind"] == "shard" else "serve"

    ran = by_fleet(leakguard, fleet, "scan", "--vantage", "outside,campus", "mail.example.edu:9200")

    assert ran.code == ExitCode.UNFINISHED
    assert "Without an address from outside: mail.example.edu" in ran.err
    assert "-campus: 1 not checked = 1 endpoint" in ran.err
    assert "was stopped" not in ran.err
    assert "Not looked at from campus, 1 shard: no result came in time" in ran.err
    assert "Have those shards looked at again: leakguard scan --resume R-" in ran.err


def test_a_run_whose_shards_nobody_looked_at_is_shown_and_compared_as_one_that_could_not_finish(
    leakguard: ScanCommands,
) -> None:
    fleet = Fleet()
    scanned = ("scan", "--vantage", "campus", "--format", "json", "127.0.0.3:9200")
    before = by_fleet(leakguard, fleet, *scanned).document["vantages"][0]["run"]
    fleet.broker.on_order = lambda order: "lose" if order["kind"] == "shard" else "serve"
    ran = by_fleet(leakguard, fleet, *scanned)
    run_id = ran.document["vantages"][0]["run"]

    shown = by_fleet(leakguard, fleet, "scan", "show", run_id)
    compared = by_fleet(leakguard, fleet, "scan", "diff", before, run_id)

    assert (ran.code, shown.code, compared.code) == (ExitCode.UNFINISHED,) * 3
    assert f"Run {run_id}: 1 not checked = 1 endpoint" in shown.err
    assert f"Run {run_id}: 1 of 1 endpoint was not checked or gave no clear answer." in compared.err


def test_exclusions_without_an_address_and_ports_that_are_not_asked_are_told(leakguard: ScanCommands) -> None:
    excluded = SCOPE_TEXT.replace("exclude: [127.0.0.7]", "exclude: [127.0.0.7, gone.example.edu]")
    (leakguard.folder / "scope.yaml").write_text(excluded, encoding="utf-8")
    words = ("scan", "--vantage", "campus,outside", "--ports", "502,9200", "127.0.0.2")

    ran = by_fleet(leakguard, Fleet(), *words, "--format", "json")

    said = " ".join(ran.err.split())
    for vantage in ("campus", "outside"):
        assert (
            f"As seen from {vantage}: The scope excludes a name that has no address, so no address of its host is "
            "excluded: gone.example.edu"
        ) in said
    assert said.count("Not asked: 502, ports of industrial and medical devices.") == 1
    assert ran.document["ports_left_out"] == [502]
    assert [view["ports_left_out"] for view in ran.document["vantages"]] == [[502], [502]]
    assert [view["unheeded"] for view in ran.document["vantages"]] == [["gone.example.edu"]] * 2


def test_a_worker_that_was_taken_over_writes_nothing_to_the_terminal_of_its_coordinator(
    leakguard: ScanCommands,
) -> None:
    fleet = Fleet()
    lie = Refusal(scan="R-1", vantage="campus", worker="\x1b[2J", reason="\x1b]0;owned\x07 no", number=0, attempt=1)

    def lying(answer: dict[str, str]) -> object:
        if answer["kind"] != "result":
            return answer
        said = json.loads(answer["body"])
        own = lie.model_copy(update={"scan": said["scan"], "number": said["number"], "attempt": said["attempt"]})
        return worker_seal().close(*message_text(own)).model_dump()

    fleet.broker.on_answer = lying
    ran = by_fleet(leakguard, fleet, "scan", "--vantage", "campus", "127.0.0.0/28:9200")

    assert ran.code == ExitCode.UNFINISHED
    assert "was refused by worker-1: " in ran.err
    assert "Not looked at from campus, 4 shards: " in ran.err
    assert not {"\x1b", "\x07"} & {*ran.err, *ran.out}


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


QUIET = SCOPE_TEXT + "quiet_hours: {zone: UTC, from: 15:00, to: 17:00}\n"
REFUSED = {
    "workers": ("--workers", "2"),
    "explain": ("--explain",),
    "fields": ("--fields",),
    "sample": ("--sample", "5"),
    "aws": ("--aws", "prod"),
    "aws_region": ("--aws-region", "eu-west-1"),
}
ELSEWHERE = {"aws_policy"}
"""Prints a text and looks at nothing, whatever stands beside it."""


@pytest.mark.parametrize("name", sorted({each.name or "" for each in run_cmd.params} - HONOURED - ELSEWHERE))
def test_an_option_that_the_fleet_cannot_honour_is_refused(leakguard: ScanCommands, name: str) -> None:
    """Every option of `scan` is either honoured or stands here, so that none is dropped without a word."""
    fleet = Fleet()

    ran = by_fleet(leakguard, fleet, "scan", "--vantage", "campus", *REFUSED[name], "127.0.0.0/28:9200")

    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert "Next: " in ran.err
    assert fleet.broker.in_flight == []


def test_each_honoured_option_is_one_of_the_command() -> None:
    assert {each.name for each in run_cmd.params} == HONOURED | ELSEWHERE | set(REFUSED)


def test_an_option_that_is_new_is_refused_until_somebody_thinks_of_the_fleet(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leakguard.cli.scan.by_fleet.HONOURED", HONOURED - {"per_host"})

    ran = by_fleet(leakguard, Fleet(), "scan", "--vantage", "campus", "--per-host", "1/s", "127.0.0.1:9200")

    assert ran.code == ExitCode.USAGE
    assert "--per-host means nothing to a scan by the fleet" in ran.err


MUTED_STORE = "  - {check: store_open, target: '127.0.0.%d:9200', reason: known, owner: A, expires: 2026-12-24}\n"


@pytest.mark.parametrize("named", [(), ("--mutes", "ours.yaml")], ids=str)
def test_a_scan_by_the_fleet_takes_the_mutes_that_a_plain_scan_takes(
    leakguard: ScanCommands, named: tuple[str, ...]
) -> None:
    """The usual list, or the one that is named; the same words, the same exit code."""
    place = leakguard.folder / (named[1] if named else "mutes.yaml")
    words = ("scan", "--vantage", "campus,outside", "127.0.0.0/28:9200", *named)
    place.write_text("mutes:\n" + MUTED_STORE % 1, encoding="utf-8")
    some = by_fleet(leakguard, Fleet(), *words)
    place.write_text("mutes:\n" + MUTED_STORE % 1 + MUTED_STORE % 5, encoding="utf-8")
    every = by_fleet(leakguard, Fleet(), *words)
    document = by_fleet(leakguard, Fleet(), *words, "--format", "json").document

    assert (some.code, every.code) == (ExitCode.EXPOSED, ExitCode.CLEAN)
    assert "1 open finding is muted by the owner; --format json shows them" in some.err
    assert "2 open findings are muted by the owner; --format json shows them" in every.err
    assert "store_open" not in every.out
    assert [one["muted"]["reason"] for one in document["findings"] if "muted" in one] == ["known", "known"]


@pytest.mark.parametrize("more", [(), ("--dry-run",)], ids=str)
@pytest.mark.parametrize("named", [(), ("--mutes", "none.yaml")], ids=str)
def test_a_bad_list_of_mutes_is_refused_before_anything_is_sent(
    leakguard: ScanCommands, named: tuple[str, ...], more: tuple[str, ...]
) -> None:
    (leakguard.folder / "mutes.yaml").write_text("mutes: [{}]\n", encoding="utf-8")
    fleet = Fleet()

    ran = by_fleet(leakguard, fleet, "scan", "--vantage", "campus", "127.0.0.0/28:9200", *named, *more)

    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert ("there is no mute list `none.yaml`" if named else "mutes.yaml: ") in ran.err
    assert fleet.broker.orders == {}


def test_a_dry_run_tells_what_each_vantage_would_do_and_sends_nothing(leakguard: ScanCommands) -> None:
    fleet = Fleet()

    ran = by_fleet(leakguard, fleet, "scan", "--vantage", "campus,outside", "--dry-run", "127.0.0.0/28:9200")

    assert ran.code == ExitCode.CLEAN
    assert fleet.broker.in_flight == []
    context = FleetContext(fleet)
    assert list(context.wiring.store.subjects("R-")) == []
    context.wiring.store.close()
    lines = ran.out.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("vantage")] == ["campus", "outside"]
    assert lines.count("endpoints    15") == 2
    assert lines.count("shards       4, of which 2 are under way at once where workers are free") == 2
    assert lines.count("each shard   total 125/s per_host 2.5/s per_network 12.5/s per_name 2.5/s") == 2
    assert any(line.startswith("limits       total 250/s per_host 2.5/s per_network 25/s") for line in lines)
    assert any(line.startswith("at least") for line in lines)
    assert "no worker was asked" in ran.err


def test_a_dry_run_is_a_document_as_well(leakguard: ScanCommands) -> None:
    words = ("scan", "--vantage", "campus", "--dry-run", "127.0.0.0/28:9200", "--format")

    document = by_fleet(leakguard, Fleet(), *words, "json", "--rate", "10/s").document
    named = by_fleet(leakguard, Fleet(), *words[:-1], "127.0.0.9", "--ports", "1-3", "--format", "json").document
    refused = by_fleet(leakguard, Fleet(), *words, "jsonl")

    (campus,) = document["vantages"]
    assert document["schema"] == "leakguard.fleet_estimate/1"
    assert (campus["vantage"], campus["shards"], campus["shards_at_once"]) == ("campus", 4, 2)
    assert campus["share"] == {"total": 5.0, "per_host": 5.0, "per_network": 25.0, "per_name": 5.0}
    assert campus["estimate"]["endpoints"] == 15
    assert campus["estimate"]["seconds"]["least"] == 1.5
    assert named["vantages"][0]["estimate"]["endpoints"] == 18
    assert refused.code == ExitCode.USAGE


def test_a_dry_run_of_a_stopped_scan_tells_what_is_left(leakguard: ScanCommands) -> None:
    fleet = Fleet()
    fleet.broker.on_order = interrupted_behind(3)
    stopped = by_fleet(leakguard, fleet, "scan", "--vantage", "campus", "127.0.0.0/28:9200")
    scan = stopped.err.split("--resume ")[1].split()[0]
    sent = len(fleet.broker.in_flight)

    (campus,) = by_fleet(
        leakguard, fleet, "scan", "--resume", scan, "--dry-run", "--format", "json"
    ).document["vantages"]  # fmt: skip

    assert campus["shards"] == 2
    assert (campus["estimate"]["endpoints"], campus["estimate"]["done"] + campus["estimate"]["left"]) == (15, 15)
    assert campus["estimate"]["done"] > 0
    assert len(fleet.broker.in_flight) == sent


def test_a_scan_that_waits_begins_when_quiet_hours_end(leakguard: ScanCommands) -> None:
    (leakguard.folder / "scope.yaml").write_text(QUIET, encoding="utf-8")
    fleet = Fleet()
    words = ("scan", "--vantage", "outside", "127.0.0.0/28:9200")

    refused = by_fleet(leakguard, fleet, *words)
    waited = by_fleet(leakguard, fleet, *words, "--wait")

    assert refused.code == ExitCode.UNFINISHED
    assert "nothing is probed before" in refused.err
    assert waited.code == ExitCode.EXPOSED
    assert fleet.clock.moment.hour == 17


def test_a_scan_that_quiet_hours_stop_says_when_it_may_go_on(leakguard: ScanCommands) -> None:
    (leakguard.folder / "scope.yaml").write_text(QUIET.replace("15:00", "16:01"), encoding="utf-8")
    fleet = Fleet()

    def time_passes(order: dict[str, str]) -> str:
        fleet.clock.wait(40 if order["kind"] == "shard" else 0)
        return "serve"

    fleet.broker.on_order = time_passes
    ran = by_fleet(leakguard, fleet, "scan", "--vantage", "campus", "127.0.0.0/28:9200")

    assert ran.code == ExitCode.UNFINISHED
    assert "Quiet hours began after" in ran.err
    assert "from 2026-11-24T17:00:00Z" in ran.err.replace("+00:00", "Z")
    assert "given up" not in ran.err


def test_a_monitor_and_a_script_see_how_far_it_is(leakguard: ScanCommands) -> None:
    watched = ("--progress", "json", "--metrics", "scan.prom")
    ran = by_fleet(leakguard, Fleet(), "scan", "--vantage", "outside", *watched, "127.0.0.0/28:9200")

    states = [json.loads(line) for line in ran.err.splitlines() if line.startswith("{")]
    assert (states[-1]["finished"], states[-1]["done"], states[-1]["planned"]) == (True, 15, 15)
    assert "leakguard_scan" in (leakguard.folder / "scan.prom").read_text(encoding="utf-8")


def test_a_time_out_reaches_the_workers(leakguard: ScanCommands) -> None:
    fleet = Fleet()

    by_fleet(leakguard, fleet, "scan", "--vantage", "outside", "--timeout", "800ms", "127.0.0.0/28:9200")

    assert set(fleet.tools["outside"].timeouts) == {0.8}


def seen_open(leakguard: ScanCommands, fleet: Fleet, *vantages: str) -> str:
    """The finding of a store that is open from these vantages; the id is that of the first one."""
    for vantage in vantages:
        fleet.tools[vantage].network.servers = {"127.0.0.1:9200": store_server()}
    words = ("scan", "--vantage", ",".join(vantages), "--format", "json", "127.0.0.1:9200")
    return str(by_fleet(leakguard, fleet, *words).document["findings"][0]["id"])


def test_closure_is_proved_by_the_workers_of_the_vantage_and_not_from_here(leakguard: ScanCommands) -> None:
    """From the coordinator the port is closed all the time."""
    fleet = Fleet().with_seconds()
    finding = seen_open(leakguard, fleet, "campus")
    verify = ("scan", "verify", finding, "--vantage", "campus", "--format", "json")

    still = by_fleet(leakguard, fleet, *verify)
    fleet.tools["campus"].network.servers = {}
    closed = by_fleet(leakguard, fleet, *verify)

    assert (still.code, still.document["findings"][0]["closure"]) == (ExitCode.EXPOSED, "still_open")
    assert (closed.code, closed.document["findings"][0]["closure"]) == (ExitCode.CLEAN, "closed")
    assert closed.document["findings"][0]["run"].endswith("-campus")


def test_closure_that_one_worker_alone_saw_is_told_as_one_witness(leakguard: ScanCommands) -> None:
    fleet = Fleet()
    finding = seen_open(leakguard, fleet, "campus")
    incident = by_fleet(leakguard, fleet, "incident", "open", "--finding", finding, "--format", "json").document["id"]
    fleet.tools["campus"].network.servers = {}

    ran = by_fleet(leakguard, fleet, "scan", "verify", finding, "--vantage", "campus", "--format", "json")
    claimed = by_fleet(leakguard, fleet, "incident", "event", incident, "remediation_verified")
    vouched = by_fleet(leakguard, fleet, "incident", "event", incident, "remediation_verified", "--reason", "I looked")

    assert (ran.code, ran.document["closed_incidents"]) == (ExitCode.UNFINISHED, [])
    assert "closed, one witness: worker-1 alone saw that" in ran.document["findings"][0]["reason"]
    assert (claimed.code, vouched.code) == (ExitCode.USAGE, ExitCode.CLEAN)
    assert "one worker of the fleet alone saw it closed" in claimed.err


def test_closure_from_one_vantage_names_the_others_that_saw_it_open(leakguard: ScanCommands) -> None:
    fleet = Fleet().with_seconds()
    finding = seen_open(leakguard, fleet, "campus", "outside")
    for tools in fleet.tools.values():
        tools.network.servers = {}

    campus = by_fleet(leakguard, fleet, "scan", "verify", finding, "--vantage", "campus", "--format", "json")
    outside = by_fleet(leakguard, fleet, "scan", "verify", finding, "--vantage", "outside", "--format", "json")
    several = by_fleet(leakguard, fleet, "scan", "verify", finding, "--vantage", "campus,outside")

    assert (campus.code, campus.document["findings"][0]["missing_vantages"]) == (ExitCode.UNFINISHED, ["outside"])
    assert (outside.code, outside.document["findings"][0]["missing_vantages"]) == (ExitCode.CLEAN, [])
    assert several.code == ExitCode.USAGE


def test_a_silent_worker_proves_nothing(leakguard: ScanCommands) -> None:
    fleet = Fleet()
    finding = seen_open(leakguard, fleet, "campus")
    fleet.broker.on_order = lambda order: "lose" if order["kind"] == "shard" else "serve"

    ran = by_fleet(leakguard, fleet, "scan", "verify", finding, "--vantage", "campus", "--format", "json")

    assert (ran.code, ran.document["findings"][0]["closure"]) == (ExitCode.UNFINISHED, "unknown")


def test_a_name_that_leads_elsewhere_by_now_is_not_proved_closed(leakguard: ScanCommands) -> None:
    fleet = Fleet(names={"campus": {"mail.example.edu": ("127.0.0.1",)}})
    fleet.tools["campus"].network.servers = {"127.0.0.1:9200": store_server()}
    words = ("scan", "--vantage", "campus", "--format", "json", "mail.example.edu:9200")
    finding = by_fleet(leakguard, fleet, *words).document["findings"][0]["id"]
    fleet.tools["campus"].names = {"mail.example.edu": ("127.0.0.2",)}

    ran = by_fleet(leakguard, fleet, "scan", "verify", finding, "--vantage", "campus", "--format", "json")

    assert (ran.code, ran.document["findings"][0]["closure"]) == (ExitCode.UNFINISHED, "unknown")


def test_a_watch_from_here_is_not_told_as_one_from_a_vantage_of_the_fleet(leakguard: ScanCommands) -> None:
    ran = by_fleet(leakguard, Fleet(), "watch", "--once", "--vantage", "campus", "127.0.0.1:9200")

    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert "looks from this machine alone" in ran.err
    assert "scan --vantage campus" in ran.err


@for_each("words", [("playbook", "run", "IR-2026-0001"), ("scan", "note", "F-1a2b3c4d5e")], ids=" ".join)
def test_no_command_that_probes_from_here_records_a_vantage_of_the_fleet(
    leakguard: ScanCommands, words: tuple[str, ...]
) -> None:
    """A closure that this machine saw would count as seen from there."""
    ran = by_fleet(leakguard, Fleet(), *words, "--vantage", "campus")

    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert "looks from this machine alone, and `campus` is a vantage of the fleet" in ran.err


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


def test_a_vantage_whose_worker_refuses_does_not_ask_for_another_worker(leakguard: ScanCommands) -> None:
    fleet = Fleet()
    fleet.tools["campus"].clock = Clock(fleet.now() - timedelta(minutes=10))

    ran = by_fleet(leakguard, fleet, "fleet", "status", "--vantage", "campus")

    assert ran.code == 3
    assert "No worker at campus that would work for us. Correct what it says" in ran.err
    assert "Start one" not in ran.err


@pytest.mark.parametrize("words", [(), ("worker",), ("status",), ("key",), ("key", "init"), ("key", "show")])
def test_every_help_of_the_fleet_has_an_example(leakguard: ScanCommands, words: tuple[str, ...]) -> None:
    ran = by_fleet(leakguard, Fleet(), "fleet", *words, "--help")

    assert "Examples:\n    leakguard fleet " in ran.out
    assert words or "[fleet.trusted]" in ran.out


def test_what_each_worker_reported_is_listed_and_withdrawn(leakguard: ScanCommands) -> None:
    fleet = Fleet()
    by_fleet(leakguard, fleet, "scan", "127.0.0.0/28:9200", "--vantage", "outside")

    before = by_fleet(leakguard, fleet, "fleet", "reports", "--worker", "worker-1", "--format", "json").document
    table = by_fleet(leakguard, fleet, "fleet", "reports")
    words = ("--worker", "worker-1", "--since", "2020-01-01", "--by", "Ada", "--reason", "taken over")
    gone = by_fleet(leakguard, fleet, "fleet", "withdraw", *words)
    after = by_fleet(leakguard, fleet, "fleet", "reports", "--format", "json").document
    again = by_fleet(leakguard, fleet, "fleet", "withdraw", *words)

    assert before["schema"] == "leakguard.fleet_reports/1"
    assert {one["became"] for one in before["reports"]} == {"taken"}
    assert "SIGNED BY" in table.out
    assert gone.code == 0
    assert "of worker-1 in 1 run withdrawn" in gone.out
    assert {one["became"] for one in after["reports"]} == {"withdrawn"}
    assert again.code == 2
    assert "that still counts" in again.err
    run = after["reports"][0]["run"]
    shown = by_fleet(leakguard, fleet, "scan", "show", run, "--format", "json").document
    assert {one["outcome"] for one in shown["findings"]} == {"inconclusive"}


def test_a_withdrawal_that_only_finishes_an_earlier_one_says_so(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = withdraw_results.WithdrawnResults(shards=0, runs=(), findings=("F-1",), incidents=("IR-2026-0001",))
    monkeypatch.setattr(withdraw_results, "withdraw_results", lambda *_, **__: done)
    fleet = Fleet()
    by_fleet(leakguard, fleet, "scan", "127.0.0.0/28:9200", "--vantage", "outside")
    words = ("--worker", "worker-1", "--since", "2020-01-01", "--by", "Ada", "--reason", "taken over")

    ran = by_fleet(leakguard, fleet, "fleet", "withdraw", *words)

    assert (ran.code, ran.out.splitlines()) == (0, [
        "The results of worker-1 were withdrawn before; that withdrawal is finished now.",
        "  has to be verified again: F-1", "  open again: IR-2026-0001",
    ])  # fmt: skip


def test_a_withdrawal_needs_everything_that_the_ledger_is_to_hold(leakguard: ScanCommands) -> None:
    ran = by_fleet(leakguard, Fleet(), "fleet", "withdraw", "--worker", "w", "--since", "2026-01-01", "--by", "Ada")

    assert ran.code == 2
    assert "--reason" in ran.err
