"""The filing behind a sending: when it happened, and that nothing which was sent once is recorded as filed anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leakguard.errors import NotAllowed
from leakguard.frozen import replace
from leakguard.mailing.approvals import LETTER, Proposal, Subject
from leakguard.models.deliveries import DeliveryState
from leakguard.models.events import Event
from leakguard.models.mails import AnswerKind
from leakguard.models.sending import InDoubt
from leakguard.use_cases.incidents.incident_events import NewEvent, NoNameCheck, record_event
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.letters.file_notices import NewFiling, file_notice
from leakguard.use_cases.letters.send_notice import SendOrder, file_if_complete, run_sending
from support.approved_letters import ID, PEOPLE, SEAL, Office, approved, letter_office, send
from support.ledgers import START
from support.letter_world import letter, letters, sender_of
from support.notices import CAC, GDPR_34, book

ONE = Subject(covers=LETTER, duty=CAC, stage="initial", lang="zh")
NO_NAME = NoNameCheck(reason="a test names the duty itself")


@pytest.fixture
def office() -> Office:
    return letter_office()


def file(office: Office, proposal: Proposal, count: int) -> Event | None:
    """Send what is left, which is nothing, and record the filing."""
    order = SendOrder(proposal=proposal, by="A")
    result = send(office, proposal, count=count)
    return file_if_complete(office[0], book(), ID, order, result, reference="letters 1", now=office[0].clock)


def filings(office: Office) -> list[Event]:
    return [event for event in load_incident(office[0], ID).events if event.kind == "filed"]


@pytest.mark.parametrize(
    ("subject", "count", "reason"),
    [(PEOPLE, 3, "letters sent by e-mail; recorded later"), (ONE, 1, "letter sent by e-mail; recorded later")],
    ids=["a mail merge", "one letter"],
)
def test_a_filing_that_is_recorded_later_bears_the_time_of_the_last_letter(
    office: Office, subject: Subject, count: int, reason: str
) -> None:
    """The process was killed behind the last answer; four days later somebody runs the same command again."""
    store, server = office
    proposal = approved(store, "A", "B", subject=subject, count=count)
    send(office, proposal, count=count)
    last = max(delivery.at for delivery in store.deliveries(ID, proposal.digest))
    store.clock.move(days=4)
    event = file(office, proposal, count)

    assert event is not None
    assert event.occurred_at.earliest == event.occurred_at.latest == last
    assert event.recorded_at == last + timedelta(days=4)
    assert (event.reason, event.occurred_at.zone) == (reason, load_incident(store, ID).zone)
    assert len(server.taken) == count


def test_the_time_of_the_filing_is_that_of_the_letter_that_was_taken_last(office: Office) -> None:
    store, server = office
    proposal = approved(store, "A", "B")
    server.script = lambda name: AnswerKind.DEFERRED if name == letter(1).message_id else AnswerKind.ACCEPTED
    assert file(office, proposal, 3) is None
    server.script = lambda _: AnswerKind.ACCEPTED
    store.clock.move(hours=2)
    send(office, proposal)
    store.clock.move(days=4)
    event = file(office, proposal, 3)

    assert event is not None
    assert event.occurred_at.earliest == START + timedelta(hours=2)


@pytest.mark.parametrize("days", [0, 4])
def test_that_it_is_recorded_later_is_no_reason_to_file_a_stage_out_of_turn(office: Office, days: int) -> None:
    last = book().duty(CAC).phases[-1].name
    proposal = approved(office[0], "A", "B", subject=Subject(covers=LETTER, duty=CAC, stage=last, lang="zh"), count=1)
    send(office, proposal, count=1)
    office[0].clock.move(days=days)
    with pytest.raises(NotAllowed, match="out of turn"):
        file(office, proposal, 1)


@pytest.mark.parametrize("choice", ["sent", "resend"])
def test_a_doubt_that_a_person_settles_as_taken_is_filed_at_the_time_of_its_attempt(
    office: Office, choice: InDoubt
) -> None:
    """The letter was with the authority then, whenever somebody looked; a letter that goes out again is later."""
    store, server = office
    proposal = approved(store, "A", "B")
    server.script = lambda _: AnswerKind.IN_DOUBT
    send(office, proposal)
    server.script = lambda _: AnswerKind.ACCEPTED
    store.clock.move(days=4)
    order = SendOrder(proposal=proposal, by="A", in_doubt=choice)
    result = run_sending(replace(sender_of(*office), batch=proposal.digest), letters(3), order, None, seal=SEAL)
    event = file_if_complete(store, book(), ID, order, result, reference="letters 1", now=store.clock)

    assert event is not None
    assert event.occurred_at.earliest == START + timedelta(days=0 if choice == "sent" else 4)
    assert {delivery.state for delivery in store.deliveries(ID, proposal.digest)} == {DeliveryState.SENT}


def test_a_doubt_that_the_log_settles_as_taken_keeps_the_time_of_its_attempt(office: Office) -> None:
    store, server = office
    proposal = approved(store, "A", "B")
    server.script = lambda _: AnswerKind.IN_DOUBT
    send(office, proposal)
    store.clock.move(days=4)
    sender = replace(sender_of(*office), batch=proposal.digest)
    run_sending(sender, letters(3), SendOrder(proposal=proposal), server.log(store.clock()), seal=SEAL)

    assert {(delivery.state, delivery.at) for delivery in store.deliveries(ID, proposal.digest)} == {
        (DeliveryState.SENT, START)
    }


def test_a_clock_that_went_back_since_the_last_letter_does_not_keep_the_filing_from_being_recorded(
    office: Office,
) -> None:
    proposal = approved(office[0], "A", "B")
    office[0].clock.move(minutes=5)
    send(office, proposal)
    office[0].clock.move(minutes=-3)
    event = file(office, proposal, 3)

    assert event is not None
    assert event.occurred_at.earliest == START + timedelta(minutes=2)


def test_a_withdrawn_filing_is_not_recorded_again_by_a_send_that_sends_nothing(office: Office) -> None:
    store, server = office
    proposal = approved(store, "A", "B")
    assert file(office, proposal, 3) is not None
    store.clock.move(hours=1)
    new = NewFiling(duty=GDPR_34, stage="withdrawn", by="A", reason="sent by mistake")
    file_notice(store, book(), ID, new, now=store.clock)
    store.clock.move(hours=1)

    assert file(office, proposal, 3) is None
    assert [event.fields["stage"] for event in filings(office)] == ["initial", "withdrawn"]
    assert len(server.taken) == 3


@pytest.mark.parametrize("kind", ["filed", "retracted"])
def test_a_filing_that_was_corrected_is_not_recorded_again_by_a_send_that_sends_nothing(
    office: Office, kind: str
) -> None:
    """By one with the number that the authority gave it, or as one that never was."""
    proposal = approved(office[0], "A", "B")
    first = file(office, proposal, 3)
    assert first is not None
    fields = {"obligation": GDPR_34, "stage": "initial", "reference": "2026-17"} if kind == "filed" else None
    new = NewEvent(kind=kind, corrects=first.id, reason="the number came later", fields=fields)
    record_event(office[0], ID, new, now=office[0].clock, names=NO_NAME)

    assert file(office, proposal, 3) is None
