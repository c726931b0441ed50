"""Letters of a mail merge that people approved, in the ledger of an incident whose letters are kept in memory."""

from __future__ import annotations

from leakguard.frozen import replace
from leakguard.ledger.erasure import erasure_of
from leakguard.mailing.approvals import (
    APPROVED,
    MERGE,
    Parts,
    Proposal,
    Subject,
    approval_content,
    without_letter_content,
)
from leakguard.models.records import Record
from leakguard.models.sending import RunResult
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.letters.approve_notice import approvals_of
from leakguard.use_cases.letters.send_notice import SendOrder, run_sending
from support.ledgers import START, exactly
from support.letter_world import FakeServer, letters, sender_of, world
from support.memory_deliveries import MemoryDeliveries
from support.notices import GDPR_34

ID = "IR-2026-0001"
PEOPLE = Subject(covers=MERGE, duty=GDPR_34, stage="initial")
SEAL = {name: getattr(PEOPLE, name) for name in ("covers", "duty", "stage", "lang")}
Office = tuple[MemoryDeliveries, FakeServer]


def parts(text: str = "1") -> Parts:
    return Parts(digests={"text": text * 64})


def approved(
    store: MemoryDeliveries,
    *people: str,
    text: str = "1",
    subject: Subject = PEOPLE,
    count: int = 3,
    without_letter: int = 0,
) -> Proposal:
    """The version, as the ledger has it."""
    for by in people:
        content = approval_content(
            subject, parts(text), by=by, role="", written_at=START, head=None, letters=count
        ) | without_letter_content(without_letter)  # fmt: skip
        store.append(ID, (Record(kind=APPROVED, occurred_at=exactly(START), content=content),))
    return next(one for one in approvals_of(store, ID) if one.digest == parts(text).digest)


def letter_office() -> Office:
    """An open incident, and a mail server that takes every letter."""
    store, server = world()
    open_incident(store, (), now=START, title="a search server")
    return store, server


def erase(store: MemoryDeliveries, *sequences: int) -> None:
    """Replace the content of these entries by what erasure leaves of it."""
    for place, entry in enumerate(store.kept):
        if entry.sequence in sequences:
            store.kept[place] = replace(entry, content=erasure_of(entry).tombstone, salt=None)


def send(office: Office, proposal: Proposal, count: int = 3) -> RunResult:
    sender = replace(sender_of(*office), batch=proposal.digest)
    return run_sending(sender, letters(count), SendOrder(proposal=proposal, by="A"), None, seal=SEAL)
