"""A running response moves to another playbook: shown first, then with a name and a reason, and recorded."""

from __future__ import annotations

from hashlib import sha256

import pytest

from leakguard.accounts.registry import ADDED, SUBJECT
from leakguard.errors import NotAllowed, NotFound, RightMissing, UsageProblem
from leakguard.models.event_records import record_of_event
from leakguard.models.records import Record
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.incidents.playbooks import load_response, read_playbook, start_playbook
from leakguard.use_cases.responses.playbook_migration import MOST_CHARACTERS, Migration, migrate_playbook
from leakguard.use_cases.responses.playbook_steps import StepStatement, tell_step
from support.intakes import AnyFile
from support.ledgers import START, FakeClock, MemoryJournal, exactly, make_record
from support.machines import INCIDENT
from support.responses import SMALL

EXTRA = "  extra: {kind: human, title: One more, phase: learn, owner: dpo, do: Look., next: [learn]}\n"
NEXT = (
    SMALL.replace("version: 1", "version: 2")
    .replace("title: Close it", "title: Shut it")
    .replace("next: [tell, learn]", "next: [tell, extra]")
    .replace("PT24H", "PT48H")
    .replace("  learn:\n", f"{EXTRA}  learn:\n")
)


class Newer:
    """The file of the running playbook was changed on the disk."""

    def names(self, folder: str, suffix: str = ".yaml") -> tuple[str, ...]:
        assert (folder, suffix) == ("playbooks", ".yaml")
        return ("small.yaml",)

    def text(self, folder: str, name: str) -> str:
        assert (folder, name) == ("playbooks", "small.yaml")
        return NEXT


@pytest.fixture
def journal() -> MemoryJournal:
    """An incident whose response began with the first version, and whose first step is done."""
    journal = MemoryJournal(FakeClock())
    open_incident(journal, (), now=START, title="Open store")
    journal.append(INCIDENT, [record_of_event(kind="notice_received", occurred_at=exactly(START))])
    file = read_playbook(SMALL, name="small.yaml")
    start_playbook(journal, Newer(), INCIDENT, now=journal.clock, file=file)
    told = StepStatement(step="contain", by="Li Wei", evidence=("config_before: x",))
    tell_step(journal, INCIDENT, told, now=journal.clock, intake=AnyFile())
    return journal


def migrate(journal: MemoryJournal, text: str | None = None, *, by: str = "", reason: str = "") -> Migration:
    file = None if text is None else read_playbook(text, name="mine.yaml")
    return migrate_playbook(journal, Newer(), INCIDENT, now=journal.clock, file=file, by=by, reason=reason)


def test_a_later_edit_of_the_file_changes_nothing_for_a_running_response(journal: MemoryJournal) -> None:
    assert load_response(journal, INCIDENT, now=journal.clock).progress.playbook.version == 1
    start = next(record for record in journal.read(INCIDENT) if record.kind == "playbook_started")

    assert start.content["sha256"] == sha256(SMALL.encode()).hexdigest()
    assert (start.content["file"], start.content["version"]) == ("small.yaml", 1)


def test_the_difference_is_shown_and_nothing_is_written(journal: MemoryJournal) -> None:
    count = len(journal.kept)
    found = migrate(journal)

    assert not found.is_made
    assert "~ version: 1 -> 2" in found.lines
    assert "+ step extra: One more" in found.lines
    assert found.moved_steps == ("extra: new -> waiting",)
    assert len(journal.kept) == count


def test_a_move_needs_who_and_why_and_is_recorded_with_every_difference(journal: MemoryJournal) -> None:
    shown = migrate(journal).lines
    found = migrate(journal, by="Ann", reason="counsel is on leave")
    record = list(journal.read(INCIDENT))[-1]

    assert found.is_made
    assert found.after.progress.playbook.version == 2
    assert record.kind == "playbook_migrated"
    assert record.content["from"] == {"name": "small", "version": 1, "sha256": sha256(SMALL.encode()).hexdigest()}
    assert (record.content["by"], record.content["reason"]) == ("Ann", "counsel is on leave")
    assert record.content["changes"] == list(shown)
    assert record.content["sha256"] == sha256(NEXT.encode()).hexdigest()


