"""A step that was recorded by mistake is open again, and what it claimed no longer counts."""

from __future__ import annotations

import pytest

from leakguard.errors import NotAllowed, NotFound, UsageProblem
from leakguard.models.event_records import event_of, is_event_record
from leakguard.use_cases.incidents.incident_events import NewEvent, record_event
from leakguard.use_cases.incidents.incidents import load_incident, open_incident, superseded
from leakguard.use_cases.incidents.playbooks import load_response, read_playbook, start_playbook
from leakguard.use_cases.responses.playbook_steps import StepStatement, tell_step
from leakguard.use_cases.responses.playbook_taking_back import TakenBack, take_back_step
from support.intakes import AnyFile
from support.ledgers import START, FakeClock, MemoryJournal
from support.machines import INCIDENT, NoFolders
from support.responses import SMALL


def begin(journal: MemoryJournal, text: str = SMALL) -> None:
    file = read_playbook(text, name="small.yaml")
    start_playbook(journal, NoFolders(), INCIDENT, now=journal.clock, file=file)


@pytest.fixture
def bare() -> MemoryJournal:
    """An incident without a playbook."""
    journal = MemoryJournal(FakeClock())
    open_incident(journal, [], now=START, title="Open store")
    return journal


@pytest.fixture
def journal(bare: MemoryJournal) -> MemoryJournal:
    begin(bare)
    return bare


def tell(journal: MemoryJournal, step: str, **told: object) -> None:
    given = {"by": "Ann", "evidence": () if told.get("failure") else ("config_before: x",), **told}
    tell_step(journal, INCIDENT, StepStatement(step=step, **given), now=journal.clock, intake=AnyFile())  # type: ignore[arg-type]


def back(journal: MemoryJournal, step: str, *, by: str = "Bo", reason: str = "the other server") -> TakenBack:
    return take_back_step(journal, INCIDENT, step, by=by, reason=reason, now=journal.clock)


def states(journal: MemoryJournal) -> dict[str, str]:
    response = load_response(journal, INCIDENT, now=journal.clock)
    return {name: one.state.value for name, one in response.progress.steps.items()}


def counting(journal: MemoryJournal) -> list[str]:
    events = [event_of(record) for record in journal.read(INCIDENT) if is_event_record(record)]
    gone = superseded(events)
    return [event.kind for event in events if event.id not in gone]


def test_a_step_that_is_taken_back_is_open_again_and_its_event_no_longer_counts(journal: MemoryJournal) -> None:
    tell(journal, "contain")
    taken = back(journal, "contain")
    found = states(journal)

    assert (found["contain"], found["note"], found["decide"]) == ("ready", "waiting", "waiting")
    assert taken.event is not None
    assert "contained" not in counting(journal)
    kept = [record for record in journal.read(INCIDENT) if record.kind in {"step_done", "step_taken_back"}]
    assert [record.kind for record in kept] == ["step_done", "step_taken_back"]
    assert kept[-1].content == {"step": "contain", "by": "Bo", "reason": "the other server"}
    tell(journal, "contain")
    assert states(journal)["contain"] == "done"
    assert counting(journal).count("contained") == 1


def test_what_was_done_behind_it_stays_done(journal: MemoryJournal) -> None:
    tell(journal, "contain")
    tell(journal, "note")
    back(journal, "contain")

    assert states(journal)["note"] == "done"
    assert back(journal, "note").event is None


def test_a_step_that_was_passed_over_by_a_wrong_answer_is_asked_for_after_the_right_one(journal: MemoryJournal) -> None:
    tell(journal, "contain")
    tell(journal, "decide", second="Cy", form="risk: low")
    tell(journal, "note")
    record_event(journal, INCIDENT, NewEvent(kind="remediation_verified"), now=journal.clock)
    assert states(journal)["tell"] == "skipped"
    with pytest.raises(NotAllowed, match="`tell` was passed over because of the answers of `decide`"):
        back(journal, "tell")
    back(journal, "decide")
    assert (states(journal)["tell"], states(journal)["learn"]) == ("waiting", "waiting")
    tell(journal, "decide", second="Cy", form="risk: high")

    assert states(journal)["tell"] == "ready"


def test_a_step_that_was_left_out_by_mistake_is_open_again(journal: MemoryJournal) -> None:
    tell(journal, "contain", second="Cy", reason="not ours", is_waived=True)
    assert back(journal, "contain").event is None
    assert states(journal)["contain"] == "ready"


