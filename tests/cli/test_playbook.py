"""`leakguard playbook` as a user types it, on a store in a drill's folder."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leakguard.cli.main import run
from leakguard.errors import ExitCode
from leakguard.playbooks.answers import Answer

BUNDLED = Path(__file__).parents[2] / "playbooks"

INCIDENT = "IR-2026-0001"
CONTAIN = ("playbook", "done", INCIDENT, "contain", "--by", "Li Wei")
EVIDENCE = ("--evidence", "config before=@proof.txt", "--evidence", "config_after: proof.txt")
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command at a time of the drill; gives the exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leakguard.toml").write_text('zone = "Asia/Shanghai"\ndrill = true\n', encoding="utf-8")
    (tmp_path / "proof.txt").write_text("network.host: 0.0.0.0\n", encoding="utf-8")

    def command(*words: str, at: str = "2026-05-24T09:20+08:00") -> tuple[int, str, str]:
        code = run(["--no-color", "--now", at, *words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


@pytest.fixture
def started(leakguard: Command) -> Command:
    """An incident of which an outsider told us an hour ago, with its playbook started."""
    for words in (
        ("incident", "open", "--title", "Mail log open", "--zone", "Asia/Shanghai"),
        ("incident", "event", INCIDENT, "notice_received", "--at", "2026-05-24T08:20", "--reason", "read late"),
        ("playbook", "start", INCIDENT, "--by", "Ann"),
    ):
        assert leakguard(*words)[0] == ExitCode.CLEAN
    return leakguard


def next_json(leakguard: Command) -> Any:  # noqa: ANN401  (JSON holds anything)
    return json.loads(leakguard("playbook", "next", INCIDENT, "--format", "json")[1])


def test_list_names_the_24_hour_response(leakguard: Command) -> None:
    code, text, _ = leakguard("playbook", "list")
    listed = json.loads(leakguard("playbook", "list", "--format", "json")[1])

    assert code == ExitCode.CLEAN
    assert re.search(r"^exposed-datastore-24h +[0-9]+ +[0-9]+ +[0-9]{4}-[0-9]{2}-[0-9]{2}  ", text, re.MULTILINE)
    assert "exposed-datastore-24h" in {one["name"] for one in listed["playbooks"]}


def test_show_tells_the_steps_in_order_within_80_columns(leakguard: Command) -> None:
    code, text, _ = leakguard("playbook", "show", "exposed_datastore")
    shown = json.loads(leakguard("playbook", "show", "exposed-datastore-24h", "--format", "json")[1])

    assert code == ExitCode.CLEAN
    assert text.index("contain: Close the door") < text.index("learn: Hold the review")
    assert max(len(line) for line in text.splitlines()) <= 80
    assert next(iter(shown["playbook"]["steps"])) == "contain"


def test_show_gives_the_very_file_to_copy_and_reads_the_copy(leakguard: Command, tmp_path: Path) -> None:
    """Whoever writes a playbook of their own needs one to begin with, wherever LeakGuard is installed."""
    code, text, _ = leakguard("playbook", "show", "exposed-datastore-24h", "--format", "yaml")
    own = tmp_path / "own.yaml"
    own.write_text(text.replace("playbook: exposed-datastore-24h", "playbook: our-own"))

    assert (code, text) == (0, (BUNDLED / "exposed_datastore.yaml").read_text())
    assert "our-own, version" in leakguard("playbook", "show", str(own))[1]
    assert leakguard("playbook", "validate", str(own))[0] == 0


def test_a_step_that_was_recorded_by_mistake_is_taken_back(started: Command) -> None:
    assert started(*CONTAIN, *EVIDENCE)[0] == 0
    code, text, _ = started("playbook", "take-back", INCIDENT, "contain", "--by", "Li Wei", "--reason", "other server")

    assert code == 0
    assert f"{INCIDENT}: contain is taken back. E-" in text
    assert "no longer counts. Open now:\n  contain: Close the door" in text
    assert started("playbook", "take-back", INCIDENT, "contain", "--by", "x", "--reason", "y")[0] == 2


def test_show_says_conditions_loops_machines_and_what_proves_a_step(leakguard: Command) -> None:
    text = " ".join(leakguard("playbook", "show", "third-party-report")[1].split())

    assert "only if, in triage, report_is is not_ours" in text
    assert "only if, in decide_risk, tell_people is yes" in text
    assert "report_is is ours_open or ours_closed or at_our_processor or extortion" in text
    assert "again until report_is is not not_certain, 12 times at most" in text
    assert "a machine does it: verify" in text
    assert "if it fails, back to contain, 5 times at most" in text
    assert "proved by config_before, config_after, logs_copied" in text


def test_an_answer_that_counts_is_shown_as_a_number() -> None:
    assert Answer.model_validate({"field": "people", "at_least": 500}).words == "is at least 500"


def test_show_of_an_unknown_playbook_is_a_usage_error(leakguard: Command) -> None:
    code, text, errors = leakguard("playbook", "show", "exposed-datastore")

    assert (code, text) == (ExitCode.USAGE, "")
    assert "did you mean `exposed-datastore-24h`?" in errors


def test_validate_names_every_problem_of_a_file(leakguard: Command, tmp_path: Path) -> None:
    bad = "playbook: x\ntitle: X\nversion: 1\nroles: {a: b}\nstart: [one]\nsteps:\n  one: {kind: human, titel: T}\n"
    (tmp_path / "bad.yaml").write_text(bad, encoding="utf-8")
    code, text, errors = leakguard("playbook", "validate", "bad.yaml")

    assert (code, text) == (ExitCode.USAGE, "")
    assert "unknown field (did you mean `title`?)" in errors
    assert "needs exactly one accountable `owner`" in errors


def test_validate_accepts_what_ships(leakguard: Command) -> None:
    file = Path(__file__).parents[2] / "playbooks" / "exposed_datastore.yaml"
    code, text, _ = leakguard("playbook", "validate", str(file))

    assert code == ExitCode.CLEAN
    assert text.endswith("exposed-datastore-24h, version 7, 11 steps, no problem\n")


def test_start_says_what_is_open_and_where_to_go_on(leakguard: Command) -> None:
    leakguard("incident", "open", "--title", "Mail log open")
    code, text, notes = leakguard("playbook", "start", INCIDENT)

    assert code == ExitCode.CLEAN
    assert "contain: Close the door, without deleting anything (system_owner)" in text
    assert f"leakguard playbook next {INCIDENT}" in notes


def test_a_second_start_is_refused(started: Command) -> None:
    code, _, errors = started("playbook", "start", INCIDENT)

    assert code == ExitCode.USAGE
    assert "has its playbook already" in errors


def test_next_says_what_to_do_until_when_and_how_to_close_it(started: Command) -> None:
    code, text, _ = started("playbook", "next", INCIDENT)

    assert code == ExitCode.CLEAN
    assert "2 open, 9 waiting, 0 of 11 settled" in text
    assert "2026-05-24 06:20:00Z (14:20:00 Asia/Shanghai), 5 h 00 min left" in text
    assert "Do not delete the data" in text
    assert f"playbook done {INCIDENT} contain --by NAME --evidence config_before=@FILE" in text
    assert f"\n        leakguard clock list --incident {INCIDENT}\n" in text


def test_next_says_it_in_chinese_with_the_same_commands(started: Command) -> None:
    code, text, _ = started("playbook", "next", INCIDENT, "--lang", "zh")

    assert code == ExitCode.CLEAN
    assert "待办2，等待9，已办结0/11" in text
    assert "contain：关闭入口，但不删除任何内容\n  负责人  系统负责人：有权变更服务器、防火墙和云账号" in text
    assert "，剩余5小时00分钟" in text
    assert f"playbook done {INCIDENT} contain --by NAME --evidence config_before=@FILE" in text
    assert f"\n        leakguard clock list --incident {INCIDENT}\n" in text
    assert "Do not" not in text


def test_next_as_json_holds_every_step_with_its_times(started: Command) -> None:
    found = next_json(started)
    steps = {step["id"]: step for step in found["steps"]}

    assert found["open"] == ["contain", "take_command"]
    assert not found["finished"]
    assert steps["contain"]["due_at"] == "2026-05-24T06:20:00Z"
    assert steps["contain"]["due_at_local"] == "2026-05-24T14:20:00+08:00"
    assert not steps["contain"]["late"]
    assert steps["verify"]["close_with"] == f"leakguard playbook run {INCIDENT}"
    assert steps["decide_risk"]["form"]["risk"]["options"] == ["unlikely", "risk", "high_risk"]


def test_a_step_past_its_time_is_late(started: Command) -> None:
    text = started("playbook", "next", INCIDENT, at="2026-05-24T15:25+08:00")[1]

    assert "LATE by 1 h 05 min" in text


def test_without_an_anchor_the_due_time_is_not_known_yet(leakguard: Command) -> None:
    leakguard("incident", "open", "--title", "Mail log open")
    leakguard("playbook", "start", INCIDENT)

    assert "not known yet: the clock remediate has not begun" in leakguard("playbook", "next", INCIDENT)[1]


def test_done_records_the_step_and_its_event(started: Command) -> None:
    code, text, _ = started(*CONTAIN, *EVIDENCE)
    story = json.loads(started("incident", "show", INCIDENT, "--format", "json")[1])

    assert code == ExitCode.CLEAN
    assert text.startswith(f"{INCIDENT}: contain is done. Open now:")
    assert "verify: Prove by a new probe" in text
    assert story["events"][-1]["kind"] == "contained"
    assert story["events"][-1]["fields"]["actor"] == "Li Wei"


def test_done_without_evidence_says_what_is_missing_and_changes_nothing(started: Command) -> None:
    code, text, errors = started(*CONTAIN)

    assert (code, text) == (ExitCode.USAGE, "")
    assert "evidence `config_before`: --evidence config_before=@FILE, or config_before=EV-..." in errors
    assert next_json(started)["open"] == ["contain", "take_command"]


def test_done_with_a_time_and_a_reason_is_dated_back(started: Command) -> None:
    late = (*CONTAIN, *EVIDENCE, "--at", "2026-05-24T09:30")
    assert started(*late, at="2026-05-24T11:00+08:00")[0] == ExitCode.USAGE
    code = started(*late, "--reason", "no signal there", at="2026-05-24T11:00+08:00")[0]

    assert code == ExitCode.CLEAN
    steps = {step["id"]: step for step in next_json(started)["steps"]}
    assert steps["contain"]["since"] == "2026-05-24T01:30:00Z"


def test_a_decision_takes_its_form_from_a_file_and_needs_two_people(started: Command, tmp_path: Path) -> None:
    (tmp_path / "form.yaml").write_text("basis: the finder's screenshot fits our index names\n", encoding="utf-8")
    started("playbook", "done", INCIDENT, "take_command", "--by", "Ann", "--evidence", "role list: proof.txt")
    decide = ("playbook", "done", INCIDENT, "decide_awareness", "--by", "Zhang Min", "--form", "form.yaml")
    alone = started(*decide)
    code = started(*decide, "--second", "Anna Berg")[0]
    story = json.loads(started("incident", "show", INCIDENT, "--format", "json")[1])

    assert alone[0] == ExitCode.USAGE
    assert "a second person (counsel): --second NAME" in alone[2]
    assert code == ExitCode.CLEAN
    assert story["events"][-1]["kind"] == "awareness"
    assert story["events"][-1]["fields"]["second_person"] == "Anna Berg"


def test_a_failed_proof_leads_back_to_the_door(started: Command) -> None:
    started(*CONTAIN, *EVIDENCE)
    code, text, _ = started("playbook", "done", INCIDENT, "verify", "--failed", "9200 answers over IPv6")

    assert code == ExitCode.CLEAN
    assert f"{INCIDENT}: verify failed. Open now:\n  contain:" in text
    assert started("playbook", "migrate", INCIDENT)[1].splitlines()[1:] == ["  nothing: it is the same playbook"]
    started(*CONTAIN, *EVIDENCE)
    assert "failed  once" in started("playbook", "next", INCIDENT)[1]


def test_after_the_last_attempt_the_commander_decides(started: Command) -> None:
    for _ in range(6):
        started(*CONTAIN, *EVIDENCE)
        started("playbook", "done", INCIDENT, "verify", "--failed", "9200 answers over IPv6")

    assert "failed  6 times, more often than planned: the commander decides" in started("playbook", "next", INCIDENT)[1]


def test_a_new_probe_closes_the_proof_by_itself(started: Command) -> None:
    started(*CONTAIN, *EVIDENCE)
    assert started("playbook", "done", INCIDENT, "verify")[0] == ExitCode.USAGE
    started("incident", "event", INCIDENT, "remediation_verified")

    assert "verify" not in next_json(started)["open"]


def test_a_whole_response_ends_settled(started: Command, tmp_path: Path) -> None:
    text = ""
    for _ in range(20):
        found = next_json(started)
        if found["finished"]:
            break
        step = next(one for one in found["steps"] if one["id"] == found["open"][0])
        if step["kind"] == "automated":
            started("incident", "event", INCIDENT, "remediation_verified")
            continue
        words = ["playbook", "done", INCIDENT, step["id"], "--by", "Ann", "--second", "Bo"]
        for name in step["evidence"]:
            words += ["--evidence", f"{name}=@proof.txt"]
        if step["form"]:
            kinds = {"text": "x", "number": 5, "time": "2026-05-24T09:00", "list": ["x"], "yes_no": False}
            answers = {name: (f["options"] or [kinds.get(f["type"])])[0] for name, f in step["form"].items()}
            (tmp_path / "form.yaml").write_text(json.dumps(answers), encoding="utf-8")
            words += ["--form", "form.yaml"]
        code, text, _ = started(*words)
        assert code == ExitCode.CLEAN

    assert next_json(started)["finished"]
    assert "Every step is settled" in started("playbook", "next", INCIDENT)[1]
    assert "nothing: every step is settled" in text
    assert started("evidence", "verify")[0] == ExitCode.CLEAN


def test_without_a_store_nothing_is_created(leakguard: Command, tmp_path: Path) -> None:
    code, _, errors = leakguard("playbook", "next", INCIDENT)

    assert code == ExitCode.UNFINISHED
    assert "Next:" in errors
    assert sorted(path.name for path in tmp_path.iterdir()) == ["leakguard.toml", "proof.txt"]
