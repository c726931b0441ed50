"""`leakguard clock` as a user types it: a file without a store, and an incident in one."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from leakguard.cli.main import run
from leakguard.errors import ExitCode

pytestmark = pytest.mark.untraced

FILE = """
zone: Asia/Shanghai
events:
  - {id: e1, kind: discovery, occurred_at: "2026-06-10T22:30"}
clocks:
  - {id: cac, title: first report, anchor: discovery, amount: {elapsed: PT4H}, end: filed}
  - {id: soon, anchor: discovery, amount: {none: true}, end: filed}
  - {id: later, anchor: payment, amount: {elapsed: PT4H}, end: filed}
  - {id: days, anchor: discovery, amount: {business_days: 200}, calendar: CN, end: filed}
"""
INCIDENT = "IR-2026-0001"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in a folder of its own; gives the exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "events.yaml").write_text(FILE, encoding="utf-8")

    def command(*words: str) -> tuple[int, str, str]:
        code = run(["--no-color", *words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def evaluate(leakguard: Command, now: str, *more: str) -> tuple[int, str, str]:
    return leakguard("clock", "evaluate", "events.yaml", "--now", now, *more)


SLIP = """
events:
  - {id: aware, kind: awareness, occurred_at: "2026-06-02T18:00Z", recorded_at: "%s"}
clocks:
  - {id: c, anchor: awareness, amount: {elapsed: PT72H}, end: filed}
