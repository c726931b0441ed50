"""`leakguard incident`, as a user types it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.errors import ExitCode
from leakguard.models.findings import Outcome
from leakguard.store.sql_store import SqlStore
from support.commands import CommandLine, command_line
from support.findings import make_finding
from support.ledgers import FakeClock, Tokens

ID = "IR-2026-0001"
NASTY = "\x1b[31mred\x1b[0m \u202etxt.exe [bold]not bold[/bold] [/] line\nbreak"
EVENTS = """\
zone: Asia/Shanghai
events:
  - {id: e1, kind: notice_received, occurred_at: "2026-05-23T22:30", recorded_at: "2026-05-24T08:00", source: mail}
  - {id: e2, kind: awareness, occurred_at: {earliest: "2026-05-23", latest: "2026-05-23"}}
  - {id: e3, kind: awareness, occurred_at: "2026-05-23T23:00", corrects: e2, reason: mail log read}
"""


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return command_line(tmp_path, monkeypatch, capsys)


@pytest.fixture
def with_incident(leakguard: CommandLine) -> CommandLine:
    assert leakguard("incident", "open", "--title", "Mail log open").code == 0
    return leakguard


def keep_findings(folder: Path) -> None:
    with closing(SqlStore.open(str(folder / "leakguard.db"), now=FakeClock(), token=Tokens())) as store:
        findings = [make_finding("F-1"), make_finding("F-2", outcome=Outcome.NOT_EXPOSED)]
        store.save_findings("R-1", findings, {})


def test_an_incident_opens_from_a_finding_and_says_what_to_do_next(leakguard: CommandLine) -> None:
    keep_findings(leakguard.folder)

    ran = leakguard("incident", "open", "--finding", "F-1")

    assert (ran.code, ran.out.splitlines()) == (
        0,
        [
            f"{ID} opened: elasticsearch open at mail.example.edu:9200",
            "  E-3  exposure_first_seen  2026-05-24 01:00:00Z (09:00:00 Asia/Shanghai)",
        ],
    )
    assert f"leakguard incident event {ID} discovery --at TIME" in ran.err
    assert "already" not in ran.err


def test_a_second_incident_about_the_same_place_needs_a_word_and_is_pointed_to_the_first(
    leakguard: CommandLine,
) -> None:
    """Each run makes a finding of its own: another id of the same check at the same target is the same place."""
    keep_findings(leakguard.folder)
    with closing(SqlStore.open(str(leakguard.folder / "leakguard.db"), now=FakeClock(), token=Tokens())) as store:
        store.save_findings("R-2", [make_finding("F-9")], {})
    leakguard("incident", "open", "--finding", "F-1")

    for finding in ("F-1", "F-9"):
        ran = leakguard("incident", "open", "--finding", finding)
        assert ran.code == ExitCode.USAGE
        assert f"{ID} is already about elasticsearch_open at mail.example.edu:9200" in ran.err
        assert f"leakguard incident event {ID} exposure_seen_again --field finding={finding}" in ran.err
        assert "--again" in ran.err
    assert len(leakguard("incident", "list", "--format", "json").document["incidents"]) == 1
    again = leakguard("incident", "open", "--finding", "F-9", "--again")
    assert again.code == ExitCode.CLEAN
    assert f"{ID} is about the same place." in again.err


def test_the_commands_that_an_opening_suggests_work_for_what_happened_hours_ago(leakguard: CommandLine) -> None:
    """Without a reason each of them was refused, at the very moment when nobody has time to read a refusal."""
    told = leakguard("incident", "open", "--title", "Mail log open").err
    hints = [line.split()[1:] for line in told.splitlines() if line.strip().startswith("leakguard incident event")]
    typed = {"TIME": "2026-05-23T09:00", "TEXT": "mail"}

    assert [hint[3] for hint in hints] == ["notice_received", "discovery"]
    for hint in hints:
        assert leakguard(*(typed.get(word, word) for word in hint)).code == ExitCode.CLEAN
    assert "more than 15 minutes later" in told


def test_quiet_says_nothing_but_the_result(leakguard: CommandLine) -> None:
    ran = leakguard("--quiet", "incident", "open", "--title", "x")

    assert (ran.out, ran.err) == (f"{ID} opened: x\n", "")


def test_a_finding_that_is_not_there_is_seen_by_no_event(leakguard: CommandLine) -> None:
    keep_findings(leakguard.folder)
    leakguard("incident", "open", "--title", "x")
    event = ("incident", "event", ID, "exposure_first_seen", "--by", "Li", "--field")
    wrong = leakguard(*event, "finding=F-nosuch")
    right = leakguard(*event, "finding=F-1")

    assert (wrong.code, right.code) == (2, 0)
    assert "`finding=F-nosuch` names no finding that there is" in wrong.err
    assert f"Those of the incident: leakguard incident show {ID}; of a run: leakguard scan show RUN" in wrong.err


def test_an_incident_as_json_is_one_document(leakguard: CommandLine) -> None:
    keep_findings(leakguard.folder)

    told = leakguard("incident", "open", "--finding", "F-1", "--zone", "Europe/Berlin", "--format", "json").document

    assert (told["id"], told["state"], told["findings"], told["zone"]) == (ID, "open", ["F-1"], "Europe/Berlin")
    assert told["opened_at"] == "2026-05-24T01:00:00Z"
    assert told["opened_at_local"] == "2026-05-24T03:00:00+02:00"
    assert [event["kind"] for event in told["events"]] == ["incident_opened", "exposure_first_seen"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--finding", "F-9"), "no finding `F-9`"),
        (("--finding", "F-2"), "none of these findings is an exposure: F-2 is not_exposed"),
        ((), "needs something to be about"),
        (("--finding", "F-1", "--from", "events.yaml"), "cannot be used together"),
        (("--title", "x", "--zone", "Asia/Shangai"), "did you mean `Asia/Shanghai`"),
        (("--from", "nowhere.yaml"), "No such file"),
    ],
)
def test_what_makes_no_sense_opens_nothing(leakguard: CommandLine, words: tuple[str, ...], said: str) -> None:
    keep_findings(leakguard.folder)

    ran = leakguard("incident", "open", *words)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Next:" in ran.err
    assert leakguard("incident", "list", "--format", "json").document == {"incidents": []}


def test_events_of_a_file_become_an_incident(leakguard: CommandLine) -> None:
    (leakguard.folder / "events.yaml").write_text(EVENTS, encoding="utf-8")

    told = leakguard("incident", "open", "--from", "events.yaml", "--format", "json").document

    assert (told["title"], told["zone"]) == ("events of events.yaml", "Asia/Shanghai")
    assert [(event["id"], event["kind"], event["corrects"]) for event in told["events"]] == [
        ("E-1", "incident_opened", None), ("E-2", "notice_received", None), ("E-3", "awareness", None),
        ("E-4", "awareness", "E-3"),
    ]  # fmt: skip
    assert told["events"][2]["superseded_by"] == "E-4"


def test_what_a_file_told_already_is_not_asked_for_again(leakguard: CommandLine) -> None:
    (leakguard.folder / "events.yaml").write_text(EVENTS, encoding="utf-8")
    said = leakguard("incident", "open", "--from", "events.yaml").err

    assert "notice_received --at" not in said
    assert f"  leakguard incident event {ID} discovery --at TIME" in said
    assert f"  leakguard playbook start {ID}" in said


def test_clocks_of_a_file_are_said_to_be_left_out(leakguard: CommandLine) -> None:
    clocks = "clocks:\n  - {id: c, anchor: first(awareness), amount: {elapsed: PT1H}, end: closed}\n"
    (leakguard.folder / "events.yaml").write_text(EVENTS + clocks, encoding="utf-8")

    ran = leakguard("incident", "open", "--from", "events.yaml", "--title", "Before us")

    assert ran.out.startswith(f"{ID} opened: Before us")
    assert "clocks of events.yaml are left out" in ran.err


def test_a_bad_file_opens_nothing_and_names_every_problem(leakguard: CommandLine) -> None:
    bad = EVENTS.replace("awareness", "awarenes").replace("source", "sauce")
    (leakguard.folder / "events.yaml").write_text(bad, encoding="utf-8")

    ran = leakguard("incident", "open", "--from", "events.yaml")

    assert ran.code == 2
    assert "did you mean `awareness`?" in ran.err
    assert "did you mean `source`?" in ran.err
    assert leakguard("incident", "list").out == ""


def test_events_of_a_file_that_nobody_could_record_open_nothing_and_are_all_named(leakguard: CommandLine) -> None:
    rows = """\
  - {id: a, kind: not_applicable, occurred_at: "2026-05-23", obligation: eu-gdpr-34-individuals}
  - {id: b, kind: filed, occurred_at: "2026-05-23", obligation: eu-gdpr-33-athority}
  - {id: c, kind: exposure_seen_again, occurred_at: "2026-05-23", finding: F-0000000000000000}
