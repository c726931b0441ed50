"""Whoever approves second approves the very letter of the first; a letter that changed begins anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from leakguard.errors import NotAllowed, NotFound, UsageProblem
from leakguard.ledger.heads import Head
from leakguard.mailing.approvals import DEADLINE, LETTER, Parts, Subject
from leakguard.models.records import KeptRecord, Record
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.letters.approve_notice import (
    ApprovalResult,
    Signer,
    Version,
    approvals_of,
    approve,
    approved_version,
    chosen,
    names_of,
    parts_of_letter,
    withdraw,
)
from support.ledgers import START, FakeClock, MemoryJournal
from support.notices import GDPR_33, complete, letter_of, to_text

ID = "IR-2026-0001"
SUBJECT = Subject(covers=LETTER, duty=GDPR_33, lang="en")


@dataclass
class Desk:
    """A letter whose text follows from its facts and its date, and those who approve it."""

    store: MemoryJournal
    facts: str = "one"
    limit: datetime | None = None
    drafted: list[datetime] = field(default_factory=list)

    def draft(self, at: datetime, head: Head | None) -> Version:
        self.drafted.append(at)
        parts = Parts(digests={"facts": self.facts, "text": f"{self.facts} of {at:%d %B}"})
        ended = self.limit is not None and at <= self.limit < self.store.clock.at
        return Version(parts=parts, written_at=at, head=head, limit_ended=ended)

    def start(self) -> Version:
        return self.draft(self.store.clock.at, Head(sequence=1, hash="a" * 64, recorded_at=""))

    def approve(self, by: str, *, role: str = "", pin: str = "", store: MemoryJournal | None = None) -> ApprovalResult:
        return approve(
            store or self.store, ID, SUBJECT, self.draft, Signer(by=by, role=role), start=self.start, pin=pin,
            now=self.store.clock,
        )  # fmt: skip

    def sendable(self) -> str:
        return approved_version(self.store, ID, SUBJECT, self.draft).digest


@pytest.fixture
def desk() -> Desk:
    store = MemoryJournal(FakeClock())
    open_incident(store, (), now=START, title="a search server")
    return Desk(store=store)


def test_the_second_person_approves_the_letter_of_the_first_with_its_date(desk: Desk) -> None:
    first = desk.approve("A. Counsel", role="counsel")
    desk.store.clock.move(days=2)
    second = desk.approve("B. Officer")

    assert not first.proposal.is_approved
    assert second.proposal.is_approved
    assert second.proposal.digest == first.proposal.digest == desk.sendable()
    assert (second.proposal.written_at, second.changed) == (START, ())
    assert names_of(second.proposal.approvals) == "A. Counsel (counsel) and B. Officer"
    assert names_of(second.proposal.approvals[:1] * 3).count(",") == 1


def test_the_same_person_twice_is_kept_once(desk: Desk) -> None:
    desk.approve("A. Counsel")
    again = desk.approve("ａ.　ＣＯＵＮＳＥＬ")

    assert not again.is_new
    assert len(again.proposal.approvals) == 1
    assert [one.kind for one in desk.store.kept].count("notice_approved") == 1


def test_a_letter_that_changed_needs_both_again_and_says_what_changed(desk: Desk) -> None:
    before = desk.approve("A").proposal
    desk.approve("B")
    desk.store.clock.move(days=1)
    desk.facts = "two"
    with pytest.raises(NotAllowed, match=r"changed since it was approved \(facts, text\)"):
        desk.sendable()
    changed = desk.approve("A")

    assert changed.changed == ("facts", "text")
    assert changed.before is not None
    assert changed.before.digest == before.digest
    assert len(changed.proposal.approvals) == 1
    assert changed.proposal.written_at == START + timedelta(days=1)


def test_nobody_approved_nothing_is_sent(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="nobody approves"):
        desk.sendable()


def test_an_approval_may_name_the_digest_that_was_looked_at(desk: Desk) -> None:
    digest = desk.start().parts.digest
    with pytest.raises(NotAllowed, match="something changed since you read it"):
        desk.approve("A", pin="0000")

    assert desk.approve("A", pin=digest[:8].upper()).is_new


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "x" * 201])
def test_an_approval_without_a_name_is_none(desk: Desk, name: str) -> None:
    with pytest.raises(UsageProblem, match=r"needs a person's name|a name may have 200"):
        desk.approve(name)


def test_an_unknown_incident_has_no_letters_to_approve(desk: Desk) -> None:
    with pytest.raises(NotFound):
        approvals_of(desk.store, "IR-2026-0009")


def test_an_approval_can_be_taken_back_with_a_reason(desk: Desk) -> None:
    digest = desk.approve("A").proposal.digest
    desk.approve("B")
    left = withdraw(desk.store, ID, digest[:8], by="b", reason="the number is wrong", now=desk.store.clock)

    assert [one.by for one in left.approvals] == ["A"]
    with pytest.raises(NotFound, match="nobody of this name"):
        withdraw(desk.store, ID, digest, by="B", reason="again", now=desk.store.clock)


@pytest.mark.parametrize("reason", ["", " ", "x" * 2001])
def test_nothing_is_withdrawn_without_a_reason(desk: Desk, reason: str) -> None:
    with pytest.raises(UsageProblem, match="reason"):
        withdraw(desk.store, ID, "a", by="A", reason=reason, now=desk.store.clock)


def test_a_version_is_chosen_by_the_beginning_of_its_digest(desk: Desk) -> None:
    digest = desk.approve("A").proposal.digest
    records = tuple(desk.store.read(ID))

    assert chosen(records, digest[:6]).digest == digest
    with pytest.raises(NotFound, match="no version begins"):
        chosen(records, "x")
    with pytest.raises(NotFound, match="no version begins"):
        chosen(records, "")


class Rushed(MemoryJournal):
    """Somebody else writes just before us, so many times."""

    rivals = 1

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        if self.rivals and after is not None:
            self.rivals -= 1
            raise NotAllowed("changed in the meantime")
        return super().append(subject, records, after=after)


@pytest.mark.parametrize(("rivals", "is_kept"), [(1, True), (99, False)])
def test_who_loses_the_race_looks_again(desk: Desk, rivals: int, *, is_kept: bool) -> None:
    rushed = Rushed(desk.store.clock)
    rushed.kept = desk.store.kept
    rushed.rivals = rivals
    if is_kept:
        assert desk.approve("A", store=rushed).is_new
        return
    with pytest.raises(NotAllowed, match="by many"):
        desk.approve("A", store=rushed)


def parts_of(text: str, **changes: Any) -> Parts:  # noqa: ANN401  (any fact)
    letter = letter_of(GDPR_33, values=complete(**changes))
    return parts_of_letter(text, name="f.yaml", rules={"duty": "x"}, template="t", letter=letter)


def test_layout_and_comments_of_the_facts_file_are_no_change_but_a_word_is() -> None:
    text = to_text(complete())

    assert parts_of(text) == parts_of(f"# looked at\n{text}")
    assert parts_of(text).changed_since(parts_of(text.replace("Example University", "Other University"))) == ("facts",)
    assert parts_of(text).changed_since(parts_of(text, record_count={"value": 1})) == ("text",)


def test_a_letter_that_became_late_needs_approval_again(desk: Desk) -> None:
    """Art. 33(1) GDPR: behind the limit a notice gives the reasons for its delay, and its date says so."""
    desk.limit = START + timedelta(hours=1)
    desk.approve("A. Counsel")
    desk.store.clock.move(days=1)
    second = desk.approve("B. Officer")

    assert second.changed == (DEADLINE,)
    assert not second.proposal.is_approved
    assert second.proposal.written_at == START + timedelta(days=1)


def test_a_letter_that_became_late_is_not_sent(desk: Desk) -> None:
    desk.limit = START + timedelta(hours=1)
    for name in ("A. Counsel", "B. Officer"):
        desk.approve(name)
    assert desk.sendable()
    desk.store.clock.move(days=1)

    with pytest.raises(NotAllowed, match=r"changed since it was approved \(the deadline, which has passed since\)"):
        desk.sendable()


def test_a_letter_that_was_read_before_the_limit_is_not_approved_behind_it(desk: Desk) -> None:
    desk.limit = START + timedelta(hours=1)
    desk.store.clock.move(hours=2)
    with pytest.raises(NotAllowed, match="the limit ended since the letter was read"):
        approve(
            desk.store, ID, SUBJECT, desk.draft, Signer(by="A. Counsel"), start=lambda: desk.draft(START, None),
            now=desk.store.clock,
        )  # fmt: skip
