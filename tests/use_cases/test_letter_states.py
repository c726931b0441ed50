"""How far a letter is, as the lists of letters say it: a mail merge is sent once each of its letters was taken."""

from __future__ import annotations

import pytest

from leakguard.errors import MailServerAway
from leakguard.frozen import replace
from leakguard.mailing.approvals import Proposal
from leakguard.mailing.pace import Pace
from leakguard.models.deliveries import DeliveryState
from leakguard.models.mails import AnswerKind
from leakguard.use_cases.letters.approve_notice import withdraw
from leakguard.use_cases.letters.file_notices import NewFiling, file_notice
from leakguard.use_cases.letters.letter_states import LetterState, SendingStatus, progress_in, state_of
from leakguard.use_cases.letters.send_notice import SendOrder, refuse_withdrawn, run_sending
from support.approved_letters import ID, Office, approved, letter_office, send
from support.killing import Killed
from support.letter_world import letters, sender_of
from support.notices import GDPR_34, book

MANY = 20


@pytest.fixture
def office() -> Office:
    return letter_office()


def told(office: Office) -> tuple[LetterState, SendingStatus]:
    store, _ = office
    counts = {batch: store.delivery_counts(ID, batch) for batch in store.batches(ID)}
    progress = progress_in(store.read(ID), counts, only_accounts=False)
    return state_of(progress, GDPR_34, "initial", lacks=False), progress.sent(GDPR_34, "initial")


def ended(office: Office, proposal: Proposal, how: str) -> None:
    """A run that ends after three letters."""
    store, server = office

    def script(_: str) -> AnswerKind:
        if len(server.taken) == 3 and how == "killed":
            raise Killed
        if len(server.taken) == 2 and how == "away":
            server.refusals.append(MailServerAway("the mail server stays away", next_step="Try again later."))
        if len(server.taken) == 2 and how == "taken back":
            withdraw(store, ID, proposal.digest, by="B", reason="the number is wrong", now=store.clock)
        return AnswerKind.ACCEPTED

    server.script = script
    pace = Pace(per_second=1, per_connection=3, settle=0, first_wait=1, passes=1)
    sender = replace(sender_of(store, server, pace=pace), batch=proposal.digest)
    sender = replace(sender, leave=lambda: refuse_withdrawn(store, ID, proposal))
    try:
        run_sending(sender, letters(MANY), SendOrder(proposal=proposal, by="A"), None, seal={"duty": GDPR_34})
    except Killed:
        store.died()
    server.script = lambda _: AnswerKind.ACCEPTED


@pytest.mark.parametrize("how", ["killed", "away", "taken back"])
def test_a_merge_that_ended_early_is_not_sent(office: Office, how: str) -> None:
    proposal = approved(office[0], "A", "B", count=MANY)
    ended(office, proposal, how)
    state, sent = told(office)

    assert len(office[1].taken) == 3
    assert (state, sent.unbegun, sent.left) == (LetterState.UNSENT, MANY - 3, MANY - 3)

    send(office, proposal, count=MANY)

    assert told(office)[0] is LetterState.SENT


def test_what_another_version_sent_does_not_make_up_for_what_the_last_one_did_not(office: Office) -> None:
    send(office, approved(office[0], "A", "B", count=MANY), count=MANY)
    office[1].taken.clear()
    ended(office, approved(office[0], "A", "B", text="2", count=MANY), "away")
    state, sent = told(office)

    assert (state, sent.by_state[DeliveryState.SENT], sent.unbegun) == (LetterState.UNSENT, MANY + 3, MANY - 3)


def test_a_version_that_replaced_one_of_which_nothing_went_out_is_sent(office: Office) -> None:
    store, server = office
    first, last = approved(store, "A", "B"), approved(store, "A", "B", text="2")
    server.script = lambda _: AnswerKind.DEFERRED
    send(office, first)
    server.script = lambda _: AnswerKind.ACCEPTED
    send(office, last)

    assert told(office)[0] is LetterState.SENT


def test_a_merge_that_ended_early_and_was_filed_by_a_person_is_filed(office: Office) -> None:
    """The other people were told by post."""
    ended(office, approved(office[0], "A", "B", count=MANY), "away")
    file_notice(office[0], book(), ID, NewFiling(duty=GDPR_34, stage="initial", by="A"), now=office[0].clock)

    assert told(office)[0] is LetterState.FILED


def test_a_merge_with_people_without_a_letter_is_not_sent_until_a_merge_has_one_for_each(office: Office) -> None:
    send(office, approved(office[0], "A", "B", without_letter=2))
    state, sent = told(office)

    assert (state, sent.left, sent.without_letter) == (LetterState.UNSENT, 0, 2)

    office[1].taken.clear()
    send(office, approved(office[0], "A", "B", text="2", count=5), count=5)

    assert told(office)[0] is LetterState.SENT


def test_a_merge_with_people_without_a_letter_is_filed_once_a_person_says_so(office: Office) -> None:
    """The people without a letter were told in another way."""
    send(office, approved(office[0], "A", "B", without_letter=2))
    file_notice(office[0], book(), ID, NewFiling(duty=GDPR_34, stage="initial", by="A"), now=office[0].clock)

    assert told(office)[0] is LetterState.FILED
