"""`leakguard watch` as a user types it: what is printed, what ends it, and with which code."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from leakguard.models.findings import Size
from leakguard.models.moments import from_z
from leakguard.models.observations import Ending
from leakguard.models.targets import Endpoint
from leakguard.outputs.run import change_line
from leakguard.scanning.diff import Change, ChangeKind
from leakguard.scanning.exposure_summary import traits_of
from leakguard.use_cases.alerts.time_sources import SteppedTime
from support.fake_prober import FakeProber, FakeServer, store_server
from support.own_stdout import stdout_on
from support.scan_commands import ScanCommands, scan_commands
from support.scans import NOW, SCOPE_TEXT, finding_of

OPEN, LOCKED, SILENT = store_server(), store_server(locked=True), FakeServer(otherwise=Ending.SILENT)
ONCE = ("watch", "127.0.0.1:9200", "127.0.0.2:9200", "--once")


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    return scan_commands(tmp_path, monkeypatch, capsys)


def serve(leakguard: ScanCommands, **servers: FakeServer | Ending) -> None:
    leakguard.world.network = FakeProber(
        servers={f"127.0.0.{name.removeprefix('at_')}:9200": server for name, server in servers.items()}
    )


def test_a_person_reads_one_line_a_change_and_the_command_that_comes_next(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN)

    ran = leakguard(*ONCE)

    (line,) = ran.out.splitlines()
    assert ran.code == 1
    assert line.startswith("new         127.0.0.1:9200  store_open  high, 41,000 records, 8.2 MB, F-")
    assert f"leakguard incident open --finding {line.split()[-1]}" in ran.err
    assert ": 1 change; 1 exposed, 1 closed = 2 endpoints" in ran.err
    assert "Of all that was ever seen open: 1 open\n" in ran.err


def test_a_script_reads_one_object_a_line(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN)

    ran = leakguard("-q", *ONCE, "--format", "jsonl")

    (change,) = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.err == ""
    assert change["schema"] == "leakguard.change/1"
    assert (change["change"], change["target"], change["incidents"]) == ("new", "127.0.0.1:9200", [])
    assert change["next"] == f"leakguard incident open --finding {change['after']}"
    assert change["now"]["records"] == 41_000


@pytest.mark.parametrize("now", [SILENT, FakeServer(answers={"http": {"/": (503, "busy"), "/list": (503, "busy")}})])
def test_what_was_open_and_gives_no_clear_answer_is_never_clean(leakguard: ScanCommands, now: FakeServer) -> None:
    serve(leakguard, at_1=OPEN)
    leakguard(*ONCE)
    serve(leakguard, at_1=now)

    first, second, elsewhere = leakguard(*ONCE), leakguard(*ONCE), leakguard("watch", "127.0.0.2:9200", "--once")

    assert first.out.startswith("unknown     127.0.0.1:9200")
    assert (first.code, second.code) == (3, 3)
    assert elsewhere.code == 0, "that round did not look there"
    serve(leakguard, at_1=LOCKED)
    assert leakguard(*ONCE).code == 0


def test_what_is_closed_from_here_and_was_open_from_elsewhere_is_never_clean(leakguard: ScanCommands) -> None:
    """The other vantage has not looked again, so nobody knows whether it is still open from there."""
    serve(leakguard, at_1=OPEN)
    leakguard("scan", "127.0.0.1:9200", "--vantage", "outside")
    leakguard(*ONCE)
    serve(leakguard, at_1=LOCKED)

    here, there = leakguard(*ONCE), leakguard(*ONCE, "--vantage", "outside")

    assert (here.code, here.out) == (3, "")
    assert "1 place that was open is not proved closed; leakguard scan verify FINDING tells what is missing" in here.err
    assert there.out.startswith("closed      127.0.0.1:9200")
    assert there.code == leakguard(*ONCE).code == 0


@pytest.mark.parametrize("address", ["127.0.0.2", None])
def test_a_name_that_leads_elsewhere_or_nowhere_is_never_clean(leakguard: ScanCommands, address: str | None) -> None:
    """What was open at its old address may be open there still."""
    leakguard.world.names["mail.example.edu"] = ("127.0.0.1",)
    watch = ("watch", "mail.example.edu:9200", "127.0.0.3:9200", "--once")
    serve(leakguard, at_1=OPEN)
    leakguard(*watch)
    leakguard.world.names["mail.example.edu"] = () if address is None else (address,)

    ran = leakguard(*watch)

    assert ran.out.startswith("unknown     mail.example.edu:9200")
    again = leakguard(*watch)
    assert (ran.code, again.code) == (3, 3)
    assert ("since the name has no address: mail.example.edu" in again.err) == (address is None)


def test_why_something_was_not_checked_is_told_in_each_round(leakguard: ScanCommands) -> None:
    """Nothing of it was ever open, so that no change tells why the code is 3."""
    serve(leakguard)
    leakguard.world.network.sweep_ends, leakguard.world.network.sweep_why = Ending.BLOCKED, "there is no route"

    leakguard(*ONCE)
    ran = leakguard(*ONCE)

    assert ran.code == 3
    assert "no change; 2 not checked = 2 endpoints" in ran.err
    assert "Not checked: 2, since there is no route" in ran.err
    run = ran.err.split("Run ")[1].split(":")[0]
    assert f"Not everything gave a clear answer; look why: leakguard scan show {run}" in ran.err


def test_the_command_that_comes_next_stays_in_one_line_on_a_narrow_terminal(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    serve(leakguard, at_1=OPEN)

    ran = leakguard(*ONCE, "--open-incidents")

    assert "opened; start its response:\n    leakguard playbook start IR-2026-0001\n" in ran.err


def test_nothing_new_prints_nothing(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN)
    leakguard(*ONCE)

    ran = leakguard(*ONCE)

    assert (ran.code, ran.out) == (1, "")
    assert "no change" in ran.err


@pytest.mark.parametrize(("server", "code"), [(OPEN, 1), (LOCKED, 0), (Ending.REFUSED, 0), (SILENT, 3)])
def test_the_code_is_that_of_the_last_round(leakguard: ScanCommands, server: FakeServer | Ending, code: int) -> None:
    serve(leakguard, at_1=server)

    assert leakguard(*ONCE).code == code


def test_an_incident_is_opened_on_request_and_told_from_then_on(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN)
    opened = leakguard(*ONCE, "--open-incidents")
    serve(leakguard)
    closed = leakguard(*ONCE)
    serve(leakguard, at_1=OPEN)
    again = leakguard(*ONCE)

    timeline = leakguard("incident", "timeline", "IR-2026-0001").out
    assert "IR-2026-0001 opened; start its response: leakguard playbook start IR-2026-0001" in opened.err
    assert "closed      127.0.0.1:9200  store_open  the port is closed" in closed.out
    assert again.out.startswith("re_exposed  127.0.0.1:9200")
    assert "IR-2026-0001 knows of it" in closed.err
    assert "IR-2026-0001 was over and is open again; start its response again: leakguard playbook start" in again.err
    assert [
        word for word in ("detected", "remediation_verified", "reopened", "exposure_seen_again") if word in timeline
    ] == [
        "detected",
        "remediation_verified",
        "reopened",
        "exposure_seen_again",
    ]


def days(leakguard: ScanCommands, *servers: FakeServer) -> None:
    """A round a day."""
    for server in servers:
        serve(leakguard, at_1=server)
        leakguard(*ONCE)
        leakguard.world.now += timedelta(days=1)


def first_sight(leakguard: ScanCommands) -> datetime:
    events = leakguard("incident", "show", "IR-2026-0001", "--format", "json").document["events"]
    (first,) = (one for one in events if one["kind"] == "exposure_first_seen")
    return from_z(first["occurred_at"]["earliest"])


def test_the_24_hours_of_what_is_open_again_do_not_count_from_what_was_proved_closed(leakguard: ScanCommands) -> None:
    """No incident was opened then; the one of today would be overdue before anybody could know of it."""
    days(leakguard, OPEN, LOCKED)
    serve(leakguard, at_1=OPEN)
    leakguard(*ONCE, "--open-incidents")

    assert first_sight(leakguard) == NOW + timedelta(days=2)


@pytest.mark.parametrize(
    ("servers", "day"), [((OPEN, LOCKED, OPEN, SILENT, OPEN), 2), ((OPEN, SILENT, OPEN), 0), ((OPEN, OPEN), 0)]
)
def test_they_count_from_the_first_sight_since_then_where_a_person_opens_the_incident(
    leakguard: ScanCommands, servers: tuple[FakeServer, ...], day: int
) -> None:
    """A silence in between proved nothing, and what was never proved closed is open since it was first seen."""
    days(leakguard, *servers)
    finding = leakguard("scan", "127.0.0.1:9200", "--format", "json").document["findings"][0]["id"]
    leakguard("incident", "open", "--finding", finding)

    assert first_sight(leakguard) == NOW + timedelta(days=day)


@pytest.mark.parametrize("by", ["watch", "verify"])
def test_the_24_hours_stop_and_begin_anew_on_a_clock_that_was_set_back(leakguard: ScanCommands, by: str) -> None:
    """What is open again opened after it was closed, and what was proved closed was open before, whatever the time."""
    serve(leakguard, at_1=OPEN)
    leakguard(*ONCE, "--open-incidents")
    finding = json.loads(leakguard("incident", "show", "IR-2026-0001", "--format", "json").out)["findings"][0]
    words = ONCE if by == "watch" else ("scan", "verify", finding)
    leakguard.world.now -= timedelta(hours=3)
    states = []
    for servers in ({"at_1": LOCKED}, {"at_1": OPEN}, {"at_1": LOCKED}, {"at_1": OPEN}):
        leakguard.world.now += timedelta(minutes=1)
        serve(leakguard, **servers)
        leakguard(*words)
        clocks = leakguard("clock", "list", "--incident", "IR-2026-0001", "--format", "json").document
        states.append(next(one["state"] for one in clocks["clocks"] if one["id"] == "remediate"))

    assert states == ["met_on_time", "running", "met_on_time", "running"]


def test_what_a_person_records_on_a_clock_that_was_set_back_takes_its_time_and_comes_after_what_is_known(
    leakguard: ScanCommands,
) -> None:
    """When it happened is what the clock says; the order in which it was recorded is certain all the same."""
    serve(leakguard, at_1=OPEN)
    leakguard(*ONCE, "--open-incidents")
    leakguard.world.now -= timedelta(hours=3)

    leakguard("incident", "event", "IR-2026-0001", "remediation_verified", "--reason", "a decoy")
    leakguard("incident", "event", "IR-2026-0001", "closed", "--reason", "a decoy")
    shown = leakguard("incident", "show", "IR-2026-0001", "--format", "json").document

    opened, closed = (one for one in shown["events"] if one["kind"] in {"incident_opened", "closed"})
    assert shown["state"] == "closed"
    assert from_z(closed["occurred_at"]["earliest"]) == leakguard.world.now
    assert from_z(closed["recorded_at"]) > from_z(opened["recorded_at"])


def test_the_ledger_of_a_watch_verifies(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN)
    leakguard(*ONCE, "--open-incidents")

    assert leakguard("evidence", "verify").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--every", "often"), "`90s`, `15m` or `6h`"),
        (("--every", "0s"), "`90s`, `15m` or `6h`"),
        (("--rate", "fast"), "Write it as `50/s`"),
        (("--checks", "store_opne"), "Did you mean `store_open`?"),
        (("203.0.113.9",), "not in the scope"),
        (("not a target",), "is not a target"),
        (("--scope", "missing.yaml"), "no scope file"),
    ],
)
def test_what_cannot_be_watched_is_refused_before_the_first_packet(
    leakguard: ScanCommands, words: tuple[str, ...], said: str
) -> None:
    ran = leakguard("watch", "127.0.0.1:9200", *words)

    assert ran.code == 2
    assert said in ran.err
    assert leakguard.world.network.asked == []


def test_a_watch_of_other_ports_tells_of_those_alone(leakguard: ScanCommands) -> None:
    leakguard.world.network = FakeProber(servers={"127.0.0.1:9200": OPEN, "127.0.0.1:19200": OPEN})

    ran = leakguard("watch", "--once", "127.0.0.1", "--ports", "19200")

    assert [line.split()[1] for line in ran.out.splitlines()] == ["127.0.0.1:19200"]


def test_targets_checks_and_limits_are_those_of_a_scan(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN, at_2=OPEN)
    (leakguard.folder / "hosts.txt").write_text("127.0.0.2:9200\n", encoding="utf-8")

    ran = leakguard(
        "watch", "--once", "--targets", "hosts.txt", "--checks", "store_open", "--rate", "5", "--per-host", "1/s",
        "--ports", "1",
    )  # fmt: skip

    assert [line.split()[1] for line in ran.out.splitlines()] == ["127.0.0.2:9200"]


class Ringing(SteppedTime):
    """Time in which something happens to whoever sleeps."""

    def __init__(self, ring: Callable[[int], None]) -> None:
        super().__init__(NOW)
        self._ring, self.sleeps = ring, 0

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.sleeps += 1
        self._ring(self.sleeps)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_between_two_rounds_ends_the_watch(leakguard: ScanCommands, number: signal.Signals) -> None:
    serve(leakguard, at_1=OPEN)
    before = signal.getsignal(number)

    def ring(sleeps: int) -> None:
        if sleeps == 1:
            serve(leakguard)
        else:
            signal.raise_signal(number)

    leakguard.world.time = Ringing(ring)
    ran = leakguard("watch", "127.0.0.1:9200")

    assert [line.split()[0] for line in ran.out.splitlines()] == ["new", "closed"]
    assert ran.code == 0
    assert signal.getsignal(number) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_within_a_round_keeps_what_was_found_and_the_next_watch_goes_on(
    leakguard: ScanCommands, number: signal.Signals
) -> None:
    rings = [number]

    async def ring(endpoint: Endpoint) -> None:
        if endpoint.address == "127.0.0.2" and rings:
            signal.raise_signal(rings.pop())
        await asyncio.sleep(0)

    serve(leakguard, at_1=OPEN, at_2=OPEN)
    leakguard.world.network.pause = ring
    stopped = leakguard("watch", "127.0.0.1:9200", "127.0.0.2:9200")
    said = "no change so far;" if not stopped.out else "1 change;"
    serve(leakguard, at_1=OPEN, at_2=OPEN)
    ran = leakguard(*ONCE)

    assert stopped.code == (1 if stopped.out else 3)
    assert said in stopped.err
    assert "the same command, goes on with this run" in stopped.err
    assert sorted(line.split()[1] for line in (stopped.out + ran.out).splitlines()) == [
        "127.0.0.1:9200",
        "127.0.0.2:9200",
    ]
    assert len(leakguard("scan", "show").out.splitlines()) == 1


def test_a_signal_before_the_first_question_ends_the_watch(leakguard: ScanCommands) -> None:
    class Rung(dict[str, tuple[str, ...]]):
        def get(self, name: str, default: object = None) -> tuple[str, ...]:  # noqa: ARG002  (a name is asked for)
            signal.raise_signal(signal.SIGTERM)
            return ()

    leakguard.world.names = Rung()

    ran = leakguard("watch", "mail.example.edu")

    assert (ran.code, ran.out) == (3, "")


def test_quiet_hours_are_waited_for(leakguard: ScanCommands) -> None:
    """Nothing is probed in them, and the watch goes on after them."""
    serve(leakguard, at_1=OPEN)
    quiet = 'quiet_hours: {zone: UTC, from: "15:00", to: "16:10"}\n'
    (leakguard.folder / "scope.yaml").write_text(SCOPE_TEXT + quiet, encoding="utf-8")

    def ring(sleeps: int) -> None:
        leakguard.world.now = NOW + timedelta(minutes=15 * sleeps)
        if sleeps == 2:
            signal.raise_signal(signal.SIGTERM)

    leakguard.world.time = Ringing(ring)
    ran = leakguard("watch", "127.0.0.1:9200")

    assert ran.err.count("This round could not be done") == 1
    assert "Next: Wait until then.\n" in ran.err
    assert "--wait" not in ran.err
    assert ran.err.count("1 change") == 1
    assert ran.code == 1


def test_a_round_that_fails_is_told_and_the_next_one_tried(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN)
    leakguard.world.names = {"mail.example.edu": ("93.184.216.34",)}

    def ring(sleeps: int) -> None:
        leakguard.world.names = {} if sleeps == 1 else {"mail.example.edu": ("93.184.216.34",)}
        if sleeps == 3:
            signal.raise_signal(signal.SIGTERM)

    leakguard.world.time = Ringing(ring)
    ran = leakguard("watch", "mail.example.edu:9200")

    assert "This round could not be done: no target has an address" in ran.err
    assert "Next: Check the names" in ran.err
    assert ran.err.count("no change") == 2


def test_a_change_that_a_full_disk_did_not_take_comes_in_the_next_round(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the first round nothing at all was written any more, and the ledger had each change as told."""
    serve(leakguard, at_1=OPEN)
    result = leakguard.folder / "changes.jsonl"
    result.touch()
    number, behind = os.open(result, os.O_RDONLY), os.open(result, os.O_WRONLY)  # to write into the first one fails
    monkeypatch.setattr(sys, "stdout", stdout_on(number))

    def ring(sleeps: int) -> None:
        if sleeps == 2:
            os.dup2(behind, number)
        elif sleeps == 3:
            signal.raise_signal(signal.SIGTERM)

    leakguard.world.time = Ringing(ring)
    ran = leakguard("watch", "127.0.0.1:9200", "--format", "jsonl")
    os.close(number)
    os.close(behind)

    assert ran.err.count("This round could not be done: the result could not be written to stdout") == 2
    assert ran.code == 1
    told = [json.loads(line) for line in result.read_text("utf-8").splitlines()]
    assert {(change["change"], change["target"]) for change in told} == {("new", "127.0.0.1:9200")}


