"""`leakguard scan` and what belongs to it, as a user types it: exit codes, formats, refusals with a next step."""

from __future__ import annotations

import asyncio
import io
import json
import re
import signal
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from leakguard.cli.scan.printing import FORMATS
from leakguard.engine import bugs
from leakguard.engine import examiner as examine
from leakguard.errors import ProcessLost
from leakguard.models.observations import Ending
from leakguard.models.targets import Endpoint
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.scans.scan_assets import ScanRun
from support.fake_prober import FakeProber, FakeServer, redis_server, store_server
from support.scan_commands import ScanCommands, ScriptedWiring, scan_commands
from support.scans import NOW, SCOPE_TEXT, statuses

CANARY = "canary-value-8d1f"
OPEN, LOCKED = store_server(records=9_500_000_000), store_server(locked=True)


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    return scan_commands(tmp_path, monkeypatch, capsys)


def serve(leakguard: ScanCommands, **servers: FakeServer | Ending) -> None:
    """Put servers at `127.0.0.<number>:9200`, named `at_<number>`."""
    leakguard.world.network = FakeProber(
        servers={f"127.0.0.{name.removeprefix('at_')}:9200": server for name, server in servers.items()}
    )


def run_of(leakguard: ScanCommands, *words: str) -> str:
    return str(leakguard("scan", *words, "--format", "json").document["run"])


@pytest.mark.parametrize(
    ("server", "code"),
    [
        (OPEN, 1),
        (LOCKED, 0),
        (Ending.REFUSED, 0),
        (FakeServer(), 0),
        (FakeServer(otherwise=Ending.SILENT), 3),
        (Ending.FILTERED, 3),
    ],
)
def test_the_exit_code_is_the_verdict(leakguard: ScanCommands, server: FakeServer | Ending, code: int) -> None:
    serve(leakguard, at_1=server)

    assert leakguard("scan", "127.0.0.1:9200").code == code


