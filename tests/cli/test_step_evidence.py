"""Evidence of a step is an item of the ledger or a file that is taken in; and a second person is another one."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from support.commands import CommandLine, Ran, command_line
from support.responses import SMALL

ID = "IR-2026-0001"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    run = command_line(tmp_path, monkeypatch, capsys)
    (tmp_path / "es.yml").write_text("network.host: 0.0.0.0\n", encoding="utf-8")
    (tmp_path / "closed.yml").write_text("network.host: 127.0.0.1\n", encoding="utf-8")
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "form.yaml").write_text("risk: high\n", encoding="utf-8")
    run("incident", "open", "--title", "Mail log open")
    run("incident", "open", "--title", "Another one")
    run("incident", "event", ID, "notice_received")
    run("playbook", "start", ID)
    return run


def contain(run: CommandLine, *evidence: str, by: str = "Li Wei", also: tuple[str, ...] = ()) -> Ran:
    given = [word for one in evidence for word in ("--evidence", one)]
    return run("playbook", "done", ID, "contain", "--by", by, *given, *also)


def is_open(run: CommandLine, step: str = "contain") -> bool:
    return step in run("playbook", "next", ID, "--format", "json").document["open"]


def items(run: CommandLine) -> list[Any]:
    found: list[Any] = run("evidence", "list", "--incident", ID, "--format", "json").document["items"]
    return found


def test_words_alone_close_no_step(run: CommandLine) -> None:
    """`EV-999` does not exist, and closed the step all the same."""
    ran = contain(run, "config_before: EV-999", "config_after: somewhere safe")

    assert ran.code == 2
    assert "`contain` stays open" in ran.err
    assert "evidence `config_before: EV-999`: this incident has no such item" in ran.err
    assert "evidence `config_after: somewhere safe`: somewhere safe cannot be read" in ran.err
    assert is_open(run)
    assert items(run) == []


def test_a_file_is_taken_in_with_its_hash_and_custody_and_closes_the_step(run: CommandLine) -> None:
    ran = contain(run, "config_before=@es.yml", "config after: closed.yml", also=("--keep",))
    before, after = items(run)

    assert ran.code == 0
    assert not is_open(run)
    assert (before["name"], before["by"], before["source"]) == ("es.yml", "Li Wei", "step contain, config_before")
    assert before["sha256"] == hashlib.sha256((run.folder / "es.yml").read_bytes()).hexdigest()
    assert (before["size"], before["is_kept"], before["holder"]) == (22, True, "Li Wei")
    assert [one["kind"] for one in before["custody"]] == ["evidence_added"]
    assert (run.folder / "leakguard.db.evidence" / after["sha256"]).read_bytes() == b"network.host: 127.0.0.1\n"
    timeline = run("incident", "timeline", ID, "--format", "json").document["lines"]
    assert f"config_before: {before['id']}; config_after: {after['id']}" in str(timeline)
    assert run("evidence", "verify").code == 0


def test_an_item_and_an_event_of_the_incident_close_the_step(run: CommandLine) -> None:
    run("evidence", "add", "es.yml", "--incident", ID)
    item = items(run)[0]["id"]
    event = run("incident", "event", ID, "contained", "--format", "json").document["id"]

    assert contain(run, f"config_before={item.lower()}", f"config_after: {event}").code == 0
    assert len(items(run)) == 1


def test_the_number_of_an_item_is_enough_whichever_way_it_is_written(run: CommandLine) -> None:
    run("evidence", "add", "es.yml", "--incident", ID)
    number = items(run)[0]["id"].removeprefix("EV-")
    assert contain(run, f"config_before: E-{number}", f"config_after: EV-{number}").code == 0

    report = run("incident", "timeline", ID, "--format", "json").out
    assert f"config_before: EV-{number}" in report


def test_what_belongs_to_another_incident_proves_nothing_here(run: CommandLine) -> None:
    run("evidence", "add", "es.yml", "--incident", "IR-2026-0002")
    run("evidence", "add", "es.yml", "--incident", ID)
    mine = int(items(run)[0]["id"].removeprefix("EV-"))
    ran = contain(run, f"config_before=EV-{mine - 1}", f"config_after=EV-{mine}")

    assert ran.code == 2
    assert f"evidence `config_before=EV-{mine - 1}`: this incident has no such item" in ran.err
    assert f"EV-{mine}`" not in ran.err


def test_what_was_erased_superseded_or_is_no_proof_is_refused_by_its_reason(run: CommandLine) -> None:
    run("evidence", "add", "es.yml", "--incident", ID)
    erased = items(run)[0]["id"]
    run("evidence", "redact", erased, "--reason", "a request")
    old = run("incident", "event", ID, "triaged", "--format", "json").document["id"]
    new = run("incident", "event", ID, "triaged", "--corrects", old, "--reason", "x", "--format", "json").document["id"]
    ran = contain(run, f"a={erased}", f"b={old}", "c=E-1", "d=E-4", f"config_before={new}", "e=", "config_after")

    assert f"evidence `a={erased}`: its content was erased" in ran.err
    assert f"evidence `b={old}`: {new} superseded it" in ran.err
    assert "evidence `c=E-1`: an event `incident_opened` proves nothing" in ran.err
    assert "evidence `d=E-4`: it is a record `playbook_started`, which proves nothing" in ran.err
    assert "evidence `e=`: nothing stands behind the name; write NAME=@FILE" in ran.err
    assert "evidence `config_after`: nothing stands behind the name" in ran.err
    assert new not in ran.err.replace(f"{new} superseded it", "")


def test_an_event_whose_content_was_erased_proves_nothing(run: CommandLine) -> None:
    event = run("incident", "event", ID, "contained", "--source", "Li Wei saw it", "--format", "json").document["id"]
    run("evidence", "redact", event, "--reason", "a request")
    ran = contain(run, f"config_before={event}", "config_after=@es.yml")

    assert ran.code == 2
    assert f"evidence `config_before={event}`: its content was erased" in ran.err
    assert is_open(run)


@pytest.mark.parametrize("kind", ["note", "status_sent", "planned", "calendar_year_end"])
def test_an_event_that_says_nothing_was_seen_decided_or_done_proves_nothing(run: CommandLine, kind: str) -> None:
    event = run("incident", "event", ID, kind, "--format", "json").document["id"]
    ran = contain(run, f"config_before={event}", "config_after=@es.yml")

    assert ran.code == 2
    assert f"an event `{kind}` proves nothing" in ran.err


@pytest.mark.parametrize("kind", ["contained", "remediation_verified", "awareness", "evidence_preserved", "filed"])
def test_an_event_that_says_what_was_seen_decided_or_done_is_evidence(run: CommandLine, kind: str) -> None:
    event = run("incident", "event", ID, kind, "--format", "json").document["id"]

    assert contain(run, f"config_before={event}", "config_after=@es.yml").code == 0


def test_an_empty_file_proves_nothing_whether_it_is_taken_in_now_or_was_before(run: CommandLine) -> None:
    (run.folder / "empty.yml").touch()
    run("evidence", "add", "empty.yml", "--incident", ID)
    ran = contain(run, f"config_before={items(run)[0]['id']}", "config_after=@empty.yml")

    assert ran.code == 2
    assert "evidence `config_after=@empty.yml`: empty.yml is empty" in ran.err
    assert ran.err.count("an empty file proves nothing") == 2
    assert len(items(run)) == 1


@pytest.mark.parametrize("name", ["leakguard.db", "./leakguard.db.head", "link.db"])
def test_the_store_is_no_evidence_of_itself(run: CommandLine, name: str) -> None:
    (run.folder / "link.db").symlink_to("leakguard.db")
    ran = contain(run, f"config_before=@{name}", "config_after=@es.yml")

    assert ran.code == 2
    assert "is the store that evidence is recorded in" in ran.err
    assert run("evidence", "add", name, "--incident", ID).code == 2
    assert items(run) == []


def test_a_file_is_taken_in_only_when_nothing_else_is_missing(run: CommandLine) -> None:
    assert contain(run, "config_before=@es.yml").code == 2
    assert contain(run, "config_before=@es.yml", "config_after=@closed.yml", by="...").code == 2
    late = ("--at", "2026-05-24T08:00")
    assert contain(run, "config_before=@es.yml", "config_after=@closed.yml", also=late).code == 2

    assert items(run) == []


def test_a_step_with_a_form_asks_for_its_evidence_as_well(run: CommandLine) -> None:
    text = SMALL.replace("    kind: decision\n", "    kind: human\n").replace(
        "    form:\n", "    evidence: [minutes]\n    form:\n"
    )
    (run.folder / "own.yaml").write_text(text, encoding="utf-8")
    run("playbook", "start", "IR-2026-0002", "--playbook", "own.yaml")
    run("playbook", "done", "IR-2026-0002", "contain", "--evidence", "config_before=@es.yml")
    decide = ("playbook", "done", "IR-2026-0002", "decide", "--second", "Bo", "--form", "form.yaml", "--evidence")
    refused = run(*decide, "minutes: EV-999")

    assert refused.code == 2
    assert "evidence `minutes: EV-999`" in refused.err
    assert run(*decide, "minutes=@form.yaml").code == 0


def test_a_failure_takes_no_evidence_and_says_what_to_do_with_it(run: CommandLine) -> None:
    ran = contain(run, "config_before=@es.yml", also=("--failed", "the port still answers"))

    assert ran.code == 2
    assert "leakguard evidence add" in ran.err


def test_a_pipe_is_refused_by_name_and_not_waited_for(run: CommandLine) -> None:
    os.mkfifo(run.folder / "pipe")
    ran = contain(run, "config_before=@pipe", "config_after=@es.yml")

    assert ran.code == 2
    assert "pipe cannot be read: is a named pipe" in ran.err


SECOND = [
    "Zhang Min", "Zhang  Min", " zhang min", "Zh\u0430ng Min", "Zhang\u00a0Min", "Zhang\u200b Min", "ZHANG MIN",
    "Min Zhang", "Zhang M\u0131n", "Zhang M\u04c0n", "\u13c3hang Min", "\uff3ahang Min", "Zhang \u039cin", "ZhangMin",
]  # fmt: skip


@pytest.mark.parametrize("second", SECOND)
def test_nobody_is_their_own_second_person_in_any_spelling(run: CommandLine, second: str) -> None:
    run("playbook", "done", ID, "take_command", "--evidence", "role_list=@es.yml")
    (run.folder / "basis.yaml").write_text("basis: the link answers\n", encoding="utf-8")
    words = ("playbook", "done", ID, "decide_awareness", "--by", "Zhang Min", "--form", "basis.yaml", "--second")
    refused = run(*words, second)
    skipped = run("playbook", "skip", ID, "contain", "--by", "Zhang Min", "--reason", "x", "--second", second)

    assert (refused.code, skipped.code) == (2, 2)
    for ran in (refused, skipped):
        assert "the same name twice" in ran.err or "so they count as one person" in ran.err
    assert is_open(run, "decide_awareness")
    assert run(*words, "Zhang Ming").code == 0


def test_an_event_that_names_a_second_person_names_another_one(run: CommandLine) -> None:
    event = ("incident", "event", ID, "awareness", "--field", "decider=Zhang Min", "--field")
    refused = run(*event, "second_person=Zh\u0430ng  Min")

    assert refused.code == 2
    assert "so they count as one person" in refused.err
    assert run(*event, "second_person=Anna Berg").code == 0


def test_the_user_of_the_operating_system_is_one_person_and_never_the_second_as_well(run: CommandLine) -> None:
    assert run("playbook", "skip", ID, "contain", "--reason", "x").code == 2
    assert run("playbook", "skip", ID, "contain", "--reason", "x", "--second", "tester").code == 2
    assert run("playbook", "skip", ID, "contain", "--reason", "x", "--second", "...").code == 2
    assert run("playbook", "skip", ID, "contain", "--reason", "x", "--second", "Anna Berg").code == 0


def test_a_file_that_is_not_kept_is_said_to_stay_and_to_be_in_no_bundle(run: CommandLine) -> None:
    ran = contain(run, "config_before=@es.yml", "config_after: closed.yml")
    (before, after) = items(run)
    bundle = run("evidence", "export", "case.zip", "--incident", ID)

    assert ran.code == 0
    assert "es.yml: hash and custody are recorded, the file stays there; --keep stores a copy" in ran.err
    assert "closed.yml: hash and custody" in ran.err
    assert f"2 items of evidence ({before['id']}, {after['id']})" in bundle.err
    assert "--keep" in bundle.err


def test_a_file_that_is_kept_goes_along_and_nothing_is_said(run: CommandLine) -> None:
    ran = contain(run, "config_before=@es.yml", "config_after: closed.yml", also=("--keep",))

    assert ran.code == 0
    assert "stays there" not in ran.err
    assert "Not in the bundle" not in run("evidence", "export", "case.zip", "--incident", ID).err
    assert "2 items of evidence" in run("evidence", "export", "bare.zip", "--without-files").err


def test_an_item_of_the_ledger_is_no_file_that_stays(run: CommandLine) -> None:
    run("evidence", "add", "es.yml", "closed.yml", "--incident", ID, "--by", "Li Wei")
    before, after = items(run)
    ran = contain(run, f"config_before={before['id']}", f"config_after={after['id']}")

    assert ran.code == 0
    assert "stays there" not in ran.err


def test_a_bundle_names_twenty_items_that_are_not_in_it_and_counts_the_rest(run: CommandLine) -> None:
    names = [f"part-{number}.log" for number in range(23)]
    for name in names:
        (run.folder / name).write_text(name, encoding="utf-8")
    run("evidence", "add", *names, "--incident", ID, "--by", "Li Wei")
    said = run("evidence", "export", "case.zip").err

    assert "23 items of evidence" in said
    assert "and 3 more" in said


def test_the_next_step_says_how_to_finish_it(run: CommandLine) -> None:
    """A step is finished, and a store is closed."""
    said = run("playbook", "next", ID).out

    assert "finish this step with" in said
    assert "close it with" not in said
