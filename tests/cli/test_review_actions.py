"""Actions of a review from the command line: added, changed, done, dropped, and listed until then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.commands import CommandLine, command_line

ID = "IR-2026-0001"
ADD = ("incident", "action", "add", ID, "Close port 9200", "--owner", "Li Wei", "--due", "2026-12-31", "--by", "Ada")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    made = command_line(tmp_path, monkeypatch, capsys)
    assert made("incident", "open", "--title", "Mail log open").code == 0
    return made


def added(run: CommandLine) -> str:
    ran = run(*ADD)
    assert ran.code == 0, ran.err
    return str(json.loads(run("incident", "action", "list", ID, "--format", "json").out)[-1]["id"])


def test_an_action_is_listed_until_it_is_done(run: CommandLine) -> None:
    name = added(run)
    listed = run("incident", "action", "list")
    done = run("incident", "action", "done", ID, name, "--note", "template 7 is live", "--by", "Li Wei")
    after = run("incident", "action", "list")
    kept = json.loads(run("incident", "action", "list", ID, "--format", "json").out)

    assert "Close port 9200 (Li Wei)" in listed.out
    assert (done.code, done.out.strip()) == (0, f"{ID}: {name} is done.")
    assert after.out.strip() == "There is no action."
    assert [(one["state"], one["note"], one["ended_by"]) for one in kept] == [("done", "template 7 is live", "Li Wei")]
    assert "template 7 is live" in run("incident", "action", "list", ID).out


def test_an_action_gets_another_owner_and_another_day(run: CommandLine) -> None:
    name = added(run)
    changed = run("incident", "action", "change", ID, name, "--owner", "Ada", "--due", "2020-01-31", "--reason", "late")
    listed = run("incident", "action", "list", ID)

    assert changed.code == 0, changed.err
    assert "2020-01-31  LATE" in listed.out
    assert "(Ada)" in listed.out
    assert run("incident", "action", "change", ID, name).code == 2


def test_what_is_dropped_has_a_reason_and_cannot_be_done_any_more(run: CommandLine) -> None:
    name = added(run)
    nameless = run("incident", "action", "drop", ID, name, "--reason", " ")
    dropped = run("incident", "action", "drop", ID, name, "--reason", "the host is gone", "--by", "Ada")
    again = run("incident", "action", "done", ID, name, "--by", "Ada")

    assert nameless.code == 2
    assert dropped.out.strip() == f"{ID}: {name} is dropped."
    assert "is dropped already" in again.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", ID, "x", "--owner", "Li Wei", "--due", "soon"), "is no day"),
        (("add", ID, "x" * 301, "--owner", "Li Wei", "--due", "2026-12-31"), "at most 300 characters"),
        (("add", ID, " ", "--owner", "Li Wei", "--due", "2026-12-31"), "has to say something"),
        (("add", "IR-2026-0009", "x", "--owner", "Li Wei", "--due", "2026-12-31"), "IR-2026-0009"),
        (("done", ID, "AC-999"), "there is no action"),
        (("done", ID, "nonsense"), "there is no action"),
    ],
)
def test_what_is_no_action_is_refused_in_words(run: CommandLine, words: tuple[str, ...], said: str) -> None:
    ran = run("incident", "action", *words, "--by", "Ada")

    assert ran.code == 2
    assert said in " ".join(ran.err.split())


def test_the_tasks_of_a_person_name_their_open_actions_also_where_no_step_is_theirs(run: CommandLine) -> None:
    """Whoever asks what is to be done would read that nothing is."""
    name = added(run)
    hers, others = run("tasks", "--for", "Li Wei"), run("tasks", "--for", "Somebody Else")

    assert hers.out.strip() == f"2026-12-31  {ID}  {name}: Close port 9200 (action of a review: Li Wei)"
    assert f"{name}: Close port 9200" in run("tasks").out
    assert others.out.strip() == "Nothing is to be done by this person."
    assert json.loads(run("tasks", "--for", "Li Wei", "--format", "json").out) == []
    run("incident", "action", "done", ID, name, "--by", "Li Wei")
    assert run("tasks", "--for", "Li Wei").out.strip() == "Nothing is to be done by this person."