@pytest.mark.parametrize("words", [("scan",), ("-q", "scan"), ("watch", "--once")])
def test_a_bug_that_one_host_brings_to_light_is_told_once_and_without_its_words(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    async def pause(_: Endpoint) -> None:
        raise KeyError(CANARY)

    monkeypatch.setattr(examine, "bug_of", bugs.bug_of)
    leakguard.world.network = FakeProber(pause=pause)

    ran = leakguard(*words, "127.0.0.1:9200", "127.0.0.2:9200")

    assert (ran.code, ran.out) == (3, "")
    assert ran.err.count("Not checked, for a bug in LeakGuard: 2 endpoints (KeyError at engine/asking.py:") == 1
    assert ran.err.count("Next: report it; a new scan, or the same run with --resume, asks them again.") == 1
    assert CANARY not in ran.err


def test_exposed_beats_could_not_finish(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN, at_2=Ending.FILTERED)

    assert leakguard("scan", "127.0.0.1:9200", "127.0.0.2:9200").code == 1


def test_a_declared_decoy_is_no_exposure(leakguard: ScanCommands) -> None:
    serve(leakguard, at_9=OPEN)

    ran = leakguard("scan", "127.0.0.9:9200")

    assert ran.code == 0
    assert "decoy (ours)" in ran.out


def test_the_table_goes_to_stdout_and_the_sum_to_stderr(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN, at_2=LOCKED)

    ran = leakguard("scan", "127.0.0.1:9200", "127.0.0.2:9200")

    assert [line.split()[:2] for line in ran.out.splitlines()] == [
        ["VERDICT", "TARGET"],
        ["CRITICAL", "127.0.0.1:9200"],
        ["protected", "127.0.0.2:9200"],
    ]
    assert "9.5 billion" in ran.out
    assert ran.err.startswith("Run R-20261124-")
    assert ran.err.strip().endswith(": 1 exposed, 1 protected = 2 endpoints")


def test_json_is_one_document_and_jsonl_one_object_a_line(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN, at_2=LOCKED)
    targets = ("127.0.0.1:9200", "127.0.0.2:9200")

    document = leakguard("scan", *targets, "--format", "json").document
    lines = leakguard("scan", *targets, "--format", "jsonl").out.splitlines()

    assert document["schema"] == "leakguard.scan/1"
    assert document["endpoints"] == statuses(exposed=1, protected=1)
    assert sorted(finding["outcome"] for finding in document["findings"]) == ["exposed", "not_exposed"]
    assert [json.loads(line)["schema"] for line in lines] == ["leakguard.finding/1"] * 2
    assert {"records": 9_500_000_000} in [
        {"records": finding["size"]["records"]} for finding in document["findings"] if finding["size"]
    ]


def test_nothing_found_prints_nothing_to_stdout(leakguard: ScanCommands) -> None:
    ran = leakguard("scan", "127.0.0.1:9200")

    assert (ran.code, ran.out) == (0, "")
    assert "1 closed = 1 endpoint" in ran.err


@pytest.mark.parametrize("words", [("-q", "scan"), ("--quiet", "scan")])
def test_quiet_leaves_stderr_empty(leakguard: ScanCommands, words: tuple[str, ...]) -> None:
    serve(leakguard, at_1=OPEN)

    ran = leakguard(*words, "127.0.0.1:9200")

    assert (ran.code, ran.err) == (1, "")
    assert "CRITICAL" in ran.out


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_result_can_be_written_to_a_file(leakguard: ScanCommands, output_format: str) -> None:
    serve(leakguard, at_1=OPEN)

    ran = leakguard("scan", "127.0.0.1:9200", "--format", output_format, "-o", "result.txt")

    text = (leakguard.folder / "result.txt").read_text(encoding="utf-8")
    assert (ran.code, ran.out) == (1, "")
    assert "127.0.0.1:9200" in text
    assert "\x1b" not in text


def test_a_file_that_cannot_be_written_is_told_before_anything_is_done(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN)

    ran = leakguard("scan", "127.0.0.1:9200", "--format", "json", "-o", "missing/result.json")

    assert ran.code == 2
    assert "nothing was done yet" in ran.err
    assert leakguard.world.network.opened == []


@pytest.mark.parametrize("path", ["es\x1b[31m", "a/../es", "a//es", "_search", "es/delete", "%2541", "e" * 1_100])
def test_a_path_below_which_nobody_may_ask_is_left_out_and_the_run_is_not_finished(
    leakguard: ScanCommands, path: str
) -> None:
    """A store behind such a path would else end silently among what is no store."""
    serve(leakguard, at_1=FakeServer(answers={"http": {}}))
    Path("urls.txt").write_text(f"http://127.0.0.1:9200/{path}/?token=x\n", encoding="utf-8")

    ran = leakguard("scan", "--targets", "urls.txt")
    shown = leakguard("scan", "show", run_of(leakguard, "--targets", "urls.txt"), "--format", "json")
    dry = leakguard("scan", "--targets", "urls.txt", "--dry-run")

    assert (ran.code, shown.code) == (3, 3)
    assert "Not looked at: what lies below the path of http://127.0.0.1:9200/" in " ".join(ran.err.split())
    assert "\x1b" not in ran.err
    assert "left out     what lies below the path of http://127.0.0.1:9200/" in dry.out
    (left,) = shown.document["left_out"]
    assert (left["unasked_paths"], left["name"]) == (1, f"http://127.0.0.1:9200/{path}/")


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("datenbank/b\u00fcro", "/datenbank/b%C3%BCro"),
        ("b%c3%bcro/", "/b%c3%bcro"),
        ("my folder/@team/a+b;v=1", "/my%20folder/@team/a+b;v=1"),
        ("100%", "/100%25"),
        ("a/b/c/d/e/f", "/a/b/c/d/e/f"),
    ],
)
def test_a_store_below_a_path_of_unusual_letters_is_found(leakguard: ScanCommands, path: str, asked: str) -> None:
    """The path is encoded as a browser does before it is asked below."""
    (pages,) = [each for each in OPEN.answers.values() if isinstance(each, dict)]
    serve(leakguard, at_1=FakeServer(answers={"http": {f"{asked}{page}": answer for page, answer in pages.items()}}))

    ran = leakguard("scan", f"http://127.0.0.1:9200/{path}", "--format", "json")

    assert ran.code == 1
    assert [each["target"] for each in ran.document["findings"]] == [f"127.0.0.1:9200{asked}"]
    assert ran.document["left_out"] == []


def test_a_dash_is_stdout(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN)

    ran = leakguard("scan", "127.0.0.1:9200", "--format", "json", "-o", "-")

    assert ran.document["endpoints"] == statuses(exposed=1)


def test_targets_come_from_a_file_too(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN, at_2=LOCKED)
    (leakguard.folder / "hosts.txt").write_text("127.0.0.1:9200  # the open one\n\n", encoding="utf-8")

    document = leakguard("scan", "127.0.0.2:9200", "--targets", "hosts.txt", "--format", "json").document

    assert document["endpoints"] == statuses(protected=1, exposed=1)


