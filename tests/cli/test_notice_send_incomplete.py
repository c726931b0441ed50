"""Letters that all went out and do not meet their duty: somebody has none, and the filing is not recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leakguard.use_cases.letters.letter_states import LetterState, progress_in, state_of
from support.accounts import AccountTools, open_store
from support.commands import CommandLine
from support.notices import GDPR_34
from support.offices import ID, drilling_office

HEAD = "id,name,email,jurisdiction,data\n"
TOLD = "p1,CANARY One,one@mail.example,DE,contact.email\np2,CANARY Two,two@mail.example,DE,contact.email\n"
UNREADABLE = "p3,CANARY Three,three@mail.example,DE,no.such.data\n"
ELSEWHERE = "p4,CANARY Four,four@mail.example,CN,contact.email\n"
INCIDENT = ("--incident", ID)
MERGE = ("--manifest", "letters", *INCIDENT)


@pytest.fixture
def drill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return drilling_office(tmp_path, monkeypatch, capsys)


def letters(drill: CommandLine, people: str, *more: str) -> None:
    (drill.folder / "people.csv").write_text(HEAD + people, encoding="utf-8")
    drill(
        "notice", "letters", "facts.yaml", "--duty", GDPR_34, "--stage", "initial", "--recipients", "people.csv",
        "--as", "html", "--workers", "1", "-o", "letters", *INCIDENT, *more,
    )  # fmt: skip


def filings(drill: CommandLine) -> list[str]:
    events = drill("incident", "show", ID, "--format", "json").document["events"]
    return [event["kind"] for event in events if event["kind"] == "filed"]


def state(drill: CommandLine) -> LetterState:
    """How far the lists of letters say that they are."""
    (place,) = drill.folder.glob("*.db")
    store = open_store(str(place), AccountTools())
    counts = {batch: store.delivery_counts(ID, batch) for batch in store.batches(ID)}
    progress = progress_in(store.read(ID), counts, only_accounts=False)
    store.close()
    return state_of(progress, GDPR_34, "initial", lacks=False)


@pytest.mark.parametrize(
    ("left_out", "more", "words"),
    [(UNREADABLE, (), "1 row was set aside"), (ELSEWHERE, ("--jurisdiction", "DE"), "1 row was passed over")],
    ids=["a row that cannot be used", "a place that nobody asked for"],
)
def test_a_merge_without_a_letter_for_every_row_is_not_filed(
    drill: CommandLine, left_out: str, more: tuple[str, ...], words: str
) -> None:
    """Somebody is not told yet, so the clock of the duty goes on; that is said where people approve and send."""
    letters(drill, TOLD + left_out, *more)
    approved = [drill("notice", "approve", *MERGE, "--by", by) for by in ("A", "B")]
    sent = drill("notice", "send", "facts.yaml", *MERGE, "--recipients", "people.csv", "--by", "A")

    assert [(one.code, words in one.err) for one in approved] == [(0, True), (0, True)]
    assert (sent.code, filings(drill)) == (3, [])
    assert state(drill) is LetterState.UNSENT
    assert "2 letters: 2 sent" in sent.out
    assert f"Without a letter: {words}." in sent.err
    assert f"Nothing was filed: not everybody has a letter ({words})" in sent.out
    assert f"leakguard notice file {ID} --duty {GDPR_34} --stage initial" in sent.out
    assert "CANARY" not in sent.out + sent.err


def test_a_merge_with_a_letter_for_every_row_is_filed(drill: CommandLine) -> None:
    letters(drill, TOLD)
    approved = [drill("notice", "approve", *MERGE, "--by", by) for by in ("A", "B")]
    sent = drill("notice", "send", "facts.yaml", *MERGE, "--recipients", "people.csv", "--by", "A")

    assert not any("Without a letter" in one.err for one in approved)
    assert (sent.code, filings(drill)) == (0, ["filed"])
    assert state(drill) is LetterState.SENT


def test_one_letter_of_a_duty_to_many_people_is_sent_and_not_filed(drill: CommandLine) -> None:
    """One of five users has it, and nothing shows that the others have."""
    single = ("facts.yaml", "--duty", GDPR_34, "--stage", "initial", *INCIDENT)
    for by in ("A", "B"):
        drill("notice", "approve", *single, "--by", by)
    sent = drill("notice", "send", *single, "--to", "one@mail.example", "--by", "A", "--format", "json")
    again = drill("notice", "send", *single, "--to", "one@mail.example", "--by", "A")

    assert (sent.code, filings(drill)) == (0, [])
    assert (sent.document["counts"]["sent"], sent.document["filed"]) == (1, None)
    assert sent.document["not_filed"] == "one letter does not show that everybody was notified"
    assert f"leakguard notice file {ID} --duty {GDPR_34} --stage initial" in again.out
    assert len([json.loads(line) for line in Path("drill-letters.jsonl").read_text("utf-8").splitlines()]) == 1
