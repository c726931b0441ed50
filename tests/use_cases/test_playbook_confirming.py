"""In a store with accounts the second person of a step confirms it, and only then does it count."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from leakguard.accounts.registry import ADDED, SUBJECT
from leakguard.errors import NotAllowed, NotFound, RightMissing
from leakguard.frozen import replace
from leakguard.models.event_records import event_of
from leakguard.models.people import BySource, Recorder, signatory_of
from leakguard.models.records import KeptRecord, Record
from leakguard.playbooks.engine import STEP_DONE, STEP_WAIVED
from leakguard.use_cases.incidents.incident_events import NewEvent, record_event
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.incidents.playbooks import load_response, read_playbook, start_playbook
from leakguard.use_cases.responses.playbook_confirming import confirm_step
from leakguard.use_cases.responses.playbook_migration import migrate_playbook
from leakguard.use_cases.responses.playbook_steps import StepStatement, tell_step
from leakguard.use_cases.responses.playbook_taking_back import take_back_step
from support.ledgers import FakeClock, MemoryJournal, make_record
from support.responses import SMALL

INCIDENT = "IR-2026-0001"
ANNA = Recorder(name="Anna Berg", source=BySource.SESSION, actor="acc_anna")
LI = Recorder(name="Li Wei", source=BySource.TOKEN, actor="acc_li")
OTHER_ANNA = Recorder(name="Anna Berg", source=BySource.SESSION, actor="acc_other")
FORM = "risk: high\nbasis: 40,000 people\n"


class Folders:
    """There are none: the playbook is given."""

    def names(self, folder: str, suffix: str = ".yaml") -> tuple[str, ...]:
        del folder, suffix
        return ()

    def text(self, folder: str, name: str) -> str:
        raise NotFound(f"{folder}/{name}")


@pytest.fixture
def journal() -> MemoryJournal:
    """With accounts, an incident, and the step `decide` open, which takes two people."""
    made = MemoryJournal(FakeClock())
    made.append(SUBJECT, [make_record(ADDED, {"actor": "acc_anna"}), make_record(ADDED, {"actor": "acc_li"})])
    open_incident(made, (), title="Mail log open", zone="UTC", now=made.clock())
    start_playbook(made, Folders(), INCIDENT, now=made.clock, file=read_playbook(SMALL, name="small.yaml"))
    made.append(INCIDENT, [make_record(STEP_DONE, {"step": "contain", "by": "Anna Berg"})])
    return made


def test_nobody_types_a_second_person_into_an_event_of_a_store_with_accounts(journal: MemoryJournal) -> None:
    fields = {"decider": "Anna Berg", "second_person": "Li Wei"}
    new = NewEvent(kind="awareness", source="SOC", reason="read late", fields=fields)

    with pytest.raises(NotAllowed, match="their own login") as refused:
        record_event(journal, INCIDENT, new, now=journal.clock)
    assert "playbook confirm" in refused.value.next_step
    alone = replace(new, fields={"decider": "Anna Berg"})
    assert record_event(journal, INCIDENT, alone, now=journal.clock).fields["decider"] == "Anna Berg"


def test_without_accounts_a_second_person_is_a_statement_as_ever() -> None:
    made = MemoryJournal(FakeClock())
    open_incident(made, (), title="Mail log open", zone="UTC", now=made.clock())
    new = NewEvent(kind="awareness", source="SOC", fields={"decider": "Anna Berg", "second_person": "Li Wei"})

    assert record_event(made, INCIDENT, new, now=made.clock).fields["second_person"] == "Li Wei"


def claim(journal: MemoryJournal, who: Recorder = ANNA, form: str = FORM, evidence: Sequence[str] = ()) -> int:
    journal.recorder = who
    told = StepStatement(step="decide", by=who.name, form=form, evidence=evidence)
    tell_step(journal, INCIDENT, told, now=journal.clock)
    return records(journal)[-1].sequence


def confirm(
    journal: MemoryJournal, who: Recorder, step: str = "decide", *, may_waive: bool = True, read: int | None = None
) -> None:
    journal.recorder = who
    confirm_step(journal, INCIDENT, step, by=who.name, now=journal.clock, may_waive=may_waive, claim=read)


def records(journal: MemoryJournal) -> Sequence[KeptRecord]:
    return tuple(journal.read(INCIDENT))


def test_a_claim_settles_nothing_and_records_no_event(journal: MemoryJournal) -> None:
    claim(journal)
    found = load_response(journal, INCIDENT, now=journal.clock)
    kinds = [one.kind for one in records(journal)]

    assert found.has_accounts
    assert found.progress.steps["decide"].state.value == "ready"
    assert (kinds[-1], "high_risk_determined" in kinds) == ("step_claimed", False)


def test_what_is_confirmed_counts_as_the_first_person_told_it_with_both_accounts(journal: MemoryJournal) -> None:
    claim(journal)
    told_at = records(journal)[-1].occurred_at
    journal.clock.move(hours=5)
    confirm(journal, LI)
    done, event = records(journal)[-2:]

    assert (done.kind, done.content["form"]) == (STEP_DONE, {"risk": "high", "basis": "40,000 people"})
    assert (done.content["by"], done.content["second"]) == ("Anna Berg", "Li Wei")
    assert signatory_of(done.content) == ANNA.signatory
    assert done.content["recorded_by"] == LI.signatory.said
    assert (done.occurred_at.latest, event.occurred_at.latest) == (told_at.latest, told_at.latest)
    assert event.kind == "high_risk_determined"
    assert event_of(event).fields["decider"] == "Anna Berg"
    assert event_of(event).fields["second_person"] == "Li Wei"
    assert load_response(journal, INCIDENT, now=journal.clock).progress.steps["tell"].state.value == "waiting"


def test_the_person_who_did_it_cannot_confirm_it_and_another_account_of_that_name_can(journal: MemoryJournal) -> None:
    claim(journal)
    with pytest.raises(NotAllowed, match="another person has to confirm it"):
        confirm(journal, ANNA)
    confirm(journal, OTHER_ANNA)

    assert records(journal)[-2].kind == STEP_DONE


def test_who_did_not_log_in_confirms_nothing(journal: MemoryJournal) -> None:
    claim(journal)
    with pytest.raises(NotAllowed, match="only somebody who logged in can confirm a step"):
        confirm(journal, Recorder(name="Li Wei", source=BySource.TYPED, actor="os:1000"))


def test_without_accounts_there_is_nothing_to_confirm() -> None:
    journal = MemoryJournal(FakeClock())
    with pytest.raises(NotAllowed, match="no accounts"):
        confirm(journal, LI)


def test_a_step_that_awaits_nobody_and_one_that_is_not_known_are_refused(journal: MemoryJournal) -> None:
    with pytest.raises(NotAllowed, match="`decide` awaits no second person"):
        confirm(journal, LI)
    with pytest.raises(NotFound, match="no step `decode`"):
        confirm(journal, LI, "decode")


def test_a_waiver_needs_the_right_and_both_people(journal: MemoryJournal) -> None:
    journal.recorder = ANNA
    waiver = StepStatement(step="decide", by=ANNA.name, reason="nothing was open", is_waived=True)
    tell_step(journal, INCIDENT, waiver, now=journal.clock)
    with pytest.raises(RightMissing, match="`waive_steps`"):
        confirm(journal, LI, may_waive=False)
    confirm(journal, LI)
    waived = records(journal)[-1]

    assert (waived.kind, waived.content["by"], waived.content["second"]) == (STEP_WAIVED, "Anna Berg", "Li Wei")
    assert waived.content["reason"] == "nothing was open"


def test_of_two_who_confirm_at_once_one_does(journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever loses looks again, and finds that nothing awaits them any more."""
    claim(journal)
    append = journal.append
    tried: list[int | None] = []

    def late(subject: str, new: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        if not tried:
            tried.append(after)
            append(subject, [make_record(STEP_DONE, {"step": "decide", "by": "Anna Berg", "second": "Rosa", "form": {
                "risk": "low"}})])  # fmt: skip
        return append(subject, new, after=after)

    monkeypatch.setattr(journal, "append", late)
    with pytest.raises(NotAllowed, match="awaits no second person"):
        confirm(journal, LI)

    assert [one.kind for one in records(journal)].count(STEP_DONE) == 2


def test_a_person_may_correct_what_they_claimed_and_nobody_else_may_claim_it(journal: MemoryJournal) -> None:
    claim(journal)
    claim(journal)
    with pytest.raises(NotAllowed, match="it awaits a second person"):
        claim(journal, LI)


LOW = "risk: low\nbasis: nobody\n"


@pytest.mark.parametrize("what_is_named", ["the entry that was read", "no entry"])
@pytest.mark.parametrize("between", ["nothing", "taken back"])
def test_nobody_confirms_what_was_recorded_after_they_read_it(
    journal: MemoryJournal, what_is_named: str, between: str
) -> None:
    read = claim(journal)
    if between == "taken back":
        take_back_step(journal, INCIDENT, "decide", by=ANNA.name, reason="a slip", now=journal.clock)
    later = claim(journal, form=LOW)
    with pytest.raises(NotAllowed, match=f"entry {later} holds now") as refused:
        confirm(journal, LI, read=None if what_is_named == "no entry" else read)
    assert refused.value.next_step.endswith(f"leakguard playbook confirm {INCIDENT} decide --claim {later}")
    assert not [one for one in records(journal) if one.kind == STEP_DONE and one.content["step"] == "decide"]
    confirm(journal, LI, read=later)

    assert records(journal)[-1].content["form"] == {"risk": "low", "basis": "nobody"}


def test_a_claim_of_an_earlier_round_asks_nobody_to_name_the_later_one(journal: MemoryJournal) -> None:
    claim(journal)
    confirm(journal, LI)
    take_back_step(journal, INCIDENT, "decide", by=ANNA.name, reason="a new number", now=journal.clock)
    claim(journal, form=LOW)
    confirm(journal, LI)

    assert records(journal)[-1].content["form"]["risk"] == "low"


def test_evidence_that_was_retracted_before_the_confirmation_proves_nothing(journal: MemoryJournal) -> None:
    asks = SMALL.replace("    do: Decide.\n", "    do: Decide.\n    evidence: [opinion]\n")
    move(journal, asks)
    proof = record_event(journal, INCIDENT, NewEvent(kind="contained", source="SOC"), now=journal.clock).id
    read = claim(journal, evidence=(f"opinion={proof}",))
    wrong = NewEvent(kind="retracted", corrects=proof, reason="another host")
    record_event(journal, INCIDENT, wrong, now=journal.clock)
    with pytest.raises(NotAllowed, match="superseded it") as refused:
        confirm(journal, LI, read=read)

    assert refused.value.next_step == f"Let Anna Berg record it again: leakguard playbook done {INCIDENT} decide"


def test_what_the_playbook_asks_for_by_now_is_asked_before_the_confirmation(journal: MemoryJournal) -> None:
    read = claim(journal)
    asks = SMALL.replace("    do: Decide.\n", "    do: Decide.\n    evidence: [opinion]\n").replace(
        "      basis:", "      people: {type: number, label: How many}\n      basis:"
    )
    move(journal, asks)
    with pytest.raises(NotAllowed, match="`decide` stays open") as refused:
        confirm(journal, LI, read=read)

    assert "evidence `opinion`" in refused.value.message
    assert "an answer to `people`" in refused.value.message


def test_a_waiver_needs_nothing_that_the_step_asks_for(journal: MemoryJournal) -> None:
    journal.recorder = ANNA
    waiver = StepStatement(step="decide", by=ANNA.name, reason="nothing was open", is_waived=True)
    tell_step(journal, INCIDENT, waiver, now=journal.clock)
    confirm(journal, LI, read=records(journal)[-1].sequence)

    assert records(journal)[-1].kind == STEP_WAIVED


def move(journal: MemoryJournal, text: str) -> None:
    file = read_playbook(text, name="small.yaml")
    migrate_playbook(journal, Folders(), INCIDENT, now=journal.clock, file=file, by=ANNA.name, reason="counsel asks")