@pytest.mark.parametrize("words", [("--targets", "hosts.txt"), ("-",)])
def test_an_empty_list_of_targets_never_means_the_whole_scope(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Whatever wrote the list, such as a broken pipe, did not ask for everything."""
    serve(leakguard, at_1=OPEN)
    (leakguard.folder / "hosts.txt").write_text("# nothing today\n", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    ran = leakguard("scan", *words)

    assert (ran.code, ran.out) == (2, "")
    assert "no target is in" in ran.err
    assert leakguard("scan", "127.0.0.1:9200", *words).code == 1


@pytest.mark.parametrize("words", [("--targets", "hosts.txt"), ("-",)])
def test_a_list_may_begin_with_a_byte_order_mark(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    serve(leakguard, at_1=OPEN)
    text = "\ufeff127.0.0.1:9200\n"
    (leakguard.folder / "hosts.txt").write_text(text, encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(text))

    assert leakguard("scan", *words).code == 1


@pytest.mark.parametrize("words", [("--targets", "hosts.txt"), ("-",)])
def test_a_list_that_is_one_line_without_end_is_not_read_whole(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    text = "\0" * 5_000_000
    (leakguard.folder / "hosts.txt").write_text(text, encoding="utf-8")
    typed = io.BytesIO(text.encode())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(typed))

    ran = leakguard("scan", "--dry-run", *words)

    assert (ran.code, ran.out) == (2, "")
    assert "line 1: a line of more than 4,096 characters" in ran.err
    assert typed.tell() < 200_000


def test_a_list_that_is_no_text_is_refused(leakguard: ScanCommands) -> None:
    (leakguard.folder / "hosts.txt").write_bytes(b"127.0.0.1\n" * 2_000 + b"\xff\n")

    ran = leakguard("scan", "--targets", "hosts.txt")

    assert (ran.code, ran.out) == (2, "")
    assert "hosts.txt: 1 problem\n  not UTF-8 text" in ran.err


def test_all_wrong_lines_of_a_targets_file_are_told_at_once(leakguard: ScanCommands) -> None:
    (leakguard.folder / "hosts.txt").write_text("127.0.0.1\n10.0.0.1/8\nftp://x\n", encoding="utf-8")

    ran = leakguard("scan", "--targets", "hosts.txt")

    assert ran.code == 2
    assert "hosts.txt: 2 problems" in ran.err
    assert "line 2:" in ran.err
    assert "line 3:" in ran.err
    assert "Next: " in ran.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("10.0.0.1",), "not in the scope"),
        (("127.0.0.7",), "excluded by the scope"),
        (("127.0.0.1/24",), "host bits"),
        (("nonsense:port",), "not a target"),
        (("--targets", "missing.txt"), "No such file"),
        (("--checks", "store_opne", "127.0.0.1"), "no check `store_opne`"),
        (("--rate", "fast", "127.0.0.1"), "the rate `fast` must look like"),
        (("--ports", "http", "127.0.0.1"), "`http` is not a list of ports"),
        (("-p", "9200,70000", "127.0.0.1"), "ports go from 1 to 65535"),
        (("mail.example.edu",), "no target has an address"),
        (("s3://strange",), "the bucket `strange` is not in the scope"),
    ],
)
def test_a_refusal_says_why_and_what_to_do(leakguard: ScanCommands, words: tuple[str, ...], says: str) -> None:
    ran = leakguard("scan", *words)

    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert "\nNext: " in ran.err
    assert leakguard.world.network.asked == []


def test_named_ports_stand_for_those_of_the_checks_where_a_target_names_none(leakguard: ScanCommands) -> None:
    leakguard.world.network = FakeProber(servers={"127.0.0.1:19202": OPEN})

    ran = leakguard("scan", "-p", "9200, 19200-19202", "127.0.0.1", "127.0.0.2:80", "--format", "json")

    assert sum(ran.document["endpoints"].values()) == 5
    assert [finding["port"] for finding in ran.document["findings"]] == [19202]


@pytest.mark.parametrize("words", [("--format", "pdf"), ("--bogus",), ("--rate",)])
def test_a_wrong_option_is_a_usage_error(leakguard: ScanCommands, words: tuple[str, ...]) -> None:
    ran = leakguard("scan", "127.0.0.1", *words)

    assert (ran.code, ran.out) == (2, "")
    assert "Error: " in ran.err


@pytest.mark.parametrize(
    ("now", "old", "new", "says"),
    [
        (NOW + timedelta(days=400), "", "", "the scope expired on 2027-02-01"),
        (NOW - timedelta(days=1), "from: 2026-11-01", "from: 2026-11-24", "not yet valid; it begins on 2026-11-24"),
        (NOW, "approved_by: CISO", 'approved_by: ""', "the scope has no owner"),
        (NOW, "owner:", "ownr:", "did you mean `owner`?"),
        (NOW, "include: [", "include: [[", "not YAML"),
    ],
)
def test_nothing_is_probed_without_a_valid_scope(
    leakguard: ScanCommands, now: datetime, old: str, new: str, says: str
) -> None:
    leakguard.world.now = now
    (leakguard.folder / "scope.yaml").write_text(SCOPE_TEXT.replace(old, new, 1) if old else SCOPE_TEXT)

    ran = leakguard("scan", "127.0.0.1")

    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert "Next: " in ran.err
    assert leakguard.world.network.asked == []


@pytest.mark.parametrize("words", [(), ("--scope", "other.yaml")])
def test_a_missing_scope_says_how_to_write_one(leakguard: ScanCommands, words: tuple[str, ...]) -> None:
    (leakguard.folder / "scope.yaml").unlink()

    ran = leakguard("scan", "127.0.0.1", *words)

    assert ran.code == 2
    assert "without the owner's permission" in ran.err
    assert "leakguard scope init" in ran.err


def test_a_store_that_cannot_be_opened_is_said_so(leakguard: ScanCommands) -> None:
    (leakguard.folder / "leakguard.db").write_text("this is no database", encoding="utf-8")

    ran = leakguard("scan", "127.0.0.1:9200")

    assert (ran.code, ran.out) == (3, "")
    assert "Next: " in ran.err


def test_the_store_may_be_named_before_and_behind_the_command(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN)
    leakguard("--store", "one.db", "scan", "127.0.0.1:9200")
    leakguard("scan", "127.0.0.1:9200", "--store", "two.db")

    assert sorted(path.name for path in leakguard.folder.glob("*.db")) == ["one.db", "two.db"]
    assert "finished" in leakguard("scan", "show", "--store", "two.db").out


def test_the_list_of_runs_is_one_document_for_scripts(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN)
    run = leakguard("scan", "127.0.0.1:9200", "--format", "json").document["run"]

    listed, lines = (leakguard("scan", "show", "--format", name) for name in ("json", "jsonl"))

    (found,) = listed.document["runs"]
    assert found == json.loads(lines.out)
    assert (found["run"], found["finished"], found["targets"]) == (run, True, ["127.0.0.1:9200"])
    assert found["started_at"].endswith("Z")
    assert leakguard("scan", "show", "--format", "sarif").code == 2
    assert leakguard("scan", "show", "-o", "runs.txt").out == ""
    assert run in (leakguard.folder / "runs.txt").read_text()


def test_another_scan_that_goes_on_meanwhile_is_told(leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither knows of the connections of the other, so a host that both look at is asked twice as fast."""
    alone = leakguard("scan", "127.0.0.1:9200")
    monkeypatch.setattr(SqlStore, "runs_at_work", lambda _: ("R-20261124-1a2b3c",))

    beside = leakguard("scan", "127.0.0.1:9200")

    assert "Another scan" not in alone.err
    assert "Another scan goes on meanwhile: R-20261124-1a2b3c." in beside.err
    assert beside.code == alone.code


def test_a_scan_that_was_killed_is_told_by_the_next_one_and_no_more(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its table was never printed, so nobody knows what it found."""
    with monkeypatch.context() as patched:
        patched.setattr(ScanRun, "_end", lambda *_, **__: None)  # as if nothing more could be written
        leakguard("scan", "127.0.0.1:9200")
    killed = leakguard("scan", "show").out.split()[0]
    left = [(killed,)]
    monkeypatch.setattr(SqlStore, "let_go_of_killed", lambda _: left.pop() if left else ())

    first, second = leakguard("scan", "127.0.0.1:9200"), leakguard("scan", "127.0.0.1:9200")

    assert f"Run {killed} was killed before it reported what it had found: leakguard scan show {killed}" in first.err
    assert "killed" not in second.err


def test_many_other_scans_are_counted_and_their_names_reach_no_terminal_as_they_are(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store may be shared, and what stands in it is not ours alone."""
    monkeypatch.setattr(SqlStore, "runs_at_work", lambda _: ("R-\x1b[31m", *(f"R-{each}" for each in range(9))))

    told = leakguard("scan", "127.0.0.1:9200").err

    assert "R-3 and 5 more." in told
    assert "R-4" not in told
    assert "\x1b" not in told


def test_a_process_that_was_killed_is_told_with_the_way_to_go_on(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> bool:
        raise ProcessLost("a process was killed (SIGKILL)", next_step="The machine may have had too little memory.")

    leakguard.world.network = FakeProber(servers={"127.0.0.1:9200": store_server()})
    with monkeypatch.context() as patch:
        patch.setattr(ScriptedWiring, "run_parts", killed)
        stopped = leakguard("scan", "127.0.0.1:9200")
        watched = leakguard("watch", "127.0.0.1:9200", "--once")
    run = stopped.err.split("--resume ")[1].strip()

    assert (stopped.code, watched.code) == (3, 3)
    for told in (stopped, watched):
        assert "A process was killed (SIGKILL). The machine may have had too little memory." in told.err
    assert "the next round, or the same command, goes on with this run" in watched.err
    assert leakguard("scan", "--resume", run).code == 1


def test_ctrl_c_leaves_a_usable_run_and_says_how_to_go_on(leakguard: ScanCommands) -> None:
    async def interrupt(_: Endpoint) -> None:
        if len(leakguard.world.network.asked) == 3:
            signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(0)

    leakguard.world.network.pause = interrupt
    ran = leakguard("scan", "127.0.0.0/24:9200")
    run = ran.err.split("--resume ")[1].split()[0]

    assert ran.code == 3
    assert leakguard("scan", "show").out.split()[3] == "stopped"
    leakguard.world.network = FakeProber()
    resumed = leakguard("scan", "--resume", run, "--format", "json")
    assert resumed.code == 0
    assert resumed.document["endpoints"] == statuses(closed=255)
    assert not leakguard("scan", "show", run, "--format", "json").document["interrupted"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whatever_asks_a_scan_to_end_even_twice_lets_it_say_how_to_go_on(
    leakguard: ScanCommands, number: signal.Signals
) -> None:
    """`timeout 1h leakguard scan`, a service that is stopped, a terminal that is closed, an impatient Ctrl-C."""
    rings = [number, number]

    async def ring(endpoint: Endpoint) -> None:
        if endpoint.address == "127.0.0.2" and rings:
            while rings:
                signal.raise_signal(rings.pop())
            await asyncio.sleep(1)  # longer than it takes to end a run
        await asyncio.sleep(0)

    serve(leakguard, at_1=OPEN, at_2=OPEN)
    leakguard.world.network.pause = ring
    outside = signal.signal(number, signal.SIG_DFL)  # whoever runs the tests may ignore it
    try:
        ran = leakguard("scan", "127.0.0.1:9200", "127.0.0.2:9200")
        after = signal.getsignal(number)
    finally:
        signal.signal(number, outside)

    assert ran.code == (1 if ran.out else 3)
    assert "Go on with: leakguard scan --resume R-" in ran.err
    assert after == signal.SIG_DFL


def test_a_closed_terminal_means_nothing_to_a_scan_that_was_started_to_outlive_it(leakguard: ScanCommands) -> None:
    """`nohup` has the signal ignored before the program begins."""

    async def ring(_: Endpoint) -> None:
        signal.raise_signal(signal.SIGHUP)
        await asyncio.sleep(0)

    serve(leakguard, at_1=OPEN)
    leakguard.world.network.pause = ring
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        ran = leakguard("scan", "127.0.0.1:9200")
    finally:
        signal.signal(signal.SIGHUP, before)

    assert (ran.code, "Go on with" in ran.err) == (1, False)


def test_a_stored_run_is_shown_again_with_its_exit_code(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN, at_2=LOCKED)
    first = leakguard("scan", "127.0.0.1:9200", "127.0.0.2:9200", "--format", "json")

    again = leakguard("scan", "show", first.document["run"], "--format", "json")

    assert again.code == first.code == 1
    assert again.document == first.document


@pytest.mark.parametrize("words", [("show",), ("diff", "a", "b")])
def test_a_command_that_needs_a_store_makes_none(leakguard: ScanCommands, words: tuple[str, ...]) -> None:
    ran = leakguard("scan", *words)

    assert ran.code == 3
    assert "Next: " in ran.err
    assert list(leakguard.folder.glob("*.db")) == []


def test_a_difference_tells_growth_closure_and_what_is_new(leakguard: ScanCommands) -> None:
    targets = [f"127.0.0.{number}:9200" for number in range(1, 6)]
    serve(leakguard, at_1=store_server(records=100), at_2=OPEN, at_3=OPEN, at_5=store_server(records=100))
    before = run_of(leakguard, *targets)
    serve(leakguard, at_1=store_server(records=2_000_100), at_3=LOCKED, at_4=OPEN, at_5=store_server(records=40))
    after = run_of(leakguard, *targets)

    text = leakguard("scan", "diff", before, after)
    document = leakguard("scan", "diff", before, after, "--format", "json").document
    lines = leakguard("scan", "diff", before, after, "--format", "jsonl").out.splitlines()

    assert text.code == 1
    assert [json.loads(line) for line in lines] == document["changes"]
    assert {change["schema"] for change in document["changes"]} == {"leakguard.change/1"}
    assert {change["target"]: change["change"] for change in document["changes"]} == {
        "127.0.0.1:9200": "grown",
        "127.0.0.2:9200": "closed",
        "127.0.0.3:9200": "closed",
        "127.0.0.4:9200": "new",
        "127.0.0.5:9200": "shrunk",
    }
    assert "grown       127.0.0.1:9200  store_open  +2 million records, +400 MB" in text.out
    assert "shrunk      127.0.0.5:9200  store_open  -60 records, -12 kB" in text.out
    grown = next(change for change in document["changes"] if change["change"] == "grown")
    assert (grown["records_grown"], grown["bytes_grown"]) == (2_000_000, 400_000_000)


def test_a_difference_of_an_unknown_run_says_so(leakguard: ScanCommands) -> None:
    before = run_of(leakguard, "127.0.0.1:9200")

    ran = leakguard("scan", "diff", before, "R-1")

    assert ran.code == 2
    assert "has no run `R-1`" in ran.err


def test_what_was_seen_from_outside_is_not_proved_closed_from_inside(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN)
    for vantage in ("campus", "outside"):
        leakguard("scan", "127.0.0.1:9200", "--vantage", vantage)
    (finding,) = leakguard("scan", "127.0.0.1:9200", "--vantage", "campus", "--format", "json").document["findings"]
    serve(leakguard)

    inside = leakguard("scan", "verify", finding["id"], "--vantage", "campus", "--format", "json")
    text = leakguard("scan", "verify", finding["id"], "--vantage", "campus")
    outside = leakguard("scan", "verify", finding["id"], "--vantage", "outside")

    assert inside.code == 3
    assert inside.document["findings"][0]["missing_vantages"] == ["outside"]
    assert "not seen closed yet from outside" in text.out
    assert outside.code == 0


def test_a_difference_without_anything_open_is_clean(leakguard: ScanCommands) -> None:
    before, after = run_of(leakguard, "127.0.0.1"), run_of(leakguard, "127.0.0.1")

    ran = leakguard("scan", "diff", before, after)

    assert (ran.code, ran.out) == (0, "")
    assert "Nothing was open" in ran.err


@pytest.mark.parametrize(
    ("server", "code", "closure"),
    [
        (Ending.REFUSED, 0, "closed"),
        (LOCKED, 0, "closed"),
        (OPEN, 1, "still_open"),
        (FakeServer(otherwise=Ending.SILENT), 3, "unknown"),
        (FakeServer(), 3, "unknown"),
        (redis_server({"reply": "PONG"}), 1, "still_open"),
    ],
)
def test_closure_is_proved_by_probing_again(
    leakguard: ScanCommands, server: FakeServer | Ending, code: int, closure: str
) -> None:
    serve(leakguard, at_1=OPEN)
    (finding,) = leakguard("scan", "127.0.0.1:9200", "--format", "json").document["findings"]
    serve(leakguard, at_1=server)

    text = leakguard("scan", "verify", finding["id"])
    document = leakguard("scan", "verify", finding["id"], "--format", "json").document

    assert text.code == code
    assert text.out.split()[:3] == [closure, "127.0.0.1:9200", finding["id"]]
    assert document["findings"][0]["closure"] == closure
    assert document["findings"][0]["reason"]
    assert document["closed_incidents"] == []


def test_an_incident_is_told_of_its_closure(leakguard: ScanCommands) -> None:
    serve(leakguard, at_1=OPEN)
    (finding,) = leakguard("scan", "127.0.0.1:9200", "--format", "json").document["findings"]
    leakguard("incident", "open", "--finding", finding["id"])
    serve(leakguard)

    ran = leakguard("scan", "verify", finding["id"])

    assert ran.code == 0
    assert "IR-2026-0001: remediation verified" in ran.err


def test_an_unknown_finding_is_named(leakguard: ScanCommands) -> None:
    leakguard("scan", "127.0.0.1:9200")

    ran = leakguard("scan", "verify", "F-1")

    assert ran.code == 2
    assert "no finding `F-1`" in ran.err


def test_what_a_host_says_never_reaches_output_or_store(leakguard: ScanCommands) -> None:
    page = {"name": "store", "version": "\x1b[31mred\u202e" * 9}
    listing = {"records": 3, "bytes": 4, "first": {"password": CANARY}}
    serve(leakguard, at_1=FakeServer(answers={"http": {"/": (200, page), "/list": (200, listing)}}))

    said = [leakguard("scan", "127.0.0.1:9200", "--format", name) for name in ("table", "json", "jsonl")]

    everything = "".join(ran.out + ran.err for ran in said).encode()
    everything += b"".join(path.read_bytes() for path in leakguard.folder.iterdir())
    assert b"\x1b" not in b"".join((ran.out + ran.err).encode() for ran in said)
    assert CANARY.encode() not in everything


def test_a_bar_is_shown_on_a_terminal_only(leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(leakguard, at_1=OPEN)
    monkeypatch.setenv("FORCE_COLOR", "1")

    with_bar = leakguard("scan", "127.0.0.1:9200")
    quiet = leakguard("-q", "scan", "127.0.0.1:9200")

    assert "1 open" in with_bar.err
    assert quiet.err == ""


@pytest.mark.parametrize("off", ["option", "environment"])
def test_colours_can_be_switched_off(leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch, off: str) -> None:
    serve(leakguard, at_1=OPEN)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;31m" in leakguard("-q", "scan", "127.0.0.1:9200").out

    if off == "environment":
        monkeypatch.setenv("NO_COLOR", "1")
    words = ("--no-color",) if off == "option" else ()

    assert "\x1b[1;31m" not in leakguard("-q", *words, "scan", "127.0.0.1:9200").out


def test_a_host_with_an_open_and_a_closed_address_is_open(leakguard: ScanCommands) -> None:
    leakguard.world.names["mail.example.edu"] = ("127.0.0.1", "127.0.0.2")
    serve(leakguard, at_1=LOCKED, at_2=OPEN)

    ran = leakguard("scan", "mail.example.edu:9200", "--format", "json")

    assert ran.code == 1
    assert {finding["address"]: finding["outcome"] for finding in ran.document["findings"]} == {
        "127.0.0.1": "not_exposed",
        "127.0.0.2": "exposed",
    }


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--workers", "1", "--timeout", "0.5"), 0),
        (("--workers", "0"), 2),
        (("--timeout", "0"), 2),
        (("--timeout", "800ms"), 0),
        (("--timeout", "1s"), 0),
        (("--timeout", "x"), 2),
    ],
)
def test_workers_and_patience_are_sane_numbers(leakguard: ScanCommands, words: tuple[str, ...], code: int) -> None:
    assert leakguard("scan", "127.0.0.1:9200", *words).code == code


def test_a_damaged_store_is_no_exposure_and_only_the_verification_has_found_what_it_looks_for(
    leakguard: ScanCommands,
) -> None:
    """A scan that could do nothing must not end as one that found something open."""
    leakguard("scan", "127.0.0.1:9200")
    path = leakguard.folder / "leakguard.db"
    sound = path.read_bytes()
    path.write_bytes(sound[:2000] + b"\xff" * 60_000 + sound[62_000:])

    scan, show, verify = leakguard("scan", "127.0.0.1:9200"), leakguard("scan", "show"), leakguard("evidence", "verify")

    assert (scan.code, show.code, verify.code) == (3, 3, 1)
    assert all("is damaged, so what it holds proves nothing" in ran.err for ran in (scan, show, verify))


def stopped_run(leakguard: ScanCommands, **servers: FakeServer | Ending) -> str:
    """A run that was stopped by Ctrl-C; with something open where no servers are named."""

    async def interrupt(_: Endpoint) -> None:
        if len(leakguard.world.network.asked) == 60:
            signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(0)

    serve(leakguard, **(servers or {f"at_{number}": OPEN for number in range(1, 255)}))
    leakguard.world.network.max_parallel = 2
    leakguard.world.network.pause = interrupt
    ran = leakguard("scan", "127.0.0.0/24:9200")
    leakguard.world.network.pause = FakeProber().pause
    return ran.err.split("--resume ")[1].split()[0]


def test_a_stopped_run_says_how_much_it_did_not_look_at(leakguard: ScanCommands) -> None:
    run = stopped_run(leakguard)
    shown, compared = leakguard("scan", "show", run), leakguard("scan", "diff", run, run)

    left = re.search(r"([0-9]+) of at most 255 endpoints were not looked at", shown.err)
    assert left is not None
    assert 0 < int(left[1]) < 255
    assert left[0] in compared.err


def test_a_stopped_run_names_the_command_that_goes_on_with_it(leakguard: ScanCommands) -> None:
    run = stopped_run(leakguard)

    for ran in (leakguard("scan", "show", run), leakguard("scan", "diff", run, run)):
        assert ran.err.count(f"leakguard scan --resume {run}\n") == 1


def test_a_difference_to_a_stopped_run_claims_nothing_of_what_that_did_not_come_to(leakguard: ScanCommands) -> None:
    """Not one that is open in it, so that the exit code rests on what it did not look at alone."""
    serve(leakguard, **{f"at_{number}": OPEN for number in range(1, 255)})
    before = run_of(leakguard, "127.0.0.0/24:9200")
    after = stopped_run(leakguard, **{f"at_{number}": LOCKED for number in range(1, 255)})

    text, asked = leakguard("scan", "diff", before, after), ("scan", "diff", before, after, "--format", "json")
    document = leakguard(*asked).document

    by_change = Counter(change["change"] for change in document["changes"])
    assert text.code == 3
    assert set(by_change) == {"closed", "unknown"}
    assert by_change["unknown"] > 100
    assert document["not_looked_at"][after] > 100
    assert document["not_looked_at"][before] == 0
    assert {change["reason"] for change in document["changes"] if change["change"] == "unknown"} == {
        "the later run did not look at it from there"
    }
    assert f"Run {after} was stopped" in text.err
    assert f"--resume {after}" in text.err


def test_a_difference_from_a_stopped_run_says_what_may_not_be_new(leakguard: ScanCommands) -> None:
    before = stopped_run(leakguard)
    after = run_of(leakguard, "127.0.0.0/24:9200")

    ran = leakguard("scan", "diff", before, after, "--format", "json")

    new = [change for change in ran.document["changes"] if change["change"] == "new"]
    assert ran.code == 1
    assert len(new) > 100
    assert {change["reason"] for change in new} == {"the earlier run was stopped and may not have looked at it"}


def test_two_runs_without_anything_open_are_not_clean_where_one_was_stopped(leakguard: ScanCommands) -> None:
    stopped = stopped_run(leakguard, **{f"at_{number}": LOCKED for number in range(1, 255)})
    whole = run_of(leakguard, "127.0.0.0/24:9200")

    for pair in ((stopped, whole), (whole, stopped)):
        ran = leakguard("scan", "diff", *pair)

        assert (ran.code, ran.out) == (3, "")
        assert "Nothing was open in what the two runs looked at." in ran.err


def test_a_difference_to_a_run_that_got_no_clear_answer_is_not_clean(leakguard: ScanCommands) -> None:
    before = run_of(leakguard, "127.0.0.1:9200")
    serve(leakguard, at_1=Ending.BLOCKED)
    after = run_of(leakguard, "127.0.0.1:9200")

    ran, back = leakguard("scan", "diff", before, after), leakguard("scan", "diff", after, before)

    assert (ran.code, back.code) == (3, 0)
    assert f"Run {after}: 1 of 1 endpoint was not checked or gave no clear answer." in ran.err


def test_the_progress_of_a_resumed_run_begins_with_what_it_had_found(leakguard: ScanCommands) -> None:
    run = stopped_run(leakguard)

    resumed = leakguard("scan", "--resume", run, "--progress", "json", "--format", "json")

    states = [json.loads(line) for line in resumed.err.splitlines() if line.startswith("{")]
    last = [state for state in states if "open_found" in state][-1]
    exposed = resumed.document["endpoints"]["exposed"]
    assert exposed > 100
    assert last["open_found"] == sum(last["by_severity"].values()) == last["outcomes"]["exposed"] == exposed


@pytest.mark.parametrize(
    ("old", "new"), [("scope: ", "scope: other-"), ("organisation: ", "organisation: Other ")], ids=["name", "owner"]
)
def test_a_run_is_not_gone_on_with_under_another_scope(leakguard: ScanCommands, old: str, new: str) -> None:
    run = stopped_run(leakguard)
    (leakguard.folder / "other.yaml").write_text(SCOPE_TEXT.replace(old, new, 1), encoding="utf-8")

    ran = leakguard("scan", "--resume", run, "--scope", "other.yaml")

    assert ran.code == 2
    assert "was begun under the scope" in ran.err
    assert "--scope" in ran.err


def test_a_run_is_not_gone_on_with_from_another_vantage(leakguard: ScanCommands) -> None:
    run = stopped_run(leakguard)

    ran = leakguard("scan", "--resume", run, "--vantage", "outside")

    assert ran.code == 2
    assert "probes from local" in ran.err


def test_what_could_not_be_asked_is_told_with_the_reason(leakguard: ScanCommands) -> None:
    leakguard.world.network.sweep_ends, leakguard.world.network.sweep_why = Ending.BLOCKED, "there is no route"

    ran = leakguard("scan", "127.0.0.0/29:9200")
    run = ran.err.split("Run ")[1].split(":")[0]

    assert "Not checked: 7, since there is no route" in ran.err
    assert "Not checked: 7, since there is no route" in leakguard("scan", "show", run).err
    document = leakguard("scan", "show", run, "--format", "json").document
    assert document["not_checked_because"] == {"there is no route": 7}


@pytest.mark.parametrize(
    "command", [("--resume", "R-20261124-1a2b3c"), ("verify", "F-1a2b3c4d5e"), ("note", "F-1a2b3c4d5e")]
)
def test_what_goes_on_with_a_store_makes_none(leakguard: ScanCommands, command: tuple[str, ...]) -> None:
    """In a wrong folder, or without --store, an empty one would be made, which knows of nothing."""
    before = sorted(leakguard.folder.iterdir())

    ran = leakguard("--store", "other.db", "scan", *command)

    assert ran.code == 3
    assert "the store other.db does not exist" in ran.err
    assert "--store" in ran.err
    assert sorted(leakguard.folder.iterdir()) == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("R-1",), "no run `R-1`"),
        (("R-1", "127.0.0.1"), "keeps its own targets"),
        (("R-1", "--ports", "9200"), "keeps its own targets, ports and checks"),
    ],
)
def test_what_cannot_be_gone_on_with_is_refused(leakguard: ScanCommands, words: tuple[str, ...], says: str) -> None:
    leakguard("scan", "127.0.0.1:9200")

    ran = leakguard("scan", "--resume", *words)

    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert "\nNext: " in ran.err


def test_a_command_to_go_on_with_stays_in_one_line_however_narrow_the_terminal(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever pastes two lines runs two commands."""
    run = stopped_run(leakguard)
    monkeypatch.setenv("COLUMNS", "30")

    assert f"\n    leakguard scan --resume {run}\n" in leakguard("scan", "show", run).err