"""


def test_an_event_that_was_recorded_in_the_future_is_refused_by_its_line(leakguard: Command, tmp_path: Path) -> None:
    (tmp_path / "events.yaml").write_text(SLIP % "2199-06-02T18:05Z", encoding="utf-8")
    code, text, said = evaluate(leakguard, "2026-06-05T10:00Z")

    assert (code, text) == (ExitCode.USAGE, "")
    assert "line 3: events[0].recorded_at: is in the future" in said


def test_events_that_were_recorded_after_the_moment_asked_for_are_counted_on_the_screen(
    leakguard: Command, tmp_path: Path
) -> None:
    (tmp_path / "events.yaml").write_text(SLIP % "2026-06-04T18:05Z", encoding="utf-8")
    then, later = (evaluate(leakguard, f"2026-06-0{day}T10:00Z") for day in (4, 5))

    assert "not started" in then[1]
    assert "1 event was recorded only after this moment, so no clock counts it." in then[2]
    assert "recorded only after" not in later[2]


def test_a_file_is_evaluated_without_a_store(leakguard: Command, tmp_path: Path) -> None:
    code, text, _ = evaluate(leakguard, "2026-06-11T01:00")

    assert code == ExitCode.CLEAN
    assert "cac  first report\n  at risk        1 h 30 min left        Thu 2026-06-11 02:30:00 +08:00\n" in text
    assert "  running        for 2 h 30 min         without undue delay" in text
    assert "  not started    -                      begins with payment" in text
    assert "provisional" in text
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 80
    assert [path.name for path in tmp_path.iterdir()] == ["events.yaml"]


@pytest.mark.parametrize(
    ("now", "code", "words"),
    [
        ("2026-06-11T02:30", ExitCode.CLEAN, "due now"),
        ("2026-06-11T02:30:00.000001", ExitCode.DEADLINE_MISSED, "late by 0 s"),
        ("2026-06-13T02:30:01", ExitCode.DEADLINE_MISSED, "late by 2 d 1 s"),
    ],
)
def test_the_exit_code_tells_a_missed_deadline_from_its_first_microsecond(
    leakguard: Command, now: str, code: int, words: str
) -> None:
    found = evaluate(leakguard, now)

    assert found[0] == code
    assert words in found[1]


def test_json_is_one_document_with_the_fields_of_the_contract(leakguard: Command) -> None:
    code, text, err = evaluate(leakguard, "2026-06-10T17:00Z", "--format", "json")
    found = json.loads(text)

    assert (code, err, found["now"]) == (ExitCode.CLEAN, "", "2026-06-10T17:00:00Z")
    assert [one["id"] for one in found["clocks"]] == ["cac", "soon", "later", "days"]
    promised = """id state anchor_event anchor_at work_by work_by_local statutory_limit provisional remaining_seconds
        budget_used ended_at late_by_seconds generation next_change as_filed as_corrected why"""
    assert set(promised.split()) <= set(found["clocks"][0])
    assert found["clocks"][0]["work_by_local"] == "2026-06-11T02:30:00+08:00"
    assert found["clocks"][0]["remaining_seconds"] == 5400


def test_what_ended_says_how_long_it_took(leakguard: Command, tmp_path: Path) -> None:
    ended = FILE.replace("clocks:", '  - {id: e2, kind: filed, occurred_at: "2026-06-10T23:30"}\nclocks:')
    ended = ended.replace(
        "events:", 'events:\n  - {kind: not_applicable, clock: days, occurred_at: "2026-06-10T23:00"}'
    )
    (tmp_path / "events.yaml").write_text(ended.replace("{business_days: 200}", "{elapsed: PT1H}, pausable: never"))

    text = evaluate(leakguard, "2026-06-11T03:00")[1]
    assert "met on time    took 1 h" in text


def test_a_decision_that_a_duty_does_not_apply_is_shown_in_words(leakguard: Command, tmp_path: Path) -> None:
    row = 'events:\n  - {kind: not_applicable, clock: days, occurred_at: "2026-06-10T23:00"}'
    (tmp_path / "events.yaml").write_text(FILE.replace("events:", row))

    assert "does not apply -" in evaluate(leakguard, "2026-06-11T01:00")[1]


def test_a_bad_file_ends_with_2_and_names_every_problem(leakguard: Command, tmp_path: Path) -> None:
    (tmp_path / "events.yaml").write_text(FILE.replace("discovery,", "discovry,"))

    code, text, err = evaluate(leakguard, "2026-06-11T01:00")
    assert (code, text) == (ExitCode.USAGE, "")
    assert "line 4: events[0].kind: unknown event kind (did you mean `discovery`?)" in err
    assert "4 problems" in err


def test_a_file_without_clocks_says_so(leakguard: Command, tmp_path: Path) -> None:
    (tmp_path / "events.yaml").write_text(FILE.split("clocks:", maxsplit=1)[0], encoding="utf-8")

    code, text, err = evaluate(leakguard, "2026-06-11T01:00")
    assert (code, text) == (ExitCode.CLEAN, "")
    assert "no clocks" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("missing.yaml",), "No such file"),
        (("events.yaml", "--now", "soon"), "no time that can be read"),
        (("events.yaml", "--now", "2026-06-10"), "exact time"),
        (("events.yaml", "--now", "2026-06-01T00:00Z"), "is in the future"),
    ],
)
def test_a_wrong_call_says_what_to_do(leakguard: Command, words: tuple[str, ...], said: str) -> None:
    code, _, err = leakguard("clock", "evaluate", *words)

    assert code == ExitCode.USAGE
    assert said in err
    assert "Next:" in err


def test_a_file_may_come_on_stdin_and_the_clock_may_be_the_real_one(
    leakguard: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(FILE.replace("2026-06-10T22:30", "2020-06-10T22:30")))

    assert leakguard("clock", "evaluate", "-")[0] == ExitCode.DEADLINE_MISSED


@pytest.fixture
def incident(leakguard: Command) -> Command:
    """An incident of which an outsider told us long ago."""
    opened = ("incident", "open", "--title", "Mail log open", "--zone", "Asia/Shanghai")
    notice = ("incident", "event", INCIDENT, "notice_received", "--at", "2026-01-05T08:20", "--reason", "read late")
    assert leakguard(*opened)[0] == ExitCode.CLEAN
    assert leakguard(*notice)[0] == ExitCode.CLEAN
    return leakguard


def test_an_incident_lists_its_clocks_and_says_why(incident: Command) -> None:
    code, text, _ = incident("clock", "list", "--incident", INCIDENT)
    why = incident("clock", "why", "--incident", INCIDENT, "remediate")

    assert code == ExitCode.DEADLINE_MISSED
    assert "Tue 2026-01-06 08:20:00 +08:00" in text
    assert "eu-gdpr-33-authority.initial" in text
    assert why[0] == ExitCode.DEADLINE_MISSED
    assert "24 h of exact time" in why[1]


def test_the_reasons_of_a_clock_come_in_chinese_and_its_json_stays_as_it_is(incident: Command) -> None:
    chinese = incident("clock", "why", "--incident", INCIDENT, "remediate", "--lang", "zh")
    assert chinese[0] == ExitCode.DEADLINE_MISSED
    assert "起24小时（连续计算）。\n" in chinese[1]
    assert "事件E-2（收到通报），" in chinese[1]
    assert "of exact time" not in chinese[1]

    one = json.loads(
        incident("clock", "why", "--incident", INCIDENT, "remediate", "--format", "json", "--lang", "zh")[1]
    )
    assert "24 h of exact time" in " ".join(one["why"])


def test_a_clock_of_an_incident_is_told_as_json(incident: Command) -> None:
    listed = json.loads(incident("clock", "list", "--incident", INCIDENT, "--format", "json")[1])
    one = json.loads(incident("clock", "why", "--incident", INCIDENT, "remediate", "--format", "json")[1])

    assert next(clock for clock in listed["clocks"] if clock["id"] == "remediate")["work_by"] == one["work_by"]


def test_a_moment_before_the_record_knows_nothing_of_it(incident: Command) -> None:
    code, text, _ = incident("clock", "list", "--incident", INCIDENT, "--now", "2026-01-05T09:00")

    assert code == ExitCode.CLEAN
    assert "remediate" in text
    assert "overdue" not in text.lower()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", "--incident", "IR-2026-0099"), "IR-2026-0099"),
        (("why", "--incident", INCIDENT, "remedate"), "did you mean `remediate`"),
        (("why", "--incident", INCIDENT, "zzz"), "has no clock `zzz`"),
    ],
)
def test_what_is_not_there_is_named(incident: Command, words: tuple[str, ...], said: str) -> None:
    code, _, err = incident("clock", *words)

    assert code == ExitCode.USAGE
    assert said in err


def test_deadlines_go_into_a_calendar(incident: Command, tmp_path: Path) -> None:
    code, text, _ = incident("clock", "ics", "--incident", INCIDENT)
    written = incident("clock", "ics", "--incident", INCIDENT, "-o", "deadlines.ics")

    assert (code, written[:2]) == (ExitCode.DEADLINE_MISSED, (ExitCode.DEADLINE_MISSED, ""))
    assert "DTSTART:20260106T002000Z" in text
    assert "DTSTART:20260106T002000Z" in (tmp_path / "deadlines.ics").read_text(encoding="utf-8")


def test_a_dash_is_stdout_for_a_calendar_too(incident: Command, tmp_path: Path) -> None:
    """A file of that name would be the last that anybody looks for."""
    code, text, _ = incident("clock", "ics", "--incident", INCIDENT, "-o", "-")

    assert code == ExitCode.DEADLINE_MISSED
    assert text.startswith("BEGIN:VCALENDAR")
    assert not (tmp_path / "-").exists()


def test_facts_leave_away_the_duties_that_they_rule_out(incident: Command, tmp_path: Path) -> None:
    facts = """
