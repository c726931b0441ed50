"""What is not finished in an incident: letters, promises and facts that are wanting, beside steps and exposures."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from leakguard.bundled import BundledFiles
from leakguard.mailing.approvals import APPROVED, LETTER, MERGE, Parts, Subject, approval_content
from leakguard.models.deliveries import DeliveryCounts, DeliveryState
from leakguard.models.event_records import record_of_event
from leakguard.models.records import Record
from leakguard.models.unfinished import Area
from leakguard.notices.assess import Assessment
from leakguard.notices.judging import Answer
from leakguard.use_cases.incidents.incident_rules import Reach, rule_book
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.reports.unfinished import unfinished_by
from support.ledgers import START, FakeClock, MemoryJournal, exactly
from support.machines import INCIDENT
from support.notices import book

DUTY = "eu-gdpr-34-individuals"
BUNDLED = BundledFiles()
BOOK = book()
RULES = rule_book(BUNDLED, Reach(laws=frozenset({"eu"}), obligated_as=frozenset({"controller"})))


class Letters(MemoryJournal):
    """A journal that knows how many letters of each batch were sent."""

    sent = 0
    sent_of: Mapping[str, int] = {}
    """By the digest of what was approved, where the batches differ."""

    def delivery_counts(self, _incident: str, batch: str) -> DeliveryCounts:
        sent = self.sent_of.get(batch, self.sent)
        return DeliveryCounts(by_state={DeliveryState.SENT: sent} if sent else {})


@pytest.fixture
def journal() -> Letters:
    journal = Letters(FakeClock())
    open_incident(journal, (), now=START, title="Mail log open")
    return journal


def happened(journal: Letters, kind: str, **fields: str) -> None:
    journal.append(INCIDENT, [record_of_event(kind=kind, occurred_at=exactly(START), fields=fields)])


def approve(
    journal: Letters,
    covers: str,
    *,
    by: tuple[str, ...] = ("Ann", "Bo"),
    letters: int = 1,
    text: str = "ab",
    stage: str = "initial",
) -> None:
    subject = Subject(covers=covers, duty=DUTY, stage=stage, lang="en" if covers == LETTER else "")
    parts = Parts(digests={"text": text * 32})
    for name in by:
        content = approval_content(subject, parts, by=name, role="", written_at=START, head=None, letters=letters)
        journal.append(INCIDENT, [Record(kind=APPROVED, occurred_at=exactly(journal.clock()), content=content)])


def left(journal: Letters, area: Area, assessed: Mapping[str, Assessment] | None = None) -> list[str]:
    found = unfinished_by(journal, RULES, INCIDENT, now=journal.clock, assessed=assessed)
    return [one.text for one in found(tuple(journal.read(INCIDENT))) if one.area is area]


def assessed_as(answer: Answer, *missing: str) -> Mapping[str, Assessment]:
    return {DUTY: Assessment(duty=BOOK.duty(DUTY), applies=answer, because="", missing_facts=missing)}


def test_a_letter_that_two_people_approved_and_nobody_sent_is_left(journal: Letters) -> None:
    approve(journal, LETTER)
    assert left(journal, Area.LETTERS) == [
        f"letter {DUTY}, stage initial, en: approved, and nothing says that it was sent"
    ]

    happened(journal, "filed", obligation=DUTY, stage="initial")

    assert left(journal, Area.LETTERS) == []


def test_a_version_that_was_approved_after_another_one_was_sent_is_named_by_its_digest(journal: Letters) -> None:
    """Beside it `notice deliveries` says that the letter was sent; only the digest tells the two apart."""
    approve(journal, LETTER, text="ab")
    happened(journal, "filed", obligation=DUTY, stage="initial")
    journal.clock.move(hours=1)
    approve(journal, LETTER, text="cd")
    journal.sent_of = {Parts(digests={"text": "ab" * 32}).digest: 1}
    (said,) = left(journal, Area.LETTERS)

    assert f"version {Parts(digests={'text': 'cd' * 32}).digest[:16]} is approved and was not sent" in said
    assert "notice approve --withdraw" in said


def test_a_letter_that_an_earlier_release_approved_without_a_stage_is_told_by_any_filing_of_its_duty(
    journal: Letters,
) -> None:
    """It names no stage, so no filing could name the same; it would keep the incident open for good."""
    approve(journal, LETTER, stage="")
    happened(journal, "filed", obligation=DUTY, stage="initial")

    assert left(journal, Area.LETTERS) == []


def test_a_letter_that_one_person_approves_is_a_draft(journal: Letters) -> None:
    approve(journal, LETTER, by=("Ann",))

    assert left(journal, Area.LETTERS) == []


@pytest.mark.parametrize(("sent", "said"), [(0, ["60 of 60"]), (59, ["1 of 60"]), (60, [])])
def test_letters_of_a_merge_are_left_until_each_is_sent(journal: Letters, sent: int, said: list[str]) -> None:
    approve(journal, MERGE, letters=60)
    journal.sent = sent

    assert left(journal, Area.LETTERS) == [
        f"letter {DUTY}, stage initial (mail merge): {words} letters not sent" for words in said
    ]


def test_what_a_filing_promised_and_nobody_told_is_left(journal: Letters) -> None:
    happened(journal, "filed", obligation="eu-gdpr-33-authority", stage="initial", to_be_determined="root_cause")

    assert any("root_cause was promised in E-2 and is not told yet" in text for text in left(journal, Area.DUTIES))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer.YES, f"{DUTY}: it applies by the facts, and the event that starts its clock is not recorded"),
        (Answer.NEEDS_FACT, f"{DUTY}: it needs risk before anybody knows whether it applies"),
    ],
)
def test_the_facts_say_what_is_left_of_a_duty(journal: Letters, answer: Answer, said: str) -> None:
    found = left(journal, Area.DUTIES, assessed_as(answer, "risk"))

    assert [text for text in found if text.startswith(f"{DUTY}:")] == [said]


def test_a_duty_that_somebody_ruled_out_is_not_left(journal: Letters) -> None:
    assert any(text.startswith(f"{DUTY}:") for text in left(journal, Area.DUTIES))

    happened(journal, "not_applicable", obligation=DUTY, rationale="nobody is concerned")

    assert not any(text.startswith(f"{DUTY}:") for text in left(journal, Area.DUTIES))


def test_a_review_that_was_held_before_a_reopening_is_to_be_held_again(journal: Letters) -> None:
    assert left(journal, Area.REVIEW) == ["nobody held the review"]
    happened(journal, "lessons_recorded")
    assert left(journal, Area.REVIEW) == []

    happened(journal, "closed")
    happened(journal, "reopened")

    assert left(journal, Area.REVIEW) == ["nobody held the review"]


def test_without_a_playbook_that_is_said(journal: Letters) -> None:
    assert left(journal, Area.PLAYBOOK) == ["no playbook was started"]