"""
    (leakguard.folder / "events.yaml").write_text(EVENTS + rows, encoding="utf-8")
    ran = leakguard("incident", "open", "--from", "events.yaml")
    said = " ".join(ran.err.split())

    assert ran.code == 2
    assert "a: `not_applicable` ends the watch over a clock, so it needs a reason" in said
    assert "b: `obligation=eu-gdpr-33-athority` names nothing that there is (did you mean `eu-gdpr-33-auth" in said
    assert "c: `finding=F-0000000000000000` names no finding that there is" in said
    assert leakguard("incident", "list").out == ""


def test_an_event_of_a_file_may_name_a_clock_that_the_file_defines(leakguard: CommandLine) -> None:
    rows = (
        '  - {id: p, kind: extension_granted, occurred_at: "2026-05-24", clock: c, until: "2026-06-01", reason: "x"}\n'
    )
    clocks = "clocks:\n  - {id: c, anchor: first(awareness), amount: {elapsed: PT1H}, end: closed}\n"
    (leakguard.folder / "events.yaml").write_text(EVENTS + rows + clocks, encoding="utf-8")

    assert leakguard("incident", "open", "--from", "events.yaml").code == 0


def test_an_event_is_recorded_now_or_when_it_happened(with_incident: CommandLine) -> None:
    assert with_incident("incident", "event", ID, "awareness").out == (
        "E-2  awareness  2026-05-24 01:00:00Z (09:00:00 Asia/Shanghai)\n"
    )
    ran = with_incident("incident", "event", ID, "notice_received", "--at", "2026-05-23T22:30", "--reason", "asleep")
    assert ran.out == "E-3  notice_received  2026-05-23 14:30:00Z (22:30:00 Asia/Shanghai)\n"
    ran = with_incident("incident", "event", ID, "exposure_started", "--at", "2026-05-01..2026-05-22", "--reason", "x")
    assert ran.out == (
        "E-4  exposure_started  2026-04-30 16:00:00Z (2026-05-01 00:00:00 Asia/Shanghai) to "
        "2026-05-22 15:59:59Z (23:59:59 Asia/Shanghai)\n"
    )


def test_an_event_as_json_has_both_ends_of_its_time_and_its_fields(with_incident: CommandLine) -> None:
    told = with_incident(
        "incident", "event", ID, "filed", "--obligation", "eu-gdpr-33-authority", "--stage", "initial",
        "--field", "reference=A=1", "--source", "receipt", "--at", "2026-05-24T08:50", "--format", "json",
    ).document  # fmt: skip

    assert told["fields"] == {"obligation": "eu-gdpr-33-authority", "stage": "initial", "reference": "A=1"}
    assert told["occurred_at"] == {
        "earliest": "2026-05-24T00:50:00Z", "latest": "2026-05-24T00:50:00Z",
        "earliest_local": "2026-05-24T08:50:00+08:00", "latest_local": "2026-05-24T08:50:00+08:00",
        "stated": "2026-05-24T08:50", "zone": "Asia/Shanghai",
    }  # fmt: skip
    assert (told["id"], told["recorded_at"], told["superseded_by"]) == ("E-2", "2026-05-24T01:00:00Z", None)


def test_a_filing_that_ends_no_clock_says_so_and_how_to_complete_it(with_incident: CommandLine) -> None:
    said = with_incident("incident", "event", ID, "filed", "--obligation", "eu-gdpr-33-authority").err

    assert "It names no stage, so no clock of a law ends by it." in said
    assert f"{ID} filed --corrects E-2" in said
    assert "--at 2026-05-24T01:00:00Z --obligation eu-gdpr-33-authority --stage STAGE" in said


def test_whoever_corrects_the_wrong_event_sees_what_no_longer_counts(with_incident: CommandLine) -> None:
    with_incident("incident", "event", ID, "notice_received")
    said = with_incident("incident", "event", ID, "awareness", "--corrects", "E-2", "--reason", "typo").err

    assert said.startswith("E-2, notice_received of 2026-05-24 01:00:00Z")
    assert "no longer counts" in said


def test_whoever_retracts_a_correction_reads_that_what_it_corrected_does_not_count_either(
    with_incident: CommandLine,
) -> None:
    """Nobody noticed that the clocks of laws stopped, since the first event was right."""
    event, about = ("incident", "event", ID), ("--obligation", "eu-gdpr-33-authority", "--by", "Ada Lovelace")
    with_incident(*event, "awareness", "--at", "2026-05-24T08:50", *about)
    for at, corrects in (("2026-05-24T08:55", "E-2"), ("2026-05-24", "E-3")):
        with_incident(*event, "awareness", "--at", at, "--corrects", corrects, "--reason", "log", *about)
    said = with_incident(*event, "retracted", "--corrects", "E-4", "--reason", "E-2 is right").err
    again = [line.strip() for line in said.splitlines() if line.startswith("  leakguard")]

    assert "E-4, awareness of 2026-05-23 16:00:00Z" in said
    assert "Nor do the events that it had corrected: E-3, awareness of 2026-05-24 00:55:00Z (08:55:00" in said
    assert "E-2, awareness of 2026-05-24 00:50:00Z (08:50:00" in said
    (command,) = again
    assert command.split()[:7] == ["leakguard", *event, "awareness", "--corrects", "E-5"]
    assert "--at 2026-05-24T00:55:00Z --obligation eu-gdpr-33-authority" in command
    assert with_incident(*command.split()[1:]).code == 0
    shown = with_incident("incident", "show", ID, "--format", "json").document["events"]
    assert [one["id"] for one in shown if one["kind"] == "awareness" and one["superseded_by"] is None] == ["E-6"]


def test_whoever_retracts_an_event_that_corrects_none_reads_of_no_other(with_incident: CommandLine) -> None:
    with_incident("incident", "event", ID, "notice_received")
    said = with_incident("incident", "event", ID, "retracted", "--corrects", "E-2", "--reason", "typo").err

    assert "no longer counts" in said
    assert "had corrected" not in said


def test_awareness_long_after_a_notice_asks_for_a_written_reason(with_incident: CommandLine) -> None:
    """Laws count from awareness, so that it came later has to be justified by somebody, when it is fresh."""
    notice = ("notice_received", "--at", "2026-05-23T22:30", "--reason", "asleep")
    with_incident("incident", "event", ID, *notice)
    said = with_incident("incident", "event", ID, "awareness").err
    mended = with_incident(
        "incident", "event", ID, "awareness", "--corrects", "E-3", "--at", "2026-05-24T09:00", "--source", "A. DPO",
        "--reason", "the mail named no server; it was found at 08:50",
    )  # fmt: skip

    assert "It lies 10 h 30 min after the first notice, and an authority will ask why." in said
    assert f"{ID} awareness --corrects E-3 --at 2026-05-24T01:00:00Z --source WHO" in said
    assert "authority" not in mended.err


def test_awareness_right_after_a_notice_asks_for_nothing(with_incident: CommandLine) -> None:
    with_incident("incident", "event", ID, "notice_received")

    assert with_incident("incident", "event", ID, "awareness").err == ""


def test_a_duty_may_be_decided_about_by_its_clock_also_where_that_is_not_shown(with_incident: CommandLine) -> None:
    for name in ("obligation=us-ca-1798-82-individuals", "obligation=cn-dsl-29-authority.initial", "clock=remediate"):
        assert with_incident("incident", "event", ID, "not_applicable", "--field", name, "--reason", "x").code == 0
    ran = with_incident("incident", "event", ID, "paused", "--field", "clock=remediate", "--field", "basis=contract")
    assert ran.code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("awarenes",), "did you mean `awareness`?"),
        (("filed", "--at", "2026-05-25"), "is in the future"),
        (("awareness", "--at", "2026-05-23"), "needs a reason"),
        (("awareness", "--at", "yesterday"), "Write it as 2026-06-10"),
        (("awareness", "--at", "2026-05-23..2026-05-22", "--reason", "x"), "lies after"),
        (("awareness", "--corrects", "E-7", "--reason", "x"), "no event `E-7`"),
        (("filed", "--field", "stage"), "the field `stage` is not NAME=VALUE"),
        (("filed", "--field", "=x"), "the field `` is not NAME=VALUE"),
        (("filed", "--stage", "initial", "--field", "stage=final"), "the field `stage` is given twice"),
        (("filed", "--field", "sttage=final"), "did you mean `stage`?"),
        (("note", "--field", "text=\udcff"), "cannot be kept as JSON"),
        (("reopened",), "is not closed"),
        (("filed", "--obligation", "eu-gdpr-33", "--stage", "initial"), "did you mean `eu-gdpr-33-authority`?"),
        (("filed", "--obligation", "eu-gdpr-33-authority", "--stage", "inital"), "did you mean `initial`?"),
        (("filed", "--obligation", "eu-gdpr-33-authority.initial"), "names nothing that there is"),
        (("not_applicable",), "needs its clock or obligation"),
        (("paused", "--field", "clock=remediate"), "needs its basis"),
        (("paused", "--field", "clock=remedate", "--field", "basis=x"), "did you mean `remediate`?"),
        (("paused", "--field", "clock=eu-gdpr-33-authority.initial", "--field", "basis=x"), "is never paused"),
        (("extension_granted", "--obligation", "eu-gdpr-33-authority"), "needs its until"),
    ],
)
def test_a_wrong_event_is_refused_with_exit_code_2(
    with_incident: CommandLine, words: tuple[str, ...], said: str
) -> None:
    ran = with_incident("incident", "event", ID, *words)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Next:" in ran.err
    assert with_incident("incident", "show", ID, "--format", "json").document["event_count"] == 1


def test_the_help_of_event_names_every_kind(leakguard: CommandLine) -> None:
    ran = leakguard("incident", "event", "--help")

    assert "remediation_verified" in ran.out
    assert "we became aware with reasonable certainty" in ran.out
    assert "Examples:" in ran.out


@pytest.mark.parametrize("command", ["open", "list", "show", "timeline"])
def test_every_command_shows_examples(leakguard: CommandLine, command: str) -> None:
    assert "Examples:\n    leakguard incident" in leakguard("incident", command, "--help").out


def test_the_list_names_each_incident_and_its_state(with_incident: CommandLine) -> None:
    with_incident("incident", "open", "--title", "Another")
    with_incident("incident", "event", ID, "closed", "--reason", "by phone")

    ran = with_incident("incident", "list")

    assert ran.out.splitlines() == [
        "INCIDENT      STATE   TITLE          OPENED",
        "IR-2026-0002  open    Another        2026-05-24 01:00:00Z (09:00:00 Asia/Shanghai)",
        f"{ID}  closed  Mail log open  2026-05-24 01:00:00Z (09:00:00 Asia/Shanghai)",
    ]
    told = with_incident("incident", "list", "--format", "json").document["incidents"]
    assert [(one["id"], one["state"]) for one in told] == [(ID, "closed"), ("IR-2026-0002", "open")]


def test_an_empty_list_says_how_to_begin(leakguard: CommandLine) -> None:
    keep_findings(leakguard.folder)

    ran = leakguard("incident", "list")

    assert (ran.code, ran.out) == (0, "")
    assert "leakguard incident open" in ran.err


def test_show_tells_state_and_events_with_what_superseded_them(with_incident: CommandLine) -> None:
    with_incident("incident", "event", ID, "awareness", "--source", "DPO")
    with_incident("incident", "event", ID, "awareness", "--corrects", "E-2", "--reason", "log read")
    with_incident("incident", "event", ID, "contained")

    lines = with_incident("incident", "show", ID).out.splitlines()

    assert lines[0] == f"{ID}  open  Mail log open"
    assert "events    4, of which 1 superseded" in lines
    assert "      superseded by E-3; DPO; recorded by tester (user of the operating system)" in lines
    assert lines[-3] == "      corrects E-2; reason: log read; recorded by tester (user of the operating system)"
    assert lines[-2:] == [
        "  E-4  contained  2026-05-24 01:00:00Z (09:00:00 Asia/Shanghai)",
        "      recorded by tester (user of the operating system)",
    ]


def test_the_timeline_stands_in_the_order_it_happened(with_incident: CommandLine) -> None:
    with_incident("incident", "event", ID, "notice_received", "--at", "2026-05-23T22:30", "--reason", "asleep")
    with_incident("incident", "event", ID, "exposure_started", "--at", "2026-05-01..2026-05-22", "--reason", "backups")

    assert with_incident("incident", "timeline", ID).out.splitlines() == [
        f"{ID}, times in Asia/Shanghai and UTC",
        "Fri 2026-05-01 00:00:00  exposure_started  (E-3)",
        "    or later, until Fri 2026-05-22 23:59:59",
        "    2026-04-30 16:00:00Z to 2026-05-22 15:59:59Z",
        "    recorded Sun 2026-05-24 09:00:00, 23 d 9 h later",
        "    reason: backups; recorded by tester (user of the operating system)",
        "Sat 2026-05-23 22:30:00  notice_received  (E-2)",
        "    2026-05-23 14:30:00Z",
        "    recorded Sun 2026-05-24 09:00:00, 10 h 30 min later",
        "    reason: asleep; recorded by tester (user of the operating system)",
        "Sun 2026-05-24 09:00:00  incident_opened  (E-1)",
        "    2026-05-24 01:00:00Z",
        "    title=Mail log open, zone=Asia/Shanghai; recorded by tester (user of the operating system)",
    ]


def test_the_timeline_as_json_marks_steps(with_incident: CommandLine) -> None:
    told = with_incident("incident", "timeline", ID, "--format", "json").document

    assert (told["incident"], told["zone"]) == (ID, "Asia/Shanghai")
    assert [(line["id"], line["is_step"]) for line in told["lines"]] == [("E-1", False)]


@pytest.mark.parametrize("command", ["show", "timeline"])
def test_an_incident_that_is_not_there_is_exit_code_2(with_incident: CommandLine, command: str) -> None:
    ran = with_incident("incident", command, "IR-2026-0009")

    assert (ran.code, ran.out) == (2, "")
    assert "leakguard incident list" in ran.err


@pytest.mark.parametrize(
    "command", [("show", ID), ("timeline", ID), ("event", ID, "note"), ("open", "--finding", "F-1a2b3c4d5e"), ("list",)]
)
def test_without_a_store_nothing_is_made(leakguard: CommandLine, command: tuple[str, ...]) -> None:
    ran = leakguard("incident", *command)

    assert ran.code == 3
    assert "does not exist" in ran.err
    assert [path.name for path in leakguard.folder.iterdir()] == ["leakguard.toml"]


@pytest.mark.parametrize("command", ["show", "timeline", "list"])
def test_nobody_s_words_move_the_cursor_or_become_markup(leakguard: CommandLine, command: str) -> None:
    leakguard("incident", "open", "--title", NASTY)
    leakguard("incident", "event", ID, "note", "--source", NASTY, "--reason", NASTY, "--field", f"text={NASTY}")

    ran = leakguard("incident", command, *([] if command == "list" else [ID]))

    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
    assert "[bold]not" in ran.out
    assert "line\nbreak" not in ran.out


def test_closing_says_which_clocks_of_laws_run_on(with_incident: CommandLine) -> None:
    """Whoever closes must not believe that the authority has closed its file too."""
    with_incident("incident", "event", ID, "awareness")
    ran = with_incident("incident", "event", ID, "closed", "--reason", "by phone")

    assert "clocks run on after closing, and are watched until something ends them:" in ran.err
    assert "  eu-gdpr-33-authority.initial  due 2026-05-27 01:00:00Z (09:00:00 Asia/Shanghai)" in ran.err.splitlines()
    assert "  eu-gdpr-34-individuals.initial  without undue delay" in ran.err.splitlines()
    assert "remediate" not in ran.err
    filed = with_incident(
        "incident", "event", ID, "filed", "--obligation", "eu-gdpr-33-authority", "--stage", "initial"
    )
    assert filed.code == 0


def test_closing_tells_a_script_what_runs_on(with_incident: CommandLine) -> None:
    with_incident("incident", "event", ID, "awareness")
    with_incident("incident", "event", ID, "filed", "--obligation", "eu-gdpr-33-authority", "--stage", "initial")
    running = with_incident("incident", "event", ID, "closed", "--reason", "by phone", "--format", "json").document[
        "still_running"
    ]

    assert "eu-gdpr-33-authority.initial" not in running
    assert "eu-gdpr-34-individuals.initial" in running


def test_closing_an_incident_without_running_clocks_of_laws_reminds_of_the_review_alone(
    with_incident: CommandLine,
) -> None:
    lines = with_incident("incident", "event", ID, "closed", "--reason", "by phone").err.splitlines()

    assert lines[0] == "1 clock runs on after closing, and is watched until something ends it:"
    assert lines[1].startswith("  review  Hold the review  due ")
    assert lines[-1] == f"  leakguard incident event {ID} lessons_recorded"


def test_a_zone_of_utc_is_not_said_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    leakguard = command_line(tmp_path, monkeypatch, capsys, zone="UTC")

    leakguard("incident", "open", "--title", "x")

    assert leakguard("incident", "list").out.splitlines()[1:] == [f"{ID}  open   x      2026-05-24 01:00:00Z"]
    leakguard("incident", "event", ID, "closed", "--reason", "by phone")
    assert leakguard("incident", "timeline", ID).out.splitlines() == [
        f"{ID}, times in UTC",
        "Sun 2026-05-24 01:00:00  incident_opened  (E-1)",
        "    title=x, zone=UTC; recorded by tester (user of the operating system)",
        "Sun 2026-05-24 01:00:00  closed  (E-2)",
        "    reason: by phone; despite=playbook, duties, review; recorded by tester (user of the operating system)",
    ]


def test_an_incident_whose_entry_was_changed_cannot_be_extended(with_incident: CommandLine) -> None:
    with closing(sqlite3.connect(with_incident.folder / "leakguard.db")) as raw, raw:
        raw.execute("UPDATE ledger SET recorded_at = '2026-05-20T00:00:00Z'")

    ran = with_incident("incident", "event", ID, "awareness")

    assert (ran.code, ran.out) == (3, "")
    assert "leakguard evidence verify" in ran.err


def test_opening_leaves_awareness_to_the_step_that_decides_it(leakguard: CommandLine) -> None:
    said = " ".join(leakguard("incident", "open", "--title", "open cluster").err.split())

    assert "notice_received --at TIME" in said
    assert "awareness --at TIME" not in said
    assert "leave it to the step decide_awareness (DPO and a second person)" in said


def test_a_time_that_cannot_be_read_is_refused_with_the_form_and_never_repeated(leakguard: CommandLine) -> None:
    incident = leakguard("incident", "open", "--title", "x").out.split()[0]
    ran = leakguard("incident", "event", incident, "discovery", "--at", "24.5. half past\x1b nine")

    assert ran.code == 2
    assert "no time that can be read" in ran.err
    assert "half past" not in ran.err
    assert "2026-06-10T22:30+08:00" in ran.err
