"""Erasure of what people approved: a letter that went out before does not go out again for it."""

from __future__ import annotations

import pytest

from leakguard.errors import NotAllowed
from leakguard.frozen import replace
from leakguard.ledger.erasure import ERASED
from leakguard.mailing.approvals import APPROVED, LETTER, WITHDRAWN, Proposal, Subject
from leakguard.mailing.sealing import SENT
from leakguard.use_cases.letters.approve_notice import approvals_of, withdraw
from leakguard.use_cases.letters.look_up_deliveries import batches_of
from leakguard.use_cases.letters.send_notice import SendOrder, refuse_other_version, run_sending
from support.approved_letters import ID, PEOPLE, SEAL, Office, approved, erase, letter_office, send
from support.letter_world import letters, sender_of
from support.memory_deliveries import MemoryDeliveries

ZH = Subject(covers=LETTER, duty="cn-cac-incident-general", stage="initial", lang="zh")


@pytest.fixture
def office() -> Office:
    return letter_office()


def of_kind(store: MemoryDeliveries, *kinds: str) -> list[int]:
    return [entry.sequence for entry in store.kept if entry.kind in kinds]


def refused(store: MemoryDeliveries, proposal: Proposal) -> str:
    """What speaks against sending it; empty where nothing does."""
    try:
        refuse_other_version(store, tuple(store.read(ID)), proposal, ID)
    except NotAllowed as error:
        return error.message
    return ""


@pytest.mark.parametrize("kinds", [(APPROVED,), (SENT,), (APPROVED, SENT)], ids=" and ".join)
def test_a_version_whose_approvals_were_erased_still_went_out(office: Office, kinds: tuple[str, ...]) -> None:
    store, _ = office
    send(office, approved(store, "A", "B"))
    erase(store, *of_kind(store, *kinds))
    later = approved(store, "A", "B", text="2")

    assert refused(store, later).startswith("another version of")
    assert "went to 3 recipients" in refused(store, later)
    assert [subject for _, subject, _ in batches_of(store, ID)] == [PEOPLE]


def test_an_erased_approval_approves_nothing(office: Office) -> None:
    approved(office[0], "A", "B")
    erase(office[0], *of_kind(office[0], APPROVED))

    assert approvals_of(office[0], ID) == ()


@pytest.mark.parametrize("is_older", [False, True], ids=["this release", "an earlier release"])
def test_an_approval_that_was_taken_back_does_not_return_when_that_is_erased(office: Office, *, is_older: bool) -> None:
    store, _ = office
    proposal = approved(store, "A", "B")
    other = approved(store, "A", "B", text="2")
    withdraw(store, ID, proposal.digest, by="B", reason="the number is wrong", now=store.clock)
    (withdrawn,) = of_kind(store, WITHDRAWN)
    erase(store, withdrawn)
    if is_older:
        place = withdrawn - store.kept[0].sequence
        content = store.kept[place].content or ""
        store.kept[place] = replace(store.kept[place], content=content.replace(proposal.digest, ERASED))

    def people(of: Proposal) -> int:
        return len(next(one for one in approvals_of(store, ID) if one.digest == of.digest).approvals)

    assert (people(proposal), people(other)) == (0, 0 if is_older else 2)
    assert approved(store, "A", "B").is_approved


@pytest.mark.parametrize("other", [replace(ZH, lang="en"), replace(ZH, stage="final")], ids=["language", "stage"])
def test_the_erased_letter_hinders_no_other_one(office: Office, other: Subject) -> None:
    store, server = office
    proposal = approved(store, "A", "B", subject=ZH, count=1)
    sender = replace(sender_of(store, server), batch=proposal.digest)
    seal = {name: getattr(ZH, name) for name in SEAL}
    run_sending(sender, letters(1), SendOrder(proposal=proposal), None, seal=seal)
    erase(store, *of_kind(store, APPROVED, SENT))

    assert refused(store, approved(store, "A", "B", text="2", subject=ZH, count=1)).startswith("another version")
    assert refused(store, approved(store, "A", "B", text="3", subject=other, count=1)) == ""


def test_an_entry_of_an_earlier_release_that_names_no_language_hinders_the_letter_in_each(office: Office) -> None:
    store, server = office
    proposal = approved(store, "A", "B", subject=ZH, count=1)
    sender = replace(sender_of(store, server), batch=proposal.digest)
    seal = {name: getattr(ZH, name) for name in ("covers", "duty", "stage")}
    run_sending(sender, letters(1), SendOrder(proposal=proposal), None, seal=seal)
    known = refused(store, approved(store, "A", "B", text="2", subject=replace(ZH, lang="en"), count=1))
    for place, entry in enumerate(store.kept):
        if entry.kind == APPROVED:
            store.kept[place] = replace(entry, content='{"digest":"(erased)","duty":"(erased)"}')
    unknown = refused(store, approved(store, "A", "B", text="3", subject=replace(ZH, lang="en"), count=1))

    assert (known, unknown.startswith("another version of")) == ("", True)


def test_letters_of_which_nothing_tells_any_more_what_they_were_hinder_every_letter(office: Office) -> None:
    """Their approvals were erased by an earlier release, and they were killed before the ledger vouched for them."""
    store, _ = office
    send(office, approved(store, "A", "B"))
    store.kept = [entry for entry in store.kept if entry.kind not in {APPROVED, SENT}]
    text = refused(store, approved(store, "A", "B", text="2", subject=ZH, count=1))

    assert "approvals were erased" in text
    assert "went to 3 recipients" in text
