"""`leakguard playbook run`, `skip`, `form` and `migrate` as a user types them, in a drill's folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from leakguard.cli.main import run
from leakguard.errors import ExitCode
from leakguard.models.events import Interval
from leakguard.models.records import Record
from leakguard.settings import read_settings
from leakguard.wiring import Wiring
from support.fake_prober import FakeProber, store_server
from support.findings import make_finding
from support.machines import INCIDENT, MACHINES
from support.responses import SMALL
from support.scan_commands import scan_commands

Command = Callable[..., tuple[int, str, str]]
SETTINGS = """\
drill = true

[[channel]]
name = "mail"
kind = "file"
path = "never.txt"

[escalation]
levels = [{role = "board"}]
roles = {board = ["mail"]}
"""


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in a folder with two playbooks of our own; gives the exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leakguard.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "machines.yaml").write_text(MACHINES, encoding="utf-8")
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")

    def command(*words: str, at: str = "2026-05-24T01:20Z") -> tuple[int, str, str]:
        code = run(["--no-color", "--now", at, *words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def started(leakguard: Command, file: str) -> Command:
    """An incident whose response has begun with a file of our own."""
    leakguard("incident", "open", "--title", "Mail log open")
    assert leakguard("playbook", "start", INCIDENT, "--playbook", file)[0] == ExitCode.CLEAN
    return leakguard


def test_run_does_what_is_due_and_says_what_needs_a_person(leakguard: Command, tmp_path: Path) -> None:
    started(leakguard, "machines.yaml")
    code, text, _ = leakguard("playbook", "run", INCIDENT, "--by", "Ann")

    assert code == ExitCode.UNFINISHED
    assert "keep: done  0 findings and the ledger up to entry 3 kept by their digests" in text
    assert "tell: done  told on mail" in text
    assert "verify: gave up  the incident has no finding to look at again" in text
    assert "Open now:\n  verify: Probe again (owner)" in text
    assert f"{INCIDENT} is serious" in (tmp_path / "drill-alarms.txt").read_text(encoding="utf-8")


def test_an_answer_that_asks_for_another_round_is_not_told_as_done(leakguard: Command, tmp_path: Path) -> None:
    bounded = "    form:\n      people: {type: number, label: How many, at_least: 1, at_most: 9}\n"
    loop = "    repeat: {until: {field: risk, is: high}, at_most: 2}\n"
    text = SMALL.replace("    emits_when: {field: risk, is: high}\n", loop).replace("    form:\n", bounded, 1)
    (tmp_path / "loop.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "low.yaml").write_text("people: 2\nrisk: low\n", encoding="utf-8")
    (tmp_path / "high.yaml").write_text("people: 2\nrisk: high\n", encoding="utf-8")
    started(leakguard, "loop.yaml")
    leakguard("playbook", "done", INCIDENT, "contain", "--evidence", "config_before: low.yaml")
    decide = ("playbook", "done", INCIDENT, "decide", "--second", "Bo", "--form")

    assert "people (number from 1 up to 9): How many" in leakguard("playbook", "next", INCIDENT)[1]
    assert "decide was answered, and its answer asks for another round (2 of 2)" in leakguard(*decide, "low.yaml")[1]
    assert "decide was answered as often as planned" in leakguard(*decide, "low.yaml")[1]
    assert f"{INCIDENT}: decide is done. Open now:" in leakguard(*decide, "high.yaml")[1]


def test_run_with_nothing_due_says_so(leakguard: Command) -> None:
    started(leakguard, "small.yaml")

    assert leakguard("playbook", "run", INCIDENT)[:2] == (ExitCode.CLEAN, "Nothing was due.\n")


def test_run_as_json_names_key_and_outcome_of_each_act(leakguard: Command) -> None:
    started(leakguard, "machines.yaml")
    code, text, _ = leakguard("playbook", "run", INCIDENT, "--step", "keep", "--format", "json")
    told = json.loads(text)

    assert code == ExitCode.CLEAN
    assert told["acts"][0]["key"] == f"{INCIDENT}/2/keep/1"
    assert told["acts"][0]["outcome"] == "done"
    assert told["open"] == ["tell", "verify"]


def test_next_shows_the_machine_what_it_said_and_how_to_go_on(leakguard: Command) -> None:
    started(leakguard, "machines.yaml")
    leakguard("playbook", "run", INCIDENT)
    text = leakguard("playbook", "next", INCIDENT)[1]
    step = next(
        one for one in json.loads(leakguard("playbook", "next", INCIDENT, "--format", "json")[1])["steps"]
        if one["id"] == "verify"
    )  # fmt: skip

    assert "machine the incident has no finding to look at again" in text
    assert f"leakguard playbook run {INCIDENT}" in text
    assert (step["action"], step["machine"]["outcome"]) == ("verify", "gave_up")


def test_what_was_stopped_in_the_middle_is_shown_to_a_person_who_says_how_it_ended(leakguard: Command) -> None:
    started(leakguard, "machines.yaml")
    Path("drill-alarms.txt").mkdir()
    code, text, _ = leakguard("playbook", "run", INCIDENT, "--step", "tell")
    assert (code, text.partition("  ")[0]) == (ExitCode.UNFINISHED, "tell: lost")
    shown = leakguard("playbook", "next", INCIDENT)[1]
    assert "stopped in the middle: look whether it happened" in shown
    assert f"leakguard playbook done {INCIDENT} tell --by NAME --reason WHAT-YOU-SAW" in shown
    again = f"leakguard playbook run {INCIDENT} --step tell --again --by NAME --reason WHAT-YOU-SAW"
    assert f"it did not happen? once more, with\n    {again}" in shown
    assert leakguard("playbook", "run", INCIDENT, "--step", "tell")[0] == ExitCode.USAGE
    leakguard("playbook", "run", INCIDENT, "--step", "keep")
    leakguard("playbook", "skip", INCIDENT, "verify", "--by", "Ann", "--second", "Bo", "--reason", "no finding")
    code, idle, _ = leakguard("playbook", "run", INCIDENT)
    assert idle == f"Nothing was due.\ntell is unsure; what to do: leakguard playbook next {INCIDENT}\n"
    assert code == leakguard("playbook", "run", INCIDENT, "--format", "json")[0] == ExitCode.UNFINISHED
    assert leakguard("playbook", "run", INCIDENT, "--step", "verify")[0] == ExitCode.USAGE

    done = leakguard("playbook", "done", INCIDENT, "tell", "--by", "Ann", "--reason", "rang them")
    assert done[0] == ExitCode.CLEAN
    assert "tell is done" in done[1]


def test_every_run_behind_a_look_that_saw_it_open_says_so_by_its_exit_code(leakguard: Command) -> None:
    Path("machines.yaml").write_text(MACHINES.replace("    on_fail: keep\n    attempts: 2\n", ""), encoding="utf-8")
    started(leakguard, "machines.yaml")
    leakguard("playbook", "run", INCIDENT)
    leakguard("playbook", "done", INCIDENT, "verify", "--by", "Ann", "--failed", "port 9200 still answers")
    code, idle, _ = leakguard("playbook", "run", INCIDENT)

    assert idle == f"Nothing was due.\nverify is failed; what to do: leakguard playbook next {INCIDENT}\n"
    assert code == leakguard("playbook", "run", INCIDENT, "--format", "json")[0] == ExitCode.EXPOSED


def test_skip_leaves_a_step_out_for_two_people_with_a_reason(leakguard: Command) -> None:
    started(leakguard, "small.yaml")
    who = ("--by", "Ann", "--second", "Bo")
    code, text, _ = leakguard("playbook", "skip", INCIDENT, "contain", *who, "--reason", "not ours")

    assert code == ExitCode.CLEAN
    assert "contain is left out. Open now:\n  note: Write it down (owner)" in text
    assert leakguard("playbook", "skip", INCIDENT, "note", "--by", "Ann", "--reason", "x")[0] == ExitCode.USAGE


def test_form_prints_the_questions_to_be_filled_in_and_as_a_schema(leakguard: Command) -> None:
    started(leakguard, "small.yaml")
    code, text, _ = leakguard("playbook", "form", INCIDENT, "decide")
    schema = json.loads(leakguard("playbook", "form", INCIDENT, "decide", "--format", "json")[1])

    assert code == ExitCode.CLEAN
    assert "# How bad (low | high)\nrisk:\n" in text
    assert schema["required"] == ["risk"]
    assert leakguard("playbook", "form", INCIDENT, "note")[1] == "# this step asks no questions\n"
    assert "did you mean `decide`?" in leakguard("playbook", "form", INCIDENT, "decid")[2]
    assert "no step `zzz`\n" in leakguard("playbook", "form", INCIDENT, "zzz")[2]


def test_a_loop_says_which_round_it_is(leakguard: Command) -> None:
    loop = "    repeat: {until: {field: risk, is: high}, at_most: 2}\n"
    text = SMALL.replace("    emits_when: {field: risk, is: high}\n", loop)
    Path("loop.yaml").write_text(text, encoding="utf-8")
    Path("low.yaml").write_text("risk: low", encoding="utf-8")
    started(leakguard, "loop.yaml")
    leakguard("playbook", "done", INCIDENT, "contain", "--evidence", "config before: low.yaml")
    told = ("playbook", "done", INCIDENT, "decide", "--by", "Ann", "--second", "Bo", "--form", "low.yaml")
    leakguard(*told)
    assert "round   2 of 2\n" in leakguard("playbook", "next", INCIDENT)[1]
    leakguard(*told)

    shown = leakguard("playbook", "next", INCIDENT)[1]
    assert "round   2 of 2, more often than planned: the commander decides" in shown


def test_migrate_shows_the_difference_and_goes_on_with_it_when_told_who_and_why(leakguard: Command) -> None:
    started(leakguard, "small.yaml")
    Path("small.yaml").write_text(SMALL.replace("version: 1", "version: 2"), encoding="utf-8")
    move = ("playbook", "migrate", INCIDENT, "--to", "small.yaml")
    code, text, _ = leakguard(*move)
    assert code == ExitCode.CLEAN
    assert text.splitlines() == [
        f"{INCIDENT}: small, version 1 -> small, version 2",
        "  ~ version: 1 -> 2",
        'Nothing was changed. To go on with it: --by NAME --reason "..."',
    ]
    made = leakguard(*move, "--by", "Ann", "--reason", "new phone numbers")

    assert made[1].endswith("Moved, and recorded.\n")
    code, _, errors = leakguard("playbook", "migrate", INCIDENT)
    assert (code, "no playbook `small` ships" in errors, "--to FILE" in errors) == (ExitCode.USAGE, True, True)
    gone = leakguard("playbook", "migrate", INCIDENT, "--to", "machines.yaml")[1]
    assert "  step contain: ready -> dropped\n" in gone
    assert "nothing: it is the same playbook" in leakguard(*move)[1]
    assert json.loads(leakguard("playbook", "next", INCIDENT, "--format", "json")[1])["version"] == 2


def test_migrate_takes_a_playbook_that_ships_and_tells_json(leakguard: Command) -> None:
    started(leakguard, "third-party-report")
    move = ("playbook", "migrate", INCIDENT, "--to", "ransomed-datastore", "--format", "json")
    told = json.loads(leakguard(*move)[1])

    shipped = json.loads(leakguard("playbook", "show", "ransomed-datastore", "--format", "json")[1])
    assert told["to"] == {"playbook": "ransomed-datastore", "version": shipped["playbook"]["version"]}
    assert not told["moved"]
    assert "receive: ready -> dropped" in told["steps"]
    assert "nothing: it is the same playbook" in leakguard("playbook", "migrate", INCIDENT)[1]


def test_a_response_that_is_over_says_what_still_speaks_against_closing(leakguard: Command) -> None:
    Path("one.yaml").write_text(
        "playbook: one\ntitle: One\nversion: 1\nroles: {a: b}\nstart: [x]\n"
        "steps: {x: {kind: human, title: X, phase: learn, owner: a, do: X.}}\n",
        encoding="utf-8",
    )
    started(leakguard, "one.yaml")
    leakguard("playbook", "done", INCIDENT, "x")
    assert "Next, when the commander agrees: leakguard incident close" in leakguard("playbook", "next", INCIDENT)[1]
    wiring = Wiring(read_settings())
    wiring.store.save_findings("R-1", [make_finding("F-9")], {})
    wiring.close()
    leakguard("incident", "event", INCIDENT, "exposure_spread", "--field", "finding=F-9")

    shown = leakguard("playbook", "next", INCIDENT)[1]
    assert "Every step is settled, but:\n  finding F-9: nobody has looked again\n" in shown
    refused = leakguard("incident", "event", INCIDENT, "closed")
    assert refused[0] == ExitCode.USAGE
    assert "finding F-9: nobody has looked again" in refused[2]


def test_a_machine_that_died_is_seen_by_whoever_asks_next(leakguard: Command) -> None:
    started(leakguard, "machines.yaml")
    wiring = Wiring(read_settings())
    content = {"step": "tell", "key": "k", "action": "notify", "by": "Ann"}
    now = wiring.now()
    at = Interval(earliest=now, latest=now)
    wiring.existing_store.append(INCIDENT, [Record(kind="step_run_begun", occurred_at=at, content=content)])
    wiring.existing_store.close()

    assert "begun by a machine that has not said how it ended" in leakguard("playbook", "next", INCIDENT)[1]
    assert "tell: lost" in leakguard("playbook", "run", INCIDENT)[1]


def test_closing_is_proved_by_a_machine_and_undone_by_a_new_exposure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the scan to the proof, and back to closing when it is open once more."""
    command = scan_commands(tmp_path, monkeypatch, capsys)
    place = "127.0.0.1:9200"
    command.world.network = FakeProber(servers={place: store_server()})
    finding = command("scan", place, "--format", "json").document["findings"][0]["id"]
    command("incident", "open", "--finding", finding)
    command("playbook", "start", INCIDENT)
    (tmp_path / "es.yml").write_text("network.host: 0.0.0.0", encoding="utf-8")
    given = ("--evidence", "config before=@es.yml", "--evidence", "config after=@es.yml")
    contain = ("playbook", "done", INCIDENT, "contain", "--by", "Ann", *given)
    command(*contain)
    still_open = command("playbook", "run", INCIDENT, "--by", "Ann")
    assert (still_open.code, still_open.out.splitlines()[0]) == (ExitCode.EXPOSED, "verify: failed  1 of 1 still open")
    assert "  contain: Close the door" in still_open.out

    command.world.network = FakeProber(servers={place: store_server(locked=True)})
    command(*contain)
    closed = command("playbook", "run", INCIDENT, "--by", "Ann")
    assert (closed.code, "verify: done  all 1 are closed" in closed.out) == (ExitCode.CLEAN, True)
    assert command("playbook", "run", INCIDENT).out == "Nothing was due.\n"

    command.world.network = FakeProber(servers={place: store_server()})
    command("watch", "--once", place)
    again = command("playbook", "next", INCIDENT, "--format", "json").document
    steps = {step["id"]: step["state"] for step in again["steps"]}
    assert (steps["contain"], steps["verify"], steps["recover"]) == ("ready", "waiting", "waiting")
