"""`leakguard watchman` and `clock ack`, as a user types them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leakguard.alerts.readiness import UNWATCHED
from leakguard.errors import ExitCode
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.watchman import LEASE
from support.commands import CommandLine, command_line
from support.ledgers import Tokens
from support.outbound import RECIPIENT, a_file, as_text

INCIDENT = "IR-2026-0001"
LIST = ("clock", "list", "--incident", INCIDENT)
TABLES = """
[[channel]]
name = "log"
kind = "file"
path = "sent.txt"
[escalation]
levels = [{role = "commander"}]
roles = {commander = ["log"]}
[watchman]
heartbeat_channel = "log"
"""


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """An incident that was told to us at nine."""
    command = command_line(tmp_path, monkeypatch, capsys)
    with (tmp_path / "leakguard.toml").open("a", encoding="utf-8") as file:
        file.write(TABLES)
    command("incident", "open", "--title", "an open cluster")
    command("incident", "event", INCIDENT, "notice_received")
    return command


def test_a_look_raises_what_is_due_and_leaves_a_heartbeat(leakguard: CommandLine) -> None:
    leakguard("watchman", "once")
    leakguard.now = "2026-05-24T21:00+08:00"
    ran = leakguard("watchman", "once", "--format", "json")

    assert ran.code == ExitCode.CLEAN
    assert [(one["clock"], one["threshold"]) for one in ran.document["messages"]] == [("remediate", "50%")]
    assert ran.document["sent_count"] == 1
    beat = json.loads((leakguard.folder / "leakguard.db.heartbeat").read_text("utf-8"))
    assert beat["at"] == "2026-05-24T13:00:00Z"


def test_a_heartbeat_tells_which_deadline_is_not_watched(leakguard: CommandLine) -> None:
    """So the console says it too; `watchman check` finds it by itself, and says it once."""
    slip = RECIPIENT | {"tool": "cn_assessment", "until": "1971-02-01"}
    (leakguard.folder / "outbound.yaml").write_text(as_text(a_file(recipients=[slip])), encoding="utf-8")
    leakguard("outbound", "add", "outbound.yaml")
    ran = leakguard("watchman", "once")
    beat = json.loads((leakguard.folder / "leakguard.db.heartbeat").read_text("utf-8"))
    checked = leakguard("watchman", "check", "--format", "json")

    assert (ran.code, checked.code) == (ExitCode.UNFINISHED, ExitCode.UNFINISHED)
    (told,) = (problem["text"] for problem in beat["problems"] if problem["kind"] == UNWATCHED)
    assert "1971-02-01" in told
    assert [one["text"] for one in checked.document["troubles"] if one["kind"] == UNWATCHED] == [told]


def test_in_a_drill_every_message_goes_to_a_file_and_says_so(leakguard: CommandLine) -> None:
    leakguard.now = "2026-05-24T21:00+08:00"
    leakguard("watchman", "once")

    assert not (leakguard.folder / "sent.txt").exists()
    said = (leakguard.folder / "drill-alarms.txt").read_text("utf-8")
    assert "DRILL IR-2026-0001 remediate" in said


def test_the_check_fails_when_nobody_watches(leakguard: CommandLine) -> None:
    ran = leakguard("watchman", "check")
    assert (ran.code, ran.out) == (ExitCode.UNFINISHED, "there is no heartbeat: nobody watches\n")
    assert "leakguard watchman run" in ran.err

    leakguard("watchman", "once")
    assert leakguard("watchman", "check").code == ExitCode.CLEAN
    leakguard.now = "2026-05-24T09:10+08:00"

    assert leakguard("watchman", "check").code == ExitCode.UNFINISHED
    assert leakguard("watchman", "check", "--stale", "PT1H").code == ExitCode.CLEAN


def test_a_heartbeat_from_the_future_proves_nothing(leakguard: CommandLine) -> None:
    """The clock was set back: a watchman that is dead would look alive until that time comes again."""
    leakguard("watchman", "once")
    leakguard.now = "2026-05-24T08:50+08:00"
    ran = leakguard("watchman", "check")

    assert (ran.code, "which is still to come" in ran.out) == (ExitCode.UNFINISHED, True)
    assert "which is still to come" not in leakguard("watchman", "check", "--stale", "PT15M").out


@pytest.mark.parametrize(
    "words",
    [
        ("clock", "list", "--incident", INCIDENT),
        ("clock", "why", "--incident", INCIDENT, "remediate"),
        ("clock", "ics", "--incident", INCIDENT),
        ("watchman", "check", "--stale", "PT999H"),
    ],
)
def test_of_two_clocks_that_contradict_each_other_nobody_knows_whether_a_limit_is_over(
    leakguard: CommandLine, words: tuple[str, ...]
) -> None:
    """The limit is over by the ledger's time and not by this machine's, which may be behind: that is not clean."""
    leakguard.now = "2026-05-25T10:00+08:00"
    leakguard("incident", "event", INCIDENT, "note", "--reason", "still at it")
    leakguard.now = "2026-05-24T08:00+08:00"
    ran = leakguard(*words)

    assert ran.code == ExitCode.UNFINISHED
    assert "WARNING: this machine's clock says 2026-05-24T00:00:00Z, but entry 3 of the ledger says" in ran.err
    if words[0] == "clock":
        assert "these limits are over already: remediate" in ran.err
    assert "are over already" not in leakguard(*LIST, "--now", "2026-05-24T08:00").err


def test_a_clock_that_is_behind_hides_no_limit(leakguard: CommandLine) -> None:
    limits = [one["work_by"] for one in leakguard(*LIST, "--format", "json").document["clocks"]]
    leakguard.now = "2026-05-22T08:00+08:00"
    document = leakguard(*LIST, "--format", "json").document

    assert [one["work_by"] for one in document["clocks"]] == limits
    assert any(limits)
    assert document["clock_doubt"] == {
        "now": "2026-05-22T00:00:00Z", "entry": 2, "recorded_at": "2026-05-24T01:00:00Z", "ahead_seconds": 176400,
        "next_step": "leakguard evidence clock",
    }  # fmt: skip


def test_a_wall_clock_that_was_set_back_hides_neither_steps_nor_the_report(leakguard: CommandLine) -> None:
    leakguard("playbook", "start", INCIDENT)
    leakguard.now = "2026-05-23T08:00+08:00"

    steps = leakguard("playbook", "next", INCIDENT, "--format", "json").document["steps"]
    assert all(one["due_at"] for one in steps if one["state"] == "ready")
    report = leakguard("incident", "report", INCIDENT, "--as", "json").document
    assert [event["kind"] for event in report["timeline"]][:2] == ["incident_opened", "notice_received"]


def test_the_warning_of_a_wrong_clock_is_said_also_where_it_is_to_be_quiet(leakguard: CommandLine) -> None:
    leakguard.now = "2026-05-23T08:00+08:00"

    assert "One of the two clocks is wrong." in leakguard("-q", *LIST).err


def test_commands_that_record_warn_and_take_the_time_of_this_machine(leakguard: CommandLine) -> None:
    leakguard.now = "2026-05-25T10:00+08:00"
    leakguard("watchman", "once")
    leakguard.now = "2026-05-25T09:30+08:00"
    told = leakguard("incident", "event", INCIDENT, "discovery", "--format", "json")
    done = leakguard("clock", "ack", INCIDENT, "remediate", "--by", "Ada", "--for", "PT1H", "--format", "json")

    assert told.document["occurred_at"]["earliest"] == "2026-05-25T01:30:00Z"
    assert done.document["until"] == "2026-05-25T02:30:00Z"
    for ran in (told, done):
        assert ran.document["clock_doubt"]["ahead_seconds"] == 1800
        assert ran.err.startswith("WARNING: this machine's clock")


def test_the_check_fails_when_something_is_due_soon(leakguard: CommandLine) -> None:
    leakguard.now = "2026-05-25T07:30+08:00"
    leakguard("watchman", "once")
    ran = leakguard("watchman", "check", "--within", "PT2H", "--format", "json")

    assert ran.code == ExitCode.EXPOSED
    assert ran.document["next_due"] == "2026-05-25T01:00:00Z"
    assert [one["kind"] for one in ran.document["troubles"]] == ["due_soon", "unacknowledged"]
    assert leakguard("watchman", "check", "--within", "PT1H").code == ExitCode.CLEAN


def test_the_check_fails_until_somebody_takes_an_overdue_clock_over(leakguard: CommandLine) -> None:
    leakguard.now = "2026-05-25T10:00+08:00"
    leakguard("watchman", "once")
    assert leakguard("watchman", "check").code == ExitCode.DEADLINE_MISSED

    ran = leakguard("clock", "ack", INCIDENT, "remediate", "--by", "Ada", "--for", "PT1H", "--format", "json")

    assert ran.document == {
        "incident": INCIDENT, "subject": {"kind": "incident", "id": INCIDENT}, "clocks": ["remediate"],
        "by": "Ada", "by_source": "typed", "by_id": "os:1000",
        "until": "2026-05-25T03:00:00Z",
    }  # fmt: skip
    assert leakguard("watchman", "check").code == ExitCode.CLEAN
    leakguard.now = "2026-05-25T11:00+08:00"
    assert leakguard("watchman", "check", "--stale", "PT2H").code == ExitCode.DEADLINE_MISSED


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("remedate",), "did you mean `remediate`?"),
        (("remediate", "--for", "PT48H"), "up to 24 hours"),
        (("remediate", "--by", " "), "--by needs a person's name"),
    ],
)
def test_an_acknowledgement_that_makes_no_sense_is_refused(
    leakguard: CommandLine, words: tuple[str, ...], told: str
) -> None:
    leakguard.now = "2026-05-25T10:00+08:00"
    leakguard("watchman", "once")
    ran = leakguard("clock", "ack", INCIDENT, *words)

    assert ran.code == ExitCode.USAGE
    assert told in ran.err


@pytest.mark.parametrize(
    "words",
    [(INCIDENT, "remediate"), ("remediate", INCIDENT), ("--incident", INCIDENT, "remediate")],
)
def test_incident_and_clock_stand_in_either_order(leakguard: CommandLine, words: tuple[str, ...]) -> None:
    leakguard.now = "2026-05-25T10:00+08:00"
    leakguard("watchman", "once")
    told = leakguard("clock", "ack", *words, "--by", "Ada", "--format", "json").document

    assert (told["incident"], told["clocks"]) == (INCIDENT, ["remediate"])


@pytest.mark.parametrize(
    "words",
    [(), (INCIDENT,), ("remediate",), (INCIDENT, INCIDENT), (INCIDENT, "remediate", "review"),
     ("--incident", INCIDENT), ("--incident", INCIDENT, INCIDENT, "remediate")],
)  # fmt: skip
def test_an_acknowledgement_that_is_not_clear_shows_an_example(leakguard: CommandLine, words: tuple[str, ...]) -> None:
    leakguard.now = "2026-05-25T10:00+08:00"
    leakguard("watchman", "once")
    ran = leakguard("clock", "ack", *words, "--by", "Ada")

    assert ran.code == ExitCode.USAGE
    assert "For example: leakguard clock ack --incident IR-2026-0001 remediate" in ran.err


def test_an_acknowledgement_by_the_message_is_told_in_words(leakguard: CommandLine) -> None:
    leakguard.now = "2026-05-25T10:00+08:00"
    message = leakguard("watchman", "once", "--format", "json").document["messages"][0]["id"]
    ran = leakguard("clock", "ack", INCIDENT, message, "--by", "Ada")

    assert ran.out == "Ada has remediate until 2026-05-25T04:00:00Z.\n"


def test_faster_time_is_for_drills(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = command_line(tmp_path, monkeypatch, capsys)
    command("incident", "open", "--title", "x")
    (tmp_path / "leakguard.toml").write_text("", encoding="utf-8")
    refused = subprocess.run(
        [sys.executable, "-m", "leakguard", "watchman", "run", "--speed", "1000"],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip

    assert refused.returncode == ExitCode.USAGE
    assert "faster time is for drills" in refused.stderr


@pytest.mark.usefixtures("leakguard")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_running_watchman_raises_alarms_and_ends_cleanly(number: signal.Signals) -> None:
    """A day in seconds; whoever ends it gets a clean exit and a free lease.

    On a busy machine the fast day has outages, which are told before the alarm.
    """
    words = [
        sys.executable,
        "-m",
        "leakguard",
        "--now",
        "2026-05-24T09:00+08:00",
        "watchman",
        "run",
        "--speed",
        "50000",
    ]
    with subprocess.Popen(
        words, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ) as process:
        assert process.stderr is not None
        drill, greeting = process.stderr.readline(), process.stderr.readline()
        alarm = next(line for line in process.stderr if "remediate" in line)
        process.send_signal(number)
        process.stderr.read()

    assert process.returncode == ExitCode.CLEAN
    assert drill.startswith("DRILL: ")
    assert greeting.startswith("Watching ")
    assert "DRILL IR-2026-0001 remediate" in alarm


def watching(now: str) -> subprocess.Popen[str]:
    """A watchman in a process of its own, in time that runs six hundred times as fast."""
    words = [sys.executable, "-m", "leakguard", "--now", now, "watchman", "run", "--speed", "600"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment)


def test_whoever_takes_over_from_a_killed_watchman_says_from_whom_and_what_it_sent(leakguard: CommandLine) -> None:
    with watching("2026-05-24T18:00+08:00") as first:
        assert first.stderr is not None
        greeting = next(line for line in first.stderr if line.startswith("Watching "))
        while not (leakguard.folder / "leakguard.db.heartbeat").exists():
            time.sleep(0.05)
        first.kill()
    holder = greeting.split()[1].rstrip(".")
    with watching("2026-05-24T20:58+08:00") as second:
        assert second.stderr is not None
        taken = next(line for line in second.stderr if "took over" in line)
        sent = next(line for line in second.stderr if f" sent {INCIDENT} " in line)
        second.send_signal(signal.SIGTERM)
        second.stderr.read()

    assert f"took over from {holder}, which looked last at 2026-05-24T1" in taken
    assert f"sent {INCIDENT} remediate [A-" in sent
    assert "to commander on log" in sent


def test_one_that_stands_by_says_for_whom(leakguard: CommandLine) -> None:
    now = datetime(2026, 5, 24, 1, 0, tzinfo=UTC)
    with closing(SqlStore.open("leakguard.db", now=lambda: now, token=Tokens())) as store:
        store.take_lease(LEASE, "another:1", now=now, until=now + timedelta(seconds=60))
    ran = leakguard("watchman", "once")

    assert ran.code == ExitCode.CLEAN
    assert "another:1 watches, which has not ended a cycle yet; this one stands by" in ran.err


def test_an_edited_chain_is_shown_and_adopted(leakguard: CommandLine) -> None:
    leakguard("watchman", "once")
    assert leakguard("watchman", "chain", INCIDENT).err == "leakguard.toml says the same.\n"
    file = leakguard.folder / "leakguard.toml"
    file.write_text(file.read_text("utf-8").replace('"commander"', '"chief"').replace("{commander", "{chief"), "utf-8")
    ran = leakguard("watchman", "chain", INCIDENT)
    assert ran.out.splitlines()[:2] == ["- level 1: commander at once", "+ level 1: chief at once"]
    assert "nothing was changed" in ran.err

    adopted = leakguard("watchman", "chain", INCIDENT, "--adopt", "--by", "Ada", "--reason", "a new chief")

    assert (adopted.code, adopted.out) == (ExitCode.CLEAN, ran.out)
    assert "follows this chain from now on" in adopted.err
    told = leakguard("watchman", "chain", INCIDENT, "--format", "json").document
    assert (told["generation"], told["is_changed"], told["is_adopted"]) == (2, False, False)


def test_a_chain_is_adopted_by_somebody_for_a_reason(leakguard: CommandLine) -> None:
    leakguard("watchman", "once")
    nobody = leakguard("watchman", "chain", INCIDENT, "--adopt")
    undecided = leakguard("watchman", "chain", INCIDENT, "--by", "Ada")

    assert (nobody.code, undecided.code) == (ExitCode.USAGE, ExitCode.USAGE)
    assert "a name and a reason" in nobody.err
    assert "Add --adopt" in undecided.err
    assert 'chain IR-2026-0001 --adopt --by "Ada Lovelace"' in leakguard("watchman", "chain", "--help").out


def test_work_that_no_longer_fits_is_seen_in_the_list_and_in_the_live_view(leakguard: CommandLine) -> None:
    """The shipped playbook says how long its steps take: an hour to close, half an hour to prove it."""
    leakguard("playbook", "start", INCIDENT)
    leakguard.now = "2026-05-25T07:20+08:00"
    early = leakguard("clock", "list", "--incident", INCIDENT)
    leakguard.now = "2026-05-25T07:50+08:00"
    ran = leakguard("clock", "list", "--incident", INCIDENT)
    picture = leakguard("clock", "watch", "--incident", INCIDENT, "--once")
    clocks = leakguard("clock", "list", "--incident", INCIDENT, "--format", "json").document["clocks"]

    said = "  at risk: contain, verify still need 1 h 30 min of work"
    assert said not in early.out.splitlines()
    assert said in ran.out.splitlines()
    assert said in picture.out.splitlines()
    assert {one["id"]: one["forecast"] for one in clocks if "forecast" in one} == {
        "remediate": {
            "steps": ["contain", "verify"], "needs_seconds": 5400, "ready_at": "2026-05-25T01:20:00Z",
        },
    }  # fmt: skip
    alarm = leakguard("watchman", "once", "--format", "json").document["messages"]
    assert ("remediate", "forecast") in {(one["clock"], one["threshold"]) for one in alarm}


def test_a_clock_without_an_alert_yet_has_nothing_to_acknowledge_and_says_when_the_first_one_comes(
    leakguard: CommandLine,
) -> None:
    leakguard.now = "2026-05-24T09:05+08:00"
    ran = leakguard("clock", "ack", INCIDENT, "remediate", "--by", "Ada")

    assert ran.code == ExitCode.USAGE
    assert "`remediate` has raised no alert yet, so there is nothing to acknowledge" in ran.err
    assert "The first one comes at 2026-05-24T" in ran.err


def test_a_clock_that_has_ended_before_any_alert_names_no_first_one(leakguard: CommandLine) -> None:
    leakguard.now = "2026-05-24T09:05+08:00"
    leakguard("incident", "event", INCIDENT, "remediation_verified", "--reason", "we looked")
    ran = leakguard("clock", "ack", INCIDENT, "remediate", "--by", "Ada")

    assert "has raised no alert yet" in ran.err
    assert "The first one" not in ran.err


def test_an_acknowledgement_that_misses_is_refused_alike_where_no_laws_are_known(leakguard: CommandLine) -> None:
    (leakguard.folder / "leakguard.toml").write_text('drill = true\nlaws = "no-such-law"\n', encoding="utf-8")
    ran = leakguard("clock", "ack", INCIDENT, "remediate", "--by", "Ada")

    assert ran.code == ExitCode.USAGE
    assert "has no alert `remediate`" in ran.err


def test_a_message_says_which_warning_it_is_in_words_and_keeps_the_threshold_for_machines(
    leakguard: CommandLine,
) -> None:
    leakguard.now = "2026-05-24T21:00+08:00"
    (message,) = leakguard("watchman", "once", "--format", "json").document["messages"]

    assert message["threshold"] == "50%"
    assert message["lines"][0].endswith("[the warning at 50% of the time]")
    assert "[the warning at 50% of the time]" in (leakguard.folder / "drill-alarms.txt").read_text("utf-8")


def test_the_watchman_of_the_settings_watches_reports_transfers_and_sites(leakguard: CommandLine) -> None:
    (leakguard.folder / "mail.eml").write_text("From: a@example.org\n\nhttp://192.0.2.7/ is open", encoding="utf-8")
    leakguard("report", "import", "mail.eml")
    (leakguard.folder / "outbound.yaml").write_text(
        leakguard("outbound", "example").out.replace("2029-03-01", "2026-06-20"), encoding="utf-8"
    )
    assert leakguard("outbound", "add", "outbound.yaml").code == ExitCode.CLEAN
    leakguard.now = "2026-06-02T09:00+08:00"
    ran = leakguard("watchman", "once", "--format", "json")
    found = {one["subject"]["id"]: one for one in ran.document["messages"] if one["incident"] is None}

    assert {name: one["subject"]["kind"] for name, one in found.items()} == {
        "RP-2026-0001": "report", "OUTBOUND": "transfers",
    }  # fmt: skip
    assert found["OUTBOUND"]["clock"] == "campus-cloud-sg.contract_renewal"
    assert found["OUTBOUND"]["next_action"] == "leakguard outbound add outbound.yaml"
    assert ran.document["subject_count"] == 2
    said = (leakguard.folder / "drill-alarms.txt").read_text("utf-8")
    assert '"subject": {"kind": "report", "id": "RP-2026-0001"}' in said
    assert '"subject": {"kind": "transfers", "id": "OUTBOUND"}' in said
    done = leakguard("clock", "ack", "acknowledge", "RP-2026-0001", "--by", "Ada", "--format", "json")
    assert done.document["subject"] == {"kind": "report", "id": "RP-2026-0001"}
    assert leakguard("watchman", "check").code == ExitCode.DEADLINE_MISSED