def test_what_is_done_stays_done_and_the_clocks_are_those_of_the_new_playbook(journal: MemoryJournal) -> None:
    migrate(journal, by="Ann", reason="so")
    response = load_response(journal, INCIDENT, now=journal.clock)

    assert response.progress.steps["contain"].state.value == "done"
    assert response.progress.steps["contain"].by == "Li Wei"
    assert response.progress.steps["extra"].state.value == "waiting"
    assert response.progress.playbook.clocks["remediate"].limbs[0].amount.elapsed == "PT48H"


def test_a_step_that_is_gone_is_said_to_be_dropped(journal: MemoryJournal) -> None:
    migrate(journal, by="Ann", reason="so")
    back = migrate(journal, SMALL)

    assert "extra: waiting -> dropped" in back.moved_steps
    assert back.before.progress.playbook.version == 2


def test_the_same_playbook_is_no_move(journal: MemoryJournal) -> None:
    assert migrate(journal, SMALL).lines == ()
    with pytest.raises(NotAllowed, match="runs this very playbook already"):
        migrate(journal, SMALL, by="Ann", reason="so")


@pytest.mark.parametrize("said", [{"by": "Ann"}, {"reason": "so"}, {"by": "Ann", "reason": " "}])
def test_a_move_with_half_of_its_reasons_is_refused(journal: MemoryJournal, said: dict[str, str]) -> None:
    with pytest.raises(UsageProblem, match="who and why"):
        migrate(journal, **said)


def test_long_texts_are_refused(journal: MemoryJournal) -> None:
    with pytest.raises(UsageProblem, match="2,000 characters"):
        migrate(journal, by="Ann", reason="x" * (MOST_CHARACTERS + 1))


def test_a_closed_incident_and_one_without_a_response_do_not_move(journal: MemoryJournal) -> None:
    other = open_incident(journal, (), now=START, title="Another").id
    with pytest.raises(NotFound, match="no playbook was started"):
        migrate_playbook(journal, Newer(), other, now=journal.clock)
    journal.append(INCIDENT, [record_of_event(kind="closed", occurred_at=exactly(START))])
    with pytest.raises(NotAllowed, match="is closed"):
        migrate(journal)


def test_a_response_of_an_earlier_release_moves_too(journal: MemoryJournal) -> None:
    """Its start has no digest of the file."""
    start = next(entry for entry in journal.read(INCIDENT) if entry.kind == "playbook_started")
    old = {key: value for key, value in start.content.items() if key not in {"file", "sha256"}}
    journal.append(INCIDENT, [record_of_event(kind="reopened", occurred_at=exactly(START))])
    journal.append(INCIDENT, [Record(kind="playbook_started", occurred_at=exactly(START), content=old)])
    migrate(journal, by="Ann", reason="so")

    assert list(journal.read(INCIDENT))[-1].content["from"] == {"name": "small", "version": 1, "sha256": None}


@pytest.fixture
def with_accounts(journal: MemoryJournal) -> MemoryJournal:
    journal.append(SUBJECT, [make_record(ADDED, {"actor": "acc_rosa"})])
    return journal


def move(journal: MemoryJournal, text: str, *, may_waive: bool = False) -> Migration:
    file = read_playbook(text, name="mine.yaml")
    return migrate_playbook(
        journal, Newer(), INCIDENT, now=journal.clock, file=file, by="Rosa", reason="shorter", may_waive=may_waive
    )