HOSTILE = "\x1b[31m\u202e<script>\n"


def test_what_a_host_says_is_printed_harmlessly() -> None:
    old = traits_of(finding_of(version="1.0", cluster_id="old-cluster-id"))
    new = traits_of(finding_of(version=HOSTILE, cluster_id=HOSTILE * 9, vantage=HOSTILE, size=Size(records=3)))

    for kind in ChangeKind:
        line = change_line(
            Change(
                kind=kind, check_id="store_open", target=f"127.0.0.1:9000/{HOSTILE}", before=old, after=new,
                fields=("version", "cluster_id", "vantage", "address"), elsewhere=(HOSTILE,) * 9,
            )
        )  # fmt: skip
        assert line.isprintable()


def test_a_size_that_is_not_known_is_left_out() -> None:
    seen = traits_of(finding_of(size=None, vantage="outside"))

    line = change_line(Change(kind=ChangeKind.NEW, check_id="c", target="127.0.0.1:9200", after=seen))

    assert line == "new         127.0.0.1:9200  c  high, from outside, F-1a2b3c4d5e"


def test_only_some_of_many_places_are_named() -> None:
    seen = traits_of(finding_of())
    places = tuple(f"127.0.0.{number}:9200" for number in range(2, 9))

    line = change_line(
        Change(kind=ChangeKind.MOVED, check_id="c", target="127.0.0.1:9200", after=seen, elsewhere=places)
    )

    assert line.endswith("the same store as at 127.0.0.2:9200, 127.0.0.3:9200, 127.0.0.4:9200 and 4 more")
