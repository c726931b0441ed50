"""Two different people approve one digest; a change of any part asks for both again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from leakguard.frozen import replace
from leakguard.ledger.heads import Head
from leakguard.mailing.approvals import (
    APPROVED,
    LETTER,
    MERGE,
    WITHDRAWN,
    Parts,
    Proposal,
    Subject,
    approval_content,
    latest,
    proposals_in,
)
from leakguard.models.moments import from_z
from leakguard.models.people import Signatory
from leakguard.models.records import KeptRecord
from support.ledgers import START, exactly

SUBJECT = Subject(covers=LETTER, duty="eu-gdpr-33-authority", stage="initial", lang="en")
NAMES = ("facts", "rules", "template", "text")
HEAD = Head(sequence=4, hash="a" * 64, recorded_at="2026-05-24T01:00:00Z")


def parts(**changes: str) -> Parts:
    return Parts(digests=dict.fromkeys(NAMES, "0" * 64) | changes)


def record(number: int, kind: str, content: dict[str, Any]) -> KeptRecord:
    at = START + timedelta(minutes=number)
    return KeptRecord(
        sequence=number,
        subject="IR-2026-0001",
        kind=kind,
        occurred_at=exactly(at),
        recorded_at=at,
        content=content,
        hash="",
    )


def approval(number: int, by: str, what: Parts | None = None, /, **changes: Any) -> KeptRecord:  # noqa: ANN401  (any value)
    content = approval_content(SUBJECT, what or parts(), by=by, role="counsel", written_at=START, head=HEAD)
    return record(number, APPROVED, {**content, **changes})


def withdrawal(number: int, by: str, what: Parts | None = None) -> KeptRecord:
    return record(number, WITHDRAWN, {"digest": (what or parts()).digest, "by": by, "reason": "wrong number"})


def only(*records: KeptRecord) -> Proposal:
    (found,) = proposals_in(records)
    return found


def test_two_people_are_enough_and_one_is_not() -> None:
    assert not only(approval(1, "A. Counsel")).is_approved
    both = only(approval(1, "A. Counsel"), approval(2, "B. Officer"))
    assert both.is_approved
    assert [one.by for one in both.approvals] == ["A. Counsel", "B. Officer"]
    assert (both.written_at, both.head, both.letters) == (START, HEAD, 1)


@pytest.mark.parametrize(
    "again",
    [
        "a. counsel",
        "Ａ.　Ｃounsel",
        " A.  Counsel ",
        "A.\u200bCounsel",
        "A.COUNSEL",
        "Counsel, A.",
        "\u00c5. Couns\u00e9l",
        "\u0410. C\u043eunsel",
        "A. Counsel\u3164",
        "\u115fA. Coun\uffa0sel",
        "A. Counse\u04c0",
        "A. C\u1d0funsel",
        "A. C0unse1",
        "A.Counsel",
    ],
)
def test_the_same_person_in_another_spelling_counts_once(again: str) -> None:
    assert len(only(approval(1, "A. Counsel"), approval(2, again)).approvals) == 1


@pytest.mark.parametrize(
    "again",
    [
        "Wi\u04c0l Osmond",  # palochka
        "Wil\u04cf Osmond",  # small palochka
        "\u13d4ill Osmond",  # Cherokee
        "Will \u2c9esmond",  # Coptic
        "Will \u0555smond",  # Armenian
        "\ua4eaill Osmond",  # Lisu
        "Will \u1d0fsmond",  # small capital o
        "Will Osmon\u217e",  # a Roman number
        "WiIl Osmond",
        "Wi11 0smond",
        "Will Osrnond",
        "W1LL 0SMOND",
    ],
)
def test_a_name_with_letters_that_look_alike_approves_nothing_a_second_time(again: str) -> None:
    twice = only(approval(1, "Will Osmond"), approval(2, again))

    assert [one.by for one in twice.approvals] == ["Will Osmond"]
    assert not twice.is_approved
    assert only(approval(1, "Will Osmond"), approval(2, "Will Osmund")).is_approved


def test_an_approval_by_the_user_of_the_operating_system_says_so() -> None:
    (found,) = only(approval(1, "ops", None, by_source="os")).approvals

    assert (found.by, found.by_source, found.who) == ("ops", "os", "ops (user of the operating system)")


@pytest.mark.parametrize("part", NAMES)
def test_a_change_of_any_part_is_another_digest_and_is_named(part: str) -> None:
    changed = parts(**{part: "1" * 64})

    assert changed.digest != parts().digest
    assert changed.changed_since(parts()) == (part,)
    assert len(proposals_in([approval(1, "A"), approval(2, "B", changed)])) == 2


def test_a_part_that_is_gone_or_new_is_a_change_too() -> None:
    assert Parts(digests={}).changed_since(parts()) == NAMES
    assert parts().changed_since(Parts(digests={})) == NAMES


def test_the_digest_is_the_one_that_approvals_of_older_releases_name() -> None:
    assert parts().digest == "eca3cba470d78b5e5f154d8daf3198959402a612c64742ffc5404f391c015007"
    assert approval(1, "A").content["schema"] == "leakguard.approval/1"


def test_an_approval_of_one_letter_is_none_of_another() -> None:
    approved = proposals_in([approval(1, "A"), approval(2, "B")])

    for changes in ({"covers": MERGE}, {"duty": "eu-gdpr-34-individuals"}, {"stage": "final"}, {"lang": "de"}):
        assert latest(approved, replace(SUBJECT, **changes)) is None


def test_a_withdrawn_approval_counts_no_more_until_it_is_given_again() -> None:
    withdrawn = [approval(1, "A"), approval(2, "B"), withdrawal(3, "b")]

    assert [one.by for one in only(*withdrawn).approvals] == ["A"]
    assert only(*withdrawn, approval(4, "B")).is_approved


def test_a_withdrawal_of_something_else_changes_nothing() -> None:
    assert only(approval(1, "A"), approval(2, "B"), withdrawal(3, "A", parts(text="2" * 64))).is_approved


def test_the_version_that_was_proposed_last_is_the_one_to_send() -> None:
    other = parts(text="1" * 64)
    records = [approval(1, "A"), approval(2, "A", other), withdrawal(3, "A"), approval(4, "A")]

    assert latest(proposals_in(records[:2]), SUBJECT) == proposals_in(records[:2])[1]
    assert [one.digest for one in proposals_in(records)] == [other.digest, parts().digest]
    assert latest(proposals_in(records[:1] + records[2:3]), SUBJECT) is None
    assert latest((), SUBJECT) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"digest": "f" * 64},
        {"parts": {"facts": "1" * 64}},
        {"parts": None},
        {"by": " "},
        {"written_at": "yesterday"},
        {"head": {"sequence": 1}},
        {"letters": None},
    ],
)
def test_an_entry_that_does_not_hold_together_approves_nothing(changes: dict[str, Any]) -> None:
    assert proposals_in([approval(1, "A", **changes)]) == ()


def test_an_entry_whose_content_was_erased_approves_nothing() -> None:
    assert proposals_in([record(1, APPROVED, {}), record(2, "note", {})]) == ()


def test_an_approval_of_a_letter_without_a_head_is_read_too() -> None:
    content = approval_content(SUBJECT, parts(), by="A", role="", written_at=START, head=None)

    assert only(record(1, APPROVED, content)).head is None


def test_what_is_approved_is_said_in_words() -> None:
    merge = Subject(covers=MERGE, duty="eu-gdpr-34-individuals")

    assert SUBJECT.words == "eu-gdpr-33-authority, stage initial, en"
    assert merge.words == "eu-gdpr-34-individuals (mail merge)"
    assert only(approval(1, "A")).approval_of(Signatory(name="a")) is not None
    assert only(approval(1, "A")).approval_of(Signatory(name="b")) is None


def by_account(number: int, name: str, actor: str) -> KeptRecord:
    """As `approval`, by somebody who logged in."""
    record = approval(number, name)
    said = {"id": actor, "name": name, "how": "session"}
    return replace(record, content={**record.content, "by_source": "session", "recorded_by": said})


def test_two_accounts_of_one_name_are_two_people_and_one_account_of_two_names_is_one() -> None:
    two = only(by_account(1, "A. Counsel", "acc_1"), by_account(2, "A. Counsel", "acc_2"))
    one = only(by_account(1, "A. Counsel", "acc_1"), by_account(2, "B. Officer", "acc_1"))

    assert two.is_approved
    assert not one.is_approved


def test_in_a_store_with_accounts_only_who_logged_in_approves() -> None:
    records = [approval(1, "A. Counsel"), by_account(2, "A. Counsel", "acc_1"), approval(3, "B. Officer")]
    (before,), (after,) = proposals_in(records), proposals_in(records, only_accounts=True)

    assert [one.by for one in before.approvals] == ["A. Counsel", "B. Officer"]
    assert before.uncounted == ()
    assert [one.sequence for one in after.approvals] == [2]
    assert [one.sequence for one in after.uncounted] == [1, 3]
    assert after.approvals[0].who == "A. Counsel (logged in)"


def test_an_approval_says_how_its_person_logged_in_where_that_was_recorded() -> None:
    before, known = by_account(1, "A. Counsel", "acc_1"), by_account(2, "B. Officer", "acc_2")
    told = only(before, replace(known, content={**known.content, "login_method": "passkey"}))

    assert [one.method for one in told.approvals] == ["", "passkey"]
    assert [one.who for one in told.approvals] == ["A. Counsel (logged in)", "B. Officer (logged in by passkey)"]


def test_an_approval_that_does_not_count_is_no_new_proposal_of_its_version() -> None:
    other = parts(text="1" * 64)
    records = [approval(1, "A. Counsel"), approval(2, "A. Counsel", other), approval(3, "B. Officer")]

    first, second = proposals_in(records, only_accounts=True)

    assert (first.parts, second.parts) == (parts(), other)
    assert [one.sequence for one in first.uncounted] == [1, 3]


def test_the_first_approval_that_counts_proposes_its_version_anew() -> None:
    later = {"written_at": "2026-06-01T00:00:00Z"}
    records = [approval(1, "A. Counsel"), by_account(2, "B. Officer", "acc_1")]
    records[1] = replace(records[1], content={**records[1].content, **later})

    (found,) = proposals_in(records, only_accounts=True)

    assert found.written_at == from_z(later["written_at"])