ROLES = "roles: {owner: closes it, dpo: decides, counsel: agrees}\n"
ALONE = SMALL[SMALL.index("start:") : SMALL.index("    next: [note, decide]")]
CONTAIN = (
    SMALL[: SMALL.index("clocks:")].replace(ROLES, "roles: {owner: closes it}\n")
    + ALONE.replace('    due: {of: remediate, at: "25%"}\n', "")
)  # fmt: skip
"""The finished step alone."""


def test_whoever_may_not_leave_steps_out_leaves_none_out_by_another_playbook(with_accounts: MemoryJournal) -> None:
    count = len(with_accounts.kept)
    with pytest.raises(RightMissing, match="`waive_steps`") as refused:
        move(with_accounts, CONTAIN)

    for step in ("note", "verify", "decide", "tell", "learn"):
        assert f"`{step}` would be left out" in refused.value.message
    assert "`contain`" not in refused.value.message
    assert len(with_accounts.kept) == count
    assert move(with_accounts, CONTAIN, may_waive=True).is_made


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    second_person: counsel\n", "", "`decide` would ask for less: second_person"),
        ("label: How bad", "required: false, label: How bad", "`decide` would ask for less: form"),
        ("      basis: {type: text, label: Why, required: false}\n", "", ""),
        ("emits: high_risk_determined", "emits: note", "`decide` would ask for less: emits"),
        ("emits_when: {field: risk, is: high}", "emits_when: {field: risk, is: low}",
         "`decide` would ask for less: emits_when"),
        ("    do: Write.\n", "    do: Write.\n    evidence: [page]\n", ""),
        ("    when: {step: decide, field: risk, is: high}\n", "", ""),
        ("    do: Think.\n", "    do: Think.\n    when: {step: decide, field: risk, is: high}\n",
         "`learn` would ask for less: when"),
        ("    evidence: [config_before]\n", "", ""),
    ],
)  # fmt: skip
def test_a_step_that_would_ask_for_less_needs_the_right_to_leave_it_out(
    with_accounts: MemoryJournal, old: str, new: str, said: str
) -> None:
    """What asks for more, and what is done already, needs no right."""
    assert old in SMALL
    text = SMALL.replace(old, new)
    if "second_person" not in text:
        text = text.replace(ROLES, "roles: {owner: closes it, dpo: decides}\n")
    if said:
        with pytest.raises(RightMissing) as refused:
            move(with_accounts, text)
        assert said in refused.value.message.splitlines()[-1]
    else:
        assert move(with_accounts, text).is_made


def test_a_step_whose_evidence_or_loop_or_machine_is_gone_asks_for_less(with_accounts: MemoryJournal) -> None:
    extra = "    evidence: [page]\n    undone_by: exposure_seen_again\n"
    asks = "    repeat: {until: {field: risk, is: high}, at_most: 2}\n"
    strict = SMALL.replace("    do: Write.\n", f"    do: Write.\n{extra}").replace(
        "    do: Decide.\n", f"    do: Decide.\n{asks}"
    )
    strict = strict.replace("    run: leakguard scan verify {findings}\n", "    action: verify\n")
    move(with_accounts, strict)
    with pytest.raises(RightMissing) as refused:
        move(with_accounts, SMALL)

    assert refused.value.message.splitlines()[1:] == [
        "  `note` would ask for less: evidence, undone_by",
        "  `verify` would ask for less: action",
        "  `decide` would ask for less: repeat",
    ]


def test_a_move_that_only_adds_and_one_that_is_only_shown_need_no_right(with_accounts: MemoryJournal) -> None:
    file = read_playbook(CONTAIN, name="mine.yaml")
    shown = migrate_playbook(with_accounts, Newer(), INCIDENT, now=with_accounts.clock, file=file, may_waive=False)

    assert "note: ready -> dropped" in shown.moved_steps
    assert move(with_accounts, NEXT).is_made


def test_without_accounts_nobody_has_rights_and_a_move_is_made_as_ever(journal: MemoryJournal) -> None:
    assert move(journal, CONTAIN).is_made
