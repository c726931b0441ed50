"""A watchman that notifies nobody says so, and ends with 3: in a drill's folder, as a user types it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from leakguard.cli.options import Context
from leakguard.cli.watchman.printing import CyclePrinter
from leakguard.errors import ExitCode, StoreUnusable
from leakguard.store.database import Database
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.alert_sending import Cycle
from leakguard.use_cases.alerts.watchman import once
from support.commands import CommandLine
from support.silent_watchman import CHAIN, CHANNEL, DRILL, INCIDENT, LATER, half_over, settings

WORKS = ("watchman once", "watchman check", "watchman run")


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return half_over(tmp_path, monkeypatch, capsys)


def break_channel(leakguard: CommandLine) -> None:
    """Nothing can be written where a drill writes its alerts."""
    (leakguard.folder / "drill-alarms.txt").mkdir()


def mend_channel(leakguard: CommandLine) -> None:
    (leakguard.folder / "drill-alarms.txt").rmdir()


def typed(words: str) -> tuple[int, str]:
    """A command in a process of its own, since a watchman that starts does not end."""
    done = subprocess.run(
        [sys.executable, "-m", "leakguard", "--now", LATER, *words.split()],
        capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(("text", "told"), [("", "names no [[channel]]"), (CHANNEL, "names no [escalation] levels")])
def test_where_nobody_is_named_every_look_and_every_check_ends_with_three(
    leakguard: CommandLine, text: str, told: str
) -> None:
    settings(leakguard, text)
    ran = [leakguard("watchman", word) for word in ("once", "once", "check")]

    assert [one.code for one in ran] == [ExitCode.UNFINISHED] * 3
    assert all(f"nobody is notified: leakguard.toml {told}" in one.out + one.err for one in ran)
    assert all("Next: " in one.err for one in ran)
    assert all("has reached nobody" in one.out + one.err for one in ran)


@pytest.mark.usefixtures("leakguard")
@pytest.mark.parametrize("words", WORKS)
def test_a_watchman_does_not_start_where_nobody_would_be_notified(words: str) -> None:
    code, said = typed(words)

    assert code == ExitCode.UNFINISHED
    assert "leakguard.toml names no [[channel]]" in said
    assert "leakguard channel test" in said


def test_an_alert_that_was_not_delivered_is_said_again_until_it_is(leakguard: CommandLine) -> None:
    settings(leakguard, CHANNEL + CHAIN)
    break_channel(leakguard)
    first, second, outside = (leakguard("watchman", word) for word in ("once", "once", "check"))

    assert [one.code for one in (first, second, outside)] == [ExitCode.UNFINISHED] * 3
    for one in (first, second, outside):
        assert f"{INCIDENT} remediate: the alert A-" in one.out + one.err
        assert "has reached nobody at level 1 (commander): log: its file cannot be written" in one.out + one.err
    assert f"leakguard clock ack {INCIDENT} A-" in outside.err

    mend_channel(leakguard)
    leakguard.now = "2026-05-24T21:05+08:00"
    last = leakguard("watchman", "once")

    assert (last.code, leakguard("watchman", "check").code) == (ExitCode.CLEAN, ExitCode.CLEAN)
    assert f"sent {INCIDENT} remediate [A-" in last.err
    assert "] to commander on log" in last.err


def test_an_undelivered_alert_that_somebody_acknowledges_is_settled(leakguard: CommandLine) -> None:
    settings(leakguard, CHANNEL + CHAIN)
    break_channel(leakguard)
    leakguard("watchman", "once")
    leakguard("clock", "ack", INCIDENT, "remediate", "--by", "Ada")

    assert leakguard("watchman", "once").code == ExitCode.CLEAN
    assert "undelivered" not in {one["kind"] for one in troubles(leakguard)}


def troubles(leakguard: CommandLine) -> list[dict[str, str]]:
    found: list[dict[str, str]] = leakguard("watchman", "check", "--format", "json").document["troubles"]
    return found


def test_an_acknowledgement_does_not_bring_a_dead_channel_to_life_and_a_message_that_it_takes_does(
    leakguard: CommandLine,
) -> None:
    settings(leakguard, CHANNEL + CHAIN)
    break_channel(leakguard)
    leakguard("watchman", "once")
    leakguard("clock", "ack", INCIDENT, "remediate", "--by", "Ada")
    acknowledged = leakguard("watchman", "check")
    tried = leakguard("channel", "test", "log", "--by", "Ada")
    still = leakguard("watchman", "check")
    mend_channel(leakguard)
    mended = leakguard("channel", "test", "log", "--by", "Ada")

    assert [one.code for one in (acknowledged, tried, still)] == [ExitCode.UNFINISHED] * 3
    assert "channel log is dead: it did not take the last message" in acknowledged.out
    assert "did not take the last 2 messages" in still.out
    assert "leakguard channel test log" in acknowledged.err
    assert (mended.code, leakguard("watchman", "check").code) == (ExitCode.CLEAN, ExitCode.CLEAN)
    assert leakguard("evidence", "verify").code == ExitCode.CLEAN


def test_a_channel_that_failed_and_is_named_no_more_is_no_trouble(leakguard: CommandLine) -> None:
    settings(leakguard, CHANNEL + CHAIN)
    break_channel(leakguard)
    leakguard("channel", "test", "log", "--by", "Ada")
    settings(leakguard, CHANNEL.replace('"log"', '"post"') + CHAIN.replace('["log"]', '["post"]'))
    mend_channel(leakguard)
    leakguard("watchman", "once")

    assert "dead_channel" not in {one["kind"] for one in troubles(leakguard)}


def test_a_channel_can_be_tried_where_the_ledger_takes_nothing(
    leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> tuple[()]:
        raise StoreUnusable("the store is full", next_step="Make room.")

    settings(leakguard, CHANNEL + CHAIN)
    monkeypatch.setattr(SqlStore, "append", full)
    ran = leakguard("channel", "test", "--by", "Ada")

    assert ran.code == ExitCode.CLEAN
    assert "The result is not in the ledger" in ran.err


def test_a_quiet_look_still_says_what_nobody_was_told(leakguard: CommandLine) -> None:
    """Cron mails what a command prints, and nothing else."""
    settings(leakguard, CHANNEL + CHAIN)
    break_channel(leakguard)
    ran = leakguard("-q", "watchman", "once")

    assert ran.code == ExitCode.UNFINISHED
    assert "UNDELIVERED" in ran.err


def test_a_script_reads_what_was_sent_and_what_was_not(leakguard: CommandLine) -> None:
    settings(leakguard, CHANNEL + CHAIN)
    break_channel(leakguard)
    failed = leakguard("watchman", "once", "--format", "json").document
    mend_channel(leakguard)
    leakguard.now = "2026-05-24T21:05+08:00"
    done = leakguard("watchman", "once", "--format", "json").document

    (left,) = failed["undelivered"]
    assert (left["incident"], left["clocks"], left["level"], left["role"]) == (INCIDENT, ["remediate"], 1, "commander")
    assert left["failures"][0]["channel"] == "log"
    assert left["next_try"] == "2026-05-24T13:01:00Z"
    (message,) = failed["messages"]
    assert (message["incident_title"], message["next_action"]) == (
        "an open cluster", f"leakguard playbook start {INCIDENT}",
    )  # fmt: skip
    assert (done["undelivered"], done["problems"]) == ([], [])
    assert [(one["message"], one["role"], one["channel"]) for one in done["sent"]] == [
        (left["message"], "commander", "log")
    ]


def test_a_missed_deadline_outweighs_an_undelivered_alert_and_both_are_told(leakguard: CommandLine) -> None:
    settings(leakguard, CHANNEL + CHAIN)
    break_channel(leakguard)
    leakguard.now = "2026-05-25T10:00+08:00"
    leakguard("watchman", "once")
    ran = leakguard("watchman", "check", "--format", "json")
    said = leakguard("watchman", "check")

    assert (ran.code, said.code) == (ExitCode.DEADLINE_MISSED, ExitCode.DEADLINE_MISSED)
    assert {(one["kind"], one["exit_code"]) for one in ran.document["troubles"]} == {
        ("unacknowledged_overdue", 4), ("undelivered", 3), ("dead_channel", 3),
    }  # fmt: skip
    assert "is overdue, and nobody has acknowledged it" in said.out
    assert "has reached nobody at level 1" in said.out


def test_an_alert_that_somebody_got_and_nobody_acknowledged_says_who_got_it(leakguard: CommandLine) -> None:
    settings(leakguard, CHANNEL + CHAIN)
    leakguard("watchman", "once")
    ran = leakguard("watchman", "check")

    assert ran.code == ExitCode.CLEAN
    waits = "waits for somebody since the warning at 50% of the time"
    assert f"{waits}: the alert was sent to commander, and nobody has acknowledged it" in ran.out


def test_a_heartbeat_that_its_channel_does_not_take_is_no_clean_look(leakguard: CommandLine) -> None:
    settings(leakguard, CHANNEL + CHAIN + '[watchman]\nheartbeat_channel = "log"\n')
    leakguard.now = "2026-05-24T09:05+08:00"  # no alert is due yet
    assert leakguard("watchman", "once").code == ExitCode.CLEAN
    (leakguard.folder / "drill-alarms.txt").unlink()
    break_channel(leakguard)
    ran = leakguard("watchman", "once")

    assert (ran.code, "heartbeat not sent" in ran.err) == (ExitCode.UNFINISHED, True)


def test_a_watchman_that_ends_while_an_alert_is_undelivered_ends_with_three(leakguard: CommandLine) -> None:
    settings(leakguard, CHANNEL + CHAIN)
    break_channel(leakguard)
    with subprocess.Popen(
        [sys.executable, "-m", "leakguard", "--now", LATER, "watchman", "run", "--speed", "10"],
        stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:  # fmt: skip
        assert process.stderr is not None
        said = next(line for line in process.stderr if "UNDELIVERED" in line)
        process.send_signal(signal.SIGTERM)
        process.stderr.read()

    assert process.returncode == ExitCode.UNFINISHED
    assert "has reached nobody at level 1 (commander)" in said


def test_every_way_to_watch_says_its_exit_codes_and_how_to_try_a_channel(leakguard: CommandLine) -> None:
    for word in ("once", "run", "check"):
        assert "Exit codes:" in leakguard("watchman", word, "--help").out
    for word in ("once", "check"):
        said = " ".join(leakguard("watchman", word, "--help").out.split())
        assert "the country of the organisation" in said
    assert "leakguard channel test" in leakguard("watchman", "--help").out
    assert "leakguard channel test soc-mail" in leakguard("channel", "test", "--help").out


def test_the_help_of_a_channel_test_shows_settings_that_notify_somebody(leakguard: CommandLine) -> None:
    said = leakguard("channel", "test", "--help").out
    block = said[said.index("  [[channel]]") :]
    (leakguard.folder / "leakguard.toml").write_text(DRILL + textwrap.dedent(block), encoding="utf-8")
    leakguard.now = "2026-05-24T09:05+08:00"  # no alert is due yet

    assert leakguard("watchman", "once").code == ExitCode.CLEAN


def test_an_alert_that_no_level_will_ever_send_is_undelivered(leakguard: CommandLine) -> None:
    settings(leakguard, CHANNEL + CHAIN.replace('"commander"}', '"commander", least = "overdue"}'))
    once, outside = leakguard("watchman", "once"), leakguard("watchman", "check")

    assert once.code == outside.code == ExitCode.UNFINISHED
    for said in (once.err, outside.out):
        assert "has reached nobody: no level of the chain notifies anybody in time of an alert that is" in said
    settings(leakguard, CHANNEL + CHAIN)
    mended = leakguard("watchman", "once")

    assert mended.code == ExitCode.UNFINISHED
    assert f"leakguard watchman chain {INCIDENT} --adopt" in mended.err


def test_a_level_that_comes_after_days_is_named_and_is_alone_no_failure(leakguard: CommandLine) -> None:
    late = '{role = "commander"}, {role = "commander", after = "PT9999H"}'
    settings(leakguard, CHANNEL + CHAIN.replace('{role = "commander"}', late))
    once, outside = leakguard("watchman", "once"), leakguard("watchman", "check")

    assert once.code == outside.code == ExitCode.CLEAN
    for one in (once, outside):
        assert "level 2 (commander) practically reaches nobody: it comes PT9999H after" in one.out + one.err


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("leakguard.db", "is the store"),
        ("./leakguard.db.head", "is the head of the store"),
        ("leakguard.db.heartbeat", "is the file of the heartbeat"),
    ],
)
@pytest.mark.parametrize("words", ["watchman once", "watchman check", "channel test"])
def test_a_channel_that_would_write_into_a_file_of_leakguard_is_refused(
    leakguard: CommandLine, path: str, told: str, words: str
) -> None:
    before = (leakguard.folder / "leakguard.db").read_bytes()
    settings(leakguard, CHANNEL.replace("sent.txt", path) + CHAIN)
    ran = leakguard(*words.split())

    assert ran.code != ExitCode.CLEAN
    assert f"channel[0].path: `{path.removeprefix('./')}` {told}" in ran.err
    assert (leakguard.folder / "leakguard.db").read_bytes() == before


OWN = {
    "leakguard.db": "is the store", "leakguard.db-wal": "is a file of the store", "leakguard.toml": "is the settings",
    "scope.yaml": "is the scope", "mutes.yaml": "is the list of muted findings", "leakguard.key": "is the key",
    "run.log": "is the log",
}  # fmt: skip


@pytest.mark.parametrize(("path", "told"), OWN.items())
def test_no_setting_has_a_file_written_that_is_kept_already(leakguard: CommandLine, path: str, told: str) -> None:
    """The head replaced the store with exit code 0, and the first alert of a channel made the settings unreadable."""
    before = {kept.name: kept.read_bytes() for kept in leakguard.folder.iterdir() if kept.name != "leakguard.toml"}
    log = 'log_file = "run.log"\n' if path == "run.log" else ""
    for text, where in (
        (log + CHANNEL.replace("sent.txt", path), "channel[0].path"),
        (f'{log}heads = "{path}"\n', "heads"),
        (f'{log}[watchman]\nheartbeat = "{path}"\n', "watchman.heartbeat"),
    ):
        settings(leakguard, text)
        written = (leakguard.folder / "leakguard.toml").read_bytes()
        ran = leakguard("incident", "event", INCIDENT, "discovery")

        assert ran.code == ExitCode.USAGE
        assert f"{where}: `{path}` {told}" in ran.err
        assert (leakguard.folder / "leakguard.toml").read_bytes() == written
    after = {kept.name: kept.read_bytes() for kept in leakguard.folder.iterdir() if kept.name in before}
    assert after == before


def test_heads_heartbeats_and_messages_do_not_share_a_file(leakguard: CommandLine) -> None:
    settings(leakguard, f'heads = "a.txt, b.txt"\n[watchman]\nheartbeat = "b.txt"\n{CHANNEL.replace("sent", "a")}')
    ran = leakguard("incident", "list")

    assert ran.code == ExitCode.USAGE
    assert "heads: `b.txt` is the file of the heartbeat" in ran.err
    assert "channel[0].path: `a.txt` is a second place for heads" in ran.err


def test_a_foreign_file_in_a_second_place_is_told_also_to_whoever_wants_quiet(leakguard: CommandLine) -> None:
    (leakguard.folder / "notes.txt").write_text("mine\n", encoding="utf-8")
    settings(leakguard, 'heads = "notes.txt"\n')
    ran = leakguard("-q", "incident", "event", INCIDENT, "discovery")

    assert ran.code == ExitCode.CLEAN
    assert "WARNING: notes.txt: no head is kept there (it holds something else)" in ran.err
    assert (leakguard.folder / "notes.txt").read_text("utf-8") == "mine\n"


def test_a_store_that_cannot_be_written_is_told_to_everybody_when_that_begins_changes_and_ends(
    leakguard: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    """With `--quiet` too; and in the heartbeat, for whoever checks from outside."""
    settings(leakguard, CHANNEL + CHAIN)
    context = Context(quiet=True, now=LATER)
    wiring = context.wiring
    watchman = wiring.watchman()
    telling = CyclePrinter(context, watchman, wiring.heartbeat())
    telling.beat(once(watchman))
    capsys.readouterr()

    def told(what: str) -> str:
        telling.tell_problem(StoreUnusable(what, next_step="Make room."))
        return capsys.readouterr().err

    full, again, other = told("the disk is full"), told("the disk is full"), told("the disk may not be written")
    assert "the disk is full. What is due is sent nevertheless" in full
    assert "ends with 3 after 10 minutes. Make room." in full
    assert again == ""
    assert "may not be written" in other
    refused = [telling.is_store_refused]
    check = leakguard("watchman", "check", "--format", "json")
    assert (check.code, "store_unwritable" in {one["kind"] for one in check.document["troubles"]}) == (3, True)
    telling.tell(Cycle(at=watchman.now(), is_leader=True))
    assert "the store can be written again" in capsys.readouterr().err
    assert [*refused, telling.is_store_refused] == [True, False]
    wiring.close()


def test_a_look_at_a_store_that_cannot_be_written_still_notifies_people_and_does_so_once(
    leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(leakguard, CHANNEL + CHAIN)
    leakguard("incident", "list")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(leakguard.folder))

    def writing(_: Database) -> AbstractContextManager[None]:
        raise StoreUnusable("the disk is full", next_step="Make room.")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "writing", writing)
        ran = [leakguard("-q", "watchman", "once") for _ in range(2)]
    alerts = (leakguard.folder / "drill-alarms.txt").read_text("utf-8")

    assert [one.code for one in ran] == [ExitCode.UNFINISHED] * 2
    assert all("the disk is full. What is due is sent nevertheless, and nothing is recorded" in one.err for one in ran)
    assert alerts.count('"id": "A-store-') == 1
    assert alerts.count('"clock": "remediate"') + alerts.count("remediate: ") >= 1
    assert len(alerts.splitlines()) == len(set(alerts.splitlines()))
    assert len(list(leakguard.folder.glob("*.unwritten"))) == 1
    leakguard("watchman", "once")
    assert list(leakguard.folder.glob("*.unwritten")) == []


def lawless(leakguard: CommandLine, *options: str) -> list[str]:
    found = leakguard("watchman", "check", "--format", "json", *options).document["troubles"]
    return [one["text"] for one in found if one["kind"] == "seat_without_rule" and one["exit_code"] == 3]


def test_a_seat_without_a_known_rule_is_not_in_order_until_laws_are_stated(
    leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ukraine's law was read and has no such duty, as `duties/places.yaml` says; of Tuvalu's nothing is known."""
    monkeypatch.delenv("LEAKGUARD_COUNTRY", raising=False)
    settings(leakguard, 'country = "TV, UA"\n' + CHANNEL + CHAIN)
    leakguard("watchman", "once")

    text = "no clock of a law is watched for the seat TV (leakguard.toml: country): no rule is known for it"
    assert lawless(leakguard) == [text]
    assert text in leakguard("watchman", "check").out
    assert lawless(leakguard, "--laws", "eu") == []
    settings(leakguard, 'country = "UA, DE"\n' + CHANNEL + CHAIN)
    assert lawless(leakguard) == []