def test_the_correction_of_its_event_is_retracted_in_its_place(journal: MemoryJournal) -> None:
    tell(journal, "contain")
    first = next(event_of(one) for one in journal.read(INCIDENT) if one.kind == "contained")
    better = NewEvent(kind="contained", corrects=first.id, reason="log read")
    second = record_event(journal, INCIDENT, better, now=journal.clock)

    assert back(journal, "contain").event == second.id
    assert "contained" not in counting(journal)


def test_an_event_that_was_retracted_before_is_left_alone(journal: MemoryJournal) -> None:
    tell(journal, "contain")
    event = next(event_of(one) for one in journal.read(INCIDENT) if one.kind == "contained")
    record_event(journal, INCIDENT, NewEvent(kind="retracted", corrects=event.id, reason="no"), now=journal.clock)

    assert back(journal, "contain").event is None
    assert states(journal)["contain"] == "ready"


def test_what_is_not_settled_or_is_a_machines_cannot_be_taken_back(journal: MemoryJournal) -> None:
    with pytest.raises(NotAllowed, match="`contain` is ready, so there is nothing to take back"):
        back(journal, "contain")
    with pytest.raises(NotFound, match=r"did you mean `contain`"):
        back(journal, "contian")
    for by, reason in (("", "x"), ("x", " ")):
        with pytest.raises(UsageProblem, match="somebody who says why"):
            back(journal, "contain", by=by, reason=reason)
    tell(journal, "contain")
    tell(journal, "note")
    record_event(journal, INCIDENT, NewEvent(kind="remediation_verified"), now=journal.clock)
    with pytest.raises(NotAllowed, match="`verify` is a machine's") as caught:
        back(journal, "verify")
    assert "retracted --corrects" in caught.value.next_step


def test_a_step_that_is_done_already_says_how_it_is_taken_back(journal: MemoryJournal) -> None:
    tell(journal, "contain")
    with pytest.raises(NotAllowed, match="done already") as caught:
        tell(journal, "contain")

    assert "playbook take-back IR-2026-0001 contain" in caught.value.next_step


def test_a_race_that_is_never_won_is_given_up(journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(journal, "contain")

    def refuse(*_: object, **__: object) -> None:
        raise NotAllowed("changed in the meantime", next_step="Try again.")

    monkeypatch.setattr(journal, "append", refuse)
    with pytest.raises(NotAllowed, match="written by many"):
        back(journal, "contain")


def events(journal: MemoryJournal, kind: str) -> list[str]:
    return [event.id for event in load_incident(journal, INCIDENT).events if event.kind == kind]


def test_the_event_of_an_earlier_response_stays_when_the_step_of_a_later_one_is_taken_back(
    journal: MemoryJournal,
) -> None:
    tell(journal, "contain")
    tell(journal, "decide", second="Cy", form="risk: high")
    for kind in ("closed", "reopened"):
        record_event(journal, INCIDENT, NewEvent(kind=kind, reason="as agreed"), now=journal.clock)
    begin(journal)
    tell(journal, "contain")
    tell(journal, "decide", second="Cy", form="risk: low")
    taken = back(journal, "decide")

    assert taken.event is None
    assert counting(journal).count("high_risk_determined") == 1
    assert back(journal, "contain").event == events(journal, "contained")[-1]
    assert counting(journal).count("contained") == 1


def test_the_event_of_an_earlier_round_stays_when_the_later_answer_that_recorded_none_is_taken_back(
    bare: MemoryJournal,
) -> None:
    condition = "    emits_when: {field: risk, is: high}\n"
    begin(bare, SMALL.replace(condition, f"{condition}    undone_by: exposure_seen_again\n"))
    tell(bare, "contain")
    tell(bare, "decide", second="Cy", form="risk: high")
    record_event(bare, INCIDENT, NewEvent(kind="exposure_seen_again"), now=bare.clock)
    tell(bare, "decide", second="Cy", form="risk: low")

    assert back(bare, "decide").event is None
    assert counting(bare).count("high_risk_determined") == 1


def test_an_event_that_a_person_recorded_in_the_name_of_the_step_stays(journal: MemoryJournal) -> None:
    tell(journal, "contain")
    own = NewEvent(kind="contained", fields={"step": "contain"})
    other = record_event(journal, INCIDENT, own, now=journal.clock)

    assert back(journal, "contain").event != other.id
    assert counting(journal).count("contained") == 1
