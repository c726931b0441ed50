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
from leakguard.use_cases.responses.playbook_steps import StepStatement, tell_step
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


def claim(journal: MemoryJournal, who: Recorder = ANNA) -> None:
    journal.recorder = who
    tell_step(journal, INCIDENT, StepStatement(step="decide", by=who.name, form=FORM), now=journal.clock)


def confirm(journal: MemoryJournal, who: Recorder, step: str = "decide", *, may_waive: bool = True) -> None:
    journal.recorder = who
    confirm_step(journal, INCIDENT, step, by=who.name, now=journal.clock, may_waive=may_waive)


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