incident: one
organisation: {name: Example University, country: CN}
obligated_as: [network_operator]
facts: {}
"""
    (tmp_path / "facts.yaml").write_text(facts, encoding="utf-8")

    text = incident("clock", "list", "--incident", INCIDENT, "--facts", "facts.yaml")[1]
    assert "remediate" in text
    assert "eu-gdpr-33-authority" not in text


@pytest.mark.parametrize(
    ("stated", "left", "gone"),
    [("true", "core_function_disrupted", "other"), ("false", "other", "core_function_disrupted")],
)
def test_facts_leave_away_the_stages_that_they_rule_out(
    incident: Command, tmp_path: Path, stated: str, left: str, gone: str
) -> None:
    """As `notice assess` does: of two limits that exclude each other only one is told."""
    facts = f"""
incident: one
organisation: {{name: Example Power, country: HK}}
obligated_as: [critical_infrastructure]
facts:
  computer_security_incident: {{value: true}}
  core_function_disrupted: {{value: {stated}}}
  operates_in: {{value: [HK]}}
"""
    (tmp_path / "facts.yaml").write_text(facts, encoding="utf-8")

    text = incident("clock", "list", "--incident", INCIDENT, "--facts", "facts.yaml")[1]
    assert f"hk-pcicso-28.{left}" in text
    assert f"hk-pcicso-28.{gone}" not in text


def test_a_clock_that_waits_for_what_an_event_says_names_what_it_has_to_say(incident: Command) -> None:
    """A notification that left nothing open starts no supplement: "begins with filed" would be no help then."""
    text = incident("clock", "list", "--incident", INCIDENT)[1]

    assert "begins with filed (to_be_determined)" in text


PAUSED = """
zone: Asia/Shanghai
events:
  - {id: e1, kind: discovery, occurred_at: "2026-06-10T22:30"}
  - {id: e5, kind: paused, clock: cac, occurred_at: "2026-06-10T23:00", until: "2026-06-11T09:00", basis: contract}
  - {id: e6, kind: paused, clock: ours, occurred_at: "2026-06-10T23:00", until: "2026-06-11T09:00"}
clocks:
  - {id: cac, law: CAC, anchor: discovery, amount: {elapsed: PT4H}, end: filed}
  - {id: ours, anchor: discovery, amount: {elapsed: PT4H}, end: filed, pausable: with_basis}
"""


def test_a_pause_that_a_clock_ignores_is_named_in_the_table_and_in_json(leakguard: Command, tmp_path: Path) -> None:
    """A clock of a law is never paused, and one of ours only for a reason that is named."""
    (tmp_path / "events.yaml").write_text(PAUSED, encoding="utf-8")
    code, text, _ = evaluate(leakguard, "2026-06-11T01:00")
    document = json.loads(evaluate(leakguard, "2026-06-11T01:00", "--format", "json")[1])

    assert code == ExitCode.CLEAN
    assert "Pause e5 is ignored by cac: the time runs on (this clock is never paused).\n" in text
    assert "Pause e6 is ignored by ours: the time runs on (the pause names no basis).\n" in text
    assert [one["ignored_pauses"] for one in document["clocks"]] == [
        [{"event": "e5", "because": "this clock is never paused"}],
        [{"event": "e6", "because": "the pause names no basis"}],
    ]
